"""Commands: positions in a frame that is called by its name, onto the clipboard and into files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PyQt6.QtGui import QGuiApplication

from fusionviewer.app.commands.context import Context
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.frames import WORDS, PointFrame, point_text, write_points_in
from fusionviewer.session.exports.listed_points import PointsChoice, marked_points, side_of
from fusionviewer.session.state import Side


def copy_position(context: Context, frame: PointFrame) -> None:
    """Put the crosshair's position onto the clipboard: that of the moving image where it alone is looked at."""
    workspace = context.workspace
    state, clipboard = workspace.document.state, QGuiApplication.clipboard()
    alone = context.active_pane.sides == ("moving",) or state.fixed is None
    side: Side = "moving" if alone else "fixed"
    volume = state.volume(side)
    if volume is None or clipboard is None:
        return
    text = point_text(np.asarray(workspace.view_model.view.space(side).cursor), frame, volume.grid)
    clipboard.setText(text)
    words = WORDS[frame]
    workspace.said.emit(f"Copied {text} mm, {words.title} of the {side} image, {words.whose}.")


def save_points_in(workspace: Workspace, path: Path, choice: PointsChoice) -> None:
    """Write a list of points in a frame."""
    state, side = workspace.document.state, side_of(choice.which)
    volume = state.volume(side)
    if volume is None:
        return
    grid = volume.grid

    def write() -> None:
        write_points_in(path, marked_points(state, choice.which), choice.frame, grid)

    if workspace.written(write, path):
        what, words = choice.which.replace("-", " "), WORDS[choice.frame]
        workspace.exported.emit(f"Saved {what} as {path.name}, {words.title} mm of the {side} image.", path)
