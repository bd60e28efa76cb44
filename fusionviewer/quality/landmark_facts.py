"""What the landmarks say of their own error, as one value for all that shows it; worked out once for each state.

Three things are kept apart. The residuals (FRE) and the predicted error (TRE) belong to the *rigid fit to the
landmarks*, whatever pose is shown. Only pairs that were kept out of the fit *measure*, and they measure the *pose
shown*, wherever it came from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from fusionviewer.errors import BadArgument, FusionError
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.registration import LandmarkFit, fit_landmarks
from fusionviewer.registration.points.agreement import Doubt, judge_pairs
from fusionviewer.registration.points.error_theory import FitError, fle_of_repeats, predict_error
from fusionviewer.registration.points.suspects import Suspect, leave_one_out_mm
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Side, points_of


@dataclass(frozen=True)
class PairFacts:
    """A pair of the fit: its row among all pairs, and what the fit says of it, mm."""

    index: int
    name: str
    fle_mm: float
    residual_mm: float
    left_out_mm: float | None
    """How far it lies from where the fit to all others expects it; None where they fix no pose."""


@dataclass(frozen=True)
class Suspicion:
    """A pair that does not fit the others (its row), as a sentence; swapped pairs are one suspicion with a `twin`."""

    index: int
    twin: int | None
    off_mm: float
    sentence: str


@dataclass(frozen=True)
class RepeatEstimate:
    """How well places were marked again: the repeats in each image, and the placement error that they show."""

    counts: dict[Side, int]
    fle_mm: float | None
    """RMS in 3D of both images together; None unless places were marked again in both."""
    uncertainty: float
    """Of `fle_mm`, as a share of it: one standard deviation."""


@dataclass(frozen=True)
class Measured:
    """How far check points lie apart under a pose, mm: target registration errors that are measured."""

    count: int
    mean_mm: float
    max_mm: float
    worst: str
    """The name of the pair that is furthest apart."""


@dataclass(frozen=True, eq=False)
class LandmarkFacts:
    """Everything about the error of the landmarks that is shown."""

    why_not: str
    """Why there is no fit, as a sentence; empty if there is one."""
    fit: LandmarkFit | None
    error: FitError | None
    """The predicted spread of that fit, taking each pair to be placed as well as is assumed, and none wrongly."""
    pairs: tuple[PairFacts, ...]
    """Those of the fit."""
    suspicions: tuple[Suspicion, ...]
    """Worst first."""
    fle_mm: float
    """What is assumed of pairs that have no placement error of their own."""
    doubts: tuple[Doubt, ...]
    """What speaks against all pairs together."""
    repeats: RepeatEstimate
    measured: Measured | None
    """Under the study's pose; None without check points."""

    @property
    def misfit(self) -> bool:
        """Whether a pair does not fit the others, or all of them no rigid fit: then no prediction can be believed."""
        return bool(self.suspicions) or any(doubt.reason != "disagreeing" for doubt in self.doubts)

    def tre_mm(self, point: Points) -> float | None:
        """The predicted root mean square error of the fit at a point (3,) of fixed space; None without a fit."""
        return None if self.error is None else float(self.error.tre_mm(np.asarray(point))[0])


def landmark_facts(state: FusionState) -> LandmarkFacts:
    """The facts of a study. They are kept with it, and what does not depend on the pose is kept beyond that."""
    known = _KNOWN.get(state)
    if known is None:
        judged = _judged(state.landmarks, state.fle_of(_ANY))
        known = _KNOWN[state] = LandmarkFacts(*judged, measured_under(state, state.alignment.moving_from_fixed))
    return known


_ANY: Final = LandmarkPair("")

_OF_PAIRS: Final = ("mirrored", "scaled", "disagreeing")
"""The other doubts are about files, and asked about when they are opened."""

_KNOWN: Final[WeakKeyDictionary[FusionState, LandmarkFacts]] = WeakKeyDictionary()

_Judged = tuple[
    str,
    LandmarkFit | None,
    FitError | None,
    tuple[PairFacts, ...],
    tuple[Suspicion, ...],
    float,
    tuple[Doubt, ...],
    RepeatEstimate,
]


def automatic_fle_mm(state: FusionState) -> float:
    """What is assumed of pairs where neither they nor the study say anything, mm."""
    return replace(state, fle_mm=None).fle_of(_ANY)


def measured_under(state: FusionState, pose: RigidTransform) -> Measured | None:
    """What the pairs that were kept out of the fit measure under a pose; None where there are none."""
    checks = [pair for pair in state.landmarks if pair.checks]
    if not checks:
        return None
    fixed, moving = points_of(checks)
    apart = np.linalg.norm(pose.apply(fixed) - moving, axis=1)
    return Measured(len(checks), float(apart.mean()), float(apart.max()), checks[int(apart.argmax())].name)


