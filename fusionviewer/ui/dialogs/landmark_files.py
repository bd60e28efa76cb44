"""The choice of a file of points, which has a format."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QWidget

from fusionviewer.app.commands.context import FileKind
from fusionviewer.exchange.points.formats import FORMATS, PointFormat, ending_of, format_of
from fusionviewer.ui.dialogs.file_dialogs import may_replace, offered_as, within


def choose_points_file(
    parent: QWidget, title: str, name: str, start: Path | None = None
) -> tuple[Path, PointFormat] | None:
    """A file to write points to, and the format: the kind that is chosen, unless the name's ending is another's."""
    kinds = {offered_as(FileKind(one.title, one.endings)): one for one in FORMATS}
    suggestion = within(start, name + FORMATS[0].endings[0])
    typed, kind = QFileDialog.getSaveFileName(parent, title, suggestion, ";;".join(kinds))
    if not typed:
        return None
    path, wanted = Path(typed), kinds.get(kind, FORMATS[0])
    ending = ending_of(path)
    if ending in wanted.endings:
        return path, wanted
    if ending and wanted is FORMATS[0]:  # the first kind is there unasked: the ending says more
        return path, format_of(path)
    named = path.with_name(path.name[: len(path.name) - len(ending)] + wanted.endings[0])
    return (named, wanted) if not os.path.exists(named) or may_replace(parent, named) else None
