"""What speaks for a pose besides the metric that was climbed, and what the run may be called for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points
from fusionviewer.progress import Observer
from fusionviewer.registration.grades import (
    CHANCE_CONTRAST,
    DOUBTFUL_OVERLAP,
    MANY_STARTS,
    MIRRORED,
    PARTS_MM,
    REGION_MM,
    RIVAL,
    RIVAL_APART_MM,
    UNTOLD_MM,
    WEAK_CONTRAST,
    WEAK_PARTS_MM,
)
from fusionviewer.registration.metric import Evaluation, JointInformation
from fusionviewer.registration.optimizer import Chart, climb
from fusionviewer.registration.reason import Reason
from fusionviewer.registration.result import Evidence
from fusionviewer.registration.starts import pose_distance, score

FEW_POINTS = 100
"""A half of the head with fewer points has no say."""

QUICK_BINS, QUICK_POINTS = 16, 2000
"""Enough to tell hopeful poses from hopeless ones, and few enough for thousands of them."""


class Chance:
    """How well poses do that were not climbed: the yardstick for a found one."""

    def __init__(self, metric: JointInformation, expected_overlap: float, observer: Observer) -> None:
        self._samples = metric.samples.rebinned(QUICK_BINS).thinned(QUICK_POINTS)
        self._image = metric.image.rebinned(QUICK_BINS)
        self._expected = expected_overlap
        self._observer = observer

    def worth(self, poses: NDArray[np.float64]) -> NDArray[np.float64]:
        """The quick metric of poses (n, 4, 4), held down where little overlaps."""
        scores = score(self._samples, self._image, poses, self._observer)
        return scores.metric * held_down(scores.overlap, self._expected)

    def contrast(self, pose: Matrix, among: NDArray[np.float64]) -> float:
        """How far a pose (4×4) is above the middle of others (n,), counted in how far their best twentieth is."""
        middle, high = np.quantile(among, [0.5, 0.95])
        return float((self.worth(pose[None])[0] - middle) / max(high - middle, 1e-9))


def held_down(overlap: NDArray[np.float64] | float, expected: float) -> NDArray[np.float64]:
    """A factor for metrics: 1 where enough overlaps, less where only a sliver does, which is easily explained."""
    return np.minimum(1.0, np.asarray(overlap) / (0.7 * expected))


def parts_disagree_mm(
    metric: JointInformation, chart: Chart, u: Points, curvature: Matrix | None, observer: Observer
) -> float:
    """How far the halves of the head (left, right, front, back, top, bottom) would each go by themselves, mm.

    Where the images show the same head each half says nearly the same pose. The median over the halves; UNTOLD_MM
    where one holds hardly any points.
    """
    samples = metric.samples.thinned(12_000)
    away = []
    for axis in range(3):
        side = samples.points[axis] - np.median(samples.points[axis])
        for half in (side < 0, side >= 0):
            part = samples.only(half)
            if part.bins.size < FEW_POINTS:
                return UNTOLD_MM
            end = climb(
                watched(JointInformation(part, metric.image), observer), chart, u, step_mm=4.0, finish_mm=0.1,
                max_evaluations=16, curvature=curvature,
            )  # fmt: skip
            away.append(pose_distance(chart.pose(end.u), chart.pose(u), chart.centre))
    return float(np.median(away))


def watched(metric: JointInformation, observer: Observer) -> Callable[[Matrix, Points], Evaluation]:
    """What a climb evaluates, ending at once where the observer is no longer wanted."""

    def evaluate(matrix: Matrix, centre: Points) -> Evaluation:
        observer.check()
        return metric.evaluate(matrix, centre)

    return evaluate


def doubts(evidence: Evidence) -> tuple[Reason, ...]:
    """What speaks against a pose; empty if nothing does."""
    out = []
    if evidence.mirror_share > MIRRORED:
        out.append(Reason("mirror_better", {"mirror_share": evidence.mirror_share}))
    if evidence.overlap < DOUBTFUL_OVERLAP:
        out.append(Reason("overlap_doubtful", {"overlap": evidence.overlap}))
    if evidence.contrast < CHANCE_CONTRAST:
        out.append(Reason("contrast_of_chance", {"contrast": evidence.contrast}))
    if evidence.rival_share > RIVAL and evidence.rival_mm > RIVAL_APART_MM:
        out.append(Reason("rival_pose", {"rival_mm": evidence.rival_mm, "rival_share": evidence.rival_share}))
    if evidence.region_mm > REGION_MM:
        out.append(Reason("region_elsewhere", {"region_mm": evidence.region_mm}))
    weak = evidence.contrast < WEAK_CONTRAST and not out
    if evidence.parts_mm >= UNTOLD_MM:
        out.append(Reason("parts_untold"))
    elif evidence.parts_mm > PARTS_MM or (weak and evidence.parts_mm > WEAK_PARTS_MM):
        out.append(Reason("parts_disagree", {"parts_mm": evidence.parts_mm}))
    if evidence.agreeing <= 1 < evidence.starts and (weak or evidence.starts >= MANY_STARTS):
        out.append(Reason("lone_start", {"starts": evidence.starts}))
    return tuple(out)