@lru_cache(maxsize=4)
def _judged(landmarks: tuple[LandmarkPair, ...], fle_mm: float) -> _Judged:
    """Everything that does not depend on the pose."""
    used = [(index, pair) for index, pair in enumerate(landmarks) if pair.used]
    fixed, moving = points_of([pair for _, pair in used])
    errors = [fle_mm if pair.fle_mm is None else pair.fle_mm for _, pair in used]
    repeats = estimate_from_repeats(landmarks)
    try:
        fit = fit_landmarks(fixed, moving, errors)
        error = predict_error(fixed, errors)
    except FusionError as problem:
        why_not = str(problem) if used else "Mark at least three pairs; six to eight make a good start."
        return why_not, None, None, (), (), fle_mm, (), repeats
    left_out = leave_one_out_mm(fixed, moving, errors)
    pairs = tuple(
        PairFacts(index, pair.name, fle, float(residual), float(out) if math.isfinite(out) else None)
        for (index, pair), fle, residual, out in zip(used, errors, fit.residuals_mm, left_out, strict=True)
    )
    judgement = judge_pairs(fit, fixed, moving, errors)
    doubts = tuple(doubt for doubt in judgement.doubts if doubt.reason in _OF_PAIRS)
    return "", fit, error, pairs, _suspicions(judgement.suspects, pairs), fle_mm, doubts, repeats


def _suspicions(suspects: tuple[Suspect, ...], pairs: tuple[PairFacts, ...]) -> tuple[Suspicion, ...]:
    told: set[int] = set()
    out = []
    for suspect in suspects:
        if suspect.number in told:
            continue
        told |= {suspect.number} if suspect.twin is None else {suspect.number, suspect.twin}
        pair, twin = pairs[suspect.number], None if suspect.twin is None else pairs[suspect.twin]
        if twin is not None:
            first, second = sorted((pair, twin), key=lambda one: one.index)
            sentence = f"{first.name} and {second.name} look swapped: exchange them?"
            out.append(Suspicion(first.index, second.index, suspect.off_mm, sentence))
            continue
        sentence = (
            f"{pair.name} may be on the wrong side of the head: {suspect.off_mm:.1f} mm off. Look at it again."
            if suspect.reason == "wrong side"
            else f"{pair.name} does not fit the others: {suspect.off_mm:.1f} mm off. Look at it again or leave it out."
        )
        out.append(Suspicion(pair.index, None, suspect.off_mm, sentence))
    return tuple(out)


def estimate_from_repeats(landmarks: tuple[LandmarkPair, ...]) -> RepeatEstimate:
    """The placement error that repeated marks show: of each image, and together if places were repeated in both."""
    counts: dict[Side, int] = {}
    squares, uncertain = 0.0, 0.0
    for side in SIDES:
        placements = []
        for pair in landmarks:
            again = [point for which, point in pair.again if which == side]
            first = pair.point(side)
            if again and first is not None:
                placements.append(np.array([first, *again]))
        counts[side] = sum(len(points) - 1 for points in placements)
        try:
            square = fle_of_repeats(placements) ** 2
        except BadArgument:
            continue
        squares += square
        uncertain += square**2 * 2 / (3 * counts[side])  # the variance of a variance with so many degrees of freedom
    both = all(counts[side] for side in SIDES) and squares > 0
    return RepeatEstimate(
        counts, math.sqrt(squares) if both else None, math.sqrt(uncertain) / (2 * squares) if both else 0.0
    )


# In words


WHY_THEY_DIFFER: Final = (
    "FRE says how well the pairs agree, TRE how far off other places are. The two are uncorrelated (Fitzpatrick 2009): "
    "a small FRE does not make a small TRE."
)


def fre_text(facts: LandmarkFacts) -> str:
    """The residual of the fit and what it is not, or why there is none."""
    if facts.fit is None:
        return facts.why_not
    return f"FRE {facts.fit.fre_mm:.2f} mm over {len(facts.pairs)} pairs. {WHY_THEY_DIFFER}"


def prediction_text(facts: LandmarkFacts, point: Points) -> str:
    """What is predicted at a point (3,) of fixed space, and whether it can be believed; empty without a fit."""
    error_mm = facts.tre_mm(point)
    if error_mm is None:
        return ""
    doubt = _doubt(facts)
    return f"Predicted error here {error_mm:.1f} mm RMS (landmark fit){doubt and '  '}{doubt}"


def _doubt(facts: LandmarkFacts) -> str:
    """Why a prediction cannot be believed."""
    if facts.suspicions:
        return "▲ a pair does not fit"
    if facts.misfit:
        return "▲ the pairs do not fit"
    return "▲ too small" if facts.doubts else ""


