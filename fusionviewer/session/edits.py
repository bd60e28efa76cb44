"""One pure function for each thing that a user can do to a study: state in, state out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Matrix, NotRigid, Points, RigidTransform, as_point
from fusionviewer.imaging.mirroring import mirror_points
from fusionviewer.imaging.volume import Axis, Volume
from fusionviewer.registration import (
    Box,
    Region,
    RegistrationResult,
    RegistrationSettings,
    fit_landmarks,
    make_box,
    starting_pose,
)
from fusionviewer.registration.points.landmark_prior import check_weight
from fusionviewer.session.alignment import Alignment, Alternative, AlternativeKind, Limits, PoseOrigin
from fusionviewer.session.review.history import iso_time, recorded
from fusionviewer.session.review.validity import under_review
from fusionviewer.session.review.values import AssessedThen, Decision, Looked, Review
from fusionviewer.session.state import FusionState, LandmarkPair, Point, Side
from fusionviewer.version import __version__

_OTHER: Final[dict[Side, Side]] = {"fixed": "moving", "moving": "fixed"}


def point_of(values: Iterable[float]) -> Point:
    """Three numbers as plain floats."""
    x, y, z = (float(v) for v in as_point(values))
    return (x, y, z)


def new_study(fixed: Volume | None, moving: Volume | None) -> FusionState:
    """A study that begins with these images, as their headers place them."""
    return FusionState(fixed=fixed, moving=moving)


def swap_images(state: FusionState) -> FusionState:
    """Let the two images change places; the alignment stays what it is, seen from the other side.

    The region goes: it was drawn on the other image.
    """
    return replace(
        state,
        fixed=state.moving,
        moving=state.fixed,
        alignment=~state.alignment,
        landmarks=tuple(_swapped(pair) for pair in state.landmarks),
        targets=tuple(
            replace(t, point=point_of(state.alignment.moving_from_fixed.apply(np.array(t.point))))
            for t in state.targets
        ),
        region=None,
    )


def _swapped(pair: LandmarkPair) -> LandmarkPair:
    """The same pair seen from the other side."""
    again = tuple((_OTHER[side], point) for side, point in pair.again)
    return replace(pair, fixed_point=pair.moving_point, moving_point=pair.fixed_point, again=again)


def set_pose(
    state: FusionState, pose: RigidTransform, origin: PoseOrigin, *, start: RigidTransform | None = None
) -> FusionState:
    """Align otherwise; `start` is the pose to compare with (default: as before). The run no longer holds."""
    return replace(state, alignment=state.alignment.at(pose, origin, start=start))


def start_from_header(state: FusionState) -> FusionState:
    """Align as the two headers say."""
    pose = RigidTransform.identity()
    return set_pose(state, pose, "header", start=pose)


def start_from_centres(state: FusionState) -> FusionState:
    """Put the middles of the two images on each other. Needs both images."""
    if state.fixed is None or state.moving is None:
        raise BadArgument("There are not two images yet.", "Open a fixed and a moving image first.")
    pose = starting_pose(state.fixed, state.moving, "centre")
    return set_pose(state, pose, "centre", start=pose)


def back_to_start(state: FusionState) -> FusionState:
    """Align as it was where the last run, fit or other start began."""
    return set_pose(state, state.alignment.start, _origin_of(state.alignment.start))


def back_to_accepted(state: FusionState) -> FusionState:
    """Align as it was last accepted; a review of that pose is current again. Raises BadArgument if no pose was."""
    accepted = state.alignment.accepted
    if accepted is None:
        raise BadArgument("No pose has been accepted yet.", "Accept one first.")
    return set_pose(state, accepted, _origin_of(accepted))


def _origin_of(pose: RigidTransform) -> PoseOrigin:
    return "header" if pose == RigidTransform.identity() else "hand"


def fit_to_landmarks(state: FusionState) -> FusionState:
    """Align by the enabled complete pairs. Raises BadArgument where they do not fix a pose."""
    pose = fit_landmarks(*state.used_points(), state.used_fle()).moving_from_fixed
    fitted = state.alignment.at(pose, "landmarks", start=pose)
    return replace(state, alignment=fitted.with_alternative(Alternative("landmarks", pose)))


def take_correction(state: FusionState, pose: RigidTransform) -> FusionState:
    """Align as the check of the fusion proposes; the pose before is the one to compare with and to go back to."""
    corrected = state.alignment.at(pose, "correction", start=state.alignment.moving_from_fixed)
    return replace(state, alignment=corrected.with_alternative(Alternative("correction", pose)))


def choose_alternative(state: FusionState, kind: AlternativeKind) -> FusionState:
    """Align as it was found last in one of the ways. Raises BadArgument where it was not."""
    found = state.alignment.alternative(kind)
    if found is None:
        raise BadArgument("There is no such result yet.", "Fit to landmarks, register or refine first.")
    if found.run is not None:
        return take_run(state, found.run)
    return set_pose(state, found.moving_from_fixed, kind, start=found.moving_from_fixed)


def take_run(state: FusionState, result: RegistrationResult) -> FusionState:
    """Take over what a registration or a refinement found."""
    return replace(state, alignment=state.alignment.found_by(result))


def nudge(state: FusionState, shift_mm: Points, vector_rad: Points, about: Points) -> FusionState:
    """Move the moving image manually as it is seen over the fixed one.

    `shift_mm` (3,) and `vector_rad` (3,; axis times angle) are in fixed space, `about` is the centre of the turn.
    """
    seen = RigidTransform.from_rotation_vector(vector_rad, about, shift_mm)
    return set_pose(state, state.alignment.moving_from_fixed @ ~seen, "hand")


def hand_numbers(pose: RigidTransform, centre: Points) -> tuple[float, float, float, float, float, float]:
    """A pose as it is read and typed: how the moving image is *seen* to have moved from where its header puts it.

    (rx, ry, rz) in degrees, in the order of ITK's Euler3D, and (tx, ty, tz) in mm, of `fixed_from_moving`, about
    `centre` (3,; fixed space, LPS mm).
    """
    return (~pose).euler(centre)


def set_hand_number(state: FusionState, number: int, value: float, centre: Points) -> FusionState:
    """Set one of `hand_numbers`.

    A shift moves what is seen along its axis. An angle turns what is seen about the centre, as the wheel does: the
    other angles stay, and the shifts follow where the image was shifted before.
    """
    seen = ~state.alignment.moving_from_fixed
    numbers = list(seen.euler(centre))
    numbers[number] = value
    wanted = RigidTransform.from_euler(numbers, centre)
    if number < 3:
        turn = wanted.rotation @ seen.rotation.T
        wanted = RigidTransform.about(turn, centre, np.zeros(3)) @ seen
    return set_pose(state, ~wanted, "hand")


def turn_quarter(state: FusionState, axis: Points) -> FusionState:
    """Turn the moving image by 90° about an axis, a unit vector (3,) in fixed space; its middle stays where it is seen.

    Needs the moving image.
    """
    if state.moving is None:
        raise BadArgument("There is no moving image yet.", "Open it first.")
    middle = (~state.alignment.moving_from_fixed).apply(state.moving.grid.centre)
    return nudge(state, np.zeros(3), np.deg2rad(90) * axis, middle)


def take_mirrored(state: FusionState, moving: Volume, axis: Axis) -> FusionState:
    """Put the mirrored moving image in the place of the moving one: its landmarks stay at their anatomy.

    The pose stays what it is; run and the accepted pose belonged to the other image, as did the review, which is out of
    date.
    """

    def seen(point: Point) -> Point:
        return point_of(mirror_points(moving.grid, axis, np.asarray(point)))

    def mirrored(pair: LandmarkPair) -> LandmarkPair:
        point = pair.moving_point
        there = None if point is None else seen(point)
        again = tuple((side, seen(p) if side == "moving" else p) for side, p in pair.again)
        return replace(pair, moving_point=there, again=again)

    pairs = tuple(mirrored(pair) for pair in state.landmarks)
    alignment = replace(state.alignment, run=None, accepted=None, alternatives=())
    return replace(state, moving=moving, landmarks=pairs, alignment=alignment)


def take_reread(state: FusionState, side: Side, volume: Volume) -> FusionState:
    """Put an image in the place of the same one that was read otherwise: marked points stay at their voxels.

    A pose other than the headers' goes on showing the voxels where they were seen, if both places differ by a rigid
    motion, else it becomes the headers'. Where other slices were read, and the image has another size, all stays at its
    place in space. Run and accepted pose belonged to the other image, as did the review, which is out of date. The side
    must have an image.
    """
    before = state.volume(side)
    assert before is not None
    new_from_old = volume.grid.point_from_index @ before.grid.index_from_point
    stays = before.grid == volume.grid or before.grid.size != volume.grid.size

    def moved(point: Point) -> Point:
        return point if stays else point_of((new_from_old @ [*point, 1.0])[:3])

    def moved_pair(pair: LandmarkPair) -> LandmarkPair:
        again = tuple((where, moved(point) if where == side else point) for where, point in pair.again)
        point = pair.point(side)
        there = None if point is None else moved(point)
        return replace(pair, again=again, **{f"{side}_point": there})  # type: ignore[arg-type]

    old = state.alignment
    alignment = replace(old, run=None, accepted=None, alternatives=())
    if not stays and old.moving_from_fixed != RigidTransform.identity():
        alignment = _followed(alignment, side, new_from_old)
    is_fixed = side == "fixed"
    return replace(
        state.with_volumes({side: volume}),
        alignment=alignment,
        landmarks=tuple(moved_pair(pair) for pair in state.landmarks),
        targets=tuple(replace(t, point=moved(t.point)) for t in state.targets) if is_fixed else state.targets,
        region=state.region if stays or not is_fixed else None,
    )


def _followed(alignment: Alignment, side: Side, new_from_old: Matrix) -> Alignment:
    """The alignment after one space has changed by a motion; the headers' where that is none."""
    try:
        change = RigidTransform.from_matrix(new_from_old)
    except NotRigid:
        return alignment.at(RigidTransform.identity(), "header", start=RigidTransform.identity())
    old = alignment.moving_from_fixed
    return alignment.at(old @ ~change if side == "fixed" else change @ old, alignment.origin)


