"""Which points are saved in which frame, with real clicks and keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from keyboard import key_click
from mouse import mouse_click
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot
from windows import Chosen, OpenWindow, child

from fusionviewer.exchange.points.frames import FRAMES, WORDS
from fusionviewer.session.exports.listed_points import PointsChoice
from fusionviewer.session.state import FusionState, LandmarkPair, Target
from fusionviewer.ui.dialogs.save_points import PointsDialog
from fusionviewer.ui.window.position_readout import PositionReadout

MARKED = FusionState(landmarks=(LandmarkPair("P1", (1.0, 2.0, 3.0)),), targets=(Target("tip", (0.0, 0.0, 0.0)),))


def shown(qtbot: QtBot, state: FusionState = MARKED) -> PointsDialog:
    made = PointsDialog(state)
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_frame_says_what_it_is_and_nothing_jumps(qtbot: QtBot) -> None:
    dialog = shown(qtbot)
    heights = set()
    key_click(dialog.frame, Qt.Key.Key_Home)
    for frame in FRAMES:
        assert dialog.frame.currentText() == WORDS[frame].title
        assert dialog.caption.text() == WORDS[frame].meaning
        QApplication.processEvents()
        heights.add(dialog.height())
        key_click(dialog.frame, Qt.Key.Key_Down)
    assert len(heights) == 1


def test_what_is_not_there_cannot_be_saved_and_the_rest_is_remembered(qtbot: QtBot) -> None:
    dialog = shown(qtbot)
    assert dialog.choice == PointsChoice("targets", "scanner-ras")
    save = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    assert save is not None
    key_click(dialog.which, Qt.Key.Key_End)
    assert not save.isEnabled()
    assert save.toolTip() == "There are no moving landmarks yet."
    key_click(dialog.which, Qt.Key.Key_Up)
    key_click(dialog.frame, Qt.Key.Key_End)
    mouse_click(save)
    assert shown(qtbot).choice == PointsChoice("fixed-landmarks", "surface-ras")
    assert shown(qtbot, replace(MARKED, landmarks=())).choice.which == "targets"
    QSettings().setValue("points/frame", "nonsense")
    assert shown(qtbot).choice.frame == "scanner-ras"


@pytest.mark.parametrize("frame", FRAMES)
def test_the_menu_copies_what_the_readout_says_at_the_crosshair(open_window: OpenWindow, frame: str) -> None:
    window = open_window()
    window.actions_by_key[f"copy_position_{frame}"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert window.status.sentence.text().startswith(f"Copied {clipboard.text()} mm, ")
    tips = {part.toolTip() for part in child(window, PositionReadout).findChildren(QLabel)}
    assert any(f"{WORDS[frame].title}: {clipboard.text()} mm" in tip for tip in tips)  # type: ignore[index] # one of them


def test_the_menu_saves_targets(
    open_window: OpenWindow, chosen: Chosen, study: FusionState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(replace(study, targets=(Target("tip", (1.0, 2.0, 3.0)),)))
    monkeypatch.setattr(PointsDialog, "exec", lambda _: 1)
    chosen.path = tmp_path / "a.csv"
    window.actions_by_key["save_points_by_frame"].trigger()
    assert chosen.path.read_text().splitlines()[0] == "name,scanner_ras_x,scanner_ras_y,scanner_ras_z"
