"""What Python can still write when the process itself is struck down, such as by a defect in a native library."""

from __future__ import annotations

import faulthandler
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from fusionviewer.process import log, redaction
from fusionviewer.process.locks import HeldLock

_PLACE: Final = re.compile(r'  File "(.*)", line (\d+) in (\S+)$')
_HEADING: Final = re.compile(
    r"(Fatal Python error: [\w .]+|Windows fatal exception: [\w .]+|(Current )?[Tt]hread 0x\w+)"
)
_LINES_KEPT: Final = 120
_MOST_READ: Final = 1 << 20


class FaultFile:
    """A file beside the log that takes the places of all threads at the moment of a crash. Made by `open`."""

    def __init__(self, lock: HeldLock) -> None:
        self._lock = lock
        faulthandler.enable(lock.stream)

    @classmethod
    def open(cls, folder: Path, process: int) -> FaultFile | None:
        """Enter what crashed processes left into the log, and begin a file for this one; None if none can be made."""
        with suppress(OSError):
            for path in sorted(folder.glob("fault-*.txt")):
                _enter(path)
            lock = HeldLock.take(folder / f"fault-{process}.txt")
            return None if lock is None else cls(lock)
        return None

    def close(self) -> None:
        """The process ends as it should."""
        faulthandler.disable()
        self._lock.release()


def _enter(path: Path) -> None:
    """Put what a process left into the log, in words that may stand there; nothing if that process still runs."""
    lock = HeldLock.take(path)
    if lock is None:
        return
    with path.open(encoding="utf-8", errors="replace") as stream:
        text = stream.read(_MOST_READ)
    if lines := _readable(text):
        log.note("An earlier process crashed:\n" + "\n".join(lines))
    lock.release()


def _readable(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        if place := _PLACE.fullmatch(line):
            lines.append(f"  {redaction.place_of(place[1])}, line {place[2]}, in {place[3]}")
        elif heading := _HEADING.match(line):
            lines.append(heading[0])
    return lines[:_LINES_KEPT]
