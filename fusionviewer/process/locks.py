"""Locks between processes that are free again the moment their holder ends, however it ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

_FAR_AWAY: Final = 1 << 30
"""Where a file is locked on Windows: what is locked cannot be read there, and nothing is written so far out."""


class HeldLock:
    """A file that the system keeps locked as long as this process has it open. Made by `take`."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self.stream = stream

    @classmethod
    def take(cls, path: Path) -> HeldLock | None:
        """The lock, or None where another process (or another lock of this one) has it. Makes the file and its folder.

        Raises OSError where no file can be made.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            stream = path.open("a+b")
            try:
                _lock(stream)
                if _is_at(path, stream):
                    return cls(path, stream)
            except OSError:  # held; also where the disk knows no locks, for then nothing tells that it is free
                stream.close()
                return None
            stream.close()  # its holder removed it between our opening and locking

    @property
    def in_place(self) -> bool:
        """Whether it is held, and others find it: its file was not removed or replaced meanwhile."""
        try:
            return not self.stream.closed and _is_at(self.path, self.stream)
        except OSError:
            return False

    def release(self, *, remove: bool = True) -> None:
        """Let it go, and unless told otherwise leave no file of its own behind. A second call does nothing."""
        if self.stream.closed:
            return
        remove = remove and self.in_place
        if remove:
            with suppress(OSError):  # Windows removes no open file
                self.path.unlink(missing_ok=True)
        self.stream.close()
        if remove and sys.platform == "win32":
            with suppress(OSError):  # another process may have it by now
                self.path.unlink(missing_ok=True)


def _is_at(path: Path, stream: IO[bytes]) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> None:
        os.lseek(stream.fileno(), _FAR_AWAY, os.SEEK_SET)  # where it stands does not matter: all writes append
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
