from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phantoms import phantom_ct, phantom_mr

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.state import FusionState, LandmarkPair, Point

coordinate = st.floats(-200, 200)
point = st.tuples(coordinate, coordinate, coordinate)
small = st.tuples(*[st.floats(-0.5, 0.5)] * 3)


def _pose(x: float = 3.0) -> RigidTransform:
    return RigidTransform.from_rotation_vector([0.1, -0.2, 0.3], np.array([1.0, 2.0, 3.0]), np.array([x, -4.0, 5.0]))


def _reviewed() -> FusionState:
    return edits.set_review(edits.set_pose(FusionState(), _pose(), "file"), "accepted", "fine")


def test_a_verdict_stays_and_is_out_of_date_when_the_pose_changes() -> None:
    state = _reviewed()
    assert state.alignment.review is not None
    for same in (landmark_edits.add_pair(state), edits.set_limits(state, Limits(3, 4))):
        assert same.alignment.review is state.alignment.review
        assert changed_since_review(same) == ()
    for changed in (
        edits.set_pose(state, _pose(4.0), "hand"),
        edits.start_from_header(state),
        edits.nudge(state, np.array([0.1, 0, 0]), np.zeros(3), np.zeros(3)),
    ):
        assert changed.alignment.review is state.alignment.review
        assert changed_since_review(changed) == ("pose",)
        assert changed.alignment.run is None


def test_a_verdict_keeps_note_and_date() -> None:
    moment = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
    state = edits.set_review(FusionState(), "rejected", "  ventricles off ", moment)
    assert state.alignment.review is not None
    assert (state.alignment.review.verdict, state.alignment.review.note, state.alignment.review.date) == (
        "rejected",
        "ventricles off",
        "2026-05-04T12:30:00+00:00",
    )
    assert edits.clear_review(state).alignment.review is None


def test_edits_leave_the_state_they_start_from_alone() -> None:
    state = landmark_edits.add_pair(FusionState(), "AC")
    landmark_edits.place_point(state, 0, "fixed", (1, 2, 3))
    landmark_edits.delete_pair(state, 0)
    assert state.landmarks == (LandmarkPair("AC"),)


def test_names_are_free_distinct_and_not_empty() -> None:
    state = landmark_edits.add_pair(landmark_edits.add_pair(FusionState()), "L3")
    state = landmark_edits.add_pair(state)
    assert [pair.name for pair in state.landmarks] == ["L1", "L3", "L4"]
    with pytest.raises(BadArgument, match="called “L3”"):
        landmark_edits.rename_pair(state, 0, " L3 ")
    with pytest.raises(BadArgument, match="needs a name"):
        landmark_edits.rename_pair(state, 0, "   ")
    assert landmark_edits.rename_pair(state, 1, "L3").landmarks[1].name == "L3"


@pytest.mark.parametrize("limits", [Limits(-1, 5), Limits(5, 181), Limits(float("nan"), 5), Limits(5, float("inf"))])
def test_impossible_limits_are_refused(limits: Limits) -> None:
    with pytest.raises(BadArgument):
        edits.set_limits(FusionState(), limits)


@given(st.lists(st.tuples(point, point), min_size=1, max_size=6), st.integers(0, 5))
def test_placing_a_point_changes_just_that_point(pairs: list[tuple[Point, Point]], number: int) -> None:
    index = number % len(pairs)
    state = FusionState(landmarks=tuple(LandmarkPair(f"L{i}", f, m) for i, (f, m) in enumerate(pairs)))
    after = landmark_edits.place_point(state, index, "moving", (7, 8, 9))
    assert after.landmarks[index] == replace(state.landmarks[index], moving_point=(7.0, 8.0, 9.0))
    assert [p for i, p in enumerate(after.landmarks) if i != index] == [
        p for i, p in enumerate(state.landmarks) if i != index
    ]


