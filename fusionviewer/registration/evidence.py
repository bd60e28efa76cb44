"""What speaks for a pose besides the metric that was climbed, and what the run may be called for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points
from fusionviewer.progress import Observer
from fusionviewer.registration.metric import Evaluation, JointInformation
from fusionviewer.registration.optimizer import Chart, climb
from fusionviewer.registration.result import Evidence
from fusionviewer.registration.starts import pose_distance, score

LITTLE_OVERLAP = 0.25
"""Share of the fixed head inside the moving image below which a result is doubtful."""

CHANCE = (1.5, 3.5)
RIVAL = 0.95
PARTS_MM = (1.5, 1.0)
"""What makes a result doubtful: a contrast below the first number, another pose with this share of the metric, halves
that disagree by the first number; or a contrast below its second number together with halves beyond theirs, or with
no other start leading to the same pose. On CT–MR pairs with a known answer right poses had a contrast from 3.0, rivals
up to 0.85 and halves within 0.9 mm; wrong ones, mirror images among them, broke these limits."""

MANY_STARTS = 8
"""Of so many starts another one must lead to the same pose, whatever else speaks for it. Right poses of whole heads
had at least 3 of 18 from an automatic start, and all from a near one; wrong poses, found where the head was not, had 1.
Of half heads right poses, too, had 1 or 2: they are looked at again with more starts."""

FEW_POINTS, UNTOLD_MM = 100, 1000.0
"""A half of the head with fewer points has no say; a number of mm that stands for "nobody can tell"."""

RIVAL_APART_MM = 10.0
"""Another pose that is nearer than this is no rival: it says nearly the same."""


MIRRORED = 1.0
"""From this share of the metric on, a mirror image fits better. On CT–MR and MR–MR pairs of four heads the right way
round had at most 0.94, and where one image had been mirrored it was at least 1.06."""

REGION_MM = 2.0
"""A small region that leads farther than this from where the whole head does is doubtful: skulls do not bend."""

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


def doubts(evidence: Evidence) -> tuple[str, ...]:
    """What speaks against a pose, one sentence each; empty if nothing does."""
    out = []
    if evidence.mirror_share > MIRRORED:
        out.append("The images agree better if one of them is mirrored: has a header left and right the wrong way?")
    if evidence.overlap < LITTLE_OVERLAP:
        out.append(f"Only {evidence.overlap:.0%} of the head lies inside the other image.")
    if evidence.contrast < CHANCE[0]:
        out.append("The images agree hardly better than in poses picked by chance.")
    if evidence.rival_share > RIVAL and evidence.rival_mm > RIVAL_APART_MM:
        better = "better" if evidence.rival_share > 1 else "nearly as good"
        out.append(f"Another pose, {evidence.rival_mm:.0f} mm away, is {better}.")
    if evidence.region_mm > REGION_MM:
        out.append(f"The region alone leads {evidence.region_mm:.1f} mm away from where the whole head does.")
    weak = evidence.contrast < CHANCE[1] and not out
    if evidence.parts_mm >= UNTOLD_MM:
        out.append("Too few points were compared to see whether parts of the head agree about the pose.")
    elif evidence.parts_mm > PARTS_MM[0] or (weak and evidence.parts_mm > PARTS_MM[1]):
        out.append(f"Parts of the head disagree about the pose by {evidence.parts_mm:.1f} mm.")
    if evidence.agreeing <= 1 < evidence.starts and (weak or evidence.starts >= MANY_STARTS):
        out.append(f"Only 1 of {evidence.starts} starts led to this pose.")
    return tuple(out)


@dataclass(frozen=True)
class Fact:
    """One piece of evidence: its name and value for a table, and a sentence that says what they mean."""

    name: str
    value: str
    sentence: str


def facts(evidence: Evidence, only: str = "") -> tuple[Fact, ...]:
    """The evidence in words, whether it speaks for the pose or against it. None of it measures accuracy.

    `only` is what a run's result calls the region that alone counted.
    """
    e = evidence
    agreeing, near = f"{e.agreeing} of {e.starts}", f"{max(1, e.spread_mm):.0f} mm"
    overlap, what = f"{e.overlap * 100:.0f} %", "what was compared" if only else "the head"
    share, rival = f"{e.rival_share * 100:.0f} %", f"{e.rival_mm:.0f} mm"
    contrast, parts, region = f"{e.contrast:.1f}", f"{e.parts_mm:.1f} mm", f"{e.region_mm:.1f} mm"
    found = [
        Fact("Starts that agree", agreeing, f"{agreeing} starts led to this pose; half of all ended within {near}."),
        Fact("Overlap", overlap, f"{overlap} of {what} lies inside the moving image."),
        Fact("Contrast", contrast, f"The agreement lies {contrast} times as far above the average of all rotations as "
             "their best twentieth."),
    ]  # fmt: skip
    if e.mirror_share:
        mirror = f"{e.mirror_share * 100:.0f} %"
        found.append(
            Fact("Mirror image", mirror, f"With one image mirrored {mirror} of the agreement would be reached.")
        )
    if e.parts_mm < UNTOLD_MM:
        found.append(Fact("Halves", parts, f"Halves of {what} by themselves lead {parts} away (median)."))
    if e.rival_mm > RIVAL_APART_MM:
        sentence = f"The best other pose, {rival} away, reaches {share} of the agreement."
        found.append(Fact("Best other pose", f"{share}, {rival} off", sentence))
    if e.region_mm:
        sentence = f"The region leads {region} away from where the whole head does."
        found.append(Fact("Region alone", region, sentence))
    return tuple(found)
