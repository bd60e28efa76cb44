"""Positions by the name of their frame: on the clipboard, and in files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_context import Pane, context_of
from PyQt6.QtGui import QGuiApplication

from fusionviewer.app.commands.exports.positions import copy_position, save_points_in
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.frames import FRAMES, WORDS, in_frame
from fusionviewer.session.exports.listed_points import PointsChoice
from fusionviewer.session.state import Target


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_the_crosshair_is_copied_and_told_by_the_name_of_its_frame(
    with_phantoms: Workspace, frame: str, side: str
) -> None:
    told: list[str] = []
    with_phantoms.said.connect(told.append)
    with_phantoms.view_model.set_cursor(side, np.array([11.0, -7.0, 5.0]))  # type: ignore[arg-type] # they are two
    sides = ("moving",) if side == "moving" else ("fixed", "moving")
    copy_position(context_of(with_phantoms, Pane(sides=sides)), frame)  # type: ignore[arg-type]
    clipboard, volume = QGuiApplication.clipboard(), with_phantoms.document.state.volume(side)  # type: ignore[arg-type]
    assert clipboard is not None
    assert volume is not None
    cursor = with_phantoms.view_model.view.space(side).cursor  # type: ignore[arg-type]
    numbers = [float(number) for number in clipboard.text().split()]
    np.testing.assert_allclose(numbers, in_frame(np.array(cursor), frame, volume.grid), atol=6e-4)  # type: ignore[arg-type]
    words = WORDS[frame]  # type: ignore[index]
    assert told == [f"Copied {clipboard.text()} mm, {words.title} of the {side} image, {words.whose}."]


def test_targets_are_saved_and_what_is_missing_is_told(with_phantoms: Workspace, tmp_path: Path) -> None:
    told: list[str] = []
    with_phantoms.exported.connect(lambda said, _: told.append(said))
    failures: list[str] = []
    with_phantoms.failed.connect(lambda error: failures.append(error.message))
    choice = PointsChoice("targets", "scanner-ras")
    save_points_in(with_phantoms, tmp_path / "a.csv", choice)
    assert failures == ["The study has no targets."]
    state = with_phantoms.document.state
    with_phantoms.document.apply("Target", replace(state, targets=(Target("tip", (1.0, 2.0, 3.0)),)))
    save_points_in(with_phantoms, tmp_path / "a.csv", choice)
    assert told == ["Saved targets as a.csv, Scanner RAS mm of the fixed image."]
    assert (tmp_path / "a.csv").read_text().splitlines()[1] == "tip,-1.0,-2.0,3.0"
