"""The six numbers and the keys for moving by hand, in the whole window."""

from __future__ import annotations

import numpy as np
import pytest
from answers import Answers
from keyboard import CTRL, NONE, SHIFT, key_click, key_clicks, press
from mouse import mouse_click
from PyQt6.QtCore import QLocale, QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QDoubleSpinBox, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from windows import OpenWindow, child, click, written

from fusionviewer.app.commands import review as review_commands
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.look.style_sheet import style_sheet
from fusionviewer.ui.look.theme import scaled
from fusionviewer.ui.panels.align.pose_section import PoseNumber
from fusionviewer.ui.widgets.controls import spin
from fusionviewer.ui.window.main_window import MainWindow

NAMES = ("turn_x", "turn_y", "turn_z", "shift_x", "shift_y", "shift_z")


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned, page="Manual")


def _button(window: MainWindow, action: str) -> QPushButton:
    found = [b for b in window.findChildren(QPushButton, f"button_{action}") if b.isVisibleTo(window)]
    return found[-1]


def _pose(window: MainWindow) -> RigidTransform:
    return window.workspace.document.state.alignment.moving_from_fixed


def test_a_typed_shift_is_seen_that_way_and_is_one_step(window: MainWindow) -> None:
    box = child(window, QDoubleSpinBox, "shift_z")
    box.setFocus()
    box.selectAll()
    key_clicks(box, "5")
    key_click(box, Qt.Key.Key_Return)
    # what the moving image holds at the origin is seen 5 mm nearer to the head, +z in LPS
    assert (~_pose(window)).apply(np.zeros(3)) == pytest.approx([0, 0, 5])
    assert window.workspace.document.undo_stack.count() == 1
    window.actions_by_key["undo"].trigger()
    assert box.value() == 0.0


def test_a_field_tells_a_shift_however_large(window: MainWindow) -> None:
    """Scanners' headers may place two images far apart; automatic poses then hold that way."""
    document = window.workspace.document
    centre = window.workspace.view_model.hand_centre
    document.apply("far", edits.set_hand_number(document.state, 3, -123456.75, centre))
    assert child(window, QDoubleSpinBox, "shift_x").text() == "-123456.75"


@pytest.mark.parametrize("language", ["C", "de_DE", "en_US"])
@pytest.mark.parametrize(("typed", "meant"), [("-0.25", -0.25), ("-0,25", -0.25), ("1234.5", 1234.5)])
def test_a_number_is_read_with_point_or_comma_whatever_language_the_machine_speaks(
    qtbot: QtBot, language: str, typed: str, meant: float
) -> None:
    before = QLocale()
    heard: list[float] = []
    QLocale.setDefault(QLocale(language))
    try:
        boxes = (PoseNumber("shift_x", "sagittal"), spin(-9999, 9999, heard.append, step=1, decimals=2, suffix=" mm"))
        for box in boxes:
            qtbot.addWidget(box)
            box.selectAll()
            key_clicks(box, typed)
            key_click(box, Qt.Key.Key_Return)
            assert box.value() == meant
            assert box.text().removesuffix(" mm") == f"{meant:.2f}"
    finally:
        QLocale.setDefault(before)
    assert heard == [meant]


def test_escape_takes_back_what_was_typed_and_moves_nothing(window: MainWindow) -> None:
    box = child(window, QDoubleSpinBox, "shift_z")
    box.setFocus()
    box.selectAll()
    key_clicks(box, "44")
    key_click(box, Qt.Key.Key_Escape)
    assert box.text() == "0.00"
    window.images.active_view().setFocus()
    assert _pose(window) == RigidTransform.identity()


