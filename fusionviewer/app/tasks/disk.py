"""What a disk is asked for while the window waits: for some seconds, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from fusionviewer.errors import FusionError
from fusionviewer.process.workers import Worker
from fusionviewer.progress import Observer

T = TypeVar("T")

PATIENCE_S: Final = 5.0
"""How long a disk may take for a small file: a network folder that has gone may hold a call for ever."""


class NoAnswer(FusionError):
    """The disk has not answered in time."""


def ask_disk(act: Callable[[Observer], T], path: Path, remedy: str) -> T:
    """What `act` returns, which looks at or writes a small file at this path in a thread of its own.

    Raises what `act` raises, and NoAnswer after `PATIENCE_S`: then its observer is cancelled, and what it still comes
    to goes nowhere.
    """
    results: list[T] = []
    problems: list[BaseException] = []
    observer = Observer()

    def work() -> None:
        try:
            results.append(act(observer))
        except BaseException as problem:
            problems.append(problem)

    thread = Worker(work, "asking a disk")
    try:
        thread.start()
    except (RuntimeError, MemoryError):  # the system gives no thread
        work()
    else:
        thread.join(PATIENCE_S)
        if thread.is_alive():
            observer.cancelled.set()
            raise NoAnswer(f"The disk of {path.name} has not answered for {PATIENCE_S:.0f} seconds.", remedy)
    if problems:
        raise problems[0]
    return results[0]
