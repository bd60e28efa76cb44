"""One piece of work at a time in a thread of its own; what it finds comes back to the thread of the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PyQt6.QtCore import QObject, QTimer

from fusionviewer.process.workers import Worker

Found = TypeVar("Found")


class Background(QObject, Generic[Found]):
    """Looks every `poll_ms` milliseconds whether the thread has ended. Nothing needs to wait for it.

    The thread only writes its own result: this object may be gone before it ends.
    """

    def __init__(self, name: str, poll_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._name = name
        self._work: _Work[Found] | None = None
        self._then: Callable[[Found | None], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(poll_ms)
        self._timer.timeout.connect(self._poll)

    @property
    def busy(self) -> bool:
        """Whether a piece of work is going on."""
        return self._work is not None

    def start(self, work: Callable[[], Found], then: Callable[[Found | None], None]) -> None:
        """Do a piece of work, which must not touch Qt. `then` is called on this thread, and may start the next.

        It gets what the work returned, or None if an error cut it off, which is told elsewhere. Raises RuntimeError
        while another one is going on.
        """
        if self.busy:
            raise RuntimeError(f"{self._name}: one piece of work at a time")
        self._work, self._then = _Work(work, self._name), then
        self._timer.start()

    def _poll(self) -> None:
        work, then = self._work, self._then
        if work is None or then is None or work.thread.is_alive():
            return
        self._work, self._then = None, None
        self._timer.stop()
        then(work.found)


class _Work(Generic[Found]):
    """A piece of work in a thread, which only writes its own `found`."""

    def __init__(self, work: Callable[[], Found], name: str) -> None:
        self.found: Found | None = None
        self._work = work
        self.thread = Worker(self._do, name)
        self.thread.start()

    def _do(self) -> None:
        self.found = self._work()
