"""Points taken hold of with the mouse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import key_click
from landmark_sets import ONE_OFF_PLACES, one_off
from mouse import Hand
from panes import MakeView, add_pair, frame_of, place_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication
from windows import OpenWindow, selected_name

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, RigidTransform
from fusionviewer.session import landmark_edits
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """Five pairs, of which the fourth is off; the keyboard is in the fused axial view."""
    return open_window(landmarks=one_off())


def test_dragging_a_point_is_one_step_and_changes_neither_crosshair_nor_window(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    start = np.array([20.0, 10.0, 2.0])  # beside the plane, where it stays
    add_pair(document, start)
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    before, hand = view_model.view, Hand(view)
    at, way = frame_of(view).position(start), QPointF(24, -16)
    hand.drag(at + QPointF(5, 5), at + QPointF(5, 5) + way, steps=6)
    hand.release()
    mm = frame_of(view).mm_per_unit
    np.testing.assert_allclose(np.asarray(document.state.landmarks[0].fixed_point), start + mm * np.array([24, -16, 0]))
    assert view_model.view == replace(before, selected_pair=0)
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Move landmark L1"
    document.undo_stack.undo()
    np.testing.assert_allclose(np.asarray(document.state.landmarks[0].fixed_point), start)


def test_two_drags_are_two_steps(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    add_pair(document, np.zeros(3))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    hand = Hand(view)
    for _ in range(2):
        at = frame_of(view).position(np.asarray(document.state.landmarks[0].fixed_point))
        hand.drag(at, at + QPointF(10, 10))
        hand.release()
    assert document.undo_stack.count() == 2


def test_esc_leaves_a_point_and_the_history_as_they_were(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    add_pair(document, np.zeros(3))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    state, look, at = document.state, view_model.view, frame_of(view).position(np.zeros(3))
    Hand(view).drag(at, at + QPointF(40, 20))
    assert document.state is not state
    key_click(view, Qt.Key.Key_Escape)
    assert document.state is state
    assert view_model.view == look
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_a_moving_point_is_dragged_through_the_pose_in_the_fused_view(
    make_view: MakeView, view_model: ViewModel, document: Document, phantom_truth: RigidTransform
) -> None:
    seen = np.array([-20.0, 30.0, 0.0])
    add_pair(document, None, phantom_truth.apply(seen))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    at = frame_of(view).position(seen)
    hand = Hand(view)
    hand.drag(at, at + QPointF(-30, 12))
    hand.release()
    way = frame_of(view).mm_per_unit * np.array([-30, 12, 0.0])
    moved = document.state.landmarks[0]
    assert moved.fixed_point is None
    np.testing.assert_allclose(np.asarray(moved.moving_point), phantom_truth.apply(seen + way), atol=1e-9)


def test_taking_hold_of_a_point_in_a_row_shows_its_twin_in_the_other_row_and_this_row_holds_still(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    add_pair(document, (1.0, 2.0, 0.0), (30.0, 20.0, 10.0))
    view_model.set_cursor("fixed", np.zeros(3))
    view_model.set_layout("pairs")
    view = make_view("fixed", AXIAL, fused=False)
    before = view_model.view.fixed
    Hand(view).click(frame_of(view).position(np.array([1.0, 2.0, 0.0])))
    assert view_model.view.selected_pair == 0
    assert view_model.view.fixed == before
    assert view_model.view.moving.cursor == (30.0, 20.0, 10.0)
    assert document.undo_stack.count() == 0


def test_an_undo_during_a_drag_ends_the_hold(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    document.apply("Add", landmark_edits.add_pair(document.state))
    document.apply("Mark", landmark_edits.place_point(document.state, 0, "fixed", np.zeros(3)))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    at, hand = frame_of(view).position(np.zeros(3)), Hand(view)
    hand.drag(at, at + QPointF(9, 9))
    for _ in range(3):
        document.undo_stack.undo()
    hand.move(at + QPointF(30, 30))
    key_click(view, Qt.Key.Key_Escape)
    assert document.state.landmarks == ()


def test_a_click_on_a_point_that_trembles_chooses_it_and_moves_nothing(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 1)
    before, steps = window.workspace.document.state, window.workspace.document.undo_stack.count()
    view = window.images.view("fused.axial")
    at, hand = place_of(view, ONE_OFF_PLACES[0]), Hand(view)
    hand.press(at)
    hand.move(at + QPointF(1.0, 1.0))
    hand.release()
    assert selected_name(window) == "L1"
    assert window.workspace.document.state is before
    assert window.workspace.document.undo_stack.count() == steps


def test_a_drag_takes_a_point_exactly_along_even_back_to_near_its_place(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 0)
    view = window.images.view("fixed.axial")
    window.workspace.view_model.set_layout("pairs")
    QApplication.processEvents()
    frame, hand = frame_of(view), Hand(view)
    at = frame.position(ONE_OFF_PLACES[0])
    hand.drag(at, at + QPointF(20.0, 0.0))
    hand.move(at + QPointF(1.0, 0.0))
    hand.release()
    found = np.array(window.workspace.document.state.landmarks[0].fixed_point)
    assert found == pytest.approx(ONE_OFF_PLACES[0] + frame.step(QPointF(1.0, 0.0)), abs=1e-6)