@given(small, point, point, point)
@settings(max_examples=30)
def test_a_nudge_moves_what_is_seen_over_the_fixed_image(turn: Point, shift: Point, about: Point, seen: Point) -> None:
    """A moving point seen at `seen` is seen afterwards where the shift and the turn about the centre put it."""
    state = edits.set_pose(FusionState(), _pose(), "file")
    anatomy = state.alignment.moving_from_fixed.apply(np.asarray(seen))
    after = edits.nudge(state, np.asarray(shift), np.asarray(turn), np.asarray(about))
    expected = RigidTransform.from_rotation_vector(turn, np.asarray(about), np.asarray(shift)).apply(np.asarray(seen))
    # 1e-9 mm: double precision over some hundred millimetres
    assert np.allclose((~after.alignment.moving_from_fixed).apply(anatomy), expected, atol=1e-9)


def test_swapping_twice_is_as_before() -> None:
    state = landmark_edits.place_point(
        landmark_edits.add_pair(edits.set_pose(FusionState(), _pose(), "file")), 0, "fixed", (1, 2, 3)
    )
    swapped = edits.swap_images(state)
    assert swapped.landmarks[0].moving_point == (1, 2, 3)
    assert swapped.alignment.moving_from_fixed.is_close(~state.alignment.moving_from_fixed)
    again = edits.swap_images(swapped)
    assert again.landmarks == state.landmarks
    assert again.alignment.moving_from_fixed.is_close(state.alignment.moving_from_fixed, 1e-12)


def test_landmarks_fit_exactly_where_they_are_exact_and_disabled_ones_do_not_count() -> None:
    truth = _pose()
    fixed = np.array([[0, 0, 0], [50, 0, 0], [0, 60, 0], [0, 0, 70.0]])
    pairs = [LandmarkPair(f"L{i}", tuple(f), tuple(truth.apply(f))) for i, f in enumerate(fixed)]
    wrong = LandmarkPair("wrong", (10, 10, 10), (90, 90, 90), use="off")
    state = edits.fit_to_landmarks(FusionState(landmarks=(*pairs, wrong)))
    assert state.alignment.moving_from_fixed.is_close(truth, 1e-9)
    assert state.alignment.origin == "landmarks"
    assert state.alignment.start is state.alignment.moving_from_fixed


# By hand


@given(small, point, point, st.integers(0, 2), st.floats(-50, 50))
@settings(max_examples=30)
def test_a_shift_is_seen_along_its_axis_and_shown_as_it_was_typed(
    turn: Point, shift: Point, centre: Point, axis: int, more: float
) -> None:
    about = np.asarray(centre)
    state = edits.set_pose(FusionState(), RigidTransform.from_rotation_vector(turn, about, np.asarray(shift)), "file")
    before = edits.hand_numbers(state.alignment.moving_from_fixed, about)
    after = edits.set_hand_number(state, 3 + axis, before[3 + axis] + more, about)
    anatomy = state.alignment.moving_from_fixed.apply(np.array([10.0, 20.0, 30.0]))
    seen = (~after.alignment.moving_from_fixed).apply(anatomy) - np.array([10.0, 20.0, 30.0])
    assert np.allclose(seen, more * np.eye(3)[axis], atol=1e-9)
    shown = list(before)
    shown[3 + axis] += more
    assert np.allclose(edits.hand_numbers(after.alignment.moving_from_fixed, about), shown, atol=1e-9)


def test_five_more_along_z_is_five_millimetres_nearer_to_the_head() -> None:
    """LPS: +z is towards the head. What is seen at the origin is seen 5 mm above it afterwards."""
    state = edits.set_hand_number(FusionState(), 5, 5.0, np.zeros(3))
    assert (~state.alignment.moving_from_fixed).apply(np.zeros(3)) == pytest.approx([0, 0, 5])


