"""What the landmarks say of their own error, as one value for all that shows it; worked out once for each state.

Three things are kept apart. The residuals (FRE) and the predicted error (TRE) belong to the *rigid fit to the
landmarks*, whatever pose is shown. Only pairs that were kept out of the fit *measure*, and they measure the *pose
shown*, wherever it came from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from fusionviewer.errors import BadArgument, FusionError
from fusionviewer.exchange.points.questions import outside_of
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.pair_findings import IMAGES, distinct_suspects, doubt_finding, suspect_finding
from fusionviewer.registration import LandmarkFit, fit_landmarks
from fusionviewer.registration.points.agreement import Doubt, excess, judge_pairs
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
    """A pair that does not fit the others (its row); swapped pairs are one suspicion with a `twin`."""

    index: int
    twin: int | None
    finding: Finding

    @property
    def off_mm(self) -> float:
        """How far it lies from where the others expect it."""
        return float(self.finding.values["off_mm"])


@dataclass(frozen=True)
class RepeatEstimate:
    """How well placements were repeated: the repeats in each image, and the FLE that they show."""

    counts: dict[Side, int]
    fle_mm: float | None
    """RMS in 3D of both images together; None unless placements were repeated in both."""
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
    """What is assumed of pairs that have no FLE of their own."""
    excess: float | None
    """For how many times the assumed FLE residuals like these are usual; None if for those."""
    doubts: tuple[Doubt, ...]
    """What speaks against all pairs together."""
    file_doubts: tuple[Doubt, ...]
    """What speaks against files that such points were read from; of marks made in the images it says nothing."""
    repeats: RepeatEstimate
    measured: Measured | None
    """Under the study's pose; None without check points."""
    outside: Mapping[Side, tuple[int, ...]]
    """The rows of pairs whose point does not lie in its image, by the image; pairs that are off do not count."""
    judged: bool = True
    """Whether suspicions and doubts are those of these points; else those of where the same pairs lay before."""

    @property
    def misfit(self) -> bool:
        """Whether a pair does not fit the others, or all of them no rigid fit: then no prediction can be believed."""
        return bool(self.suspicions) or any(doubt.reason != "disagreeing" for doubt in self.doubts)

    def doubt_findings(self, point_files: tuple[str, str] | None = None) -> tuple[Finding, ...]:
        """What speaks against all pairs together.

        Where the points were just read from `point_files` (the fixed points' name, the moving points'), those are named
        and doubted as well.
        """
        fre_mm = 0.0 if self.fit is None else self.fit.fre_mm
        doubts = self.doubts if point_files is None else (*self.doubts, *self.file_doubts)
        return tuple(doubt_finding(doubt, fre_mm, self.fle_mm, point_files or IMAGES) for doubt in doubts)

    def against(self, point_files: tuple[str, str] | None = None) -> tuple[Finding, ...]:
        """The same, before what speaks against single pairs."""
        return (*self.doubt_findings(point_files), *(one.finding for one in self.suspicions))

    def tre_mm(self, point: Points) -> float | None:
        """The predicted root mean square error of the fit at a point (3,) of fixed space; None without a fit."""
        return None if self.error is None else float(self.error.tre_mm(np.asarray(point))[0])


def landmark_facts(state: FusionState) -> LandmarkFacts:
    """The facts of a study. They are kept with it, and what does not depend on the pose is kept beyond that."""
    known = _KNOWN.get(state)
    if known is None:
        known = _KNOWN[state] = _facts(state, judge_landmarks(state.landmarks, assumed_fle_mm(state)), judged=True)
    return known


def put_off_judging(state: FusionState, before: LandmarkJudgement | None) -> None:
    """Let the facts of a study be given without judging its pairs, which takes long where they are many.

    What was found against the same pairs `before` stands in for it. `judge_landmarks` and `judging_done` make up for
    it.
    """
    same = before is not None and _who(before.landmarks) == _who(state.landmarks)
    _KNOWN[state] = _facts(state, before if before is not None and same else _UNKNOWN, judged=False)


def judging_done(state: FusionState, judgement: LandmarkJudgement) -> None:
    """Let the facts of a study be complete again: this is the judgement of its pairs."""
    _KNOWN[state] = _facts(state, judgement, judged=True)


def is_judged(state: FusionState) -> bool:
    """Whether the facts of a study are known completely, or none are known of it yet and it has few pairs."""
    known = _KNOWN.get(state)
    return sum(pair.used for pair in state.landmarks) <= FEW_PAIRS if known is None else known.judged


FEW_PAIRS: Final = 12
"""So many are judged in some 3 ms; a hundred take eight times as long."""

_ANY: Final = LandmarkPair("")

_OF_PAIRS: Final = ("mirrored", "scaled", "disagreeing")
"""The other doubts are about the files that points are read from."""

_KNOWN: Final[WeakKeyDictionary[FusionState, LandmarkFacts]] = WeakKeyDictionary()


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


