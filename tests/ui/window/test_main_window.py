"""The window itself: its keys, its title, its end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from answers import Answers
from keyboard import SHIFT, key_click
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, OpenWindow, child, open_files, press_in_views

from fusionviewer.app.commands import regions
from fusionviewer.app.commands.window import show_step
from fusionviewer.session.state import FusionState


def test_arrows_nudge_only_while_the_images_have_the_keyboard(open_window: OpenWindow, unaligned: FusionState) -> None:
    window = open_window(unaligned)
    document = window.workspace.document
    window.actions_by_key["move_tool"].trigger()
    press_in_views(window, Qt.Key.Key_Right)
    press_in_views(window, Qt.Key.Key_Right, SHIFT)
    # the moving image is seen 1.1 mm further to the left of the patient: its point comes from 1.1 mm less
    assert document.state.alignment.moving_from_fixed.translation == pytest.approx([-1.1, 0, 0], abs=1e-9)
    assert document.undo_stack.count() == 1
    before = document.state
    show_step(window.workspace, "review")
    note = child(window, QPlainTextEdit, "note")
    note.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_A, Qt.Key.Key_N, Qt.Key.Key_R):
        key_click(note, key)
    assert document.state is before
    assert window.column.review.entry.note == "anr"


def test_the_title_tells_of_unsaved_changes_and_closing_asks(
    open_window: OpenWindow, qtbot: QtBot, chosen: Chosen, phantom_files: tuple[Path, Path]
) -> None:
    window = open_window(EMPTY)
    open_files(window, qtbot, chosen, phantom_files)
    assert not window.isWindowModified()
    press_in_views(window, Qt.Key.Key_N)
    assert window.isWindowModified()
    answers = Answers()
    answers.discard = False
    window.workspace.questions = answers
    assert not window.close()
    assert answers.asked == ["discard"]
    answers.discard = True
    assert window.close()


def test_an_error_while_closing_keeps_the_window_and_the_work(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window = open_window()
    closed: list[None] = []
    window.closing.connect(lambda: closed.append(None))

    def fail() -> bool:
        raise ValueError("saving went wrong")

    monkeypatch.setattr(window.workspace.questions, "may_discard_changes", fail)
    with qtbot.capture_exceptions() as caught:
        assert not window.close()
    assert [str(error) for _, error, _ in caught] == ["saving went wrong"]
    assert window.isVisible()
    assert closed == []
    monkeypatch.undo()
    assert window.close()


def test_closing_leaves_a_running_registration(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(EMPTY)
    window.actions_by_key["open_sample"].trigger()
    wait_until_idle(window.workspace, qtbot)
    window.actions_by_key["register"].trigger()
    qtbot.wait(300)
    assert window.workspace.runner.busy
    before = time.perf_counter()
    assert window.close()
    assert time.perf_counter() - before < 2.5  # two seconds at most for the thread, and the window itself
    assert window.workspace.runner.wait_for_threads(5)


def test_a_mask_is_chosen_and_let_go_from_the_menu(
    open_window: OpenWindow, qtbot: QtBot, chosen: Chosen, phantom_files: tuple[Path, Path]
) -> None:
    window = open_window(EMPTY)
    open_files(window, qtbot, chosen, phantom_files)
    chosen.path = phantom_files[0]  # any image of the fixed one's size is a mask
    action = window.actions_by_key["region_mask"]
    action.trigger()
    wait_until_idle(window.workspace, qtbot)
    assert regions.mask_of(window.workspace.document.state) is not None
    assert action.isChecked()
    action.trigger()
    assert window.workspace.document.state.region is None
    assert not action.isChecked()
    press_in_views(window, Qt.Key.Key_X)
    assert regions.box_of(window.workspace.document.state) is not None
    chosen.path = None
    action.trigger()  # the dialog was left without a file
    assert not action.isChecked()