@given(small, point, point, st.integers(0, 2), st.floats(-1, 1))
@settings(max_examples=30)
def test_an_angle_turns_what_is_seen_about_the_centre(
    turn: Point, shift: Point, centre: Point, axis: int, angle: float
) -> None:
    about = np.asarray(centre)
    state = edits.set_pose(FusionState(), RigidTransform.from_rotation_vector(turn, about, np.asarray(shift)), "file")
    before = edits.hand_numbers(state.alignment.moving_from_fixed, about)
    after = edits.set_hand_number(state, axis, before[axis] + angle, about)
    # the anatomy that is seen at the centre stays there, however far the image was shifted before
    assert np.allclose(
        after.alignment.moving_from_fixed.apply(about), state.alignment.moving_from_fixed.apply(about), atol=1e-9
    )
    shown = edits.hand_numbers(after.alignment.moving_from_fixed, about)
    wanted = [v + angle * (n == axis) for n, v in enumerate(before[:3])]
    assert np.allclose(shown[:3], wanted, atol=1e-6)


def test_an_angle_about_z_is_clockwise_in_the_axial_view() -> None:
    """Axial, radiological: right is +x, down is +y. What is seen right of the centre goes down."""
    state = edits.set_hand_number(FusionState(), 2, 90.0, np.zeros(3))
    assert (~state.alignment.moving_from_fixed).apply(np.array([10.0, 0, 0])) == pytest.approx([0, 10, 0], abs=1e-9)


@given(small, point)
@settings(max_examples=30)
def test_four_quarters_are_a_whole_turn_and_the_middle_stays(turn: Point, shift: Point) -> None:
    moving = phantom_ct()
    pose = RigidTransform.from_rotation_vector(turn, np.zeros(3), np.asarray(shift))
    state = start = edits.set_pose(FusionState(moving=moving), pose, "file")
    axis = np.array([0.0, 0.6, 0.8])
    middle = (~pose).apply(moving.grid.centre)
    for _ in range(4):
        state = edits.turn_quarter(state, axis)
        assert state.alignment.moving_from_fixed.apply(middle) == pytest.approx(moving.grid.centre, abs=1e-9)
    assert state.alignment.moving_from_fixed.is_close(start.alignment.moving_from_fixed, 1e-9)


def test_what_was_accepted_stays_to_go_back_to() -> None:
    state = _reviewed()
    pose = state.alignment.moving_from_fixed
    moved = edits.set_pose(state, _pose(9.0), "hand")
    assert moved.alignment.accepted == pose
    back = edits.back_to_accepted(moved)
    assert (back.alignment.moving_from_fixed, changed_since_review(back)) == (pose, ())
    swapped = edits.swap_images(moved)
    assert swapped.alignment.accepted == ~pose
    with pytest.raises(BadArgument, match="No pose has been accepted"):
        edits.back_to_accepted(FusionState())


def test_a_pose_whose_acceptance_was_taken_back_is_accepted_no_longer() -> None:
    state = _reviewed()
    assert edits.clear_review(state).alignment.accepted is None
    assert edits.set_review(state, "rejected", "").alignment.accepted is None
    elsewhere = edits.set_review(edits.set_pose(state, _pose(9.0), "hand"), "rejected", "")
    assert elsewhere.alignment.accepted == state.alignment.moving_from_fixed
    assert edits.clear_review(elsewhere).alignment.accepted == state.alignment.moving_from_fixed
    out_of_date = edits.set_pose(state, _pose(9.0), "hand")
    assert edits.clear_review(out_of_date).alignment.accepted is None


def test_a_correction_by_the_check_stands_beside_the_pose_before() -> None:
    registered = edits.set_pose(FusionState(), _pose(1.0), "registration", start=_pose(9.0))
    tried = edits.take_correction(registered, _pose(2.0))
    assert (tried.alignment.moving_from_fixed, tried.alignment.origin) == (_pose(2.0), "correction")
    assert (tried.alignment.start, tried.alignment.run) == (_pose(1.0), None)
    assert edits.back_to_start(tried).alignment.moving_from_fixed == _pose(1.0)
    again = edits.choose_alternative(edits.set_pose(tried, _pose(3.0), "hand"), "correction")
    assert (again.alignment.moving_from_fixed, again.alignment.origin) == (_pose(2.0), "correction")


