"""The choice of files and folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fusionviewer.app.commands.context import FileKind
from fusionviewer.app.state.recent_files import RecentFiles
from fusionviewer.session.recent import FolderKind
from fusionviewer.ui.widgets.controls import breakable


class FolderMemory:
    """Where dialogs for files open: in the folder that was used last for such files. `recent` is asked when needed."""

    def __init__(self, recent: Callable[[], RecentFiles]) -> None:
        self._recent = recent

    def start(self, kind: FolderKind) -> Path | None:
        """The folder to begin in; None: wherever the system does."""
        return self._recent().folder(kind)

    def note(self, kind: FolderKind, chosen: Path | None) -> Path | None:
        """What was chosen, after its folder was remembered: where exports go, a folder itself, else that it lies in."""
        if chosen is not None:
            itself = kind == "exports" and os.path.isdir(chosen)
            self._recent().note_folder(kind, chosen if itself else chosen.parent)
        return chosen


def choose_file(parent: QWidget, title: str, kinds: Sequence[FileKind], start: Path | None = None) -> Path | None:
    """An existing file; None if the user thought better of it. The dialog opens in the folder `start`."""
    name, _ = QFileDialog.getOpenFileName(parent, title, within(start), _offered(kinds))
    return Path(name) if name else None


def choose_folder(parent: QWidget, title: str, start: Path | None = None) -> Path | None:
    """An existing folder."""
    name = QFileDialog.getExistingDirectory(parent, title, within(start))
    return Path(name) if name else None


def choose_new_file(
    parent: QWidget, title: str, suggestion: str, kinds: Sequence[FileKind], start: Path | None = None
) -> Path | None:
    """A file to write; the dialog asks before it replaces one.

    A name without an ending gets that of the kind that is chosen, else the suggestion's; so does one with another
    ending where there is only one. Other endings are left for the writer to refuse.
    """
    name, offered = QFileDialog.getSaveFileName(parent, title, within(start, suggestion), _offered(kinds))
    if not name:
        return None
    path, endings = Path(name), tuple(ending.lower() for kind in kinds for ending in kind.endings)
    if path.name.lower().endswith(endings) or (len(endings) > 1 and path.suffix[1:].isalpha()):
        return path
    chosen = [kind.endings[0] for kind in kinds if offered_as(kind) == offered]
    ending = (*chosen, suggestion[suggestion.index(".") :])[0]
    bare = path.name
    for part in reversed(ending.split(".")[1:]):  # of “a.json” and “a.fusion” as well
        bare = bare.removesuffix(f".{part}")
    named = path.with_name(bare + ending)
    return named if not os.path.exists(named) or may_replace(parent, named) else None


def within(start: Path | None, name: str = "") -> str:
    """A name in the folder where a dialog is to open."""
    return name if start is None else str(start / name)


def offered_as(kind: FileKind) -> str:
    """A kind of file as Qt's dialogs name it."""
    return f"{kind.name} ({' '.join(f'*{ending}' for ending in kind.endings) or '*'})"


def _offered(kinds: Sequence[FileKind]) -> str:
    return ";;".join(offered_as(kind) for kind in kinds)


def may_replace(parent: QWidget, path: Path) -> bool:
    """Whether a file may be replaced whose name the user did not type: the dialog has asked about another name."""
    buttons, no = QMessageBox.StandardButton, QMessageBox.StandardButton.No
    text = f"{breakable(path.name)} exists already. Replace it?"
    answer = QMessageBox.question(parent, "fusionviewer", text, buttons.Yes | no, no)
    return answer is QMessageBox.StandardButton.Yes