WHY_BRIEFLY: Final = "A small FRE does not make a small TRE: the two are uncorrelated (Fitzpatrick 2009)."


def fre_line(facts: LandmarkFacts) -> str:
    """The residual of the fit in a few words."""
    return "no fit yet" if facts.fit is None else f"{facts.fit.fre_mm:.2f} mm over {len(facts.pairs)} pairs"


def measured_line(measured: Measured | None) -> str:
    """What check points measure in a few words; the name is what may be cut off."""
    if measured is None:
        return "no check pairs"
    return f"mean {measured.mean_mm:.1f}, max {measured.max_mm:.1f} mm ({measured.worst})"


def prediction_line(state: FusionState, pose: RigidTransform, point: Points) -> str:
    """What is predicted at a point (3,) of fixed space in a few words, and what speaks against it."""
    facts = landmark_facts(state)
    error_mm = facts.tre_mm(point)
    if error_mm is None:
        return "no fit yet"
    remark = "▲ see below" if _doubt(facts) else _ABOUT_BRIEFLY[_about(state, pose)]
    return f"{error_mm:.1f} mm RMS{remark and ' '}{remark}"


def targets_line(state: FusionState) -> str:
    """What is predicted at all targets in a few words; the names are what may be cut off."""
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
    return "\n".join(_doubt_in_words(doubt, facts) for doubt in facts.doubts)


def _doubt_in_words(doubt: Doubt, facts: LandmarkFacts) -> str:
    fre_mm = 0.0 if facts.fit is None else facts.fit.fre_mm
    if doubt.reason == "mirrored":
        return (
            f"One image looks mirrored: with left and right exchanged in it, the pairs fit to {doubt.value:.1f} mm "
            f"RMS, and only to {fre_mm:.1f} mm as they are. No rigid fit mends that: look for a wrong header, or for "
            "pairs that were marked on the other side."
        )
    if doubt.reason == "scaled":
        return (
            f"The moving points lie {doubt.value:.3f} times as far apart as the fixed ones, and a rigid fit does not "
            "scale: look for a wrong voxel size, or for points in other units."
        )
    return (
        f"The pairs disagree by more than the placement error that is assumed: residuals like these are usual for "
        f"{doubt.value * facts.fle_mm:.1f} mm. What is predicted with {facts.fle_mm:.2f} mm is too small."
    )


def repeats_text(facts: LandmarkFacts) -> str:
    """What the repeated marks show."""
    estimate = facts.repeats
    count = f"{estimate.counts['fixed']} in the fixed and {estimate.counts['moving']} in the moving image"
    if estimate.fle_mm is not None:
        spread = f"± {round(100 * estimate.uncertainty)} %"
        return f"From repeats ({count}): {estimate.fle_mm:.2f} mm {spread}."
    if any(estimate.counts.values()):
        return f"Repeats: {count}. Places must be marked again in both."
    return ""


def measured_text(measured: Measured | None) -> str:
    """What check points measure of the pose shown, or how to have some."""
    if measured is None:
        return "Nothing is measured: let a pair only check, and it measures the pose shown."
    points = "1 check point that was" if measured.count == 1 else f"{measured.count} check points that were"
    text = f"Measured at {points} not in the fit, under the pose shown: mean {measured.mean_mm:.1f}, "
    return f"{text}max {measured.max_mm:.1f} mm ({measured.worst})."


def about_pose(state: FusionState, pose: RigidTransform) -> str:
    """Whether the prediction is about a pose; where it is not, a sentence that says so. Empty without a fit."""
    return _ABOUT[_about(state, pose)]


_About: TypeAlias = Literal["this pose", "changed", "another pose"]

_ABOUT: Final[dict[_About, str]] = {
    "this pose": "",
    "changed": "The pairs have changed since the fit (Ctrl+L): the prediction is for a new fit.",
    "another pose": "The prediction is for the fit to the landmarks, not for the pose shown.",
}
_ABOUT_BRIEFLY: Final[dict[_About, str]] = {
    "this pose": "",
    "changed": "(if fitted anew)",
    "another pose": "(not this pose)",
}


def _about(state: FusionState, pose: RigidTransform) -> _About:
    """What the prediction is about; without a fit it says nothing of any other pose."""
    fit = landmark_facts(state).fit
    if fit is None or np.allclose(fit.moving_from_fixed.matrix, pose.matrix, rtol=0, atol=1e-6):
        return "this pose"
    shown = pose is state.alignment.moving_from_fixed
    return "changed" if shown and state.alignment.origin == "landmarks" else "another pose"
