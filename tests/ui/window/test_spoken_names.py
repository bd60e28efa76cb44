"""What a screen reader calls the controls, and that its way to turn a button over does what a click does.

What it reads indeed, from outside, is seen by test_accessibility.py, which takes minutes.
"""

from __future__ import annotations

import pytest
from landmark_sets import one_off
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QStackedWidget,
    QTableWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from series_folders import CHOICES, question
from windows import EMPTY, OpenWindow, child, click

from fusionviewer.app.commands.export_pictures import Screen
from fusionviewer.app.state.steps import STEPS
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.dialogs.export_fused import FusedDialog
from fusionviewer.ui.dialogs.export_picture import PictureDialog
from fusionviewer.ui.dialogs.export_volume import VolumeDialog
from fusionviewer.ui.dialogs.preferences import PreferencesDialog
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog
from fusionviewer.ui.panels.align_panel import PAGES, Page
from fusionviewer.ui.panels.window_panel import WindowPanel
from fusionviewer.ui.window.shortcut_sheet import ShortcutSheet

QTS_OWN = ("qt_scrollarea_viewport", "qt_spinbox_lineedit", "qt_tabwidget_tabbar")


def spoken_name(widget: QWidget) -> str:
    """The name that a reader is given: what is set, else what is written."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton | QLabel):
        return widget.text()
    parent = widget.parentWidget()
    labels = [] if parent is None else parent.findChildren(QLabel)
    return next((label.text() for label in labels if label.buddy() is widget), "")


def nameless(window: QWidget) -> list[str]:
    """What the keyboard can reach now that has no name."""
    return [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not spoken_name(widget).strip()
        if widget.objectName() not in QTS_OWN and not (isinstance(widget, QLabel) and not widget.text())
    ]


@pytest.mark.parametrize("page", PAGES)
def test_each_control_of_a_page_has_a_name(open_window: OpenWindow, page: Page) -> None:
    window = open_window(landmarks=one_off(), page=page, unfolded=page == "Landmarks")
    if page == "Automatic":
        click(window, "fold_advanced")
    child(window, WindowPanel).show_histograms(True)
    QApplication.processEvents()
    assert nameless(window) == []
    for table in window.findChildren(QTableWidget):
        for column in range(table.columnCount()):
            item = table.horizontalHeaderItem(column)
            assert item is not None
            assert item.data(Qt.ItemDataRole.AccessibleTextRole) or item.text(), (table.objectName(), column)


@pytest.mark.parametrize("layout", ["fused", "large", "pairs", "nine", "mosaic"])
def test_each_view_of_a_layout_has_a_name_of_its_own(open_window: OpenWindow, layout: Layout) -> None:
    window = open_window(layout=layout)
    names = [view.accessibleName() for view in window.images.visible_views()]
    assert all(names)
    assert len(set(names)) == len(names)
    assert nameless(window) == []


def test_each_control_of_a_step_and_of_the_welcome_page_has_a_name(open_window: OpenWindow) -> None:
    assert nameless(open_window(EMPTY)) == []
    window = open_window()
    for step, _ in STEPS:
        click(window, f"step_{step}")
        assert nameless(window) == [], step


def test_each_control_of_a_dialog_has_a_name(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window()
    view = window.workspace.view_model.view
    dialogs = (
        SeriesDialog(question(CHOICES)), PictureDialog(view, Screen((900, 600))), FusedDialog(view), ShortcutSheet(),
        VolumeDialog(window.workspace.document.state, "moving"),
        PreferencesDialog(window.workspace, window.forget_layout),
    )  # fmt: skip
    for dialog in dialogs:
        qtbot.addWidget(dialog)
        dialog.show()
        assert nameless(dialog) == [], type(dialog).__name__


def test_what_is_short_on_a_button_is_said_in_full(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    window.column.get_ready()
    for name, said in (
        ("button_open_fixed", "Open fixed image…"),
        ("button_open_moving", "Open moving image…"),
        ("button_start_header", "Reset to header"),
        ("button_delete_pair", "Delete landmark pair"),
        ("delete_target", "Delete target"),
    ):
        assert child(window, QAbstractButton, name).accessibleName() == said


def test_a_view_says_what_it_shows(open_window: OpenWindow) -> None:
    window = open_window(layout="pairs")
    view = window.images.view
    assert view("fused.axial").accessibleName() == "Axial view, both images"
    assert view("moving.sagittal").accessibleName() == "Sagittal view, moving image"
    window.workspace.view_model.set_layout("mosaic")
    assert view("mosaic.3").accessibleName() == "Axial view 4 of 12, both images"


def test_nothing_lies_in_a_stack_beside_its_pages_where_no_reader_finds_it(open_window: OpenWindow) -> None:
    for stack in open_window().findChildren(QStackedWidget):
        pages = [stack.widget(number) for number in range(stack.count())]
        inside = stack.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        assert [type(widget).__name__ for widget in inside if widget not in pages] == []


def turn_over(button: QAbstractButton) -> None:
    """As a screen reader does it: Qt then changes the mark, and tells of no click."""
    button.toggle()
    QApplication.processEvents()


def test_a_step_that_a_reader_turns_on_is_shown(open_window: OpenWindow) -> None:
    window = open_window()
    before = window.workspace.window.step
    assert before != "export"
    turn_over(child(window, QToolButton, "step_export"))
    assert window.workspace.window.step == "export"
    assert child(window, QToolButton, "step_export").isChecked()
    assert not child(window, QToolButton, f"step_{before}").isChecked()


def test_an_action_that_a_reader_turns_on_is_done_once(open_window: OpenWindow) -> None:
    window = open_window()
    button = child(window, QAbstractButton, "button_measure_tool")
    turn_over(button)
    assert window.workspace.view_model.tool == "measure"
    assert button.isChecked()
    turn_over(button)
    assert window.workspace.view_model.tool != "measure"
    click(window, "button_measure_tool")
    assert window.workspace.view_model.tool == "measure"


def test_a_box_says_what_it_is_for_beside_what_is_chosen(open_window: OpenWindow) -> None:
    window = open_window()
    box = child(window, QComboBox, "fixed_preset")
    assert box.accessibleDescription().startswith("Window/Level preset of the fixed image: ")
