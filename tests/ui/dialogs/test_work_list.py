"""The list of a batch beside the window: opened by the menu, used by mouse and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from batch_folders import batch_folder
from keyboard import key_click
from mouse import double_click, mouse_click
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QLabel, QTableWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, OpenWindow, cell, child, click

from fusionviewer.app.commands.review import review
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.quality.batch.records import STUDY
from fusionviewer.session.landmark_edits import set_fle
from fusionviewer.ui.dialogs.work_list import WorkListDialog
from fusionviewer.ui.window import window_dialogs
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def folder(tmp_path: Path, phantom_files: tuple[Path, Path]) -> Path:
    (tmp_path / "batch").mkdir()
    return batch_folder(tmp_path / "batch", phantom_files)


@pytest.fixture
def window(open_window: OpenWindow, folder: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    monkeypatch.setattr(window_dialogs, "choose_folder", lambda *_: folder)
    return open_window(EMPTY)


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> WorkListDialog:
    """The list as *File ▸ Batch review…* shows it."""
    window.actions_by_key["batch_review"].trigger()
    wait_until_idle(window.workspace, qtbot)
    return child(window, WorkListDialog)


def rows(dialog: WorkListDialog) -> list[tuple[str, ...]]:
    table = dialog.table
    return [tuple(cell(table, row, column) for column in range(4)) for row in range(table.rowCount())]


def test_it_shows_the_worst_first_in_words_and_signs(dialog: WorkListDialog) -> None:
    assert rows(dialog) == [
        ("w1", "✗ wrong", "6.4", ""), ("l1", "▲ look", "1.9", ""), ("f1", "✓ fine", "0.7", ""),
        ("r1", "– no result", "", ""),
    ]  # fmt: skip
    assert dialog.summary.text() == "0 of 3 reviewed, 3 to go; 1 without a result"
    assert child(dialog, QLabel, "work_details").text() == "Skull and skin lie 6.4 mm off."
    assert not dialog.isModal()


def test_enter_opens_a_study_and_what_was_saved_is_ticked(
    dialog: WorkListDialog, window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    table = child(dialog, QTableWidget)
    table.setFocus()
    key_click(table, Qt.Key.Key_Down)
    assert child(dialog, QLabel, "work_details").text() == "Look here."
    key_click(table, Qt.Key.Key_Return)
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.path == folder / "l1" / STUDY
    assert rows(dialog)[1][0] == "▶ l1"
    assert not child(dialog, QAbstractButton, "work_open").isEnabled()
    review(window.workspace, "accepted", "", "AB")
    assert rows(dialog)[1][3] == ""
    assert save_study(window.workspace, folder / "l1" / STUDY)
    assert rows(dialog)[1][3] == "✓ accepted"
    assert dialog.summary.text().startswith("1 of 3 reviewed, 2 to go")


def test_a_double_click_opens_and_the_button_goes_on(
    dialog: WorkListDialog, window: MainWindow, folder: Path, qtbot: QtBot
) -> None:
    table = child(dialog, QTableWidget)
    place = table.visualRect(table.model().index(2, 0)).center()  # type: ignore[union-attr]
    viewport = table.viewport()
    assert viewport is not None
    mouse_click(viewport, pos=place)
    double_click(viewport, pos=place)
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.path == folder / "f1" / STUDY
    click(dialog, "work_next")
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.path == folder / "w1" / STUDY
    assert table.currentRow() == 0


def test_a_row_without_a_result_says_why_and_opens_nothing(
    dialog: WorkListDialog, window: MainWindow, qtbot: QtBot
) -> None:
    table = child(dialog, QTableWidget)
    table.selectRow(3)
    button = child(dialog, QAbstractButton, "work_open")
    assert not button.isEnabled()
    assert "It has no result." in button.toolTip()
    assert child(dialog, QLabel, "work_details").text() == "‹moving› is not an image."
    key_click(table, Qt.Key.Key_Return)
    assert not window.workspace.runner.busy


def test_unsaved_changes_are_asked_about_before_another_is_opened(
    dialog: WorkListDialog, window: MainWindow, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    click(dialog, "work_next")
    wait_until_idle(window.workspace, qtbot)
    asked: list[str] = []

    def no(_: object) -> bool:
        asked.append("asked")
        return False

    monkeypatch.setattr(type(window.workspace.questions), "may_discard_changes", no)
    window.workspace.document.apply("Target", set_fle(window.workspace.document.state, 2.0))
    mouse_click(child(dialog, QAbstractButton, "work_next"), Qt.MouseButton.LeftButton)
    assert asked == ["asked"]
    assert window.workspace.document.path == folder / "w1" / STUDY
    window.workspace.document.undo_stack.undo()


def test_closed_and_shown_again_it_is_the_same_list(dialog: WorkListDialog, window: MainWindow) -> None:
    dialog.table.selectRow(2)
    dialog.close()
    window.actions_by_key["batch_review"].trigger()
    assert window.findChildren(WorkListDialog) == [dialog]
    assert dialog.isVisible()
    assert dialog.table.currentRow() == 2
