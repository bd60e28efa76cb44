"""Tells when two windows have the same study open."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.process.locks import HeldLock


class OpenStudy(QObject):
    """Holds a lock on the study file that is open. It lies in a folder of the program's own, not beside the study."""

    shared = pyqtSignal(str)
    """The name of a study file that another window has open as well."""

    def __init__(self, document: Document, folder: Path) -> None:
        super().__init__(document)
        self._document = document
        self._folder = folder
        self._path: Path | None = None
        self._lock: HeldLock | None = None
        document.path_changed.connect(self._follow)

    def release(self) -> None:
        """Let the study go."""
        if self._lock is not None:
            self._lock.release()
        self._lock = self._path = None

    def _follow(self) -> None:
        path = self._document.path
        if path == self._path and self._lock is not None:
            return
        self.release()
        if path is None:
            return
        self._path = path
        try:
            self._lock = HeldLock.take(self._folder / f"{_key(path)}.lock")
        except OSError:  # no folder, no locks: then it cannot be told
            return
        if self._lock is None:
            self.shared.emit(path.name)


def _key(path: Path) -> str:
    """The same for all ways to write a place; it names nothing."""
    return hashlib.sha256(os.path.normcase(os.path.realpath(path)).encode("utf-8", "surrogateescape")).hexdigest()[:40]
