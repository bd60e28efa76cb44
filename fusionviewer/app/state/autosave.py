"""Keeps what is not saved yet in case of a crash, without the window's thread ever waiting for the disk."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.process import log, uncaught
from fusionviewer.process.workers import Worker
from fusionviewer.session.recovery import Leftover, RecoveryFiles, Snapshot

INTERVAL_S: Final = 5.0
"""A change is on the disk so long after it was made, and the time to write it: 10 s are promised."""

_LAST_WAIT_S: Final = 0.5
_LOOK_EVERY_S: Final = 0.005


@dataclass(frozen=True, eq=False)
class _Order:
    """What is to be done with the files. One that comes after a later one is not carried out."""

    number: float
    snapshot: Snapshot | None
    """What to write; None: remove what was written."""


class Autosave(QObject):
    """Writes the document of a workspace while it is modified: soon after a change, and before each job begins.

    As soon as the document is saved or replaced, what was written is removed; so it is by `end`, when the window was
    closed as it should be.
    """

    failed = pyqtSignal(str)
    """Nothing is kept, and why; once until it works again."""
    _refused = pyqtSignal()

    def __init__(self, workspace: Workspace, folder: Path, interval_s: float = INTERVAL_S) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._folder = folder
        self._files: RecoveryFiles | None = None
        self._steps_before = 0
        self._ordered = 0
        self._done = 0.0
        self._next: _Order | None = None
        self._writing = threading.Lock()
        self._working = False
        self._asking = threading.Lock()
        self._failing = False
        self._ended = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(interval_s * 1000))
        self._timer.timeout.connect(lambda: self._ask(self._order()))
        workspace.document.undo_stack.indexChanged.connect(self._changed)
        workspace.document.modified_changed.connect(self._changed)
        self._refused.connect(self._order_soon)  # from a worker
        workspace.runner.prepare = self._before_job

    def adopt(self, leftover: Leftover) -> None:
        """Go on with the files of a study that was restored: they stay until it is saved."""
        with self._writing:
            if self._files is not None:  # the study before: saved, or given up
                self._files.clear()
                self._files.release()
            self._files = leftover.files
            self._done = self._ordered  # orders that are under way are about that one, too
        self._steps_before = leftover.steps or 0

    def keep(self) -> None:
        """Write at once what is not saved: the process may soon be ended. It waits for no disk that does not answer."""
        self._timer.stop()
        self._ask(self._order())
        wait_until = time.monotonic() + _LAST_WAIT_S
        while self._working and time.monotonic() < wait_until:
            time.sleep(_LOOK_EVERY_S)

    def leave(self) -> None:
        """The process ends although the user was not asked about changes: what is kept stays. Nothing after `end`."""
        if not self._ended:
            self._stop(lambda files: files.release())

    def end(self) -> None:
        """The window is closed, and the user was asked about changes: nothing needs to be kept any more."""

        def remove(files: RecoveryFiles) -> None:
            files.clear()
            files.release()

        if not self._ended:
            self._stop(remove)

    def _stop(self, close: Callable[[RecoveryFiles], object]) -> None:
        """Follow the document no more, and close the files."""
        self._ended = True
        self._timer.stop()
        document = self._workspace.document
        for signal in (document.undo_stack.indexChanged, document.modified_changed):  # it tells of its own end as well
            signal.disconnect(self._changed)
        if not self._writing.acquire(timeout=_LAST_WAIT_S):
            return  # a disk that does not answer: better one copy too many than a window that does not go
        try:
            self._done = math.inf
            if self._files is not None:
                close(self._files)
                self._files = None
        finally:
            self._writing.release()

    def _order_soon(self) -> None:
        """Give an order after another while, about what there is to do then."""
        if not self._timer.isActive():
            self._timer.start()

    def _changed(self) -> None:
        if self._workspace.document.modified:
            self._order_soon()
            return
        self._timer.stop()
        self._steps_before = 0
        self._ask(self._order())

    def _order(self) -> _Order:
        document = self._workspace.document
        self._ordered += 1
        if not document.modified:
            return _Order(self._ordered, None)
        stack = document.undo_stack
        steps = self._steps_before + max(1, abs(stack.index() - max(0, stack.cleanIndex())))  # 1: the history alone
        view = self._workspace.tour.own_view
        return _Order(self._ordered, Snapshot(document.state, view, document.path, steps, document.digest))

    def _before_job(self) -> Callable[[], object]:
        self._timer.stop()
        return partial(self._carry_out, self._order())

    def _ask(self, order: _Order) -> None:
        """Let a worker carry it out; one that still waits is replaced."""
        with self._asking:
            self._next = order
            if self._working:
                return
            self._working = True
        try:
            Worker(self._work, "autosave").start()
        except (RuntimeError, MemoryError) as error:  # the system gives no thread: it may after another while
            with self._asking:
                self._working = False
            self._order_soon()
            self._tell_failure(error)

    def _work(self) -> None:
        while True:
            with self._asking:
                order, self._next = self._next, None
                if order is None:
                    self._working = False
                    return
            self._carry_out(order)

    def _carry_out(self, order: _Order) -> None:
        with self._writing:
            if order.number <= self._done:
                return
            self._done = order.number
            try:
                if order.snapshot is None:
                    if self._files is not None:
                        self._files.clear()
                    return
                if self._files is None:
                    self._files = RecoveryFiles.begin(self._folder)
                self._files.write(order.snapshot)
                self._failing = False
            except (OSError, FusionError) as error:
                self._fail(error)
            except Exception as error:  # a defect must not keep the job from running that waits for this
                uncaught.report(error)
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._refused.emit()
        self._tell_failure(error)

    def _tell_failure(self, error: Exception) -> None:
        if self._failing:
            return
        self._failing = True
        log.note_error("Unsaved work could not be kept", error)
        self.failed.emit("Unsaved work cannot be kept in case of a crash: save the study now and then.")
