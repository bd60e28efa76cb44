"""The choice of a file of points, which has a format."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QWidget

from fusionviewer.app.commands.context import FileKind
from fusionviewer.exchange.points.formats import FORMATS, PointFormat
from fusionviewer.ui.dialogs.file_dialogs import may_replace, offered_as


def choose_points_file(parent: QWidget, title: str, name: str) -> tuple[Path, PointFormat] | None:
    """A file to write points to, and the format: the kind that is chosen, unless the name's ending is another's."""
    kinds = {offered_as(FileKind(one.title, one.endings)): one for one in FORMATS}
    typed, kind = QFileDialog.getSaveFileName(parent, title, name + FORMATS[0].endings[0], ";;".join(kinds))
    if not typed:
        return None
    path, wanted = Path(typed), kinds.get(kind, FORMATS[0])
    if path.name.lower().endswith(wanted.endings):
        return path, wanted
    other = next((one for one in FORMATS if path.name.lower().endswith(one.endings)), None)
    if other is not None and wanted is FORMATS[0]:  # the first kind is there unasked: the ending says more
        return path, other
    bare = path.name
    if other is not None:
        bare = next(bare[: -len(ending)] for ending in other.endings if bare.lower().endswith(ending))
    named = path.with_name(bare + wanted.endings[0])
    return (named, wanted) if not named.exists() or may_replace(parent, named) else None
