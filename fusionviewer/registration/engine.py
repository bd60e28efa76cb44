"""The run itself: many starts, few survivors, one pose, and what speaks for it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument, RegistrationFailed, UnreadableInput
from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.evidence import Chance, doubts, held_down, parts_disagree_mm, watched
from fusionviewer.registration.grades import MIRRORED, NO_OVERLAP, RIVAL_APART_MM
from fusionviewer.registration.levels import Subject, coded_image, samples
from fusionviewer.registration.metric import Evaluation, JointInformation
from fusionviewer.registration.mirror import mirror_share
from fusionviewer.registration.optimizer import RADIUS_MM, Chart, climb
from fusionviewer.registration.points.landmark_prior import LandmarkPull, LandmarkReport, last_millimetre
from fusionviewer.registration.reason import Reason
from fusionviewer.registration.region import Region
from fusionviewer.registration.result import Ending, Evidence, PoseUpdate, RegistrationResult
from fusionviewer.registration.settings import RegistrationSettings, Start
from fusionviewer.registration.starts import (
    candidate_poses,
    distinct,
    even_rotations,
    pose_distance,
    random_offsets,
    starting_pose,
)

NEAR_MM = 15.0
NEAR_DEG = 12.0
"""How far around a given start other starts are tried when there are no bounds."""

SAME_MM = (6.0, 3.0, 1.0)
"""Ends of a pyramid level that are closer than this (8, 4, 2 mm) are the same pose; the best of them goes on."""

SURVIVORS = (6, 3, 3)
"""How many distinct poses at most go on from the first, the second and later pyramid levels,"""

HOPE = (0.7, 0.85, 0.95)
"""and what share of the best one's metric they must have."""

ELSEWHERE = 6
"""From a given start, how many of the best poses of a look at all rotations are compared with the result."""


def register(
    fixed: Volume,
    moving: Volume,
    start: Start = "auto",
    *,
    settings: RegistrationSettings | None = None,
    max_shift_mm: float | None = None,
    max_rotation_deg: float | None = None,
    start_kind: str | None = None,
    region: Region | None = None,
    pull: LandmarkPull | None = None,
    observer: Observer | None = None,
) -> RegistrationResult:
    """Find the rigid `moving_from_fixed` that explains one image best by the other.

    `start` is "auto" (a search over all rotations, and a wider one if that is doubtful), "header", "centre", or a pose;
    from a pose the search stays near. With `max_shift_mm` or `max_rotation_deg` the result stays inside `Bounds` about
    the start, centred in the fixed image's head; both None means no bounds. `start_kind` names the start in the result.
    Only what lies in `region` counts, if there is one; with a small one the head is found by all of it, and the finest
    level keeps to the region. `pull` holds the finest level near to landmarks; limits stay hard, and a weight of 0 is
    as if there were none. The observer gets Progress with a PoseUpdate at each step.

    Raises BadArgument (bounds without a start, a region beside the head), RegistrationFailed (no head, no overlap)
    and Cancelled.
    """
    settings = settings or RegistrationSettings()
    observer = observer or Observer()
    bounded = max_shift_mm is not None or max_rotation_deg is not None
    if isinstance(start, str) and start == "auto":
        if bounded:
            raise BadArgument(
                "Bounds need a start to be measured from, and an automatic start has none.",
                "Start from the header, the centres, landmarks or a file, or leave the bounds out.",
            )
        pose = None
    else:
        pose = starting_pose(fixed, moving, start) if isinstance(start, str) else start
    kind = start_kind or (start if isinstance(start, str) else "current")
    began = time.monotonic()
    observer.report(0.0, "looking for the head")
    if region is not None:
        region.check_on(fixed)
    try:
        first = Subject.of(fixed, settings.levels_mm[-1], region)
        observer.report(0.05, "looking for the head")
        second = Subject.of(moving, settings.levels_mm[-1])
    except UnreadableInput as error:
        raise RegistrationFailed(error.message, error.remedy) from error
    bounds = Bounds.about(pose, first.head.centre_point, max_shift_mm, max_rotation_deg) if bounded and pose else None
    pull = pull if pull is not None and pull.acts else None
    result = _Run(first, second, settings, observer, bounds, pull).go(pose)
    if pose is None and _worth_another_look(result):
        observer.report(0.97, "looking again, with more starts")
        wider = _Run(first, second, settings.wider(), observer.part(0.97, 1.0), None, pull).go(None)
        if wider.ending is Ending.CONVERGED or wider.metric > result.metric:
            result = replace(wider, settings=settings)
    return replace(result, start_kind=kind, only=str(region or ""), seconds=time.monotonic() - began)


