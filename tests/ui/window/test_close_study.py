"""A study is closed: what is not saved is asked about, and the window is empty as at its start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from answers import Answers
from keyboard import CTRL, press
from landmark_sets import one_off
from pixels import rgb
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, OpenWindow, child

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.landmarks import mark_landmarks


def test_the_window_is_as_it_was_before_anything_was_opened(open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(landmarks=one_off(), layout="pairs", page="Landmarks")
    window.workspace.document.saved(tmp_path / "mine.fusion.json")
    window.workspace.view_model.change(ras=True)
    press(Qt.Key.Key_W, CTRL)
    document, view = window.workspace.document, window.workspace.view_model.view
    assert not document.state.volumes()
    assert document.state.landmarks == ()
    assert (document.path, document.modified, document.undo_stack.count()) == (None, False, 0)
    assert window.windowTitle() == "fusionviewer[*]"
    assert child(window, QToolButton, "step_open").isChecked()
    assert window.status.sentence.text() == "Closed mine.fusion.json."
    assert view.selected_pair is None
    assert (view.ras, view.layout) == (True, "fused")  # habits stay, but for a layout that shows no fusion
    assert window.column.align.page == "Automatic"
    assert not window.actions_by_key["close_study"].isEnabled()
    assert window.actions_by_key["open_fixed"].isEnabled()
    QApplication.processEvents()
    empty = open_window(EMPTY)
    assert np.array_equal(rgb(window.welcome.grab().toImage()), rgb(empty.welcome.grab().toImage()))


def test_changes_are_asked_about_and_kept_where_the_user_thinks_better_of_it(open_window: OpenWindow) -> None:
    window = open_window()
    mark_landmarks.new_pair(window.workspace)
    answers = window.workspace.questions = Answers()
    before = window.workspace.document.state
    answers.discard = False
    press(Qt.Key.Key_W, CTRL)
    assert answers.asked == ["discard"]
    assert window.workspace.document.state is before
    answers.discard = True
    press(Qt.Key.Key_W, CTRL)
    assert not window.workspace.document.state.volumes()
    assert window.status.sentence.text() == "The study was closed."


def test_while_something_runs_it_cannot_be_closed(open_window: OpenWindow) -> None:
    window = open_window()
    register_commands.start_register(window.workspace, "auto")
    assert not window.actions_by_key["close_study"].isEnabled()
    open_save.close_study(window.workspace)  # by a way around the menu
    assert window.workspace.document.state.has_pair
    window.workspace.runner.cancel()


def test_another_study_can_be_opened_afterwards(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(layout="mosaic")
    window.workspace.view_model.set_tool("measure")
    press(Qt.Key.Key_W, CTRL)
    assert window.workspace.view_model.tool == "crosshair"
    window.actions_by_key["open_sample"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state.has_pair
    assert child(window, QToolButton, "step_align").isChecked()
