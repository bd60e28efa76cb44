"""Remembers recent studies and the folders of files, as long as the user prefers that."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.preferences import PreferenceStore
from fusionviewer.errors import FusionError
from fusionviewer.process import log
from fusionviewer.process.places import is_remote
from fusionviewer.session import recent
from fusionviewer.session.recent import FolderKind, Remembered


class RecentFiles(QObject):
    """Follows the document: a study that was opened or saved is the newest. Read anew each time: windows share it."""

    changed = pyqtSignal()

    def __init__(self, document: Document, preferences: PreferenceStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._preferences = preferences
        self.listed = False
        """Whether there were studies in the list when it was read last: asked for often, and not worth a file."""
        document.path_changed.connect(self._note_study)
        preferences.changed.connect(self._obey)
        self._obey()
        _ = self.remembered

    @property
    def wanted(self) -> bool:
        """Whether anything is remembered."""
        return self._preferences.now.remember

    @property
    def remembered(self) -> Remembered:
        """What is remembered, whether it is still there or not."""
        found = recent.read_remembered(recent.recent_file()) if self.wanted else Remembered()
        self.listed = bool(found.studies)
        return found

    def studies(self) -> tuple[Path, ...]:
        """The recent studies that are still there, the newest first."""
        return recent.still_there(self.remembered.studies)

    def folder(self, kind: FolderKind) -> Path | None:
        """The folder that was used last for a kind of file, if it is still there; one on a network is not offered.

        A dialog that opens in a folder that does not answer holds the window up.
        """
        found = self.remembered.folders.get(kind)
        return found if found is not None and not is_remote(found) and os.path.isdir(found) else None

    def note_folder(self, kind: FolderKind, folder: Path) -> None:
        """Remember that a folder was used for a kind of file."""
        self._keep(lambda now: now.with_folder(kind, folder))

    def clear_studies(self) -> None:
        """Forget the recent studies; the files themselves stay."""
        self._keep(lambda now: replace(now, studies=()))

    def clear_folders(self) -> None:
        """Forget the folders."""
        self._keep(lambda now: replace(now, folders={}))

    def _note_study(self) -> None:
        path = self._document.path
        if path is not None:
            self._keep(lambda now: now.with_study(path))

    def _keep(self, edit: Callable[[Remembered], Remembered]) -> None:
        """Change what is remembered. That it cannot be written must not keep the user from anything."""
        if not self.wanted:
            return
        before = self.remembered
        after = edit(before)
        if after == before:
            return
        try:
            recent.write_remembered(recent.recent_file(), after)
            self.listed = bool(after.studies)
        except (OSError, FusionError) as error:
            log.note_error("Recent studies and folders could not be remembered", error)
        self.changed.emit()

    def _obey(self) -> None:
        """Leave nothing behind where nothing is to be remembered."""
        if self.wanted:
            return
        self.listed = False
        try:
            recent.forget(recent.recent_file())
        except OSError as error:
            log.note_error("What is remembered of files could not be removed", error)
        self.changed.emit()
