"""The sentence at the bottom: what replaces it, and what does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from keyboard import ALT, CTRL, SHIFT
from landmark_sets import one_off, pairs_at
from mouse import Hand, mouse_click
from panes import middle_of
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import Chosen, Dress, OpenWindow, child, pairs, press_in_views

from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.errors import BadArgument
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.state import FusionState
from fusionviewer.ui.window import status_bar
from fusionviewer.ui.window.main_window import SMALLEST, MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def test_what_was_refused_stays_until_something_else_happens(window: MainWindow) -> None:
    status = window.status
    window.workspace.refuse(BadArgument("That was wrong.", "Do this."))
    window._refresh()
    assert status.sentence.text() == "That was wrong. Do this."
    mark_landmarks.new_pair(window.workspace)
    assert "Click L1" in status.sentence.text()


@pytest.mark.parametrize("what", ["step", "layout", "to do", "time"])
def test_why_a_key_does_nothing_gives_way_to_the_guidance(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(status_bar, "SAID_MS", 100 if what == "time" else 60_000)
    status, guidance = window.status, window.status.sentence.text()
    press_in_views(window, Qt.Key.Key_Escape)
    assert status.sentence.text() == "There is nothing to cancel."
    assert status.sign.text() == "▲"
    match what:
        case "step":
            press_in_views(window, Qt.Key.Key_3, ALT)
        case "layout":
            press_in_views(window, Qt.Key.Key_2, CTRL)
        case "to do":
            press_in_views(window, Qt.Key.Key_N)
            assert "Click L1" in status.sentence.text()
            guidance = status.sentence.text()
        case _:
            qtbot.waitUntil(lambda: status.sentence.text() != "There is nothing to cancel.", timeout=5_000)
    assert status.sentence.text() == guidance
    assert not status.sign.isVisible()


def test_an_error_stays_when_step_or_layout_change(window: MainWindow) -> None:
    press_in_views(window, Qt.Key.Key_Escape)
    window.workspace.refuse(BadArgument("That was wrong.", "Do this."))
    press_in_views(window, Qt.Key.Key_3, ALT)
    press_in_views(window, Qt.Key.Key_2, CTRL)
    assert window.status.sentence.text() == "That was wrong. Do this."


def test_a_message_during_a_run_is_not_wiped_by_its_progress(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    register_commands.start_register(workspace, "auto")
    workspace.refuse(BadArgument("Not now.", "Wait."))
    heard: list[object] = []
    workspace.runner.progressed.connect(heard.append)
    qtbot.waitUntil(lambda: bool(heard) or not workspace.runner.busy, timeout=60_000)
    assert window.status.sentence.text() == "Not now. Wait."
    workspace.runner.cancel()
    assert workspace.runner.wait_for_threads(10)


def test_an_error_is_told_over_the_images_until_it_is_closed_and_nothing_is_lost(
    open_window: OpenWindow, qtbot: QtBot, chosen: Chosen, unaligned: FusionState, tmp_path: Path
) -> None:
    window = open_window(unaligned)
    before = window.workspace.document.state
    chosen.path = tmp_path / "broken.nii.gz"
    chosen.path.write_bytes(b"")
    window.actions_by_key["open_fixed"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state is before
    bar = window.messages
    assert bar.isVisible()
    assert "broken" in bar.sentence.text()
    mark_landmarks.new_pair(window.workspace)
    assert bar.isVisible()
    for _ in range(4):
        QApplication.processEvents()
    mouse_click(bar.button("Close"))
    assert not bar.isVisible()


def test_a_name_that_is_taken_is_old_news_once_another_one_is(open_window: OpenWindow) -> None:
    window = open_window(landmarks=one_off())
    mark_landmarks.rename(window.workspace, 0, "L2")
    assert "Another landmark" in window.status.sentence.text()
    mark_landmarks.rename(window.workspace, 0, "Qz")
    assert window.status.sentence.text() == "L1 is called Qz now."


def test_undo_and_redo_say_what_they_did(open_window: OpenWindow, qtbot: QtBot) -> None:
    """By keys in the views, where the step may lie out of sight."""
    window = open_window(landmarks=pairs_at(np.array([[10.0, 20.0, 6.0]] * 3)))
    mark_landmarks.select(window.workspace, 2)
    said = window.status.sentence.text
    press_in_views(window, Qt.Key.Key_Right, ALT)
    press_in_views(window, Qt.Key.Key_Right, ALT)  # one step with the one before
    name = pairs(window)[2].name
    press_in_views(window, Qt.Key.Key_N)
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    assert said() == "Undone: New landmark pair."
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    assert said() == f"Undone: Move landmark {name}."
    assert not window.workspace.document.undo_stack.canUndo()
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    assert said() == "There is nothing to undo."
    press_in_views(window, Qt.Key.Key_Y, CTRL)
    assert said() == f"Redone: Move landmark {name}."
    press_in_views(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert said() == "Redone: New landmark pair."


def test_a_step_of_undo_by_the_menu_is_told_as_well(open_window: OpenWindow) -> None:
    window = open_window()
    mark_landmarks.new_pair(window.workspace)
    window.actions_by_key["undo"].trigger()
    assert window.status.sentence.text() == "Undone: New landmark pair."
    window.actions_by_key["redo"].trigger()
    assert window.status.sentence.text() == "Redone: New landmark pair."


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_long_name_takes_no_more_room_than_there_is(
    dressed: Dress, open_window: OpenWindow, phantom_mr: Volume, scale: float
) -> None:
    """A name is one word to Qt, and a label would write it beyond its edge and push the rest out of sight."""
    dressed(scale=scale)
    name = "20260314_CT_HEAD_THIN_BONE_0.6mm_H60s_with_frame_and_electrodes_second_series_" * 2
    window = open_window(FusionState(fixed=replace(phantom_mr, name=name)))
    window.resize(SMALLEST)
    QApplication.processEvents()
    said = window.status.sentence
    assert name in said.text()
    lines, metrics = said.shown_lines(), said.fontMetrics()
    assert max(metrics.horizontalAdvance(line) for line in lines) <= said.width()
    assert len(lines) * metrics.lineSpacing() <= said.height()
    assert name in said.toolTip()


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_sentence_fits_beside_the_position_in_the_smallest_window(
    dressed: Dress, open_window: OpenWindow, scale: float
) -> None:
    """The voxel gives way to large letters: it is on the page Readout as well."""
    dressed(scale=scale)
    window = open_window(layout="fused")
    window.resize(SMALLEST)
    QApplication.processEvents()
    shown, to_do = "Registered. Fade 50 %.", "Review the fusion: fade (Q, E), checkerboard (K), bone contours (B)"
    window.status.guide(shown, f"{to_do}; then accept or reject it.")
    assert "…" not in "".join(window.status.sentence.shown_lines())
    view = window.images.view("fused.axial")
    Hand(view).move(middle_of(view))
    text, position = window.status.position_text, child(window, QLabel, "position")
    assert ("[" in text) is (scale == 1.0)
    assert position.sizeHint().width() <= position.width()
