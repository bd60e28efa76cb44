"""The error to expect of a pose, calibrated on simulated cases. It is an estimate, and no measurement."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np

from fusionviewer.geometry import Grid, Points, RigidTransform
from fusionviewer.quality.second_opinion.motion import moved_mm
from fusionviewer.quality.second_opinion.residual import Residual
from fusionviewer.rendering.marks.values import PredictedError

TABLE: Final = "calibration.json"
"""Made by benchmarks/quality.py; beside this module."""

_LEGEND: Final = ("lines: expected error, calibrated on simulations, mm", "expected error, mm")


@dataclass(frozen=True)
class Group:
    """What was found of simulated cases of a kind: those whose standard error (`unsure_mm`) is at most `most_mm`."""

    name: str
    most_mm: float
    own_mm: float
    """How much of the residual motion is the second opinion's own error: taken off, as squares."""
    least_mm: float
    """No less is ever expected."""
    above_mm: float
    """The true 95th percentile is at most so much above the estimate in 95 of 100 cases, with a confidence of 95 %."""
    cases: int


@dataclass(frozen=True)
class ExpectedError:
    """Over the head, mm: `median` and `p95` are estimates; `p95_upper` held for 95 of 100 simulated cases."""

    median_mm: float
    p95_mm: float
    p95_upper_mm: float
    group: str


@cache
def groups() -> tuple[Group, ...]:
    """The groups of the calibration, the surest first."""
    text = resources.files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    return tuple(Group(**row) for row in json.loads(text)["groups"])


def group_of(unsure_mm: float) -> Group | None:
    """Which simulated cases had a standard error like this one; None: it lies outside the range of all."""
    return next((group for group in groups() if unsure_mm <= group.most_mm), None)


def expected_error(found: Residual) -> ExpectedError | None:
    """The error to expect over the head; None where the second opinion is outside the range of its calibration."""
    group = group_of(found.unsure_mm)
    if group is None:
        return None
    moved = moved_mm(found.motion, found.centre, found.places)
    p95 = _estimate(float(np.percentile(moved, 95)), group)
    median = _estimate(float(np.median(moved)), group)
    return ExpectedError(min(median, p95), p95, p95 + group.above_mm, group.name)


def estimated_mm(moved: float, unsure_mm: float) -> tuple[float, float] | None:
    """Estimate and upper bound for a residual motion with a standard error, mm; None outside the groups' range."""
    group = group_of(unsure_mm)
    if group is None:
        return None
    return _estimate(moved, group), _estimate(moved, group) + group.above_mm


def expected_at(found: Residual, places: Points) -> tuple[tuple[float, float], ...] | None:
    """(estimate, upper) at places (n, 3) of the CT's space, mm; None as for `expected_error`."""
    group = group_of(found.unsure_mm)
    if group is None:
        return None
    moved = moved_mm(found.motion, found.centre, np.atleast_2d(places))
    return tuple((_estimate(float(m), group), _estimate(float(m), group) + group.above_mm) for m in moved)


@dataclass(frozen=True, eq=False)
class ExpectedMap:
    """The expected error at places of fixed space, in the range of the calibration: what `expected_map` makes."""

    residual: Residual
    ct_from_fixed: RigidTransform
    group: Group

    def moved_mm(self, points: Points) -> Points:
        """The residual motion (n,) at points (n, 3), LPS mm of fixed space: its square is quadratic in the place.

        Less `group.own_mm`, as squares, it is the expected error, but for `group.least_mm`.
        """
        places = self.ct_from_fixed.apply(np.atleast_2d(points))
        return moved_mm(self.residual.motion, self.residual.centre, places)

    def estimates_mm(self, points: Points) -> Points:
        """The expected error (n,) at points (n, 3) of fixed space."""
        return np.sqrt(np.maximum(self.moved_mm(points) ** 2 - self.group.own_mm**2, self.group.least_mm**2))

    def at(self, point: Points) -> tuple[float, float]:
        """Estimate and upper bound at a point (3,) of fixed space, mm."""
        mm = _estimate(float(self.moved_mm(point)[0]), self.group)
        return mm, mm + self.group.above_mm


def expected_lines(found: ExpectedMap, grid: Grid) -> PredictedError:
    """The expected error for isocontours within an image's box in fixed space."""
    group = found.group
    legend = f"{_LEGEND[0]}; nowhere below {group.least_mm:g}", _LEGEND[1]
    return PredictedError(found.moved_mm, grid, group.own_mm, group.least_mm, legend)


def expected_map(found: Residual, fixed_from_ct: RigidTransform) -> ExpectedMap | None:
    """The expected error at places of fixed space; None as for `expected_error`."""
    group = group_of(found.unsure_mm)
    return None if group is None else ExpectedMap(found, ~fixed_from_ct, group)


def _estimate(moved_mm_: float, group: Group) -> float:
    """What is left of the residual motion without the second opinion's own error."""
    return math.sqrt(max(moved_mm_**2 - group.own_mm**2, group.least_mm**2))


def fitted_group(
    name: str, most_mm: float, rows: Sequence[Mapping[str, Any]], share: float = 0.95, confidence: float = 0.95
) -> Group:
    """A group from simulated cases: rows with `moved_mm` (the residual motion's 95th percentile) and `true_mm`.

    `own_mm` and `least_mm` are the pair with the least mean absolute error over cases of at most 5 mm; `above_mm` is
    the split-conformal quantile of what is left that holds for `share` of new cases with this `confidence`, whichever
    simulated cases chance has brought (`_rank`); without enough of them, the largest.
    """
    moved, true = (np.array([row[key] for row in rows]) for key in ("moved_mm", "true_mm"))
    near = true <= 5.0
    best = (math.inf, 0.0, 0.0)
    for own in np.arange(0.0, 1.5, 0.05):
        for least in np.arange(0.2, 1.0, 0.05):
            guess = np.sqrt(np.maximum(moved**2 - own**2, least**2))
            best = min(best, (float(np.abs(guess - true)[near].mean()), float(own), float(least)))
    _, own_mm, least_mm = best
    left = np.sort(true - np.sqrt(np.maximum(moved**2 - own_mm**2, least_mm**2)))
    above = float(left[_rank(left.size, share, confidence) - 1])
    return Group(name, most_mm, round(own_mm, 3), round(least_mm, 3), round(max(0.0, above), 3), left.size)


def _rank(n: int, share: float, confidence: float) -> int:
    """The smallest k for which the k-th smallest of n values covers a share of new ones with a confidence, at most n.

    The share that it covers has the distribution Beta(k, n + 1 − k): Vovk, Conditional validity of inductive conformal
    predictors, 2012; Wilks, Determination of sample sizes for setting tolerance limits, 1941.
    """
    fails = 0.0
    for k in range(n, 0, -1):  # P(it covers less) = P(at least k of n values lie below the share's quantile)
        log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        fails += math.exp(log + k * math.log(share) + (n - k) * math.log(1 - share))
        if fails > 1 - confidence:
            return min(n, k + 1)
    return 1
