"""The dialogs that choose files of landmarks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fusionviewer.app.commands.landmarks import landmark_files
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.formats import ENDINGS, FORMATS, PointFormat
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.dialogs.questions import choose_file, choose_new_file

POINTS: Final = f"Points ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"
PAIRS: Final = "Tables of pairs (*.csv)"


def file_handlers(workspace: Workspace, window: QWidget) -> dict[str, Callable[[], None]]:
    """What the actions for files of landmarks do, by their keys."""
    handlers: dict[str, Callable[[], None]] = {
        "open_pairs": partial(_open_pairs, workspace, window),
        "save_pairs": partial(_save_pairs, workspace, window),
    }
    for side in SIDES:
        handlers[f"open_{side}_points"] = partial(_open_points, workspace, window, side)
        handlers[f"save_{side}_points"] = partial(_save_points, workspace, window, side)
    return handlers


def _open_pairs(workspace: Workspace, window: QWidget) -> None:
    path = choose_file(window, "Open landmark pairs", PAIRS)
    if path is not None:
        landmark_files.open_pairs(workspace, path)


def _save_pairs(workspace: Workspace, window: QWidget) -> None:
    path = choose_new_file(window, "Save landmark pairs", "landmarks.csv", PAIRS)
    if path is not None:
        landmark_files.save_pairs(workspace, path)


def _open_points(workspace: Workspace, window: QWidget, side: Side) -> None:
    path = choose_file(window, f"Open points of the {side} image", POINTS)
    if path is not None:
        landmark_files.open_points(workspace, side, path)


def _save_points(workspace: Workspace, window: QWidget, side: Side) -> None:
    chosen = choose_points_file(window, f"Save the points of the {side} image", f"{side}-points")
    if chosen is not None:
        landmark_files.save_points(workspace, chosen[0], side, chosen[1].key)


def choose_points_file(parent: QWidget, title: str, name: str) -> tuple[Path, PointFormat] | None:
    """A file to write points to, and the format: the kind that is chosen, unless the name's ending is another's."""
    kinds = {f"{one.title} ({' '.join(f'*{ending}' for ending in one.endings)})": one for one in FORMATS}
    typed, kind = QFileDialog.getSaveFileName(parent, title, name + FORMATS[0].endings[0], ";;".join(kinds))
    if not typed:
        return None
    path, wanted = Path(typed), kinds.get(kind, FORMATS[0])
    if path.name.lower().endswith(wanted.endings):
        return path, wanted
    other = next((one for one in FORMATS if path.name.lower().endswith(one.endings)), None)
    if other is not None and wanted is FORMATS[0]:  # nobody chose the first kind: the ending says more
        return path, other
    bare = path.name
    if other is not None:
        bare = next(bare[: -len(ending)] for ending in other.endings if bare.lower().endswith(ending))
    named = path.with_name(bare + wanted.endings[0])
    if named.exists():
        answer = QMessageBox.question(parent, "fusionviewer", f"{named.name} exists already. Replace it?")
        if answer is not QMessageBox.StandardButton.Yes:
            return None
    return named, wanted