@dataclass(frozen=True, eq=False)
class LandmarkJudgement:
    """What speaks against these pairs."""

    landmarks: tuple[LandmarkPair, ...]
    suspects: tuple[Suspect, ...] = ()
    """By their numbers among the pairs of the fit; two that look swapped are two."""
    suspicions: tuple[Suspicion, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    """Those about files included."""


_UNKNOWN: Final = LandmarkJudgement(())


def assumed_fle_mm(state: FusionState) -> float:
    """What is assumed of pairs that have no FLE of their own, mm."""
    return state.fle_of(_ANY)


@lru_cache(maxsize=4)
def judge_landmarks(landmarks: tuple[LandmarkPair, ...], fle_mm: float) -> LandmarkJudgement:
    """What speaks against pairs, of which those without an FLE of their own have this one, mm.

    It may be called in any thread.
    """
    fitted = _fitted(landmarks, fle_mm)
    if fitted.fit is None:
        return LandmarkJudgement(landmarks)
    fixed, moving = points_of([pair for pair in landmarks if pair.used])
    judgement = judge_pairs(fitted.fit, fixed, moving, [pair.fle_mm for pair in fitted.pairs])
    suspicions = _suspicions(judgement.suspects, fitted.pairs, fixed)
    return LandmarkJudgement(landmarks, judgement.suspects, suspicions, judgement.doubts)


def _who(landmarks: tuple[LandmarkPair, ...]) -> list[tuple[str, bool]]:
    return [(pair.name, pair.used) for pair in landmarks]


class _Fitted(NamedTuple):
    """What does not depend on the pose and is known at once."""

    why_not: str
    fit: LandmarkFit | None
    error: FitError | None
    pairs: tuple[PairFacts, ...]
    excess: float | None
    repeats: RepeatEstimate


def _facts(state: FusionState, judgement: LandmarkJudgement, *, judged: bool) -> LandmarkFacts:
    fle_mm = assumed_fle_mm(state)
    fitted = _fitted(state.landmarks, fle_mm)
    measured = measured_under(state, state.alignment.moving_from_fixed)
    known = judgement if fitted.fit else _UNKNOWN
    of_pairs = tuple(doubt for doubt in known.doubts if doubt.reason in _OF_PAIRS)
    of_files = tuple(doubt for doubt in known.doubts if doubt.reason not in _OF_PAIRS)
    return LandmarkFacts(
        fitted.why_not, fitted.fit, fitted.error, fitted.pairs, known.suspicions, fle_mm, fitted.excess, of_pairs,
        of_files, fitted.repeats, measured, _outside(state), judged,
    )  # fmt: skip


def _outside(state: FusionState) -> dict[Side, tuple[int, ...]]:
    out: dict[Side, tuple[int, ...]] = {}
    for side, volume in state.volumes().items():
        marked = [(row, pair.point(side)) for row, pair in enumerate(state.landmarks) if pair.use != "off"]
        placed = [(row, point) for row, point in marked if point is not None]
        beyond = outside_of(np.array([point for _, point in placed]), volume.grid) if placed else []
        out[side] = tuple(placed[number][0] for number in beyond)
    return out


@lru_cache(maxsize=4)
def _fitted(landmarks: tuple[LandmarkPair, ...], fle_mm: float) -> _Fitted:
    used = [(index, pair) for index, pair in enumerate(landmarks) if pair.used]
    fixed, moving = points_of([pair for _, pair in used])
    errors = [fle_mm if pair.fle_mm is None else pair.fle_mm for _, pair in used]
    repeats = estimate_from_repeats(landmarks)
    try:
        fit = fit_landmarks(fixed, moving, errors)
        error = predict_error(fixed, errors)
    except FusionError as problem:
        why_not = str(problem) if used else "Mark at least three pairs; six to eight make a good start."
        return _Fitted(why_not, None, None, (), None, repeats)
    left_out = leave_one_out_mm(fixed, moving, errors)
    pairs = tuple(
        PairFacts(index, pair.name, fle, float(residual), float(out) if math.isfinite(out) else None)
        for (index, pair), fle, residual, out in zip(used, errors, fit.residuals_mm, left_out, strict=True)
    )
    return _Fitted("", fit, error, pairs, excess(fit.residuals_mm, errors), repeats)


def _suspicions(suspects: tuple[Suspect, ...], pairs: tuple[PairFacts, ...], fixed: Points) -> tuple[Suspicion, ...]:
    names, out = [pair.name for pair in pairs], []
    for one in distinct_suspects(suspects):
        rows = sorted(pairs[number].index for number in (one.number, one.twin) if number is not None)
        out.append(Suspicion(rows[0], rows[1] if len(rows) > 1 else None, suspect_finding(one, names, fixed)))
    return tuple(out)


def estimate_from_repeats(landmarks: tuple[LandmarkPair, ...]) -> RepeatEstimate:
    """The FLE that repeated placements show: of each image, and together if there are repeats in both."""
    counts: dict[Side, int] = {}
    squares, uncertain = 0.0, 0.0
    repeated = [pair for pair in landmarks if pair.again]
    for side in SIDES:
        placements = []
        for pair in repeated:
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
