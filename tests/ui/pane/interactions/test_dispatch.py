"""What begins and ends a drag, and what the shape of the mouse says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from keyboard import key_click
from mouse import MIDDLE, RIGHT, Hand
from panes import MakeView, add_pair, frame_of, middle_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import Tool, ViewModel
from fusionviewer.geometry import AXIAL
from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.pane.interactions.dispatch import INTERACTIONS, MOUSE_HELP
from fusionviewer.ui.pane.interactions.interaction import Interaction
from fusionviewer.ui.pane.interactions.landmarks import LandmarkDrag
from fusionviewer.ui.pane.interactions.manual_alignment import ShiftDrag
from fusionviewer.ui.pane.interactions.measure import DistanceDrag
from fusionviewer.ui.pane.interactions.navigation import CrosshairDrag
from fusionviewer.ui.pane.interactions.region_drag import RegionDrag
from fusionviewer.ui.pane.interactions.reslice_planes import PlanesDrag
from fusionviewer.ui.pane.interactions.window_level import WindowDrag
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView

Show = Callable[..., QWidget]


def test_new_images_end_a_drag(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    view = make_view()
    hand = Hand(view)
    hand.drag(middle_of(view), QPointF(50, 50))
    document.replace(edits.new_study(document.state.moving, None))
    now = view_model.view
    hand.move(QPointF(80, 80))
    hand.release()
    assert view_model.view == now


def test_a_button_that_was_let_go_unseen_ends_the_drag(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    Hand(view).drag(middle_of(view), QPointF(50, 50))
    now = view_model.view
    Hand(view).move(QPointF(90, 90))  # another hand, that holds nothing
    assert view_model.view == now


def test_esc_is_the_windows_own_again_when_nothing_is_dragged(
    document: Document, view_model: ViewModel, show: Show, qtbot: QtBot
) -> None:
    window = QWidget()
    view = SliceView(document, view_model, "fixed", AXIAL, True, parent=window)
    view.resize(400, 320)
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
    show(window)
    window.activateWindow()
    view.setFocus()
    hand, before = Hand(view), view_model.view
    hand.drag(QPointF(100, 100), QPointF(150, 120))
    with qtbot.assertNotEmitted(shortcut.activated):
        key_click(view, Qt.Key.Key_Escape)
    assert view_model.view == before
    hand.release()
    with qtbot.waitSignal(shortcut.activated):
        key_click(view, Qt.Key.Key_Escape)


def test_the_cursor_tells_what_a_press_does(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    add_pair(document, np.zeros(3))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    hand, at = Hand(view), frame_of(view).position(np.zeros(3))
    hand.move(at + QPointF(40, 40))
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
    hand.move(at + QPointF(2, 2))
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    hand.press(at)
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    hand.release()
    view_model.set_tool("window")
    assert view.cursor().shape() == Qt.CursorShape.SizeAllCursor


def test_a_right_click_takes_a_drag_back(area: PaneGrid, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    for tool in ("turn", "measure", "window"):
        view_model.set_tool(tool)
        before = view_model.view
        hand = Hand(view)
        hand.drag(QPointF(60, 60), QPointF(120, 150))
        assert view_model.view != before
        hand.press(QPointF(120, 150), RIGHT)
        hand.release(RIGHT)
        hand.release()
        assert view_model.view == before
        view_model.set_tool("crosshair")


def test_esc_selects_no_pair_that_is_gone_meanwhile(area: PaneGrid, view_model: ViewModel, document: Document) -> None:
    here = view_model.view.fixed.cursor
    pairs = (LandmarkPair("L1", here, here),)
    document.apply("Add", replace(document.state, landmarks=pairs))
    view_model.select_pair(0)
    view = area.view("fused.axial")
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(30, 0), MIDDLE)
    document.undo_stack.undo()
    key_click(view, Qt.Key.Key_Escape)
    hand.release(MIDDLE)
    assert view_model.view.selected_pair is None


# The table


def test_the_help_names_each_interaction_and_each_thing_once() -> None:
    assert len({done for done, _ in MOUSE_HELP}) == len(MOUSE_HELP)
    for kind in INTERACTIONS:
        assert kind.help
        assert set(kind.help) <= set(MOUSE_HELP)


LANDMARK, SIDE_OF_BOX, ELSEWHERE = (30.0, 10.0, 0.0), (-20.0, 0.0, 0.0), (0.0, 40.0, 0.0)
Shape = Qt.CursorShape


@pytest.mark.parametrize(
    ("tool", "place", "shape", "kind"),
    [
        ("crosshair", ELSEWHERE, Shape.CrossCursor, CrosshairDrag),
        ("crosshair", LANDMARK, Shape.OpenHandCursor, LandmarkDrag),
        ("crosshair", SIDE_OF_BOX, Shape.SizeHorCursor, RegionDrag),
        ("window", LANDMARK, Shape.SizeAllCursor, WindowDrag),
        ("turn", LANDMARK, Shape.OpenHandCursor, PlanesDrag),
        ("measure", LANDMARK, Shape.CrossCursor, DistanceDrag),
        ("move", LANDMARK, Shape.OpenHandCursor, ShiftDrag),
    ],
)
def test_what_is_shown_before_a_press_is_what_it_begins(
    make_view: MakeView,
    view_model: ViewModel,
    document: Document,
    tool: Tool,
    place: tuple[float, float, float],
    shape: Qt.CursorShape,
    kind: type[Interaction],
) -> None:
    add_pair(document, np.array(LANDMARK))
    document.replace(edits.set_box(document.state, ((-20.0, -30.0, -30.0), (60.0, 60.0, 30.0))))
    view_model.set_cursor("fixed", np.zeros(3))
    view_model.change(hand_centre=(0.0, 0.0, 0.0))
    view = make_view()
    view_model.set_tool(tool)
    hand = Hand(view)
    at = frame_of(view).position(np.array(place))
    hand.move(at)
    assert view.cursor().shape() == shape
    hand.press(at)
    assert type(view.interaction) is kind
    hand.release()
    assert view.cursor().shape() == shape  # the mouse is still there


def test_a_locked_point_is_said_to_be_so_only_where_it_would_be_dragged(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    add_pair(document, np.zeros(3))
    (pair,) = document.state.landmarks
    document.replace(replace(document.state, landmarks=(replace(pair, locked=True),)))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    Hand(view).move(frame_of(view).position(np.zeros(3)))
    assert view.cursor().shape() == Shape.ForbiddenCursor
    assert "is locked" in view.toolTip()
    view_model.set_tool("window")
    assert view.cursor().shape() == Shape.SizeAllCursor
    assert "locked" not in view.toolTip()
