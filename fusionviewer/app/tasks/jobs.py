"""One background job at a time, that can be left at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.errors import Cancelled, FusionError
from fusionviewer.process import uncaught
from fusionviewer.process.workers import Worker
from fusionviewer.progress import Observer, Progress

Job: TypeAlias = Callable[[Observer], object]
"""A function from a snapshot (bound into it) and an observer to a result."""

POLL_MS = 100
"""Progress reaches the window at most ten times a second."""


@dataclass(frozen=True)
class Succeeded:
    """The job returned."""

    result: object


@dataclass(frozen=True)
class Stopped:
    """The job was cancelled, and changed nothing."""


@dataclass(frozen=True)
class Failed:
    """The job raised something that the user can understand."""

    error: FusionError


Outcome: TypeAlias = Succeeded | Stopped | Failed


def _nothing() -> None:
    pass


class _Run:
    """One job in its thread. `latest` is the newest progress; only whole objects are put there, so no lock."""

    def __init__(
        self,
        title: str,
        job: Job,
        then: Callable[[Outcome], None],
        previous: Worker | None,
        first: Callable[[], object],
    ) -> None:
        self.title = title
        self.then = then
        self.cancelled = threading.Event()
        self.latest: Progress | None = None
        self._job = job
        self._previous = previous
        self._first = first
        self.thread = Worker(self._work, f"job: {title}")
        self.post: Callable[[_Run, Outcome], None] | None = None

    def _work(self) -> None:
        try:
            self._first()
            if self._previous is not None:
                self._previous.join()  # a cancelled job may still be inside one long call: never two at once
                self._previous = None
            outcome = self._outcome()
        except BaseException as error:  # such as SystemExit: the window waits for an outcome, whatever happens here
            outcome = _failed_unexpectedly(error)
        post = self.post  # the window's thread may take it away at any moment
        if post is not None and not self.cancelled.is_set():
            post(self, outcome)

    def _outcome(self) -> Outcome:
        try:
            observer = Observer(self._listen, self.cancelled)
            observer.check()
            return Succeeded(self._job(observer))
        except Cancelled:
            return Stopped()
        except (FusionError, MemoryError) as error:
            return Failed(error_of(error))

    def _listen(self, progress: Progress) -> None:
        self.latest = progress


def error_of(problem: BaseException) -> FusionError:
    """What went wrong, as the user is told it. What nothing foresaw is a defect, and reported as such."""
    if isinstance(problem, FusionError):
        return problem
    if isinstance(problem, MemoryError):
        return FusionError("There is not enough memory for this.", "Close other programs, or crop the images.")
    what = type(problem).__name__
    with suppress(BaseException):  # its text may raise as well
        what = f"{what}: {problem}"
    with suppress(Exception):  # nor may the end of a job depend on the report
        uncaught.report(problem)
    return FusionError(f"Something unexpected went wrong ({what}).", "Please report it with what you did before.")


def _failed_unexpectedly(problem: BaseException) -> Failed:
    """What a defect comes to. The window survives it and says what it was."""
    error = error_of(problem)
    return Failed(FusionError(error.message, f"Nothing was changed. {error.remedy}"))


class JobRunner(QObject):
    """Runs jobs in a thread of their own, one at a time.

    `ended` comes exactly once for each `started`, whatever the job raises. After `cancel` the runner is free at once:
    the cancelled job can change nothing any more, its thread ends as soon as its current call returns, and the next job
    waits for that.
    """

    started = pyqtSignal(str)
    progressed = pyqtSignal(object)
    ended = pyqtSignal(object)
    _posted = pyqtSignal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current: _Run | None = None
        self._last_thread: Worker | None = None
        self._shown: Progress | None = None
        self.prepare: Callable[[], Callable[[], object]] = lambda: _nothing
        """Asked before each job for what its thread is to do first, such as to keep the study in case of a crash."""
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._posted.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether a job runs whose result is still wanted."""
        return self._current is not None

    @property
    def title(self) -> str:
        """What runs, in a few words; empty if nothing does."""
        return self._current.title if self._current else ""

    def start(self, title: str, job: Job, then: Callable[[Outcome], None]) -> None:
        """Run a job; `then` gets the outcome on this thread, after `ended` was announced, and may start the next.

        Raises RuntimeError if a job runs: callers ask `busy` first.
        """
        if self._current is not None:
            raise RuntimeError(f"{self._current.title} still runs")
        previous = self._last_thread if self._last_thread and self._last_thread.is_alive() else None
        run = _Run(title, job, then, previous, self.prepare())
        run.post = self._posted.emit
        self._current = run
        self._last_thread = run.thread
        self._shown = None
        try:
            run.thread.start()
        except (RuntimeError, MemoryError):
            self._last_thread = previous
            error = FusionError("The system gives no thread for this.", "Close other programs, and try again.")
            QTimer.singleShot(0, partial(self._take, run, Failed(error)))  # callers count on it to come later
        self._timer.start()
        self.started.emit(title)

    def cancel(self) -> None:
        """Leave the running job. Nothing of it arrives after this returns."""
        if self._current is not None:
            self._current.cancelled.set()
            self._finish(self._current, Stopped())

    def wait_for_threads(self, seconds: float) -> bool:
        """Wait for a cancelled job's thread to be gone; True if it is."""
        thread = self._last_thread
        deadline = time.monotonic() + seconds
        while thread is not None and thread.is_alive() and time.monotonic() < deadline:
            thread.join(0.05)
        return thread is None or not thread.is_alive()

    def _poll(self) -> None:
        run = self._current
        if run is not None and run.latest is not None and run.latest is not self._shown:
            self._shown = run.latest
            self.progressed.emit(run.latest)

    def _take(self, run: _Run, outcome: Outcome) -> None:
        if run is self._current:
            self._finish(run, outcome)

    def _finish(self, run: _Run, outcome: Outcome) -> None:
        self._current = None
        self._timer.stop()
        run.post = None
        self.ended.emit(outcome)
        run.then(outcome)
