"""Points of a new pair marked by clicks in the views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import key_click, press
from landmark_sets import one_off
from mouse import Hand, double_click, mouse_click
from panes import MakeView, add_pair, context_of, cursor_of, frame_of
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from windows import OpenWindow

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, RigidTransform
from fusionviewer.session.state import Side
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """Five pairs, of which the fourth is off; the keyboard is in the fused axial view."""
    return open_window(landmarks=one_off())


def test_undo_while_marking_goes_on_with_marking_and_esc_ends_it(open_window: OpenWindow) -> None:
    window = open_window()
    workspace = window.workspace
    mark_landmarks.new_pair(workspace)
    mark_landmarks.new_pair(workspace)
    assert len(workspace.document.state.landmarks) == 1
    mark_landmarks.click(workspace, "fixed", np.zeros(3))
    mark_landmarks.click(workspace, "moving", np.zeros(3))
    assert not workspace.placing
    workspace.document.undo_stack.undo()
    assert workspace.placing
    assert context_of(window.images.view("moving.axial")).placing == "moving"
    key_click(window.images.active_view(), Qt.Key.Key_Escape)
    assert not workspace.placing
    assert len(workspace.document.state.landmarks) == 1


def test_the_selected_pair_stays_the_same_one_when_others_go(open_window: OpenWindow) -> None:
    window = open_window()
    workspace = window.workspace
    for x in (0.0, 10.0, 20.0):
        mark_landmarks.new_pair(workspace)
        mark_landmarks.click(workspace, "fixed", np.array([x, 0, 0]))
        mark_landmarks.click(workspace, "moving", np.array([x, 0, 0]))
    mark_landmarks.select(workspace, 0)
    mark_landmarks.delete_selected(workspace)
    workspace.document.undo_stack.undo()
    mark_landmarks.select(workspace, 1)
    workspace.document.undo_stack.redo()
    assert workspace.selected_pair is not None
    assert workspace.selected_pair.name == "L2"


def test_a_new_pair_shows_both_rows_again(open_window: OpenWindow) -> None:
    window = open_window()
    view_model = window.workspace.view_model
    view_model.set_layout("pairs")
    view_model.enlarge("fixed.axial")
    mark_landmarks.new_pair(window.workspace)
    assert view_model.view.enlarged == ""


def test_two_quick_clicks_mark_two_points_in_the_fused_layout(open_window: OpenWindow) -> None:
    window = open_window()
    workspace = window.workspace
    mark_landmarks.new_pair(workspace)
    workspace.view_model.set_layout("fused")
    view = window.images.view("fused.axial")
    middle = QPoint(view.width() // 2, view.height() // 2)
    mouse_click(view, Qt.MouseButton.LeftButton, pos=middle)
    double_click(view, pos=middle)
    assert workspace.document.state.landmarks[0].complete
    assert workspace.view_model.view.enlarged == ""


def test_a_trembling_click_on_the_own_point_still_marks_its_twin(window: MainWindow) -> None:
    window.workspace.view_model.select_pair(None)
    view = window.images.view("fused.axial")
    mark_landmarks.new_pair(window.workspace)
    window.workspace.view_model.set_layout("fused")
    QApplication.processEvents()
    at, hand = QPointF(view.width() / 2 + 30, view.height() / 2 + 40), Hand(view)
    hand.click(at)
    first = window.workspace.document.state.landmarks[-1].fixed_point
    hand.press(at)
    hand.move(at + QPointF(0.0, 1.0))
    hand.release()
    pair = window.workspace.document.state.landmarks[-1]
    assert pair.complete
    assert pair.fixed_point == first


@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_a_double_click_marks_one_point_and_nothing_jumps(window: MainWindow, side: Side) -> None:
    mark_landmarks.new_pair(window.workspace)
    QApplication.processEvents()
    view = window.images.view(f"{side}.sagittal")
    Hand(view).double_click(QPointF(view.width() / 2 + 20, view.height() / 2 + 10))
    pair = window.workspace.document.state.landmarks[-1]
    assert pair.point(side) is not None
    assert not pair.complete
    assert window.workspace.view_model.view.enlarged == ""
    view.repaint()
    Hand(view).double_click(QPointF(40.0, 40.0))  # where nothing is marked it enlarges, as ever
    assert window.workspace.view_model.view.enlarged == view.key


def test_a_new_pair_can_be_clicked_at_once_and_a_tool_in_the_way_is_named(window: MainWindow) -> None:
    view = window.images.view("fixed.axial")
    window.images.active_view().setFocus()
    press(Qt.Key.Key_T)
    press(Qt.Key.Key_N)
    assert window.workspace.view_model.tool == "crosshair"
    press(Qt.Key.Key_T)  # to see better; then a click marks nothing
    assert "The mouse mode “Window/Level” keeps the clicks: press T to mark L6." in window.status.sentence.text()
    QApplication.processEvents()
    Hand(view).click(QPointF(view.width() / 2 + 20, view.height() / 2))
    assert window.workspace.document.state.landmarks[-1].fixed_point is None
    press(Qt.Key.Key_T)
    assert "Click L6 in the fixed image" in window.status.sentence.text()
    Hand(view).click(QPointF(view.width() / 2 + 20, view.height() / 2))
    assert window.workspace.document.state.landmarks[-1].fixed_point is not None


@pytest.mark.parametrize("fused", [True, False])
def test_placing_announces_clicks_in_each_images_own_space(
    make_view: MakeView,
    view_model: ViewModel,
    document: Document,
    phantom_truth: RigidTransform,
    qtbot: QtBot,
    fused: bool,
) -> None:
    index = add_pair(document, (0.0, 0.0, 40.0))  # the fixed point is there, far from the plane
    view = make_view("moving", AXIAL, fused)
    cursor, hand, at = cursor_of(view_model, "fixed"), Hand(view), QPointF(150, 120)
    with qtbot.assertNotEmitted(view.point_clicked):
        hand.click(at)  # no pair is selected: the crosshair goes there
    view_model.set_cursor("fixed", cursor)
    view_model.show(replace(view_model.view, selected_pair=index))
    with qtbot.waitSignal(view.point_clicked) as clicked:
        hand.click(at)
    seen = frame_of(view).point_under(at)
    assert clicked.args[0] == "moving"
    np.testing.assert_allclose(clicked.args[1], phantom_truth.apply(seen) if fused else seen)
    np.testing.assert_array_equal(cursor_of(view_model, "fixed"), cursor)
    with qtbot.assertNotEmitted(view.point_clicked):  # a drag looks for the place
        hand.drag(at, at + QPointF(30, 0))
        hand.release()
    assert cursor_of(view_model, view.space)[0] == pytest.approx(frame_of(view).point_under(at + QPointF(30, 0))[0])


def test_nothing_is_placed_where_the_point_is_there_already(
    make_view: MakeView, view_model: ViewModel, document: Document, qtbot: QtBot
) -> None:
    index = add_pair(document, (0.0, 0.0, 40.0))
    view_model.show(replace(view_model.view, selected_pair=index))
    view = make_view("fixed", AXIAL, fused=False)
    with qtbot.assertNotEmitted(view.point_clicked):
        Hand(view).click(QPointF(150, 120))
