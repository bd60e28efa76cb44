"""The magnifier over a point that keys move, with real keys and clicks; its timer is never waited for."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import ALT, SHIFT, key_click, press
from landmark_sets import ONE_OFF_PLACES, one_off, pairs_at
from mouse import Hand
from panes import context_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import OpenWindow

from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks, refine_landmarks
from fusionviewer.registration.points.pair_refinement import PairRefinement
from fusionviewer.rendering.colours import MOVING_COLOUR
from fusionviewer.ui.pane.overlays.landmark_marks import find_marks
from fusionviewer.ui.views import nudge_magnifier
from fusionviewer.ui.views.nudge_magnifier import NudgeMagnifier
from fusionviewer.ui.window.main_window import MainWindow

LONG_MS = 10_000_000
PLACES = np.array([[10.0, 20.0, 6.0], [-40.0, 10.0, 6.0]])


@pytest.fixture(autouse=True)
def _long_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the time is never over by itself, however slow the machine."""
    assert nudge_magnifier.SHOWN_MS == 1000
    monkeypatch.setattr(nudge_magnifier, "SHOWN_MS", LONG_MS)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """Two pairs, the first selected; the keyboard is in the fused axial view."""
    made = open_window(landmarks=pairs_at(PLACES))
    mark_landmarks.select(made.workspace, 0)
    QApplication.processEvents()
    return made


def nudge(window: MainWindow, qtbot: QtBot, key: Qt.Key = Qt.Key.Key_Right) -> NudgeMagnifier:
    view = window.images.active_view()
    key_click(view, key, ALT)
    QApplication.processEvents()
    return window.images.magnifier(view)


def test_a_nudge_shows_it_for_a_second_and_the_next_one_begins_the_second_anew(
    window: MainWindow, qtbot: QtBot
) -> None:
    view = window.images.active_view()
    assert view.key == "fused.axial"
    assert window.images.magnifier(view).isHidden()
    before = view.grab().toImage()
    shown = nudge(window, qtbot)
    assert shown.isVisible()
    assert shown.timer.isActive()
    assert shown.timer.isSingleShot()
    assert shown.timer.interval() == LONG_MS
    rim = view.grab().toImage().pixelColor(shown.geometry().left() + 1, shown.geometry().center().y() + 20)
    wanted = QColor(MOVING_COLOUR)  # in a fused view the moving image's point is moved
    assert abs(rim.red() - wanted.red()) + abs(rim.green() - wanted.green()) + abs(rim.blue() - wanted.blue()) < 60
    place = shown.geometry()
    shown.timer.stop()
    nudge(window, qtbot, Qt.Key.Key_Down)
    assert shown.timer.isActive()
    assert shown.geometry() == place  # it does not jump from key to key
    shown.timer.timeout.emit()
    assert shown.isHidden()
    window.workspace.document.undo_stack.undo()
    assert view.grab().toImage() == before
    assert shown.isHidden()


def test_it_shows_the_point_where_it_is_now(window: MainWindow, qtbot: QtBot) -> None:
    shown = nudge(window, qtbot)
    first = shown.grab().toImage()
    for _ in range(9):
        nudge(window, qtbot)
    moved = shown.grab().toImage()
    assert moved != first
    document = window.workspace.document
    document.undo_stack.undo()  # a row of nudges is one step
    QApplication.processEvents()
    assert shown.isVisible()
    assert shown.grab().toImage() not in (first, moved)


def test_it_lies_away_from_the_point_and_lets_clicks_through(window: MainWindow, qtbot: QtBot) -> None:
    view, shown = window.images.active_view(), nudge(window, qtbot)
    for mark in find_marks(context_of(view)):
        if mark.index == 0:
            assert not shown.geometry().contains(QPointF(*mark.at).toPoint())
    assert view.childAt(shown.geometry().center()) is None


@pytest.mark.parametrize("end", ["esc", "click", "pane", "pair", "mouse elsewhere", "layout", "repeats", "delete"])
def test_it_goes_when_something_else_begins(window: MainWindow, qtbot: QtBot, end: str) -> None:
    view, shown = window.images.active_view(), nudge(window, qtbot)
    assert shown.isVisible()
    match end:
        case "esc":
            key_click(view, Qt.Key.Key_Escape)
        case "click":
            Hand(view).press(QPointF(30, 40))
        case "pane":
            key_click(view, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        case "mouse elsewhere":
            Hand(window.images.view("fused.coronal")).move(QPointF(30, 40))
        case "pair":
            key_click(view, Qt.Key.Key_BracketRight)
            assert window.workspace.view_model.view.selected_pair == 1
        case "layout":
            key_click(view, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
            key_click(view, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        case "repeats":
            key_click(view, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
        case "delete":
            key_click(view, Qt.Key.Key_Delete)
    assert shown.isHidden()
    assert not shown.timer.isActive()


def test_other_keys_leave_it(window: MainWindow, qtbot: QtBot) -> None:
    view, shown = window.images.active_view(), nudge(window, qtbot)
    key_click(view, Qt.Key.Key_E)
    Hand(view).move(QPointF(30, 40))
    assert shown.isVisible()


def test_what_was_not_moved_is_not_magnified(window: MainWindow, qtbot: QtBot) -> None:
    landmark_list.toggle_lock(window.workspace, 0)
    assert nudge(window, qtbot).isHidden()
    mark_landmarks.stop(window.workspace)
    assert nudge(window, qtbot).isHidden()


def test_in_rows_it_is_the_image_of_the_row(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.view_model.set_layout("pairs")
    for side in ("fixed", "moving"):
        view = window.images.view(f"{side}.coronal")
        view.setFocus()
        before = window.workspace.document.state.landmarks[0].point(side)
        shown = nudge(window, qtbot)
        assert shown.isVisible()
        assert shown.parent() is view
        assert window.workspace.document.state.landmarks[0].point(side) != before
    assert window.images.magnifier(window.images.view("fixed.coronal")).isHidden()


# After the program has moved a point


def test_a_point_that_was_snapped_is_magnified(open_window: OpenWindow) -> None:
    window = open_window(landmarks=one_off())
    window.workspace.view_model.set_layout("pairs")
    mark_landmarks.select(window.workspace, 4)
    view = window.images.view("fixed.coronal")
    QApplication.processEvents()
    view.setFocus()
    press(Qt.Key.Key_E, SHIFT)
    assert window.workspace.document.state.landmarks[4].fixed_point != tuple(ONE_OFF_PLACES[4])
    assert window.images.magnifier(window.images.view("fixed.coronal")).isVisible()
    assert not window.images.magnifier(window.images.view("moving.coronal")).isVisible()


def test_a_point_that_was_refined_is_magnified_in_its_own_row(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(landmarks=one_off())
    window.workspace.view_model.set_layout("pairs")
    mark_landmarks.select(window.workspace, 4)
    view = window.images.view("fixed.coronal")
    QApplication.processEvents()
    view.setFocus()
    near = np.array(window.workspace.document.state.landmarks[4].moving_point) + 0.5
    found = PairRefinement(near, 0.5, 0.9, "high", 0.1, 2.0)
    monkeypatch.setattr(refine_landmarks, "refine_pair", lambda *_, **__: found)
    press(Qt.Key.Key_Y)
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state.landmarks[4].moving_point == tuple(near)
    assert window.images.magnifier(window.images.view("moving.coronal")).isVisible()
    assert not window.images.magnifier(window.images.view("fixed.coronal")).isVisible()
