"""Names of pairs typed into their table."""

from __future__ import annotations

import pytest
from keyboard import key_click, key_clicks, press
from landmark_sets import WORST, one_off
from mouse import Hand
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QPushButton
from windows import OpenWindow, cell, names, pair_table, pairs

from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks
from fusionviewer.app.commands.window import show_step
from fusionviewer.ui.landmarks import pair_table as columns
from fusionviewer.ui.landmarks.pair_table import RESIDUAL
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """Five pairs, of which the fourth is off; the keyboard is in the fused axial view."""
    return open_window(landmarks=one_off(), page="Landmarks")


@pytest.mark.parametrize("where", ["review", "Automatic"])
def test_f6_brings_the_table_to_type_in(window: MainWindow, where: str) -> None:
    mark_landmarks.select(window.workspace, 1)
    if where == "review":
        show_step(window.workspace, "review")
    else:
        window.column.align.show_page("Automatic")
    window.images.active_view().setFocus()
    press(Qt.Key.Key_F6)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.isVisible()
    key_clicks(editor, "Qz")  # no usual name, so that no list of names opens
    window.actions_by_key["rename_pair"].trigger()  # again: what is being typed stays
    assert editor.text() == "Qz"
    press(Qt.Key.Key_Return)
    assert names(window)[1] == "Qz"
    assert QApplication.focusWidget() is window.images.active_view()


def test_a_name_that_is_being_typed_is_taken_before_a_header_orders(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, WORST)
    press(Qt.Key.Key_F6)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    key_clicks(editor, "Qz")
    header = pair_table(window).horizontalHeader()
    assert header is not None
    Hand(header.viewport()).click(QPointF(header.sectionViewportPosition(RESIDUAL) + 8.0, 8.0))  # type: ignore[arg-type]
    assert names(window) == ["Qz", "L1", "L2", "L3", "L5"]


def test_an_editor_never_stays_over_another_pair(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 1)
    press(Qt.Key.Key_F6)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    key_clicks(editor, "Qz")
    button = window.findChild(QPushButton, "button_delete_pair")
    assert button is not None
    Hand(button).click(QPointF(6.0, 6.0))
    QApplication.processEvents()
    assert names(window) == ["L1", "L3", "L4", "L5"]
    assert not isinstance(QApplication.focusWidget(), QLineEdit)


def test_an_ampersand_is_written_as_such_in_menus_and_on_buttons(window: MainWindow) -> None:
    mark_landmarks.rename(window.workspace, WORST, "A&P")
    mark_landmarks.select(window.workspace, WORST)
    landmark_list.toggle_lock(window.workspace, WORST)
    assert window.actions_by_key["undo"].text() == "Undo Lock A&&P"
    QApplication.processEvents()
    shown = [one for one in window.findChildren(QPushButton, f"show_suspect_{WORST}") if one.isVisibleTo(window)]
    assert [one.text() for one in shown] == ["Show A&&P"]


def test_usual_names_are_offered_and_one_that_is_chosen_is_taken(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 0)
    mark_landmarks.rename(window.workspace, 1, "PC")
    window.actions_by_key["rename_pair"].trigger()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    key_clicks(editor, "petr")
    completer = editor.completer()
    assert completer is not None
    model = completer.completionModel()
    assert model is not None
    offered = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert offered == ["Petrous apex L", "Petrous apex R"]
    completer.activated[str].emit(offered[1])
    QApplication.processEvents()
    assert pairs(window)[0].name == "Petrous apex R"
    popup = completer.popup() if editor.isVisible() else None
    assert popup is None or not popup.isVisible()


@pytest.mark.parametrize(
    ("typed", "down", "taken"), [("AC", 0, "AC"), ("petr", 0, "petr"), ("petr", 1, "Petrous apex L")]
)
def test_one_enter_takes_what_was_typed_or_chosen_over_the_open_list(
    window: MainWindow, typed: str, down: int, taken: str
) -> None:
    mark_landmarks.select(window.workspace, 0)
    press(Qt.Key.Key_F6)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    key_clicks(editor, typed)
    completer = editor.completer()
    popup = None if completer is None else completer.popup()
    assert popup is not None
    assert popup.isVisible()
    for _ in range(down):
        key_click(popup, Qt.Key.Key_Down)
    key_click(popup, Qt.Key.Key_Return)  # which has the keys while it is open
    QApplication.processEvents()
    assert names(window)[0] == taken
    assert QApplication.focusWidget() is window.images.active_view()


def test_a_name_that_another_pair_has_is_refused(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 0)
    window.actions_by_key["rename_pair"].trigger()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    key_clicks(editor, "L2")
    key_click(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert cell(pair_table(window), 0, columns.NAME) == pairs(window)[0].name == "L1"
    assert "Another landmark is called “L2” already." in window.status.sentence.text()


def test_a_list_that_changes_does_not_take_an_editor_away(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 0)
    window.actions_by_key["rename_pair"].trigger()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    key_clicks(editor, "Te")
    landmark_list.set_use(window.workspace, 3, "off")
    assert QApplication.focusWidget() is editor
    assert editor.text() == "Te"
