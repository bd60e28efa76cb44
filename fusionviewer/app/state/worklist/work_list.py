"""The list of studies to review that a batch has made: which there are, which is open, which are reviewed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.app.tasks.disk import NoAnswer, ask_disk
from fusionviewer.errors import FusionError
from fusionviewer.progress import Observer
from fusionviewer.quality.batch.records import STUDY, RowRecord, load_batch
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.study_file import load_study

Mark: TypeAlias = Literal["", "accepted", "rejected", "out of date"]
"""What the file of a study says of its review; empty: it has none."""

DONE: Final[frozenset[Mark]] = frozenset({"accepted", "rejected"})


@dataclass(frozen=True)
class WorkItem:
    """A row of a batch; `study` is None where it has no result."""

    record: RowRecord
    study: Path | None
    mark: Mark = ""
    place: str = ""
    """Where the study lies, links followed, to be compared with others."""

    @property
    def waits(self) -> bool:
        """Whether there is a study that is still to be reviewed."""
        return self.study is not None and self.mark not in DONE


@dataclass(frozen=True)
class ReadBatch:
    """The rows of the batch in a folder, worst first, those without a result last."""

    folder: Path
    items: tuple[WorkItem, ...]


class WorkList(QObject):
    """The rows of one batch, and which of them is open. It keeps nothing: reviews stand in the studies themselves."""

    changed = pyqtSignal()
    """Other rows, another mark, or another row is open."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._folder: Path | None = None
        self._items: tuple[WorkItem, ...] = ()
        self._current: int | None = None
        self._opened: tuple[Path, str] | None = None
        document.path_changed.connect(self._follow)
        document.modified_changed.connect(self._follow)

    @property
    def folder(self) -> Path | None:
        """The folder of the batch; None: no list is open."""
        return self._folder

    @property
    def items(self) -> tuple[WorkItem, ...]:
        """The rows, those that need a look most first, and those without a result last."""
        return self._items

    @property
    def current(self) -> int | None:
        """The number of the row whose study is open in the window, if one is."""
        return self._current

    @property
    def reviewed(self) -> int:
        """How many studies are accepted or rejected, and not out of date."""
        return sum(item.mark in DONE for item in self._items)

    @property
    def studies(self) -> int:
        """How many rows have a study."""
        return sum(item.study is not None for item in self._items)

    @property
    def next_waiting(self) -> int | None:
        """The next row that is still to be reviewed: the first one below the row that is open, else from the top."""
        after = -1 if self._current is None else self._current
        order = [*range(after + 1, len(self._items)), *range(after + 1)]
        return next((n for n in order if self._items[n].waits and n != self._current), None)

    def take(self, batch: ReadBatch) -> None:
        """Have the rows of this batch from now on."""
        self._folder, self._items = batch.folder, batch.items
        self._current = self._open_row()
        self.changed.emit()

    def read_mark(self, row: int) -> None:
        """Read again what the file of a row's study says of its review, if its disk answers."""
        item = self._items[row]
        try:
            study = item.study
            mark = "" if study is None else ask_disk(lambda _: mark_of(study), study, "Open the batch again.")
        except NoAnswer:
            return
        if mark != item.mark:
            self._items = (*self._items[:row], replace(item, mark=mark), *self._items[row + 1 :])
            self.changed.emit()

    def _follow(self) -> None:
        """Another study was opened, or this one was saved."""
        now = self._open_row()
        if now is not None and not self._document.modified:
            self.read_mark(now)
        if now != self._current:
            self._current = now
            self.changed.emit()

    def _open_row(self) -> int | None:
        path = self._document.path
        if path is None:
            return None
        if self._opened is None or self._opened[0] != path:  # now the disk has just answered
            self._opened = (path, _key(path))
        here = self._opened[1]
        return next((n for n, item in enumerate(self._items) if item.place == here), None)


def read_batch(folder: Path, observer: Observer = Observer()) -> ReadBatch:  # noqa: B008 - frozen
    """The rows of the batch in a folder, with what the file of each study says of its review.

    Raises UnreadableInput, Cancelled.
    """
    batch = load_batch(folder.absolute(), observer.part(0.0, 0.5))
    rows = sorted(batch.worst_first, key=lambda one: one.outcome != "done")  # else there is nothing to look at
    items = []
    for number, row in enumerate(rows):
        observer.report(0.5 + 0.5 * number / len(rows), "Reading the batch")
        study = batch.file_of(row, STUDY) if row.outcome == "done" else None
        items.append(WorkItem(row, None) if study is None else WorkItem(row, study, mark_of(study), _key(study)))
    return ReadBatch(batch.folder, tuple(items))


def mark_of(study: Path) -> Mark:
    """What the file of a study says of its review; empty where it cannot be read, which opening it will tell."""
    try:
        stored = load_study(study)
    except FusionError:
        return ""
    review = stored.without_images.alignment.review
    if review is None:
        return ""
    return "out of date" if changed_since_review(stored.without_images, stored.identities) else review.verdict


def _key(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))
