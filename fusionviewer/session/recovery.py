"""Copies of studies that are not saved yet: in the platform's folder, so that work outlives a crash.

Each running window has two files, written in turn, and a lock. They are ordinary studies, which *Open study* reads as
well. A file whose lock is free was left by a process that did not close its window.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fusionviewer.errors import FusionError
from fusionviewer.process.locks import HeldLock
from fusionviewer.session.state import SIDES, FusionState
from fusionviewer.session.study_file import SUFFIX, StoredStudy, load_study, save_study
from fusionviewer.session.view_state import ViewState

GENERATIONS: Final = 2


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A study at one moment, as it is to be kept."""

    state: FusionState
    view: ViewState | None
    path: Path | None
    """Where the study was saved or opened, if it was."""
    steps: int
    """How many steps have been made since then."""
    digest: str = ""
    """What that file held then (`study_file.digest_on_disk`); "": not known."""


class RecoveryFiles:
    """The two files of one window, and the lock that says that it runs. Used by one thread at a time."""

    def __init__(self, lock: HeldLock, written: int = 0) -> None:
        self._lock = lock
        self._written = written

    @classmethod
    def begin(cls, folder: Path) -> RecoveryFiles:
        """Files that no other window has. Raises OSError where none can be made."""
        return cls(_new_lock(folder))

    @property
    def lock_path(self) -> Path:
        """Where the lock lies."""
        return self._lock.path

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the generations lie, whether they are there or not."""
        stem = self._lock.path.stem
        return tuple(self._lock.path.with_name(f"{stem}-{number}{SUFFIX}") for number in range(GENERATIONS))

    def write(self, snapshot: Snapshot) -> None:
        """Write the newest generation in place of the oldest; each is whole at any moment.

        Where the lock's file or the whole folder was removed, it is made again first, so that no other window takes
        these files for left ones. Raises CannotWrite, and OSError where no lock can be made.
        """
        if not self._holds():
            self._lock = _new_lock(self._lock.path.parent)
        self._written += 1
        note = {
            "number": self._written,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "steps": snapshot.steps,
            "study": None if snapshot.path is None else os.path.abspath(snapshot.path),
            "digest": snapshot.digest,
        }
        save_study(snapshot.state, snapshot.view, self.paths[self._written % GENERATIONS], recovery=note)

    def clear(self) -> None:
        """Remove what was written: it is saved elsewhere, or not wanted. What another window took meanwhile stays."""
        try:
            if not self._holds():
                return
        except OSError:
            return
        self.clear_half_written()
        for path in self.paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def clear_half_written(self) -> None:
        """Remove what a process that ended was about to write, and no generation."""
        for path in self._lock.path.parent.glob(f".{self._lock.path.stem}-*"):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _holds(self) -> bool:
        """Whether these files are this window's, whose lock is taken again where its file was removed.

        Raises OSError where no lock can be made.
        """
        if self._lock.in_place:
            return True
        self._lock.release(remove=False)
        again = HeldLock.take(self._lock.path)
        if again is not None:
            self._lock = again
        return again is not None

    def release(self) -> None:
        """Let others have what is left here."""
        self._lock.release()


def _new_lock(folder: Path) -> HeldLock:
    while True:
        lock = HeldLock.take(folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(8)}.lock")
        if lock is not None:
            return lock


@dataclass(frozen=True, eq=False)
class Leftover:
    """The work of a process that did not close its window. Its lock is held until it is dealt with."""

    files: RecoveryFiles
    study: StoredStudy
    """The newest generation that is whole."""
    date: datetime
    """When it was written, with its zone."""
    steps: int | None
    """How many steps are not saved; None if that is not known."""
    path: Path | None
    """Where the study was saved or opened, if it was."""
    digest: str = ""
    """What that file held then; "": not known."""

    @property
    def images(self) -> tuple[str, ...]:
        """The names of its images."""
        references = (self.study.reference(side) for side in SIDES)
        return tuple(reference.name for reference in references if reference is not None)

    def discard(self) -> None:
        """Remove it for good."""
        self.files.clear()
        self.files.release()


def state_folder() -> Path:
    """The platform's folder for what a program keeps from one start to the next."""
    import platformdirs

    return platformdirs.user_state_path("fusionviewer", appauthor=False)


def find_leftovers(folder: Path) -> list[Leftover]:
    """What processes left that ended without closing their window, the newest first. Removes no study."""
    stems = {path.name.removesuffix(SUFFIX).rpartition("-")[0] for path in folder.glob(f"*-[01]{SUFFIX}")}
    stems |= {path.stem for path in folder.glob("*.lock")}  # those with nothing beside them go
    found = [leftover for stem in stems if (leftover := take_leftover(folder / f"{stem}.lock")) is not None]
    return sorted(found, key=lambda leftover: leftover.date, reverse=True)


def take_leftover(lock_path: Path) -> Leftover | None:
    """The leftover with this lock; None if its process still runs, another window deals with it, or none is whole."""
    try:
        lock = HeldLock.take(lock_path)
    except OSError:
        return None
    if lock is None:
        return None
    files = RecoveryFiles(lock)
    whole = [read for path in files.paths if (read := _read(path)) is not None]
    if not whole:
        files.clear_half_written()  # it may have ended in its very first write
        lock.release()
        return None
    number, date, steps, where, digest, study = max(whole, key=lambda read: read[:2])
    return Leftover(RecoveryFiles(lock, number), study, date, steps, where, digest)


def _read(path: Path) -> tuple[int, datetime, int | None, Path | None, str, StoredStudy] | None:
    if not os.path.exists(path):
        return None
    try:
        study = load_study(path)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (FusionError, OSError, ValueError, RecursionError):  # cut short by a full disk, or a newer program's
        return None
    # what is odd in the note is unknown, but must not keep the study from being offered
    note = study.recovery if isinstance(study.recovery, dict) else {}
    number, where = _count(note.get("number")), note.get("study")
    saved = Path(where) if isinstance(where, str) and where and "\0" not in where else None
    digest = note.get("digest")
    kept = digest if isinstance(digest, str) else ""
    return number or 0, _date(note.get("date")) or changed, _count(note.get("steps")), saved, kept, study


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _date(value: object) -> datetime | None:
    try:
        date = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    # at the ends of the calendar another zone cannot be turned to
    return date if date is not None and date.tzinfo is not None and 1970 <= date.year <= 9000 else None
