"""The child process: does what it is asked, one call after the other, and tells how far it is.

It is started by `apart`, and ends when the program does. It writes pickles to what was its standard output; what a
library prints goes to its standard error, and nowhere.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import Cancelled, FusionError
from fusionviewer.imaging.reading import allowances
from fusionviewer.imaging.reading.handover import LARGE_BYTES, PIECE_BYTES, give_back
from fusionviewer.imaging.reading.voxel_store import VoxelStore, in_pages, lies_in
from fusionviewer.process import log
from fusionviewer.progress import Observer, Progress

MOST_TIMES: Final = 2.5
"""So many times the voxels that a header states a reader may hold."""

_BESIDES_BYTES: Final = 512 << 20
"""What a reader may hold besides: headers, and what libraries set up."""

_LARGE_BYTES: Final = 1 << 16
"""What is smaller travels in the pickle."""

_TELL_EVERY: Final = 0.002


def main(store: str) -> int:
    """Serve until the program closes its end. `store` is the handle of the voxel store."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is meant for the program, which ends this child
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    voxels = VoxelStore(store)
    write(answers, ("ready",))
    turn = 0
    while (request := read(requests)) is not None:
        turn += 1
        function, arguments, working_folder, (part, folder) = request
        log.begin(part, folder)
        with suppress(OSError):  # a folder that has gone: relative paths mean nothing there either
            os.chdir(working_folder)
        write(answers, _answer(function, arguments, voxels, turn, answers))
    return 0


def _answer(
    function: Callable[..., object], arguments: tuple[object, ...], voxels: VoxelStore, turn: int, answers: IO[bytes]
) -> tuple[Any, ...]:
    needs = _Needs(voxels, turn, answers)
    try:
        with allowances.allowed_by(needs.allowances):
            needs.expect(0)
            result = function(*arguments, Observer(needs.tell))
        needs.unlimited()
        return needs.packed(result)
    except (FusionError, Cancelled) as problem:
        needs.unlimited()
        return ("problem", problem)
    except MemoryError:
        needs.unlimited()
        return ("too much",)
    except BaseException as problem:
        needs.unlimited()
        return ("broken", type(problem).__name__, traceback.format_exc())


class _Needs:
    """What the reader of one turn tells."""

    def __init__(self, voxels: VoxelStore, turn: int, answers: IO[bytes]) -> None:
        self._voxels, self._turn, self._answers = voxels, turn, answers
        self._memory: memoryview | None = None
        self._told = -1.0
        self._words = ""

    @property
    def allowances(self) -> allowances.Allowances:
        """How the reader tells them."""
        return allowances.Allowances(self.expect, self.be_patient, self.new_array, self.write)

    def tell(self, progress: Progress) -> None:
        """Hand a report on, but not thousands of them."""
        if abs(progress.fraction - self._told) < _TELL_EVERY and progress.text == self._words:
            return
        self._told, self._words = progress.fraction, progress.text
        write(self._answers, ("progress", progress.fraction, progress.text))

    def be_patient(self, seconds: float) -> None:
        write(self._answers, ("patience", seconds))

    def expect(self, nbytes: int) -> None:
        """Let the process grow by so much more than it is now, and no further. Windows has no such limit."""
        if sys.platform == "win32":
            return
        import resource

        limit = _data_bytes() + round(MOST_TIMES * nbytes) + _BESIDES_BYTES
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.getrlimit(resource.RLIMIT_DATA)[1]))

    def unlimited(self) -> None:
        """The next turn sets its own."""
        if sys.platform != "win32":
            import resource

            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))

    def new_array(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """The first large array lies in the store."""
        nbytes = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        if self._memory is not None or nbytes < _LARGE_BYTES:
            return np.empty(shape, dtype)
        try:
            self._memory = self._voxels.make(nbytes, self._turn)
        except OSError:  # files may not become so large, and shared memory is one
            return np.empty(shape, dtype)
        return np.frombuffer(self._memory, dtype, count=int(np.prod(shape))).reshape(shape)

    def write(self, array: NDArray[Any], first: int, values: NDArray[Any]) -> None:
        """Put voxels into an array: into the store as into a file."""
        at = None if self._memory is None else lies_in(array, self._memory)
        if at is None:
            array.reshape(-1)[first : first + values.size] = values.reshape(-1)
        else:
            self._voxels.write(at + first * array.itemsize, values)

    def packed(self, result: object) -> tuple[Any, ...]:
        """The result as a pickle, its large arrays in the store: ("done", pickle, (offset, size) of each, size)."""
        large: list[pickle.PickleBuffer] = []

        def keep_small(buffer: pickle.PickleBuffer) -> bool:
            if buffer.raw().nbytes < _LARGE_BYTES:
                return True
            large.append(buffer)
            return False

        text = pickle.dumps(result, protocol=5, buffer_callback=keep_small)
        arrays = [np.frombuffer(buffer.raw(), np.uint8) for buffer in large]
        if not arrays:
            return ("done", text, (), 0)
        if self._memory is not None and len(arrays) == 1:
            at = lies_in(arrays[0], self._memory)
            if at is not None:
                return ("done", text, ((at, arrays[0].nbytes),), self._memory.nbytes)
        if self._memory is not None:  # what lies there would go with it
            memory = self._memory
            arrays = [array if lies_in(array, memory) is None else array.copy() for array in arrays]
        places, whole = [], 0
        for array in arrays:
            places.append((whole, array.nbytes))
            whole += in_pages(array.nbytes)
        try:
            self._voxels.make(whole, self._turn)
        except OSError:  # then all of it goes through the pipe
            return ("done", pickle.dumps(result, protocol=5), (), 0)
        for (at, _), array in zip(places, arrays, strict=True):
            for begin in range(0, array.nbytes, PIECE_BYTES):
                piece = array[begin : begin + PIECE_BYTES]
                self._voxels.write(at + begin, piece)
                if array.nbytes >= LARGE_BYTES:  # the result goes when the turn ends: its memory is not needed twice
                    give_back(piece)
        return ("done", text, tuple(places), whole)


def _data_bytes() -> int:
    """How much memory of its own the process holds already."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 1 << 30


def write(stream: IO[bytes], message: object) -> None:
    """Send a message."""
    text = pickle.dumps(message, protocol=5)
    stream.write(struct.pack("<Q", len(text)) + text)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """The next message; None at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (length,) = struct.unpack("<Q", head)
    text = stream.read(length)
    return pickle.loads(text) if len(text) == length else None
