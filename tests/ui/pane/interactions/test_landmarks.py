"""Half pairs, ghosts, the magnifier and locks in the views, with real clicks, drags and keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import key_click
from landmark_sets import HERE
from mouse import Hand
from panes import coloured, context_of, frame_of, place_of
from PyQt6.QtCore import QPoint, QPointF, QSize, Qt
from PyQt6.QtWidgets import QDoubleSpinBox, QToolTip
from windows import OpenWindow, child, pairs

from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks
from fusionviewer.app.state.twin_prediction import guess_twin
from fusionviewer.geometry import RigidTransform
from fusionviewer.rendering.colours import MOVING_COLOUR
from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.pane.image import request_for
from fusionviewer.ui.pane.overlays.landmark_marks import predicted_mark
from fusionviewer.ui.pane.overlays.magnifier import SIZE, TIMES, Magnifier, place_for
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


def looks(window: MainWindow) -> tuple[object, ...]:
    """What the marking of points must never change."""
    view = window.workspace.view_model.view
    return view.fixed_window, view.moving_window, view.blend, view.layout


def test_a_click_on_the_ghost_takes_it_to_the_last_digit(
    half_marked: MainWindow, phantom_truth: RigidTransform
) -> None:
    view, before = half_marked.images.view("moving.axial"), looks(half_marked)
    there = phantom_truth.apply(HERE)
    hand = Hand(view)
    hand.move(place_of(view, there) + QPointF(3, 2))
    assert view.cursor().shape() is Qt.CursorShape.PointingHandCursor
    hand.click(place_of(view, there) + QPointF(3, 2))
    np.testing.assert_allclose(np.asarray(pairs(half_marked)[0].moving_point), there, atol=1e-9)
    assert half_marked.workspace.document.undo_stack.undoText() == "Mark L1 in the moving image"
    assert looks(half_marked) == before


def test_a_drag_of_the_ghost_marks_where_it_is_let_go_as_one_step(
    half_marked: MainWindow, phantom_truth: RigidTransform
) -> None:
    view, steps = half_marked.images.view("moving.axial"), half_marked.workspace.document.undo_stack.count()
    start, way = place_of(view, phantom_truth.apply(HERE)), QPointF(20, -12)
    hand = Hand(view)
    hand.drag(start, start + way, steps=5)
    assert not pairs(half_marked)[0].complete
    ghost = predicted_mark(context_of(view))
    assert ghost is not None
    assert (QPointF(*ghost.at) - start - way).manhattanLength() < 1e-6
    mm = frame_of(view).mm_per_unit
    hand.release()
    np.testing.assert_allclose(
        np.asarray(pairs(half_marked)[0].moving_point),
        phantom_truth.apply(HERE) + mm * np.array([20, -12, 0]),
        atol=1e-9,
    )
    assert half_marked.workspace.document.undo_stack.count() == steps + 1


def test_esc_leaves_the_ghost_where_it_was(half_marked: MainWindow, phantom_truth: RigidTransform) -> None:
    view, state = half_marked.images.view("moving.axial"), half_marked.workspace.document.state
    start = place_of(view, phantom_truth.apply(HERE))
    Hand(view).drag(start, start + QPointF(30, 10))
    key_click(view, Qt.Key.Key_Escape)
    assert half_marked.workspace.document.state is state
    ghost = predicted_mark(context_of(view))
    assert ghost is not None
    assert (QPointF(*ghost.at) - start).manhattanLength() < 1e-6


def test_a_click_elsewhere_marks_there_instead(half_marked: MainWindow, phantom_truth: RigidTransform) -> None:
    view = half_marked.images.view("moving.axial")
    at = place_of(view, phantom_truth.apply(HERE)) + QPointF(25, 14)
    expected = frame_of(view).point_under(at)
    Hand(view).click(at)
    np.testing.assert_allclose(np.asarray(pairs(half_marked)[0].moving_point), expected)


def test_enter_takes_the_ghost_only_from_the_images(half_marked: MainWindow) -> None:
    elsewhere = child(half_marked, QDoubleSpinBox, "fixed_level")
    elsewhere.setFocus()
    key_click(elsewhere, Qt.Key.Key_Return)
    assert not pairs(half_marked)[0].complete
    view = half_marked.images.active_view()
    view.setFocus()
    key_click(view, Qt.Key.Key_Return)
    assert pairs(half_marked)[0].complete


def test_a_guess_that_would_not_be_seen_brings_the_fused_views_to_it(window: MainWindow) -> None:
    """By the fit, where the alignment is wrong: what Enter would take is in front of the user."""
    workspace, model = window.workspace, window.workspace.view_model
    truth = workspace.document.state.alignment.moving_from_fixed
    places = np.array([[0, 0, 0], [40, 0, 0], [0, 35, 5], [-20, -10, 30]], dtype=float)
    complete = [LandmarkPair(f"L{n}", edits.point_of(p), edits.point_of(truth.apply(p))) for n, p in enumerate(places)]
    wrong = truth @ RigidTransform.from_euler((9, 4, -6, 10, -8, 12), np.zeros(3))
    state = replace(workspace.document.state, landmarks=(*complete, LandmarkPair("half", edits.point_of(HERE))))
    workspace.document.replace(edits.set_pose(state, wrong, "hand"))
    mark_landmarks.select(workspace, 4)
    guess = guess_twin(workspace.document.state, 4)
    assert guess is not None
    assert guess.pairs == 4
    assert model.view.layout == "fused"
    view = window.images.view("fused.axial")
    ghost = predicted_mark(context_of(view))
    assert ghost is not None
    assert ghost.strength == 1.0
    assert "by the fit to 4 pairs" in window.status.sentence.text()


def test_the_window_tool_and_the_hand_never_touch_a_ghost(
    half_marked: MainWindow, phantom_truth: RigidTransform
) -> None:
    view, state = half_marked.images.view("moving.axial"), half_marked.workspace.document.state
    at = place_of(view, phantom_truth.apply(HERE))
    before = half_marked.workspace.view_model.view.moving_window
    half_marked.workspace.view_model.set_tool("window")
    hand = Hand(view)
    hand.drag(at, at + QPointF(30, 20))
    hand.release()
    hand.click(at)
    assert half_marked.workspace.document.state is state
    assert half_marked.workspace.view_model.view.moving_window != before


def test_a_ghost_is_dashed_and_a_point_is_whole(half_marked: MainWindow, phantom_truth: RigidTransform) -> None:
    view = half_marked.images.view("moving.axial")
    there = phantom_truth.apply(HERE)
    dashed = coloured(view, place_of(view, there), MOVING_COLOUR, 10)
    mark_landmarks.confirm_guess(half_marked.workspace)
    half_marked.workspace.view_model.show(replace(half_marked.workspace.view_model.view, selected_pair=None))
    whole = coloured(view, place_of(view, there), MOVING_COLOUR, 10)
    assert 5 < dashed < whole


def test_a_half_pairs_mark_is_dashed_too(half_marked: MainWindow) -> None:
    view = half_marked.images.view("fixed.axial")
    colour = "#5aa9ff"
    dashed = coloured(view, place_of(view, HERE), colour, 8)
    mark_landmarks.confirm_guess(half_marked.workspace)
    assert coloured(view, place_of(view, HERE), colour, 8) > dashed > 5


# Locks


@pytest.fixture
def locked(half_marked: MainWindow) -> MainWindow:
    mark_landmarks.confirm_guess(half_marked.workspace)
    landmark_list.toggle_lock(half_marked.workspace, 0)
    mark_landmarks.stop(half_marked.workspace)
    return half_marked


def test_a_locked_point_stays_says_why_and_can_still_be_chosen(locked: MainWindow) -> None:
    view, state = locked.images.view("fixed.axial"), locked.workspace.document.state
    at, hand = place_of(view, HERE), Hand(view)
    hand.move(at)
    assert view.cursor().shape() is Qt.CursorShape.ForbiddenCursor
    assert view.toolTip() == mark_landmarks.why_locked("L1")
    cursor = locked.workspace.view_model.view.fixed
    hand.drag(at, at + QPointF(30, 10))
    assert QToolTip.text() == mark_landmarks.why_locked("L1")
    hand.release()
    assert locked.workspace.document.state is state
    assert locked.workspace.view_model.view.fixed == cursor
    assert locked.workspace.view_model.view.selected_pair == 0
    QToolTip.hideText()
    hand.move(QPointF(5, 5))
    assert view.toolTip() == ""


# The magnifier


def test_the_magnifier_shows_four_times_the_image_of_the_point_and_its_middle_is_the_point(
    half_marked: MainWindow,
) -> None:
    """The same grey as the pane has at the point; an eighth of the inset away it is that of 1/32 of its size away."""
    view = half_marked.images.view("fixed.axial")
    frame, size = frame_of(view), QSize(SIZE, SIZE)
    request = Magnifier().request(context_of(view), "fixed", HERE, size)
    assert request is not None
    assert request.viewport.mm_per_pixel == pytest.approx(frame.viewport.mm_per_pixel / TIMES)
    middle = request.viewport.screen(np.array([(request.viewport.width - 1) / 2, (request.viewport.height - 1) / 2]))
    np.testing.assert_allclose(middle, request.plane.screen(HERE), atol=1e-9)
    assert request.front is None
    assert request.back is not None
    assert request.back.volume is half_marked.workspace.document.state.fixed
    shown = request_for(context_of(view)).back
    assert shown is not None
    assert request.back.window == shown.window


def test_in_a_fused_pane_it_shows_the_image_that_the_point_belongs_to(half_marked: MainWindow) -> None:
    half_marked.workspace.view_model.set_layout("fused")
    view = half_marked.images.view("fused.axial")
    for side in ("fixed", "moving"):
        request = Magnifier().request(context_of(view), side, HERE, QSize(SIZE, SIZE))
        assert request is not None
        layer, other = (request.back, request.front) if side == "fixed" else (request.front, request.back)
        assert layer is not None
        assert other is None
        assert layer.volume is half_marked.workspace.document.state.volume(side)
        moved = layer.volume_from_view == half_marked.workspace.document.state.alignment.moving_from_fixed
        assert moved == (side == "moving")


@pytest.mark.parametrize(("x", "y"), [(10, 10), (290, 10), (10, 200), (290, 200), (140, 100), (160, 130)])
def test_it_is_never_under_the_mouse(x: int, y: int) -> None:
    pane = QSize(300, 220)
    place = place_for(pane, QPointF(x, y))
    assert place.width() == place.height() == SIZE
    assert pane.width() > place.right() + 1
    assert pane.height() > place.bottom() + 1
    if (x - 150) ** 2 + (y - 110) ** 2 > 60**2:  # in the very middle of a small pane there is no way out
        assert not place.contains(QPoint(x, y))


def test_it_is_seen_only_while_a_point_is_dragged(half_marked: MainWindow) -> None:
    view = half_marked.images.view("fixed.axial")
    at = place_of(view, HERE)
    hand = Hand(view)
    before = view.grab().toImage()
    hand.drag(at, at + QPointF(4, 3))
    place = place_for(view.size(), at + QPointF(4, 3))
    during = view.grab().toImage()
    rim = during.pixelColor(place.left(), place.center().y() + 20)
    assert rim.blue() > 200
    assert rim.red() < 130
    hand.move(at)
    hand.release()
    after = view.grab().toImage()
    corner = place.topLeft() + QPoint(20, 0)
    assert after.pixelColor(corner) == before.pixelColor(corner) != during.pixelColor(corner)


# Panes