def _worth_another_look(result: RegistrationResult) -> bool:
    """Whether more starts might find a better pose. A part of a head has few ways into it; a mirror image has none."""
    told = result.evidence is not None and result.evidence.mirror_share > MIRRORED and result.evidence.agreeing > 1
    by_images = result.evidence is not None and bool(doubts(result.evidence))  # landmarks may doubt as well
    return result.ending is Ending.DOUBTFUL and by_images and not told


@dataclass
class _Candidate:
    """A pose on its way through the pyramid: u in its chart, and which starts have ended in it."""

    chart: Chart
    u: Points
    members: list[int]
    metric: float = -math.inf
    overlap: float = 0.0
    curvature: Matrix | None = None
    """Of the metric over u, as far as the climb has learnt it."""
    share: float = 0.0
    """Its worth as a share of the best one's, when they were last compared."""

    @property
    def pose(self) -> Matrix:
        return self.chart.pose(self.u)


@dataclass
class _Run:
    fixed: Subject
    moving: Subject
    settings: RegistrationSettings
    observer: Observer
    bounds: Bounds | None
    pull: LandmarkPull | None = None
    trace: list[tuple[str, int, float]] = field(default_factory=list)
    _whole_pose: Matrix | None = None
    """Where all of the head leads, before a small region has its say."""
    _alone: _Candidate | None = None
    """Where the images lead, before the landmarks have their say."""

    @property
    def centre(self) -> Points:
        """The fixed head's centre, LPS mm."""
        return self.fixed.head.centre_point

    def go(self, start: RigidTransform | None) -> RegistrationResult:
        """From the prepared subjects to the result, but for the time it took."""
        rng = np.random.default_rng(self.settings.seed)
        for k, subject in enumerate((self.fixed, self.moving)):
            self.observer.report(0.1 + 0.05 * k, "preparing")
            _ = subject.field
        metric = coarse = finer = self._level(0, rng)
        self.observer.report(0.2, "looking at all rotations")
        chance = Chance(metric, self._expected_overlap, self.observer)
        rotations = even_rotations(self.settings.rotations)
        poses = candidate_poses(self.fixed.head, self.moving.head, rotations)
        worths = chance.worth(poses)
        candidates = self._everywhere(chance, poses, worths) if start is None else self._around(start)
        ended: list[_Candidate] = []
        depths = len(self.settings.levels_mm)
        for depth in range(depths):
            part = self.observer.part(0.25 + 0.7 * depth / depths, 0.25 + 0.7 * (depth + 1) / depths)
            part.report(0.0, f"{self.settings.levels_mm[depth]:g} mm")
            if depth:
                metric = self._level(depth, rng)
            if 0 < depth < depths - 1:
                finer = metric
            if self.fixed.focused and 0 < depth == depths - 1:
                candidates, far = self._near_the_best(candidates)
                ended += far
                self._whole_pose = candidates[0].pose
            for k, candidate in enumerate(candidates):
                self._climb(candidate, metric, depth, part.part(k / len(candidates), (k + 1) / len(candidates)))
            candidates, dropped = self._survivors(candidates, depth)
            ended += dropped
            if candidates[0].overlap < NO_OVERLAP or candidates[0].metric <= 0:
                raise RegistrationFailed(
                    "The images do not overlap enough to be compared.",
                    "Check that both show the same part of one head, or place landmarks."
                    if start is None
                    else "Use the automatic start, or landmarks.",
                )
        if self.pull is not None:
            self._alone = candidates[0]
            candidates = self._held(self.pull, start, candidates, metric)
        self.observer.report(0.95, "weighing the evidence")
        winner = candidates[0]
        if start is not None:
            candidates += self._elsewhere(winner, coarse, self._everywhere(chance, poses, worths)[:ELSEWHERE])
        contrast = chance.contrast(winner.pose, worths)
        whole = self._alone or winner  # landmarks have no part in what parts of the head say
        chart, u = whole.chart, whole.u
        if self._locked:  # the halves may move all the same
            chart, u = Chart(RigidTransform.from_matrix(whole.pose), self.centre), np.zeros(6)
        parts = parts_disagree_mm(metric, chart, u, whole.curvature, self.observer)
        mirrored = mirror_share(coarse, finer, winner.pose, self.centre, self.observer)
        return self._result(start, candidates, ended, contrast=contrast, parts_mm=parts, mirror_share=mirrored)

    @property
    def _locked(self) -> bool:
        """Whether the limits leave nothing free to move."""
        return self.bounds is not None and self.bounds.max_shift_mm == 0 == self.bounds.max_rotation_deg

    @property
    def _expected_overlap(self) -> float:
        """What share of the fixed head the moving image can hold."""
        return min(1.0, self.moving.head.litres / self.fixed.head.litres)

    def _everywhere(self, chance: Chance, poses: NDArray[np.float64], worths: NDArray[np.float64]) -> list[_Candidate]:
        """The best distinct poses of a look at all rotations, and the images' own frames."""
        fixed, moving = self.fixed.volume, self.moving.volume
        own = [starting_pose(fixed, moving, k).matrix for k in ("header", "centre")]
        order = np.argsort(-worths, kind="stable")[: 40 * self.settings.starts]
        chosen = distinct(poses[order], self.centre, self.settings.starts, 12.0)
        charts = [Chart(RigidTransform.from_matrix(p), self.centre) for p in [*poses[order[chosen]], *own]]
        return [_Candidate(c, np.zeros(6), [k]) for k, c in enumerate(charts)]

    def _around(self, start: RigidTransform) -> list[_Candidate]:
        """The start, and poses around it: inside the bounds, or near."""
        if self.bounds is None:
            chart = Chart(start, self.centre)
            reach_mm, reach_rad = NEAR_MM, math.radians(NEAR_DEG)
        else:
            shift, turn = self.bounds.max_shift_mm, math.radians(self.bounds.max_rotation_deg)
            chart = Chart(start, self.centre, shift, turn * RADIUS_MM)
            reach_mm, reach_rad = min(shift, NEAR_MM), min(turn, math.radians(NEAR_DEG))
        offsets = random_offsets(1 if self._locked else self.settings.starts) * np.repeat(
            [reach_mm, reach_rad * RADIUS_MM], 3
        )
        return [_Candidate(chart, u, [k]) for k, u in enumerate(offsets)]

    def _held(
        self, pull: LandmarkPull, start: RigidTransform | None, candidates: list[_Candidate], metric: JointInformation
    ) -> list[_Candidate]:
        """The pose that the landmarks hold, in front of those that the images alone have led to.

        From the best of these, from what the landmarks say by themselves and from a given start, all within the limits.
        """
        alone, spacing = candidates[0], self.settings.levels_mm[-1]
        part = self.observer.part(0.945, 0.95)
        evaluate = watched(metric, part)
        both = pull.held(evaluate, last_millimetre(evaluate, alone.chart, alone.u))
        own = RigidTransform.from_matrix(alone.pose)
        ends = []
        for pose in [own, pull.pose_near(own), *([start] if start is not None else [])]:
            chart = alone.chart if self.bounds is not None else Chart(pose, self.centre)
            u = chart.place(pose) if self.bounds is not None else np.zeros(6)
            end = climb(both, chart, u, step_mm=spacing, finish_mm=0.003 * spacing, max_evaluations=80,
                        watch=self._watch(chart, "landmarks", part))  # fmt: skip
            plain = evaluate(chart.pose(end.u), chart.moved_centre(end.u))
            found = _Candidate(chart, end.u, [], plain.metric, plain.overlap)
            ends.append((self._worth(found) - plain.metric + end.metric, found))
        held = max(ends, key=lambda pair: pair[0])[1]
        for other in candidates:
            other.share *= self._worth(alone) / max(self._worth(held), 1e-12)
        beside = pose_distance(held.pose, alone.pose, self.centre) <= RIVAL_APART_MM
        return [held, *(candidates[1:] if beside else candidates)]

    def _elsewhere(self, winner: _Candidate, coarse: JointInformation, others: list[_Candidate]) -> list[_Candidate]:
        """What a look at all rotations would have found besides the winner: not taken, but told as a rival."""
        here = coarse.evaluate(winner.pose, winner.chart.moved_centre(winner.u))
        own = here.metric * float(held_down(here.overlap, self._expected_overlap))
        for other in others:
            self._climb(other, coarse, 0, self.observer.part(0.95, 0.95), quietly=True)
            other.share = self._worth(other) / max(own, 1e-12)
            other.members = []
        return [o for o in others if pose_distance(o.pose, winner.pose, self.centre) > 2 * SAME_MM[0]]

    def _level(self, depth: int, rng: np.random.Generator) -> JointInformation:
        spacing, count = self.settings.levels_mm[depth], self.settings.points[depth]
        bins = min(self.settings.bins, round(math.sqrt(count / 2)))  # at least two points for a cell
        whole = self.fixed.focused and depth < len(self.settings.levels_mm) - 1
        points = samples(self.fixed, spacing, bins, count, rng=rng, observer=self.observer, whole=whole)
        return JointInformation(points, coded_image(self.moving, spacing, bins, self.observer))

    def _climb(
        self, candidate: _Candidate, metric: JointInformation, depth: int, part: Observer, *, quietly: bool = False
    ) -> None:
        spacing, last = self.settings.levels_mm[depth], depth == len(self.settings.levels_mm) - 1
        stage = f"{spacing:g} mm"
        chart = candidate.chart

        def evaluate(matrix: Matrix, centre: Points) -> Evaluation:
            part.check()
            return metric.evaluate(matrix, centre)

        end = climb(
            evaluate, chart, candidate.u, step_mm=spacing, finish_mm=(0.003 if last else 0.1) * spacing,
            max_evaluations=80 if last else 30,
            curvature=candidate.curvature, watch=_unseen if quietly else self._watch(chart, stage, part),
        )  # fmt: skip
        candidate.u, candidate.metric, candidate.overlap = end.u, end.metric, end.evaluation.overlap
        candidate.curvature = end.curvature

    def _watch(self, chart: Chart, stage: str, part: Observer) -> Callable[[Points, float], None]:
        """What keeps and tells the steps of a climb."""

        def watch(u: Points, value: float) -> None:
            self.trace.append((stage, len(self.trace), value))
            pose = RigidTransform(frozen(chart.pose(u)))
            part.report(0.5, stage, PoseUpdate(pose, value, stage, len(self.trace)))

        return watch

    def _survivors(self, candidates: list[_Candidate], depth: int) -> tuple[list[_Candidate], list[_Candidate]]:
        """The best distinct candidates, with the starts that ended in each; and those that are given up."""
        ordered = sorted(candidates, key=self._worth, reverse=True)
        keep: list[_Candidate] = []
        drop: list[_Candidate] = []
        depth = min(depth, len(SAME_MM) - 1)
        for one in ordered:
            one.share = self._worth(one) / max(self._worth(ordered[0]), 1e-12)
            twin = next((k for k in keep if pose_distance(k.pose, one.pose, self.centre) < SAME_MM[depth]), None)
            if twin is not None:
                twin.members.extend(one.members)
            elif not keep or (len(keep) < SURVIVORS[depth] and one.share >= HOPE[depth]):
                keep.append(one)
            else:
                drop.append(one)
        return keep, drop

    def _near_the_best(self, candidates: list[_Candidate]) -> tuple[list[_Candidate], list[_Candidate]]:
        """The candidates that a small region may choose among, and the others: it cannot tell top from bottom."""
        near: list[_Candidate] = []
        far: list[_Candidate] = []
        for one in candidates:
            beside = pose_distance(one.pose, candidates[0].pose, self.centre) <= NEAR_MM
            (near if beside else far).append(one)
        return near, far

    def _worth(self, candidate: _Candidate) -> float:
        """The metric, held down where little of the heads overlaps."""
        return candidate.metric * float(held_down(candidate.overlap, self._expected_overlap))

    def _result(
        self,
        start: RigidTransform | None,
        candidates: list[_Candidate],
        ended: list[_Candidate],
        **known: float,
    ) -> RegistrationResult:
        winner, whole, alone = candidates[0], self._whole_pose, self._alone
        rival = max((c for c in [*candidates[1:], *ended]), key=lambda c: c.share, default=None)
        pose = RigidTransform.from_matrix(winner.pose)
        everyone = [*candidates, *ended, *([] if alone is None or any(c is alone for c in candidates) else [alone])]
        away = {m: pose_distance(c.pose, winner.pose, self.centre) for c in everyone for m in c.members}
        evidence = Evidence(
            starts=len(away),
            agreeing=len((alone or winner).members),
            spread_mm=float(np.median(list(away.values()))),
            overlap=winner.overlap,
            rival_mm=pose_distance(rival.pose, winner.pose, self.centre) if rival else 0.0,
            rival_share=rival.share if rival else 0.0,
            region_mm=0.0 if whole is None else pose_distance(winner.pose, whole, self.centre),
            **known,
        )
        began = start or RigidTransform.identity()
        held = None
        if self.pull is not None and alone is not None:
            held = LandmarkReport.of(self.pull, began, pose, RigidTransform.from_matrix(alone.pose))
        ending, reasons = self._verdict(pose, evidence, held.doubts if held else ())
        return RegistrationResult(
            moving_from_fixed=pose, start=began, ending=ending, reasons=reasons,
            settings=self.settings, start_kind="", metric=winner.metric, seconds=0.0, bounds=self.bounds,
            trace=tuple(self.trace), evidence=evidence, landmarks=held,
        )  # fmt: skip

    def _verdict(
        self, pose: RigidTransform, evidence: Evidence, more: tuple[Reason, ...]
    ) -> tuple[Ending, tuple[Reason, ...]]:
        """How the run ended, and why."""
        against = (*doubts(evidence), *more)
        if self.bounds is not None and (reached := self.bounds.limits_reached(pose)):
            return Ending.BOUNDED, (Reason("limit_reached", reached), *against)
        if against:
            return Ending.DOUBTFUL, against
        return Ending.CONVERGED, (Reason("locked" if self._locked else "settled"),)


def _unseen(_u: Points, _value: float) -> None:
    """Keeps nothing of a step."""