def set_limits(state: FusionState, limits: Limits) -> FusionState:
    """Choose how far a refinement may go. Raises BadArgument for numbers that make no limits."""
    if not (np.isfinite(limits.max_shift_mm) and limits.max_shift_mm >= 0):
        raise BadArgument("The maximum shift is not a number of millimetres ≥ 0.", "Give for example 10.")
    if not (np.isfinite(limits.max_rotation_deg) and 0 <= limits.max_rotation_deg <= 180):
        raise BadArgument("The maximum rotation does not lie between 0 and 180 degrees.", "Give for example 10.")
    return _aligned(state, limits=limits)


def set_settings(state: FusionState, settings: RegistrationSettings) -> FusionState:
    """Choose how the next run is made."""
    return _aligned(state, settings=settings)


def set_landmark_weight(state: FusionState, weight: float) -> FusionState:
    """Choose how much the next run respects the landmarks; 0: not at all. Raises BadArgument."""
    check_weight(weight)
    return _aligned(state, landmark_weight=float(weight))


def set_box(state: FusionState, box: Box | None) -> FusionState:
    """Let the next runs look only at what lies in a box of fixed space, or no longer. Raises BadArgument."""
    box = None if box is None else make_box(*box)
    return _with_region(state, Region(state.region.mask if state.region else None, box))


