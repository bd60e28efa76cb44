"""Moving by hand with the mouse: what is seen sticks to it, turns with it, and can always be taken back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from keyboard import key_click
from mouse import LEFT, RIGHT, Hand
from panes import MakeView, beside, context_of, frame_of, wheel_in
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QWidget

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import ORIENTATIONS, Orientation, RigidTransform
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.view_state import SpaceView
from fusionviewer.ui.pane.overlays.rotation_handle import handle_of
from fusionviewer.ui.views.mosaic_view import MosaicView

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
Show = Callable[..., QWidget]

small = st.tuples(*[st.floats(-0.5, 0.5)] * 3)
some_mm = st.tuples(*[st.floats(-40, 40)] * 3)
tilts = st.just((0.0, 0.0, 0.0)) | st.tuples(*[st.floats(-60, 60)] * 3)
places = st.tuples(st.integers(0, 399), st.integers(0, 319)).map(lambda at: QPointF(*at))


@pytest.fixture(autouse=True)
def _tool(view_model: ViewModel) -> None:
    view_model.set_tool("move")


def pose_of(document: Document) -> RigidTransform:
    return document.state.alignment.moving_from_fixed


# What is seen follows the mouse


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=lambda o: o.name)
def test_what_is_under_the_mouse_stays_under_it(
    make_view: MakeView, document: Document, view_model: ViewModel, orientation: Orientation
) -> None:
    """In every plane, turned or not, mirrored or not, at any zoom and from any pose."""
    view = make_view(orientation=orientation)
    hand = Hand(view)

    @given(small, some_mm, some_mm, tilts, st.booleans(), st.floats(0.5, 8.0), places, places)
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    def drag(
        turn: Any, shift: Any, cursor: Any, tilt: Any, radiological: bool, zoom: float, start: QPointF, end: QPointF
    ) -> None:
        pose = RigidTransform.from_rotation_vector(turn, np.zeros(3), np.asarray(shift))
        document.replace(edits.set_pose(document.state, pose, "file"))
        view_model.change(fixed=SpaceView(cursor, cursor, zoom, tilt), radiological=radiological)
        assume(start != end and wheel_in(view).part_under(start) == "")
        frame = frame_of(view)
        anatomy = pose.apply(frame.point_under(start))
        hand.drag(start, end)
        np.testing.assert_allclose(view_model.pose.apply(frame.point_under(end)), anatomy, atol=1e-8)
        assert pose_of(document) is pose  # until the button is let go
        hand.release()
        np.testing.assert_allclose(pose_of(document).apply(frame.point_under(end)), anatomy, atol=1e-8)
        np.testing.assert_allclose(pose_of(document).rotation, pose.rotation, atol=1e-12)
        assert (document.undo_stack.count(), document.undo_stack.undoText()) == (1, "Translate manually")

    drag()


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=lambda o: o.name)
def test_the_image_turns_with_the_mouse_about_the_centre_which_stays(
    make_view: MakeView, document: Document, view_model: ViewModel, orientation: Orientation
) -> None:
    view = make_view(orientation=orientation)
    hand = Hand(view)

    @given(small, some_mm, some_mm, tilts, st.booleans(), st.floats(-3.1, 3.1), st.floats(-2.5, 2.5))
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    def drag(turn: Any, shift: Any, centre: Any, tilt: Any, radiological: bool, begin: float, angle: float) -> None:
        assume(abs(angle) > 0.01)
        pose = RigidTransform.from_rotation_vector(turn, np.zeros(3), np.asarray(shift))
        document.replace(edits.set_pose(document.state, pose, "file"))
        view_model.change(fixed=SpaceView(tilt_deg=tilt), radiological=radiological, hand_centre=centre)
        frame, wheel = frame_of(view), wheel_in(view)
        assert wheel.part_under(wheel.at(begin, wheel.radius)) == "rim"
        seen = np.asarray(centre) + 25 * frame.plane.right  # in the plane through the centre
        anatomy = pose.apply(seen)
        hand.press(wheel.at(begin, wheel.radius))
        for part in (0.3, 0.7, 1.0):
            hand.move(wheel.at(begin + part * angle, wheel.radius * (1 + part)))  # how far out does not matter
        hand.release()
        after = pose_of(document)
        np.testing.assert_allclose(after.apply(np.asarray(centre)), pose.apply(np.asarray(centre)), atol=1e-8)
        # on the screen: from the right of the centre clockwise by the angle
        way = frame.position((~after).apply(anatomy)) - frame.position(np.asarray(centre))
        expected = 25 / frame.mm_per_unit
        assert way.x() == pytest.approx(expected * math.cos(angle), abs=1e-6)
        assert way.y() == pytest.approx(expected * math.sin(angle), abs=1e-6)
        assert (document.undo_stack.count(), document.undo_stack.undoText()) == (1, "Rotate manually")

    drag()


def test_a_turn_may_go_around_more_than_once(make_view: MakeView, document: Document) -> None:
    view = make_view()
    wheel, hand, before = wheel_in(view), Hand(view), pose_of(document)
    hand.press(wheel.at(0.0, wheel.radius))
    for step in range(1, 13):
        hand.move(wheel.at(step * math.radians(40), wheel.radius))
    assert view.interaction is not None
    assert view.interaction.feedback.turned == pytest.approx((0.0, math.radians(480)))
    hand.release()
    moved = ~before @ pose_of(document)
    assert moved.angle_deg == pytest.approx(120)


def test_with_shift_all_of_it_is_ten_times_finer(make_view: MakeView, document: Document) -> None:
    view = make_view()
    hand, start, before = Hand(view), beside(view), pose_of(document)
    mm = frame_of(view).mm_per_unit
    hand.press(start)
    hand.move(start + QPointF(20, 0))
    hand.move(start + QPointF(50, 0), SHIFT)
    hand.release()
    seen = (~pose_of(document)).apply(before.apply(np.zeros(3)))
    np.testing.assert_allclose(seen, [(20 + 3) * mm, 0, 0], atol=1e-9)
    document.undo_stack.undo()
    wheel = wheel_in(view)
    hand.press(wheel.at(0, wheel.radius), LEFT, SHIFT)
    hand.move(wheel.at(0.5, wheel.radius), SHIFT)
    hand.release()
    assert (~before @ pose_of(document)).angle_deg == pytest.approx(math.degrees(0.05))


def test_a_click_is_no_step(make_view: MakeView, document: Document) -> None:
    view = make_view()
    before = document.state
    for at in (beside(view), wheel_in(view).at(1.0, wheel_in(view).radius), wheel_in(view).centre):
        Hand(view).click(at)
        Hand(view).press(at)
        Hand(view).release()
    assert document.state is before
    assert document.undo_stack.count() == 0


def test_a_drag_and_another_are_two_steps(make_view: MakeView, document: Document) -> None:
    view = make_view()
    hand, start = Hand(view), beside(view)
    for _ in range(2):
        hand.drag(start, start + QPointF(5, 5))
        hand.release()
    assert document.undo_stack.count() == 2


# Taking back


@pytest.mark.parametrize("part", ["inside", "rim"])
@pytest.mark.parametrize("how", ["escape", "right"])
def test_a_drag_can_be_taken_back(
    make_view: MakeView, document: Document, view_model: ViewModel, part: str, how: str
) -> None:
    view = make_view()
    view.setFocus()
    hand, before = Hand(view), document.state
    start = beside(view) if part == "inside" else wheel_in(view).at(0.2, wheel_in(view).radius)
    hand.drag(start, start + QPointF(-20, 25))
    assert view_model.pose is not before.alignment.moving_from_fixed
    assert view_model.by_hand
    if how == "escape":
        key_click(view, Qt.Key.Key_Escape)
    else:
        hand.press(start, RIGHT)
    assert view_model.pose is before.alignment.moving_from_fixed
    hand.move(start + QPointF(60, 60))
    hand.release()
    assert view_model.pose is before.alignment.moving_from_fixed
    assert document.state is before
    assert document.undo_stack.count() == 0


def test_what_was_undone_meanwhile_drops_the_drag(
    make_view: MakeView, document: Document, view_model: ViewModel
) -> None:
    view = make_view()
    hand, start, first = Hand(view), beside(view), document.state
    document.apply("somewhere", edits.nudge(first, np.array([3.0, 0, 0]), np.zeros(3), np.zeros(3)))
    hand.drag(start, start + QPointF(20, 0))
    document.undo_stack.undo()
    assert view_model.pose is first.alignment.moving_from_fixed  # at once, not with the next move
    hand.move(start + QPointF(40, 0))
    hand.release()
    assert document.state is first
    assert view_model.pose is first.alignment.moving_from_fixed


def test_nothing_is_moved_while_a_job_runs_and_the_tool_tip_says_why(
    make_view: MakeView, document: Document, view_model: ViewModel
) -> None:
    view = make_view()
    hand, start, before = Hand(view), beside(view), document.state
    hand.drag(start, start + QPointF(20, 0))
    view_model.lock("Registering is going on.")
    assert view_model.pose is before.alignment.moving_from_fixed
    job = RigidTransform.about(np.eye(3), np.zeros(3), np.ones(3))
    view_model.set_preview(job)
    hand.move(start + QPointF(30, 0))
    hand.release()
    assert view_model.pose is job  # the job's preview is its own
    assert document.state is before
    hand.drag(start, start + QPointF(20, 0))
    assert view.interaction is None
    hand.release()
    assert view.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    assert view.toolTip() == "Registering is going on."
    view_model.lock("")
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    assert view.toolTip() == ""


def test_a_view_that_goes_drops_its_drag(make_view: MakeView, document: Document, view_model: ViewModel) -> None:
    view = make_view()
    before = document.state
    Hand(view).drag(beside(view), beside(view) + QPointF(20, 0))
    view.hide()
    assert view_model.pose is before.alignment.moving_from_fixed
    view.show()
    hand = Hand(view)
    hand.drag(beside(view), beside(view) + QPointF(20, 0))
    hand._held = Qt.MouseButton.NoButton  # let go elsewhere, unreported
    hand.move(beside(view))
    assert view_model.pose is before.alignment.moving_from_fixed
    assert document.state is before


# The centre


def test_the_centre_follows_the_mouse_and_is_not_undone(
    make_view: MakeView, document: Document, view_model: ViewModel
) -> None:
    view = make_view()
    view.setFocus()
    head = np.array([1.0, 2.0, 30.0])
    view_model.know_head_centre(head)
    hand, at = Hand(view), wheel_in(view).centre
    mm = frame_of(view).mm_per_unit
    hand.drag(at, at + QPointF(30, -10))
    hand.release()
    placed = view_model.view.hand_centre
    assert placed == pytest.approx((1 + 30 * mm, 2 - 10 * mm, 30))  # in the plane, at its distance from it
    assert wheel_in(view).centre.x() == pytest.approx(at.x() + 30)
    assert document.undo_stack.count() == 0
    at = wheel_in(view).centre
    hand.drag(at, at + QPointF(5, 5))
    key_click(view, Qt.Key.Key_Escape)
    hand.release()
    assert view_model.view.hand_centre == placed


def test_without_a_centre_of_ones_own_it_is_the_heads_else_the_images(
    make_view: MakeView, document: Document, view_model: ViewModel
) -> None:
    assert document.state.fixed is not None
    np.testing.assert_array_equal(view_model.hand_centre, document.state.fixed.grid.centre)
    view_model.know_head_centre(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(view_model.hand_centre, [1, 2, 3])
    view_model.change(hand_centre=(4.0, 5.0, 6.0))
    np.testing.assert_array_equal(view_model.hand_centre, [4, 5, 6])


# Where the tool works, and where not


def test_landmarks_are_not_grabbed_and_nothing_is_marked(make_view: MakeView, document: Document) -> None:
    view = make_view()
    at = beside(view)
    point = edits.point_of(frame_of(view).point_under(at))
    document.replace(
        landmark_edits.add_pair(landmark_edits.place_point(landmark_edits.add_pair(document.state), 0, "fixed", point))
    )
    landmarks = document.state.landmarks
    hand = Hand(view)
    hand.drag(at, at + QPointF(20, 0))
    hand.release()
    assert document.state.landmarks is landmarks
    assert document.undo_stack.undoText() == "Translate manually"


def test_in_a_row_of_one_image_the_drag_is_the_crosshairs(
    make_view: MakeView, document: Document, view_model: ViewModel
) -> None:
    view = make_view(fused=False)
    before, cursor = document.state, view_model.view.fixed.cursor
    assert handle_of(context_of(view)) is None
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
    Hand(view).drag(QPointF(200, 160), QPointF(230, 170))
    assert document.state is before
    assert view_model.view.fixed.cursor != cursor


def test_control_still_fades(make_view: MakeView, document: Document, view_model: ViewModel) -> None:
    view = make_view()
    before, at = document.state, beside(view)
    hand = Hand(view)
    hand.drag(at, at + QPointF(0, -40), modifiers=CTRL)
    hand.release()
    assert document.state is before
    assert view_model.view.fade > 0.5


def test_without_two_images_there_is_no_wheel(make_view: MakeView, document: Document) -> None:
    view = make_view()
    document.replace(replace(document.state, moving=None))
    assert handle_of(context_of(view)) is None
    Hand(view).drag(QPointF(150, 150), QPointF(180, 150))


def test_a_tile_of_the_mosaic_shifts_too(document: Document, view_model: ViewModel, show: Show) -> None:
    tile = MosaicView(document, view_model, 3)
    show(tile, 220, 200)
    frame, start, end = frame_of(tile), beside(tile), beside(tile) + QPointF(11, -7)
    anatomy = pose_of(document).apply(frame.point_under(start))
    hand = Hand(tile)
    hand.drag(start, end)
    hand.release()
    np.testing.assert_allclose(pose_of(document).apply(frame.point_under(end)), anatomy, atol=1e-8)


def test_the_shape_of_the_mouse_tells_what_a_press_does(make_view: MakeView) -> None:
    view = make_view()
    hand, wheel = Hand(view), wheel_in(view)
    for at, shape in (
        (beside(view), Qt.CursorShape.OpenHandCursor),
        (wheel.at(2.0, wheel.radius + 6), Qt.CursorShape.PointingHandCursor),
        (wheel.centre + QPointF(4, 4), Qt.CursorShape.SizeAllCursor),
        (wheel.at(2.0, wheel.radius + 14), Qt.CursorShape.OpenHandCursor),
    ):
        hand.move(at)
        assert view.cursor().shape() == shape
    hand.press(beside(view))
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    hand.release()
