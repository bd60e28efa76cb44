"""How a job tells what it is doing, and learns that it is no longer wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from fusionviewer.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """One report of a running job: `fraction` done (0…1), a few words, and whatever the job shows on its way."""

    fraction: float
    text: str = ""
    detail: object = None


def _ignore(_: Progress) -> None:
    pass


@dataclass(frozen=True)
class Observer:
    """Handed to every job that can take long.

    `report` tells the listener and is also the place where a cancelled job stops, by raising `Cancelled`; `check`
    only does the latter. Both may be called from any thread, as often as the job likes: they cost about a
    microsecond. `part` is the observer of a piece of the job.
    """

    listener: Callable[[Progress], None] = _ignore
    cancelled: threading.Event = field(default_factory=threading.Event)
    start: float = 0.0
    stop: float = 1.0

    def check(self) -> None:
        """Raise `Cancelled` if the job was asked to stop."""
        if self.cancelled.is_set():
            raise Cancelled

    def report(self, fraction: float, text: str = "", detail: object = None) -> None:
        """Tell how far the job is (0…1), in a few words; raise `Cancelled` if it is no longer wanted."""
        self.check()
        whole = self.start + (self.stop - self.start) * min(1.0, max(0.0, fraction))
        self.listener(Progress(whole, text, detail))

    def part(self, start: float, stop: float) -> Observer:
        """The observer of the piece of this job that goes from `start` to `stop` (fractions of this observer)."""
        span = self.stop - self.start
        return Observer(self.listener, self.cancelled, self.start + span * start, self.start + span * stop)