def set_mask(state: FusionState, mask: Volume | None) -> FusionState:
    """Let the next runs look only at where a mask of the fixed image is not 0, or no longer. Raises BadArgument."""
    return _with_region(state, Region(mask, state.region.box if state.region else None))


def _with_region(state: FusionState, region: Region) -> FusionState:
    return replace(state, region=None if region.box is None and region.mask is None else region)


def set_review(
    state: FusionState,
    verdict: Decision,
    note: str,
    now: datetime | None = None,
    *,
    by: str = "",
    looked_at: tuple[Looked, ...] = (),
    assessed: AssessedThen | None = None,
) -> FusionState:
    """Accept or reject the current pose: with a note, the reviewer's initials, what was looked at, and the program's
    own assessment."""
    alignment = state.alignment
    accepted = alignment.moving_from_fixed if verdict == "accepted" else alignment.accepted_elsewhere
    review = Review(
        verdict, note.strip(), iso_time(now), under_review(state), by.strip(), __version__, looked_at, assessed
    )
    return recorded(_aligned(state, review=review, accepted=accepted), verdict, now)


def change_note(state: FusionState, note: str, now: datetime | None = None) -> FusionState:
    """Change the note of the review, if there is one."""
    review = state.alignment.review
    if review is None:
        return state
    return recorded(_aligned(state, review=replace(review, note=note.strip())), "note", now)


def clear_review(state: FusionState, now: datetime | None = None) -> FusionState:
    """Withdraw the review; its history stays."""
    review, accepted = state.alignment.review, state.alignment.accepted
    withdrawn = review is not None and review.of.moving_from_fixed == accepted
    after = _aligned(state, review=None, accepted=None if withdrawn else accepted)
    return after if review is None else recorded(after, "withdrawn", now)


def _aligned(state: FusionState, **changes: Any) -> FusionState:
    """The same study with these fields of its alignment changed."""
    return replace(state, alignment=replace(state.alignment, **changes))
