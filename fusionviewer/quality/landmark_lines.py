"""The error of the landmarks in the few words that a line of a panel, or of the readout, has room for."""

from __future__ import annotations

from typing import Final

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.landmark_facts import LandmarkFacts, Measured, landmark_facts
from fusionviewer.quality.landmark_findings import measured_finding, prediction_about
from fusionviewer.quality.wording import sentence
from fusionviewer.session.state import FusionState

WHY_THEY_DIFFER: Final = (
    "FRE says how well the pairs agree, TRE how far off other places are. The two are uncorrelated (Fitzpatrick 2009): "
    "a small FRE does not make a small TRE."
)

WHY_BRIEFLY: Final = "A small FRE does not make a small TRE: the two are uncorrelated (Fitzpatrick 2009)."


def fre_line(facts: LandmarkFacts) -> str:
    """The residual of the fit."""
    return "no fit yet" if facts.fit is None else f"{facts.fit.fre_mm:.2f} mm over {len(facts.pairs)} pairs"


def measured_line(measured: Measured | None) -> str:
    """What check points measure; the name is what may be cut off."""
    if measured is None:
        return "no check pairs"
    return f"mean {measured.mean_mm:.1f}, max {measured.max_mm:.1f} mm ({measured.worst})"


def measured_text(measured: Measured | None) -> str:
    """What check points measure of the pose shown, or how to have some."""
    if measured is None:
        return "Nothing is measured: let a pair only check, and it measures the pose shown."
    return sentence(measured_finding(measured))


def prediction_text(facts: LandmarkFacts, point: Points) -> str:
    """What is predicted at a point (3,) of fixed space, and whether it can be believed; empty without a fit."""
    error_mm = facts.tre_mm(point)
    if error_mm is None:
        return ""
    doubt = _doubt(facts)
    return f"Predicted error here {error_mm:.1f} mm RMS (landmark fit){doubt and '  '}{doubt}"


def prediction_line(state: FusionState, pose: RigidTransform, point: Points) -> str:
    """What is predicted at a point (3,) of fixed space, and what speaks against it."""
    facts = landmark_facts(state)
    error_mm = facts.tre_mm(point)
    if error_mm is None:
        return "no fit yet"
    about = prediction_about(state, pose)
    remark = "▲ see below" if _doubt(facts) else "" if about is None else _ABOUT[about.code]
    return f"{error_mm:.1f} mm RMS{remark and ' '}{remark}"


_ABOUT: Final = {"prediction_for_new_fit": "(if fitted anew)", "prediction_for_fit": "(not this pose)"}


def _doubt(facts: LandmarkFacts) -> str:
    """Why a prediction cannot be believed."""
    if facts.suspicions:
        return "▲ a pair does not fit"
    if facts.misfit:
        return "▲ the pairs do not fit"
    return "▲ too small" if facts.doubts else ""


def about_pose(state: FusionState, pose: RigidTransform) -> str:
    """Whether the prediction is about a pose; where it is not, a sentence that says so. Empty without a fit."""
    about = prediction_about(state, pose)
    return "" if about is None else sentence(about)


def targets_line(state: FusionState) -> str:
    """What is predicted at all targets."""
    facts, count = landmark_facts(state), len(state.targets)
    if not count:
        return "none yet"
    predicted = [error for target in state.targets if (error := facts.tre_mm(np.asarray(target.point))) is not None]
    if not predicted:
        return f"{count}, no fit yet"
    low, high = (f"{error:.1f}" for error in (min(predicted), max(predicted)))
    return f"TRE {low if low == high else f'{low} to {high}'} mm RMS at {count}"


def misfit_text(facts: LandmarkFacts) -> str:
    """What speaks against all pairs together, and what to do; empty if nothing does."""
    return "\n".join(sentence(finding) for finding in facts.doubt_findings())


def repeats_text(facts: LandmarkFacts) -> str:
    """What the repeated placements show."""
    estimate = facts.repeats
    count = f"{estimate.counts['fixed']} in the fixed and {estimate.counts['moving']} in the moving image"
    if estimate.fle_mm is not None:
        spread = f"± {round(100 * estimate.uncertainty)} %"
        return f"From repeats ({count}): {estimate.fle_mm:.2f} mm {spread}."
    if any(estimate.counts.values()):
        return f"Repeats: {count}. The placement must be repeated in both."
    return ""
