"""The choice of files and folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from fusionviewer.app.commands.context import FileKind


def choose_file(parent: QWidget, title: str, kinds: Sequence[FileKind]) -> Path | None:
    """An existing file; None if the user thought better of it."""
    name, _ = QFileDialog.getOpenFileName(parent, title, "", _offered(kinds))
    return Path(name) if name else None


def choose_folder(parent: QWidget, title: str) -> Path | None:
    """An existing folder."""
    name = QFileDialog.getExistingDirectory(parent, title)
    return Path(name) if name else None


def choose_new_file(parent: QWidget, title: str, suggestion: str, kinds: Sequence[FileKind]) -> Path | None:
    """A file to write; the dialog asks before it replaces one.

    A name without an ending gets that of the kind that is chosen, else the suggestion's; so does one with another
    ending where there is only one. Other endings are left for the writer to refuse.
    """
    name, offered = QFileDialog.getSaveFileName(parent, title, suggestion, _offered(kinds))
    if not name:
        return None
    path, endings = Path(name), tuple(ending for kind in kinds for ending in kind.endings)
    if path.name.lower().endswith(endings) or (len(endings) > 1 and path.suffix[1:].isalpha()):
        return path
    chosen = [kind.endings[0] for kind in kinds if offered_as(kind) == offered]
    ending = (*chosen, suggestion[suggestion.index(".") :])[0]
    bare = path.name
    for part in reversed(ending.split(".")[1:]):  # of “a.json” and “a.fusion” as well
        bare = bare.removesuffix(f".{part}")
    named = path.with_name(bare + ending)
    return named if not named.exists() or may_replace(parent, named) else None


def offered_as(kind: FileKind) -> str:
    """A kind of file as Qt's dialogs name it."""
    return f"{kind.name} ({' '.join(f'*{ending}' for ending in kind.endings) or '*'})"


def _offered(kinds: Sequence[FileKind]) -> str:
    return ";;".join(offered_as(kind) for kind in kinds)


def may_replace(parent: QWidget, path: Path) -> bool:
    """Whether a file may be replaced whose name the user did not type: the dialog has asked about another name."""
    answer = QMessageBox.question(parent, "fusionviewer", f"{path.name} exists already. Replace it?")
    return answer is QMessageBox.StandardButton.Yes