def test_back_to_the_start_leaves_the_start() -> None:
    start = _pose(1.0)
    state = edits.set_pose(edits.set_pose(FusionState(), start, "landmarks", start=start), _pose(2.0), "hand")
    back = edits.back_to_start(state)
    assert (back.alignment.moving_from_fixed, back.alignment.start, back.alignment.origin) == (start, start, "hand")
    assert edits.back_to_start(FusionState()).alignment.origin == "header"


def test_the_moving_points_are_mirrored_with_their_image() -> None:
    moving = phantom_ct()
    state = _reviewed()
    for number, marked in enumerate([(10.0, 20.0, 30.0), None]):
        state = landmark_edits.place_point(landmark_edits.add_pair(state), number, "fixed", (1, 2, 3))
        state = landmark_edits.place_point(state, number, "moving", marked)
    after = edits.take_mirrored(state, mirror(moving, "x"), "x")
    assert after.landmarks[0].fixed_point == (1.0, 2.0, 3.0)
    assert after.landmarks[0].moving_point == pytest.approx((-10.0, 20.0, 30.0))  # the grid's middle is the origin
    assert after.landmarks[1].moving_point is None
    assert (after.alignment.run, after.alignment.accepted) == (None, None)
    assert changed_since_review(after) == ("images", "landmarks")
    assert after.alignment.moving_from_fixed is state.alignment.moving_from_fixed


def test_the_last_pose_of_each_way_is_kept_and_can_be_chosen_again() -> None:
    state = edits.new_study(phantom_mr(), phantom_ct())
    for number, place in enumerate(np.array([[0.0, 0, 0], [60, 0, 0], [0, 60, 10], [-20, 10, 55]])):
        state = landmark_edits.add_pair(state)
        state = landmark_edits.place_point(state, number, "fixed", place)
        state = landmark_edits.place_point(state, number, "moving", np.add(place, (3, 2, 1)))
    state = edits.fit_to_landmarks(state)
    by_landmarks = state.alignment.moving_from_fixed
    state = edits.set_pose(state, _pose(), "hand")
    assert state.alignment.alternative("landmarks") is not None
    assert state.alignment.alternative("registration") is None
    back = edits.choose_alternative(state, "landmarks")
    assert (back.alignment.moving_from_fixed, back.alignment.origin) == (by_landmarks, "landmarks")
    with pytest.raises(BadArgument, match="no such result"):
        edits.choose_alternative(state, "refinement")
    swapped = edits.swap_images(back)
    found = swapped.alignment.alternative("landmarks")
    assert found is not None
    assert found.moving_from_fixed.is_close(~by_landmarks)


def test_a_check_pair_is_kept_out_of_the_fit() -> None:
    state = edits.new_study(phantom_mr(), phantom_ct())
    for number in range(4):
        state = landmark_edits.add_pair(state)
        for side in ("fixed", "moving"):
            state = landmark_edits.place_point(state, number, side, (10.0 * number, 5.0 * number**2, 3.0))
    state = landmark_edits.set_use(state, 2, "check")
    state = landmark_edits.set_pair_fle(state, 3, 2.5)
    assert len(state.used_points()[0]) == 3
    assert [pair.name for pair in state.landmarks if pair.checks] == ["L3"]
    assert state.used_fle()[2] == 2.5
    assert state.used_fle()[0] == pytest.approx(np.sqrt(2 * 9 * 3 / 3))  # voxels of 3 mm in both images
    assert landmark_edits.set_fle(state, 1.5).used_fle() == (1.5, 1.5, 2.5)
    with pytest.raises(BadArgument, match="between 0 and 100"):
        landmark_edits.set_fle(state, 0.0)


def test_a_study_says_which_images_it_has_and_takes_others_in_their_place() -> None:
    state = landmark_edits.add_pair(FusionState())
    assert state.volumes() == {}
    both = state.with_volumes({"moving": phantom_ct(), "fixed": phantom_mr()})
    assert list(both.volumes().items()) == [("fixed", both.fixed), ("moving", both.moving)]
    other = both.with_volumes({"fixed": phantom_ct()})
    assert other.volumes() == {"fixed": other.fixed, "moving": both.moving}
    assert other.landmarks is both.landmarks
    assert other.fixed is not both.fixed
