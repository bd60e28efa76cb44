"""What speaks against an alignment, or is worth a look, in sentences. None of it measures accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.quality.displacement import Displacement, Overlap
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.result import Ending

Level: TypeAlias = Literal["note", "warning"]
Place: TypeAlias = tuple[float, float, float]
"""LPS mm of fixed space."""

LITTLE_OVERLAP: Final = 0.5
PART_OVERLAP: Final = 0.85
"""Below the first a fit rests on less than half of the head; below the second a part, such as the face, is cut off."""

FAR_MM: Final = 30.0
"""Further than a head is ever mispositioned by a scanner that both images came from."""

OUTLIER_MM: Final = 3.0
OUTLIER_TIMES: Final = 2.5
"""A residual stands out if it exceeds both: so many mm, and so many times the median of the others."""


@dataclass(frozen=True)
class Finding:
    """One sentence about the alignment, how serious it is, and where to look (fixed space) if that is one place."""

    level: Level
    sentence: str
    where: Place | None = None


@dataclass(frozen=True)
class PairResidual:
    """What a fitted landmark pair is left with."""

    name: str
    residual_mm: float
    fixed_point: Place


@dataclass(frozen=True)
class Evidence:
    """What is known about the current pose, as plain values; what is not known is None or empty."""

    aligned: bool = True
    """Whether anything but the headers has placed the moving image."""
    displacement: Displacement | None = None
    """From the start to the current pose."""
    overlap: Overlap | None = None
    ending: Ending | None = None
    """How the run that gave the pose ended."""
    reason: str = ""
    """That run's own sentence."""
    bounds: Bounds | None = None
    touched: tuple[str, ...] = ()
    residuals: tuple[PairResidual, ...] = ()
    verdict: Literal["accepted", "rejected", "stale"] | None = None
    """The user's; stale: given for a pose that has changed since."""


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """Everything that there is to say, warnings first."""
    found = [
        *_about_the_run(evidence),
        *_about_the_place(evidence),
        *_about_landmarks(evidence.residuals),
        *_about_the_verdict(evidence),
    ]
    return tuple(sorted(found, key=lambda finding: finding.level != "warning"))


def _about_the_run(evidence: Evidence) -> list[Finding]:
    found = []
    if not evidence.aligned:
        found.append(Finding("note", "The images lie as their headers say; nothing has aligned them yet."))
    if evidence.ending is Ending.DOUBTFUL:
        sentence = f"The registration is doubtful. {evidence.reason}".strip()
        found.append(Finding("warning", sentence))
    if evidence.ending is Ending.BOUNDED and evidence.reason:
        found.append(Finding("warning", evidence.reason))
    elif evidence.bounds is not None and evidence.touched:
        limits = {
            "shift": f"{evidence.bounds.max_shift_mm:g} mm of shift",
            "rotation": f"{evidence.bounds.max_rotation_deg:g}° of rotation",
        }
        named = " and ".join(limits[name] for name in evidence.touched)
        found.append(Finding("warning", f"The refinement used up its limit of {named}; the best pose may lie beyond."))
    return found


def _about_the_place(evidence: Evidence) -> list[Finding]:
    found = []
    if evidence.overlap is not None and evidence.overlap.share < PART_OVERLAP:
        share, where = evidence.overlap.share, evidence.overlap.missing_point
        if share < LITTLE_OVERLAP:
            sentence = f"Only {share * 100:.0f} % of the head lies inside the moving image: is the pose right?"
            found.append(Finding("warning", sentence, where))
        else:
            sentence = f"{(1 - share) * 100:.0f} % of the head lies outside the moving image and cannot be checked."
            found.append(Finding("note", sentence, where))
    if evidence.displacement is not None and evidence.displacement.max_mm > FAR_MM:
        far = evidence.displacement.max_mm
        found.append(Finding("note", f"Parts of the head have moved by up to {far:.0f} mm from where this pose began."))
    return found


def _about_landmarks(residuals: tuple[PairResidual, ...]) -> list[Finding]:
    """The pair whose residual stands out most; one at a time, as it also spoils those of its neighbours."""
    if len(residuals) < 4:  # with three pairs the residuals say nothing about which one is wrong
        return []
    worst = max(residuals, key=lambda pair: pair.residual_mm)
    others = float(np.median([pair.residual_mm for pair in residuals if pair is not worst]))
    if worst.residual_mm <= max(OUTLIER_MM, OUTLIER_TIMES * others):
        return []
    sentence = f"Landmark {worst.name} is {worst.residual_mm:.1f} mm off the fit, the others about {others:.1f} mm."
    return [Finding("warning", sentence, worst.fixed_point)]


def _about_the_verdict(evidence: Evidence) -> list[Finding]:
    if evidence.verdict == "stale":
        return [Finding("warning", "The pose has changed since it was reviewed: look at it again.")]
    if evidence.verdict == "rejected":
        return [Finding("warning", "This alignment was rejected.")]
    if evidence.verdict is None and evidence.aligned:
        return [Finding("note", "Nobody has reviewed this alignment yet.")]
    return []
