"""Keys that go from pane to pane, move crosshair and points, and refine them."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import CTRL, SHIFT, key_click, press
from landmark_sets import HERE, pairs_at
from mouse import Hand, mouse_click
from panes import context_of, frame_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QDoubleSpinBox, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import OpenWindow, child, pairs

from fusionviewer.ui.views.head_view import KEY as HEAD_KEY
from fusionviewer.ui.window.main_window import MainWindow

RIM = np.array([43.5, 4.0, 12.0])
"""Beside the edge of the phantom's white matter, which only the MR shows."""


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


@pytest.fixture
def elsewhere(half_marked: MainWindow) -> QWidget:
    """Something else that can have the keyboard."""
    return child(half_marked, QDoubleSpinBox, "fixed_level")


def test_keys_go_from_pane_to_pane_and_the_active_one_is_marked(half_marked: MainWindow) -> None:
    area = half_marked.images
    area.active_view().setFocus()
    seen = []
    for _ in area.visible_views():
        key_click(area.active_view(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        assert area.active_view().hasFocus()
        seen.append(area.active_view().key)
        assert [view.key for view in area.visible_views() if context_of(view).active] == [seen[-1]]
    assert sorted(seen) == sorted(view.key for view in area.visible_views())
    key_click(
        area.active_view(), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert area.active_view().key == seen[-2]


def test_the_3d_view_is_one_of_the_panes_while_it_is_seen(open_window: OpenWindow) -> None:
    window = open_window(overview="3D")
    head, views = window.overview.head, window.images.visible_views()
    views[0].setFocus()
    seen: list[QWidget | None] = []
    for _ in range(4):
        press(Qt.Key.Key_Tab, CTRL)
        seen.append(QApplication.focusWidget())
    assert seen == [*views[1:], head, views[0]]
    press(Qt.Key.Key_Backtab, CTRL | SHIFT)
    assert head.hasFocus()
    window.workspace.view_model.enlarge(HEAD_KEY)
    press(Qt.Key.Key_Tab, CTRL)
    assert head.hasFocus()
    window.workspace.view_model.show_all_panes()
    window.overview.show_page("Readout")
    views[-1].setFocus()
    press(Qt.Key.Key_Tab, CTRL)
    assert views[0].hasFocus()


def test_enter_in_the_3d_view_says_nothing_about_landmarks(open_window: OpenWindow) -> None:
    window = open_window(overview="3D")
    hindered: list[str] = []
    window.workspace.hindered.connect(hindered.append)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        key_click(window.overview.head, key)
        assert hindered == []
    key_click(window.images.active_view(), Qt.Key.Key_Return)
    assert len(hindered) == 1


def test_from_elsewhere_the_key_comes_back_to_the_pane_used_last(half_marked: MainWindow, elsewhere: QWidget) -> None:
    view = half_marked.images.view("moving.coronal")
    Hand(view).click(QPointF(50, 50))
    elsewhere.setFocus()
    key_click(elsewhere, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert view.hasFocus()


def test_the_keyboard_goes_along_with_the_mouse_but_is_never_taken_from_elsewhere(
    half_marked: MainWindow, elsewhere: QWidget
) -> None:
    first, second = half_marked.images.view("fixed.axial"), half_marked.images.view("moving.sagittal")
    first.setFocus()
    Hand(second).move(QPointF(40, 40))
    assert second.hasFocus()
    elsewhere.setFocus()
    Hand(first).move(QPointF(40, 40))
    assert half_marked.images.active_view() is first
    assert elsewhere.hasFocus()


def test_another_layout_keeps_the_keyboard_in_the_images(half_marked: MainWindow) -> None:
    half_marked.images.view("moving.axial").setFocus()
    for layout in ("fused", "large", "mosaic", "nine", "pairs"):
        half_marked.workspace.view_model.set_layout(layout)
        QApplication.processEvents()
        assert half_marked.images.active_view().hasFocus(), layout
        assert half_marked.images.active_view().isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_3, Qt.Key.Key_N])
def test_a_fourth_pane_that_goes_leaves_the_keyboard_to_the_images(open_window: OpenWindow, key: Qt.Key) -> None:
    window = open_window(overview="3D")
    head = window.overview.head
    mouse_click(head, pos=head.rect().center())
    assert head.hasFocus()
    key_click(head, key, Qt.KeyboardModifier.ControlModifier if key == Qt.Key.Key_3 else Qt.KeyboardModifier.NoModifier)
    QApplication.processEvents()
    assert not head.isVisible()
    assert window.images.active_view().isVisible()
    assert window.images.active_view().hasFocus()
    before = window.workspace.view_model.view.fixed.cursor, window.workspace.view_model.view.moving.cursor
    press(Qt.Key.Key_Right)
    assert (window.workspace.view_model.view.fixed.cursor, window.workspace.view_model.view.moving.cursor) != before


def test_a_fourth_pane_that_stays_keeps_the_keyboard(open_window: OpenWindow) -> None:
    window = open_window(overview="3D")
    head = window.overview.head
    mouse_click(head, pos=head.rect().center())
    window.workspace.view_model.enlarge(HEAD_KEY)
    QApplication.processEvents()
    assert head.hasFocus()


@pytest.mark.parametrize("orientation", ["axial", "coronal", "sagittal"])
def test_keys_move_the_crosshair_by_voxels_of_the_active_pane(window: MainWindow, orientation: str) -> None:
    view, model = window.images.view(f"fused.{orientation}"), window.workspace.view_model
    view.setFocus()
    state, spacing = window.workspace.document.state, np.asarray(view.volume.grid.spacing)  # type: ignore[union-attr]
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    frame = frame_of(view)
    for key, way in ((Qt.Key.Key_Right, frame.plane.right), (Qt.Key.Key_Down, frame.plane.down),
                     (Qt.Key.Key_PageUp, view.way_in)):  # fmt: skip
        start = np.asarray(model.view.fixed.cursor)
        key_click(view, key, ctrl)
        np.testing.assert_allclose(np.asarray(model.view.fixed.cursor) - start, way * spacing, atol=1e-9)
        back = {Qt.Key.Key_Right: Qt.Key.Key_Left, Qt.Key.Key_Down: Qt.Key.Key_Up}.get(key, Qt.Key.Key_PageDown)
        key_click(view, back, ctrl | shift)
        np.testing.assert_allclose(np.asarray(model.view.fixed.cursor) - start, -9 * way * spacing, atol=1e-9)
    assert window.workspace.document.state is state


def test_in_the_mode_move_arrows_move_the_image_and_alt_moves_the_point(half_marked: MainWindow) -> None:
    view = half_marked.images.view("fixed.axial")
    view.setFocus()
    pose, look = half_marked.workspace.document.state.alignment.moving_from_fixed, half_marked.workspace.view_model.view
    key_click(view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    key_click(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_allclose(np.asarray(pairs(half_marked)[0].fixed_point), HERE + np.array([0.1, 1.0, 0.0]))
    assert half_marked.workspace.document.state.alignment.moving_from_fixed is pose
    assert half_marked.workspace.view_model.view == look
    point = pairs(half_marked)[0].fixed_point
    key_click(view, Qt.Key.Key_M)
    key_click(view, Qt.Key.Key_Right)
    assert half_marked.workspace.document.state.alignment.moving_from_fixed is not pose
    assert pairs(half_marked)[0].fixed_point == point


# Refining and snapping


@pytest.fixture
def on_the_rim(open_window: OpenWindow) -> MainWindow:
    """A pair beside an edge is selected."""
    window = open_window(landmarks=pairs_at(RIM[np.newaxis]))
    window.workspace.view_model.select_pair(0)
    QApplication.processEvents()
    return window


def test_the_point_of_the_active_row_snaps(on_the_rim: MainWindow) -> None:
    on_the_rim.workspace.view_model.set_layout("pairs")
    QApplication.processEvents()
    before = pairs(on_the_rim)[0]
    moving, fixed = on_the_rim.images.view("moving.axial"), on_the_rim.images.view("fixed.axial")
    mouse_click(moving, Qt.MouseButton.LeftButton)
    key_click(moving, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert pairs(on_the_rim)[0] == before  # the CT has no edge there
    mouse_click(fixed, Qt.MouseButton.LeftButton)
    key_click(fixed, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert pairs(on_the_rim)[0].moving_point == before.moving_point
    assert 0.5 < np.linalg.norm(np.array(pairs(on_the_rim)[0].fixed_point) - RIM) <= 3
    key_click(fixed, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pairs(on_the_rim)[0] == before


def test_where_both_images_are_shown_both_points_are_tried(on_the_rim: MainWindow) -> None:
    on_the_rim.workspace.view_model.set_layout("fused")
    QApplication.processEvents()
    said: list[str] = []
    on_the_rim.workspace.said.connect(said.append)
    view = on_the_rim.images.view("fused.axial")
    mouse_click(view, Qt.MouseButton.LeftButton)
    key_click(view, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert any("no edge is near to the moving point" in sentence for sentence in said)


def test_y_refines_the_selected_pair_and_is_disabled_without_one(on_the_rim: MainWindow, qtbot: QtBot) -> None:
    action = on_the_rim.actions_by_key["refine_pair"]
    assert action.isEnabled()
    view = on_the_rim.images.view("fused.axial")
    view.setFocus()
    key_click(view, Qt.Key.Key_Y)
    assert on_the_rim.workspace.runner.title == "Refining L1"
    wait_until_idle(on_the_rim.workspace, qtbot)
    on_the_rim.workspace.view_model.select_pair(None)
    QApplication.processEvents()
    assert not action.isEnabled()
    assert "Select a landmark pair first." in action.toolTip()
