"""Memory that a child process fills with voxels and the program takes them from.

On Linux it is a file without a name that both have open, so that nothing is left behind whatever dies; on Windows a
mapping that has a name for as long as one of the two holds it.
"""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from contextlib import suppress
from typing import Any, Final

if sys.platform != "win32":
    import fcntl

import numpy as np
from numpy.typing import NDArray

_PAGE: Final = 4096
"""Arrays begin at such places, as their memory would if they had their own."""


class VoxelStore:
    """A growing piece of shared memory; `handle` is how the other process finds it."""

    def __init__(self, handle: str = "") -> None:
        """Without a handle a new one; with the handle of the other process the same as there."""
        self._name = ""
        self._file = -1
        if sys.platform == "win32":
            self._name = handle or f"fusionviewer-{os.getpid()}-{os.urandom(8).hex()}"
        elif handle:
            self._file = int(handle)
        elif hasattr(os, "memfd_create"):
            self._file = os.memfd_create("voxels", 0)
        else:
            with tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())
        self._map: mmap.mmap | None = None
        self._poured = False

    @property
    def handle(self) -> str:
        """What to give to the other process."""
        return self._name or str(self._file)

    @property
    def inherited(self) -> tuple[int, ...]:
        """The files that the other process must inherit."""
        return () if self._file < 0 else (self._file,)

    def make(self, nbytes: int, turn: int) -> memoryview:
        """Memory of that size for the arrays of a turn; what was there before is gone."""
        self.release()
        if self._file >= 0:
            os.ftruncate(self._file, nbytes)
        self._map = self._mapped(nbytes, turn)
        return memoryview(self._map)

    def take(self, nbytes: int, turn: int) -> memoryview:
        """What the other process made in a turn."""
        self._poured = False
        self._map = self._mapped(nbytes, turn)
        return memoryview(self._map)

    def _mapped(self, nbytes: int, turn: int) -> mmap.mmap:
        if sys.platform == "win32":
            return mmap.mmap(-1, nbytes, tagname=f"{self._name}-{turn}")
        return mmap.mmap(self._file, nbytes)

    def write(self, at: int, piece: NDArray[Any]) -> None:
        """Put bytes to a place of the memory. As a file's they need no page faults, which cost as much as the copy."""
        values = np.ascontiguousarray(piece).reshape(-1).view(np.uint8)
        if self._file >= 0:
            done = 0
            while done < values.nbytes:
                done += os.pwrite(self._file, values.data[done:], at + done)
        elif self._map is not None:
            np.frombuffer(self._map, np.uint8, values.nbytes, at)[:] = values

    @property
    def can_be_piped(self) -> bool:
        """Whether the system can hand its memory on without copying it."""
        return self._file >= 0 and hasattr(os, "splice") and hasattr(mmap, "MADV_REMOVE")

    @property
    def poured(self) -> bool:
        """Whether some of its memory was given back since it was mapped."""
        return self._poured

    def place_of(self, array: NDArray[Any]) -> int | None:
        """Where in its memory an array begins; None if it does not lie there."""
        return None if self._map is None else lies_in(array, memoryview(self._map))

    def pour(self, at: int, nbytes: int, into: int, piece_bytes: int, pipe_bytes: int) -> None:
        """Put so many bytes from a place on into a pipe, which is closed, and give the memory of each piece back.

        Ends early where the pipe is no longer read.
        """
        assert self._map is not None
        try:
            with suppress(OSError):
                fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, pipe_bytes)  # the usual 64 KB cost a change of thread each
            end, kept = at + nbytes, in_pages(at)
            while at < end:
                last = min(at + piece_bytes, end)
                while at < last:
                    at += os.splice(self._file, into, last - at, offset_src=at)
                self._poured = True
                whole = last // _PAGE * _PAGE
                if whole > kept:
                    self._map.madvise(mmap.MADV_REMOVE, kept, whole - kept)
                    kept = whole
        except BrokenPipeError:
            return
        finally:
            os.close(into)

    def release(self) -> None:
        """Let go of the memory; arrays that still lie in it keep it until they are gone."""
        self._map = None

    def empty(self) -> None:
        """Give the memory back to the system. Nothing of it may be used any more."""
        self.release()
        if self._file >= 0:
            os.ftruncate(self._file, 0)

    def close(self) -> None:
        """The end of it."""
        self.release()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def in_pages(nbytes: int) -> int:
    """How much memory whole pages take that hold so much."""
    return -(-nbytes // _PAGE) * _PAGE


def lies_in(array: NDArray[Any], memory: memoryview) -> int | None:
    """Where in the memory an array begins; None if it does not lie in it."""
    base = np.frombuffer(memory, np.uint8).__array_interface__["data"][0]
    at = array.__array_interface__["data"][0] - base
    return int(at) if 0 <= at <= memory.nbytes - array.nbytes else None
