"""Landmarks that hold a registration near to them without forcing it: a cost beside the similarity."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.registration.grades import DISAGREE, OUTVOTED
from fusionviewer.registration.metric import Evaluation
from fusionviewer.registration.optimizer import Chart
from fusionviewer.registration.points.fit import rigid_fit, weights_from
from fusionviewer.registration.points.suspects import find_suspects
from fusionviewer.registration.reason import Reason

MOST_WEIGHT: Final = 100.0

_LEAST_GAIN: Final = 0.02
"""The last millimetre gains at least this share of the similarity (8 % on the sample's CT and T1), so that landmarks
pull also where the similarity has no peak."""


@dataclass(frozen=True, eq=False)
class LandmarkPull:
    """Pairs of points that a run is to respect: `fixed_points` and `moving_points` (n, 3), LPS mm of their own spaces.

    `fle_mm` (n,) is how well each pair can be placed, RMS in 3D. At `weight` 1 a disagreement of one such error at all
    pairs costs as much as the similarity gains over its last millimetre; 0 is nothing at all. Raises BadArgument.
    """

    fixed_points: Points
    moving_points: Points
    fle_mm: Points
    weight: float = 1.0

    def __post_init__(self) -> None:
        for name in ("fixed_points", "moving_points", "fle_mm"):
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=np.float64)))
        check_weight(self.weight)
        n = self.fle_mm.size
        if self.fixed_points.shape != (n, 3) or self.moving_points.shape != (n, 3) or self.fle_mm.shape != (n,):
            raise BadArgument("The landmarks are not pairs of points.", "Place each landmark in both images.")
        if not (np.isfinite(self.fixed_points).all() and np.isfinite(self.moving_points).all()):
            raise BadArgument("A landmark's position is not a finite number.", "Place or type it again.")
        if not (np.isfinite(self.fle_mm).all() and (self.fle_mm > 0).all()):
            raise BadArgument("A localisation error is not above 0 mm.", "Give for example 1.")

    @property
    def acts(self) -> bool:
        """Whether it makes any difference."""
        return self.weight > 0 and self.fle_mm.size > 0

    def distances_mm(self, pose: RigidTransform) -> Points:
        """(n,) mm: how far each moving point lies from where a pose maps its twin."""
        return np.asarray(np.linalg.norm(pose.apply(self.fixed_points) - self.moving_points, axis=1))

    def outvoted(self, pose: RigidTransform) -> int:
        """How many pairs disagree so much with a pose that they hardly pull."""
        return int(np.count_nonzero(self.distances_mm(pose) > OUTVOTED * self.fle_mm))

    def cost(self, matrix: Matrix, centre: Points) -> tuple[float, Points]:
        """The mean disagreement at a 4×4 pose, 1 for one localisation error, and its gradient (6,).

        The loss is that of Geman and McClure (1987): a square for small distances, a constant for large ones. The
        gradient is by a shift in mm and a turn in radians about `centre` in moving space, like the metric's.
        """
        mapped = np.einsum("ij,nj->ni", matrix[:3, :3], self.fixed_points) + matrix[:3, 3]
        away = mapped - self.moving_points
        squares = (away**2).sum(axis=1) / self.fle_mm**2
        damping = 1 + squares / OUTVOTED**2
        one = 1 + 1 / OUTVOTED**2
        forces = (2 * one / (self.fle_mm * damping) ** 2)[:, None] * away
        gradient = np.concatenate([forces.mean(axis=0), np.cross(mapped - centre, forces).mean(axis=0)])
        return float(one * (squares / damping).mean()), gradient

    def held(
        self, evaluate: Callable[[Matrix, Points], Evaluation], gain: float
    ) -> Callable[[Matrix, Points], Evaluation]:
        """What to climb instead of a similarity whose last millimetre gains so much: less at poses that disagree."""
        scale = self.weight * gain

        def both(matrix: Matrix, centre: Points) -> Evaluation:
            similarity = evaluate(matrix, centre)
            cost, slope = self.cost(matrix, centre)
            return Evaluation(similarity.metric - scale * cost, similarity.overlap, similarity.gradient - scale * slope)

        return both

    def pose_near(self, pose: RigidTransform) -> RigidTransform:
        """The pose that the pairs say which fit each other; from fewer than three, or from a line, a shift of `pose`
        by what they ask for on average."""
        errors = [float(e) for e in self.fle_mm]
        suspected = {suspect.number for suspect in find_suspects(self.fixed_points, self.moving_points, errors)}
        good = np.array([n for n in range(self.fle_mm.size) if n not in suspected], dtype=np.int64)
        fixed, moving, weights = self.fixed_points[good], self.moving_points[good], weights_from(self.fle_mm[good])
        spread = [np.linalg.svd(p - p.mean(axis=0), compute_uv=False) for p in (fixed, moving)]
        if len(good) >= 3 and all(s[1] > max(0.05 * s[0], 1.0) for s in spread):
            return rigid_fit(fixed, moving, weights)
        share = weights / weights.sum()
        shift = (share[:, None] * (moving - pose.apply(fixed))).sum(axis=0)
        return RigidTransform.from_rotation(np.eye(3), shift) @ pose


@dataclass(frozen=True)
class LandmarkReport:
    """What a run's landmarks asked for, and what they got: distances at the pairs, mm."""

    weight: float
    pairs: int
    before_mean_mm: float
    """At the pose where the run began."""
    before_max_mm: float
    after_mean_mm: float
    after_median_mm: float
    after_max_mm: float
    alone_mm: float
    """How far from the result, at the fixed points on average, the images alone would have led."""
    fle_mm: float
    """The mean localisation error that was assumed."""
    outvoted: int = 0
    """How many pairs lie so far off that they hardly pull."""

    @staticmethod
    def of(pull: LandmarkPull, start: RigidTransform, end: RigidTransform, alone: RigidTransform) -> LandmarkReport:
        """Compare the run's start, its end, and where the images alone would have led."""
        before, after = pull.distances_mm(start), pull.distances_mm(end)
        away = np.linalg.norm(end.apply(pull.fixed_points) - alone.apply(pull.fixed_points), axis=1)
        return LandmarkReport(
            weight=float(pull.weight),
            pairs=int(after.size),
            before_mean_mm=float(before.mean()),
            before_max_mm=float(before.max()),
            after_mean_mm=float(after.mean()),
            after_median_mm=float(np.median(after)),
            after_max_mm=float(after.max()),
            alone_mm=float(away.mean()),
            fle_mm=float(pull.fle_mm.mean()),
            outvoted=pull.outvoted(end),
        )

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """What speaks against the pose."""
        if self.alone_mm > DISAGREE * self.fle_mm:
            return (Reason("landmarks_elsewhere", {"alone_mm": self.alone_mm}),)
        if self.after_median_mm > DISAGREE * self.fle_mm:
            return (Reason("landmarks_far", {"after_median_mm": self.after_median_mm}),)
        return ()


def last_millimetre(evaluate: Callable[[Matrix, Points], Evaluation], chart: Chart, u: Points) -> float:
    """What a similarity gains over its last millimetre: the mean fall by 1 mm each way along the axes from u."""
    top = evaluate(chart.pose(u), chart.moved_centre(u)).metric
    falls = []
    for axis in range(3):
        for way in (-1.0, 1.0):
            v = u.copy()
            v[axis] += way
            falls.append(top - evaluate(chart.pose(v), chart.moved_centre(v)).metric)
    return max(sum(falls) / len(falls), _LEAST_GAIN * abs(top), 1e-9)


def check_weight(weight: float) -> None:
    """Raise BadArgument for a weight that makes no sense."""
    if not (math.isfinite(weight) and 0 <= weight <= MOST_WEIGHT):
        raise BadArgument(
            f"The weight of the landmarks does not lie between 0 and {MOST_WEIGHT:g}.",
            "Give 0 to leave them out, 1 to let them count as much as the images, 3 or more to hold to them.",
        )
