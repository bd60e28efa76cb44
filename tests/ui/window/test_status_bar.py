"""The sentence at the bottom: what replaces it, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from landmark_sets import one_off
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import Chosen, OpenWindow

from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.errors import FusionError
from fusionviewer.session.state import FusionState
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def test_an_error_stays_until_something_else_happens(window: MainWindow) -> None:
    status = window.status
    window.workspace.refuse(FusionError("That was wrong.", "Do this."))
    window._refresh()
    assert status.sentence.text() == "That was wrong. Do this."
    mark_landmarks.new_pair(window.workspace)
    assert "Click L1" in status.sentence.text()


def test_a_message_during_a_run_is_not_wiped_by_its_progress(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    register_commands.start_register(workspace, "auto")
    workspace.refuse(FusionError("Not now.", "Wait."))
    heard: list[object] = []
    workspace.runner.progressed.connect(heard.append)
    qtbot.waitUntil(lambda: bool(heard) or not workspace.runner.busy, timeout=60_000)
    assert window.status.sentence.text() == "Not now. Wait."
    workspace.runner.cancel()
    assert workspace.runner.wait_for_threads(10)


def test_an_error_is_told_in_the_status_line_and_nothing_is_lost(
    open_window: OpenWindow, qtbot: QtBot, chosen: Chosen, unaligned: FusionState, tmp_path: Path
) -> None:
    window = open_window(unaligned)
    before = window.workspace.document.state
    chosen.path = tmp_path / "broken.nii.gz"
    chosen.path.write_bytes(b"")
    window.actions_by_key["open_fixed"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state is before
    assert "broken" in window.status.sentence.text()
    assert window.status.sentence.property("role") == "warning"


def test_a_name_that_is_taken_is_old_news_once_another_one_is(open_window: OpenWindow) -> None:
    window = open_window(landmarks=one_off())
    mark_landmarks.rename(window.workspace, 0, "L2")
    assert "Another landmark" in window.status.sentence.text()
    mark_landmarks.rename(window.workspace, 0, "Qz")
    assert window.status.sentence.text() == "L1 is called Qz now."
