"""The program's log: in the platform's folder for logs, limited in size, and without anything of a patient.

A program that uses the package as a library has no such log: only after `begin` is anything written.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Final

from fusionviewer.version import __version__

NAME: Final = "fusionviewer.log"
LARGEST_BYTES: Final = 512 * 1024
KEPT: Final = 3
"""Full files that are kept beside the current one: fusionviewer.log.1 is the newest."""

_ONCE_MORE_AT: Final = frozenset({10, 100, 1000, 10_000, 100_000})
_DIFFERENT_KEPT: Final = 200


class _Log:
    """Writes entries. The file is open only while one is written, so that several windows can share and rotate it.

    Python may run a destructor between any two lines here, and one that raises leads to `write` again, in the same
    thread. So no entry waits for the lock: it is put down, and the call that holds the lock writes it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._folder: Path | None = None
        self._part = ""
        self._times: dict[str, int] = {}

    def begin(self, part: str, folder: Path | None) -> None:
        with self._lock:
            self._part, self._folder, self._times = part, folder, {}

    @property
    def begun(self) -> tuple[str, Path | None]:
        return self._part, self._folder

    @property
    def wanted(self) -> bool:
        return bool(self._part)

    def write(self, text: str) -> None:
        """Write an entry; one that was written already only when it has come 10, 100, 1000 … times."""
        self._waiting.append(text)
        while self._waiting and self._lock.acquire(blocking=False):
            try:
                while self._waiting:
                    self._enter(self._waiting.popleft())
            finally:
                self._lock.release()

    def _enter(self, text: str) -> None:
        if not self.wanted:
            return
        times = self._times[text] = self._times.pop(text, 0) + 1
        if len(self._times) > _DIFFERENT_KEPT:
            del self._times[next(iter(self._times))]
        if times > 1 and times not in _ONCE_MORE_AT:
            return
        again = f" ({times} times by now)" if times > 1 else ""
        try:
            self._append(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {self._part} {os.getpid()}{again}: {text}\n")
        except OSError:  # a full disk, a folder that is not ours: the program works without a log
            return

    def _append(self, entry: str) -> None:
        path = (self._folder or folder()) / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size + len(entry) > LARGEST_BYTES:
            _rotate(path)
        with path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(entry)


_log: Final = _Log()


def folder() -> Path:
    """Where the log lies."""
    import platformdirs

    return platformdirs.user_log_path("fusionviewer", appauthor=False)


def begin(part: str, where: Path | None = None) -> None:
    """From now on keep a log for this part of the program ("window", "command line"). Costs nothing until an entry."""
    _log.begin(part, where)


def begun() -> tuple[str, Path | None]:
    """What `begin` was told: for a child process, whose entries go to the same file."""
    return _log.begun


def note(text: str) -> None:
    """Write a sentence of the program's own. It must hold no text from outside: no name, no path, no value."""
    _log.write(text)


def note_error(text: str, error: BaseException) -> None:
    """Write a sentence of the program's own, and an exception without its text."""
    if _log.wanted:
        from fusionviewer.process import redaction

        _log.write(f"{text}: {redaction.described(error)}")


def note_remark(text: str) -> None:
    """Write what a library printed, as far as its words are known to be harmless."""
    if not _log.wanted or not text.strip():
        return
    from fusionviewer.process import redaction

    if harmless := redaction.known_words(text):
        _log.write(f"A library's remark: {harmless}")


def environment() -> str:
    """Versions of the program, of Python and of the system, in a line."""
    import platform

    return f"fusionviewer {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"


def _rotate(path: Path) -> None:
    for number in range(KEPT, 0, -1):
        older = path.with_name(f"{NAME}.{number - 1}") if number > 1 else path
        try:
            os.replace(older, path.with_name(f"{NAME}.{number}"))
        except FileNotFoundError:
            continue