@pytest.mark.parametrize(("modifier", "step"), [(NONE, 0.1), (SHIFT, 1.0), (CTRL, 1.0), (CTRL | SHIFT, 1.0)])
@pytest.mark.parametrize("name", ["turn_y", "shift_x"])
def test_arrows_and_the_wheel_step_in_the_field(
    window: MainWindow, name: str, modifier: Qt.KeyboardModifier, step: float
) -> None:
    box = child(window, QDoubleSpinBox, name)
    box.setFocus()
    key_click(box, Qt.Key.Key_Up, modifier)
    assert box.value() == pytest.approx(step)
    key_click(box, Qt.Key.Key_Down, modifier)
    key_click(box, Qt.Key.Key_Down, modifier)
    assert box.value() == pytest.approx(-step)
    assert window.workspace.document.undo_stack.count() == 1  # a run of one field
    assert window.workspace.document.state.alignment.origin == "hand"
    event = QWheelEvent(
        QPointF(5, 5), QPointF(box.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    assert box.value() == pytest.approx(0.0, abs=1e-9)


def test_the_numbers_are_live_while_something_moves_the_image(window: MainWindow) -> None:
    seen = RigidTransform.from_euler([1.0, -2.0, 3.0, 4.0, -5.0, 6.0], window.workspace.view_model.hand_centre)
    window.workspace.view_model.set_preview(~seen, by_hand=True)
    assert [child(window, QDoubleSpinBox, name).value() for name in NAMES] == [1.0, -2.0, 3.0, 4.0, -5.0, 6.0]
    window.workspace.view_model.set_preview(None)
    assert [child(window, QDoubleSpinBox, name).value() for name in NAMES] == [0.0] * 6


def test_the_numbers_say_why_they_cannot_be_set(window: MainWindow, qtbot: QtBot) -> None:
    box = child(window, QDoubleSpinBox, "turn_x")
    assert "with Ctrl or Shift by 1" in box.toolTip()
    window.workspace.runner.start("Waiting", lambda observer: None, lambda outcome: None)
    assert not box.isEnabled()
    assert "Waiting is going on" in box.toolTip()
    qtbot.waitUntil(lambda: not window.workspace.runner.busy)
    assert box.isEnabled()


def test_the_centre_is_named_and_placed_by_buttons(window: MainWindow) -> None:
    text = window.findChild(QLabel, "hand_centre")
    assert text is not None
    assert text.text() == "Pivot: head centre."
    assert not _button(window, "centre_head").isEnabled()
    window.workspace.view_model.set_cursor("fixed", np.array([10.0, -20.0, 30.0]))
    mouse_click(_button(window, "centre_cursor"), Qt.MouseButton.LeftButton)
    assert text.text() == "Pivot: 10.0, −20.0, 30.0 mm (LPS)."
    window.workspace.view_model.change(ras=True)
    assert text.text() == "Pivot: −10.0, 20.0, 30.0 mm (RAS)."
    mouse_click(_button(window, "centre_head"), Qt.MouseButton.LeftButton)
    assert text.text() == "Pivot: head centre."


def test_the_ways_back_are_buttons_that_say_why_not(window: MainWindow) -> None:
    for action, why in (
        ("reset_start", "The pose is the start already."),
        ("start_header", "The images are in scanner alignment already."),
        ("reset_accepted", "No pose has been accepted yet."),
    ):
        assert not _button(window, action).isEnabled()
        assert why in _button(window, action).toolTip()
    child(window, QDoubleSpinBox, "shift_x").setValue(7.0)
    pose = _pose(window)
    review_commands.review(window.workspace, "accepted", "", "AB")
    child(window, QDoubleSpinBox, "shift_x").setValue(9.0)
    mouse_click(_button(window, "reset_accepted"), Qt.MouseButton.LeftButton)
    assert _pose(window) == pose
    mouse_click(_button(window, "start_header"), Qt.MouseButton.LeftButton)
    assert _pose(window) == RigidTransform.identity()


@pytest.mark.parametrize(("name", "plane"), [("turn_x", "sagittal"), ("shift_y", "coronal"), ("shift_z", "axial")])
def test_a_field_has_its_planes_colour_at_its_left_edge(window: MainWindow, name: str, plane: str) -> None:
    window.setStyleSheet(style_sheet(DARK, scaled))
    box = child(window, QDoubleSpinBox, name)
    edge = box.grab().toImage().pixelColor(2, box.height() // 2)
    assert edge.name() == PLANE_COLOURS[plane]


def test_the_fields_hold_their_numbers(window: MainWindow) -> None:
    """A shift of a metre is read in full, with a sign and two decimals."""
    window.setStyleSheet(style_sheet(DARK, scaled))
    QApplication.processEvents()
    for name in NAMES:
        box = child(window, QDoubleSpinBox, name)
        room = box.width() - 4 - 1 - 2 * 4  # borders, and the padding of the style sheet
        assert box.fontMetrics().horizontalAdvance("-999.99") <= room


# Keys and menus


def test_a_row_of_page_keys_turns_about_the_centre_in_one_step(window: MainWindow) -> None:
    centre = np.array([20.0, -30.0, 10.0])
    window.workspace.view_model.change(hand_centre=edits.point_of(centre))
    view = window.images.view("fused.axial")
    view.setFocus()
    key_click(view, Qt.Key.Key_M)
    for _ in range(5):
        key_click(view, Qt.Key.Key_PageDown)
    key_click(view, Qt.Key.Key_PageDown, SHIFT)
    assert _pose(window).apply(centre) == pytest.approx(centre, abs=1e-9)
    assert child(window, QDoubleSpinBox, "turn_z").value() == pytest.approx(1.5)  # clockwise in the axial view
    assert window.workspace.document.undo_stack.count() == 1


def test_f5_refines_within_the_limits(window: MainWindow) -> None:
    key_click(window.images.active_view(), Qt.Key.Key_F5)
    assert window.workspace.runner.title == "Refining"


@pytest.mark.parametrize("ras", [False, True])
def test_the_numbers_name_their_frame_whatever_positions_are_written_in(window: MainWindow, ras: bool) -> None:
    window.workspace.view_model.change(ras=ras)
    click(window, "button_centre_cursor")
    assert written(window, "hand_frame") == "LPS axes"
    assert written(window, "hand_centre").endswith("mm (RAS)." if ras else "mm (LPS).")


def test_ctrl_z_in_a_number_undoes_what_is_typed_there_else_the_last_step(window: MainWindow) -> None:
    box, before = child(window, QDoubleSpinBox, "shift_x"), window.workspace.document.state
    box.setFocus()
    box.selectAll()
    key_clicks(box, "7")
    key_click(box, Qt.Key.Key_Return)
    moved = window.workspace.document.state
    box.selectAll()
    key_clicks(box, "12")
    press(Qt.Key.Key_Z, CTRL)
    assert "12" not in box.text()
    assert window.workspace.document.state is moved
    while box.text() != "7.00":
        press(Qt.Key.Key_Z, CTRL)
    assert window.workspace.document.state is moved
    press(Qt.Key.Key_Z, CTRL)
    assert window.workspace.document.state is before
    assert box.text() == "0.00"
    press(Qt.Key.Key_Y, CTRL)
    assert box.text() == "7.00"
    assert box.hasFocus()


def test_wrong_headers_have_a_menu_of_their_own(window: MainWindow, phantom_ct: Volume) -> None:
    menu = next(menu for menu in window.findChildren(QMenu) if menu.title() == "Fix orientation")
    names = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert names == [
        "Rotate 90° clockwise", "Rotate 90° anticlockwise", "Mirror the moving image left–right…",
        "Mirror the moving image front–back…", "Mirror the moving image head–foot…",
    ]  # fmt: skip
    window.images.view("fused.axial").setFocus()
    window.actions_by_key["quarter_clockwise"].trigger()
    # radiological axial view: what was seen at the patient's left is seen at the back
    assert (~_pose(window)).apply(phantom_ct.grid.centre + np.array([10, 0, 0])) == pytest.approx(
        phantom_ct.grid.centre + np.array([0, 10, 0]), abs=1e-9
    )
    window.actions_by_key["quarter_anticlockwise"].trigger()
    assert _pose(window).is_close(RigidTransform.identity(), 1e-12)


def test_a_mirrored_image_says_so_in_the_panel(window: MainWindow, qtbot: QtBot) -> None:
    answers = Answers()
    answers.mirror = True
    window.workspace.questions = answers
    window.actions_by_key["mirror_z"].trigger()
    qtbot.waitUntil(lambda: not window.workspace.runner.busy)
    assert window.actions_by_key["mirror_z"].isChecked()
    texts = [label.text() for label in window.findChildren(QLabel)]
    assert any("This image was mirrored head–foot in fusionviewer" in text for text in texts)
