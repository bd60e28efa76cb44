"""Other images in place of those that are shown: opened, swapped, and what ends with the study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from answers import Answers
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, OpenWindow, show_images

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.state import FusionState
from fusionviewer.ui.widgets.drops import dropped_paths
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def test_swapping_and_back_leaves_no_trace(window: MainWindow) -> None:
    workspace = window.workspace
    register_commands.set_start(workspace, "centre")
    workspace.view_model.set_fade(0.3)
    facts, view = review_commands.known_facts(workspace), workspace.view_model.view
    open_save.swap_images(workspace)
    swapped = workspace.view_model.view
    assert (swapped.fixed_window, swapped.moving_window) == (view.moving_window, view.fixed_window)
    assert swapped.fade == pytest.approx(0.7)
    seen = (~workspace.document.state.alignment.moving_from_fixed).apply(np.asarray(view.fixed.cursor))
    assert swapped.fixed.cursor == pytest.approx(seen)
    for _ in range(3):
        workspace.document.undo_stack.undo()
        assert review_commands.known_facts(workspace) == facts
        assert workspace.view_model.view.fixed.cursor == pytest.approx(view.fixed.cursor)
        workspace.document.undo_stack.redo()


def test_changes_made_while_images_are_read_are_asked_about(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    answers = Answers()
    workspace.questions = answers
    open_save.open_sample(workspace)
    assert answers.asked == ["discard"]
    mark_landmarks.new_pair(workspace)
    answers.discard = False
    kept = workspace.document.state
    wait_until_idle(workspace, qtbot)
    assert answers.asked == ["discard", "discard"]
    assert workspace.document.state is kept


def test_flicker_and_window_tool_end_with_the_study(window: MainWindow, phantom_mr: Volume, phantom_ct: Volume) -> None:
    view_model = window.workspace.view_model
    view_model.interlude.set_flicker(True)
    view_model.set_tool("window")
    show_images(window, phantom_ct, phantom_mr)
    assert not view_model.interlude.flickering
    assert view_model.tool == "crosshair"


def test_dropping_two_files_opens_them(open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path]) -> None:
    window = open_window(EMPTY)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in phantom_files])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    assert dropped_paths(event) == list(phantom_files)
    window.dropEvent(event)
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state.has_pair
    assert window.workspace.runner.wait_for_threads(5)
