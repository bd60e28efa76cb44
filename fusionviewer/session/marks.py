"""What a study has marked, as plain values for a picture of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.registration import fit_landmarks
from fusionviewer.registration.points.agreement import judge_pairs
from fusionviewer.registration.points.error_theory import predict_error
from fusionviewer.rendering.marks.values import MarkedDistance, MarkedPair, MarkedTarget, Marks, PairUse, PredictedError
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Point, Side
from fusionviewer.session.view_state import Distance


def marks_of(
    state: FusionState,
    distances: Sequence[Distance] = (),
    *,
    space: Side = "fixed",
    sides: Sequence[Side] = SIDES,
    hidden_pair: int | None = None,
    error: PredictedError | None = None,
) -> Marks:
    """The marks on a picture of these images in the space of one of them, through the study's pose.

    On a picture of one image alone, points and distances of the other are left out; targets lie in both. The pair that
    is hidden keeps its number.
    """
    to_space = _from(state, space)
    pairs = (_pair(number, pair, state, space, sides) for number, pair in enumerate(state.landmarks, 1))
    seen = (pair for pair in pairs if pair.fixed or pair.moving)
    return Marks(
        tuple(pair for pair in seen if hidden_pair is None or pair.number != hidden_pair + 1),
        tuple(
            MarkedTarget(number, target.name, _moved(to_space["fixed"], target.point))
            for number, target in enumerate(state.targets, 1)
        ),
        tuple(
            MarkedDistance(*(_moved(to_space[found.side], end) for end in (found.start, found.end)))
            for found in distances
            if found.side == space or len(sides) > 1
        ),
        error if space == "fixed" else None,
    )


def predicted_error(state: FusionState, grid: Grid) -> PredictedError:
    """The predicted error of the fit to a study's landmarks, for lines within an image's box in fixed space.

    Raises FusionError where the landmarks make no fit.
    """
    (fixed, moving), fle = state.used_points(), state.used_fle()
    judgement = judge_pairs(fit_landmarks(fixed, moving, fle), fixed, moving, fle)
    wrong = any(doubt.reason in ("mirrored", "scaled") for doubt in judgement.doubts)
    return PredictedError(predict_error(fixed, fle).tre_mm, grid, wrong or bool(judgement.suspects))


def _from(state: FusionState, space: Side) -> dict[Side, RigidTransform]:
    """The transforms from each image's space to the one that is looked at."""
    same, pose = RigidTransform.identity(), state.alignment.moving_from_fixed
    return {"fixed": same if space == "fixed" else pose, "moving": ~pose if space == "fixed" else same}


def _pair(number: int, pair: LandmarkPair, state: FusionState, space: Side, sides: Sequence[Side]) -> MarkedPair:
    to_space = _from(state, space)
    seen: dict[Side, Point | None] = {"fixed": None, "moving": None}
    for side in sides:
        point = pair.point(side)
        seen[side] = None if point is None else _moved(to_space[side], point)
    part: PairUse = pair.role if pair.enabled else "off"
    return MarkedPair(number, pair.name, seen["fixed"], seen["moving"], pair.complete, part, pair.colour)


def _moved(transform: RigidTransform, point: Point) -> Point:
    return point_of(transform.apply(np.asarray(point)))
