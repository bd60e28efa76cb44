"""What a study has marked, as plain values for a picture of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusionviewer.geometry import RigidTransform
from fusionviewer.rendering.marks.values import MarkedDistance, MarkedPair, MarkedTarget, Marks, PredictedError
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Point, Side
from fusionviewer.session.view_state import Distance


def marks_of(
    state: FusionState,
    distances: Sequence[Distance] = (),
    *,
    space: Side = "fixed",
    sides: Sequence[Side] = SIDES,
    pose: RigidTransform | None = None,
    landmarks: Sequence[LandmarkPair] | None = None,
    error: PredictedError | None = None,
) -> Marks:
    """What is marked where these images are seen in the space of one of them, through the study's pose or another one.

    Where one image is seen alone, points and distances of the other are left out; targets lie in both. `landmarks` are
    those that may be seen, if not all of them may.
    """
    pose, pairs = pose or state.alignment.moving_from_fixed, state.landmarks if landmarks is None else landmarks
    own = [found for found in distances if found.side == space or len(sides) > 1]
    ends = [
        _moved([getattr(found, end) for found in own], [found.side for found in own], space, pose)
        for end in ("start", "end")
    ]
    targets = _moved([target.point for target in state.targets], ["fixed"] * len(state.targets), space, pose)
    return Marks(
        marked_pairs(pairs, space, sides, pose),
        tuple(
            MarkedTarget(n, target.name, at)
            for n, (target, at) in enumerate(zip(state.targets, targets, strict=True), 1)
        ),
        tuple(MarkedDistance(*pair) for pair in zip(*ends, strict=True)),
        error if space == "fixed" else None,
    )


def marked_pairs(
    pairs: Sequence[LandmarkPair], space: Side, sides: Sequence[Side], pose: RigidTransform
) -> tuple[MarkedPair, ...]:
    """The pairs of which a point is seen, by their numbers in the list."""
    marked = [(n, side, pair.point(side)) for n, pair in enumerate(pairs) for side in SIDES if side in sides]
    there = [(n, side, point) for n, side, point in marked if point is not None]
    seen: dict[int, dict[Side, Point]] = {}
    points = _moved([point for *_, point in there], [side for _, side, _ in there], space, pose)
    for (n, side, _), point in zip(there, points, strict=True):
        seen.setdefault(n, {})[side] = point
    return tuple(
        MarkedPair(n + 1, pair.name, at.get("fixed"), at.get("moving"), pair.complete, pair.use, pair.colour)
        for n, at in seen.items()
        for pair in (pairs[n],)
    )


def _moved(points: Sequence[Point], sides: Sequence[Side], space: Side, pose: RigidTransform) -> list[Point]:
    """Points, each of the space of one image, in the space that is looked at."""
    if all(side == space for side in sides):
        return list(points)
    there = (~pose if space == "fixed" else pose).apply(np.array(points)).tolist()
    moved = zip(points, sides, there, strict=True)
    return [point if side == space else (at[0], at[1], at[2]) for point, side, at in moved]
