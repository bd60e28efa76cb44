"""The head of a pane and its slice bar: what they say, and the four ways through the slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import SHIFT, key_click, key_clicks, press
from mouse import Hand, mouse_click
from panes import cursor_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QToolButton
from windows import EMPTY, OpenWindow, child

from fusionviewer.ui.pane.geometry import SliceCount
from fusionviewer.ui.views.pane_head import PaneHead
from fusionviewer.ui.views.slice_pane import SlicePane
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


def pane(window: MainWindow, key: str = "fused.axial") -> SlicePane:
    found = window.images.view(key).parentWidget()
    assert isinstance(found, SlicePane)
    return found


def count(window: MainWindow, key: str = "fused.axial") -> SliceCount:
    found = pane(window, key).slice_count()
    assert found is not None
    return found


def put(window: MainWindow, x: float, y: float, z: float) -> None:
    window.workspace.view_model.set_cursor("fixed", np.array([x, y, z]))
    QApplication.processEvents()


def test_the_head_says_plane_slice_and_place(window: MainWindow) -> None:
    volume = window.workspace.document.state.fixed
    assert volume is not None
    middle = volume.grid.points(np.array([10.0, 20.0, 30.0]))
    put(window, *middle)
    for key, axis, ends in (("fused.axial", 2, "FH"), ("fused.sagittal", 0, "RL"), ("fused.coronal", 1, "AP")):
        told = pane(window, key).head.heading
        assert told.name == key.partition(".")[2].capitalize()
        assert told.place == f"{ends[int(round(middle[axis], 1) > 0)]} {abs(middle[axis]):.1f} mm"
        assert told.count is not None
        assert told.count.count == volume.grid.size[axis]
        assert pane(window, key).bar.value() == told.count.number
        assert f"slice {told.count.number} of {told.count.count}" in pane(window, key).head.accessibleName()


def test_slices_are_counted_towards_the_right_the_front_and_the_head(window: MainWindow) -> None:
    put(window, *np.asarray(cursor_of(window.workspace.view_model)))
    for key, way in (("fused.axial", (0, 0, 3)), ("fused.sagittal", (-3, 0, 0)), ("fused.coronal", (0, -3, 0))):
        before = count(window, key).number
        put(window, *(cursor_of(window.workspace.view_model) + np.array(way)))
        assert count(window, key).number > before


def test_the_side_letters_follow_the_preference(window: MainWindow) -> None:
    put(window, 0.0, 0.0, 5.0)
    assert pane(window).head.heading.place == "H 5.0 mm"
    window.workspace.preferences.change(side_letters="SI")
    QApplication.processEvents()
    assert pane(window).head.heading.place == "S 5.0 mm"


def test_a_typed_number_goes_to_its_slice_and_gives_the_keyboard_back(window: MainWindow) -> None:
    press(Qt.Key.Key_G, SHIFT)
    field = child(window, QLineEdit, "slice_number")
    assert field.hasFocus()
    assert field.selectedText() == str(count(window).number)
    key_clicks(field, "7")
    guidance = window.status.sentence.text()
    key_click(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert count(window).number == 7
    assert window.status.sentence.text() == guidance  # the views, which Enter brought back, are not told of it
    assert window.images.active_view().hasFocus()
    index = window.workspace.document.state.fixed.grid.indices(cursor_of(window.workspace.view_model))  # type: ignore[union-attr]
    assert index[2] == pytest.approx(round(index[2]), abs=1e-6)  # in the middle of a slice


def test_a_click_on_the_number_opens_the_field_and_esc_changes_nothing(window: MainWindow) -> None:
    before = count(window).number
    head = pane(window).head
    head.repaint()
    mouse_click(head, pos=head._room_of_number.center().toPoint())
    field = child(window, QLineEdit, "slice_number")
    key_clicks(field, "3")
    key_click(field, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert count(window).number == before
    assert window.images.active_view().hasFocus()
    assert not [one for one in head.findChildren(QLineEdit) if one.isVisible()]


@pytest.mark.parametrize("typed", ["0", "9999", "-3", "x", ""])
def test_a_number_that_there_is_not_is_refused_and_can_be_mended(window: MainWindow, typed: str) -> None:
    before = count(window).number
    press(Qt.Key.Key_G, SHIFT)
    field = child(window, QLineEdit, "slice_number")
    field.clear()
    key_clicks(field, typed)
    key_click(field, Qt.Key.Key_Return)
    assert count(window).number == before
    assert field.hasFocus()


def test_the_bar_is_dragged_through_all_slices_and_up_is_towards_the_head(window: MainWindow) -> None:
    bar, total = pane(window).bar, count(window).count
    hand = Hand(bar)
    hand.press(QPointF(6, bar.height() - 1.0))
    assert count(window).number == 1
    hand.move(QPointF(6, bar.height() / 2))
    assert abs(count(window).number - total / 2) <= 1
    hand.move(QPointF(6, 0.0))
    hand.release()
    assert count(window).number == total
    QApplication.processEvents()
    assert bar.value() == total
    hand.wheel(QPointF(6, 20), -120)
    assert count(window).number == total - 1


def test_oblique_planes_are_counted_too_without_a_place(window: MainWindow) -> None:
    model = window.workspace.view_model
    model.change(fixed=replace(model.view.fixed, tilt_deg=(20.0, 0.0, 0.0)))
    QApplication.processEvents()
    told = pane(window).head.heading
    assert (told.name, told.place) == ("Axial, oblique", "")
    assert told.count is not None
    assert 1 <= told.count.number <= told.count.count
    for number in (told.count.number + 3, told.count.number - 2):
        pane(window).go_to_slice(number)
        assert count(window).number == number


def test_in_rows_each_pane_says_whose_it_is(open_window: OpenWindow) -> None:
    window = open_window(layout="pairs")
    assert pane(window, "moving.axial").head.heading.side == "moving"
    assert "moving image" in pane(window, "moving.axial").head.accessibleName()


def test_icons_come_with_the_mouse_and_act_on_their_pane(window: MainWindow) -> None:
    here = pane(window, "fused.coronal")
    button = here.findChild(QToolButton, "fused.coronal_enlarge")
    assert button is not None
    assert not button.isVisible()
    here.head.show_tools(True)
    mouse_click(button)
    assert window.workspace.view_model.view.enlarged == "fused.coronal"
    assert window.images.active_view().key == "fused.coronal"
    mouse_click(button)
    assert window.workspace.view_model.view.enlarged == ""
    mouse_click(here.findChild(QToolButton, "fused.coronal_turn_tool"))
    assert window.workspace.view_model.tool == "turn"


def test_a_window_without_images_has_heads_that_say_nothing(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    here = pane(window)
    here.go_to_slice(3)
    here.bar.show_count(here.slice_count())
    assert here.slice_count() is None
    assert (here.view.plane_name, here.head.heading.name, here.head.heading.place) == ("", "", "")
    assert not here.bar.isEnabled()


def test_a_narrow_head_leaves_out_what_does_not_fit(window: MainWindow) -> None:
    head = PaneHead("lone")
    head.show_heading(pane(window).head.heading)
    rooms = []
    for width in (60, 400):
        head.resize(width, head.height())
        head.grab()
        rooms.append(head._room_of_number.isEmpty())
    assert rooms == [True, False]
