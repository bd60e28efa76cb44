"""Voxels that need no library's reader are read in the program itself, straight into the image's memory.

Such a reader knows beforehand how much it will hold, can be stopped at each piece, and cannot crash. That a disk does
not answer is all that it must be watched for.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.files import READ, UnreadFile, with_voxels
from fusionviewer.imaging.intake import as_volume
from fusionviewer.imaging.native_calls import run_watched
from fusionviewer.imaging.reading import allowances
from fusionviewer.imaging.reading.apart import hangs
from fusionviewer.imaging.reading.image_room import room_for
from fusionviewer.imaging.volume import Volume
from fusionviewer.process.memory import available_bytes
from fusionviewer.progress import Observer, Progress


def read_unread(file: UnreadFile, observer: Observer) -> Volume:
    """The volume of a file whose header was read. Raises UnreadableInput, Cancelled.

    ReaderDied where nothing comes for as long as a reader may say nothing; its thread then ends by itself.
    """
    heard, left = [time.monotonic()], threading.Event()

    def hear(progress: Progress) -> None:
        heard[0] = time.monotonic() if progress.fraction < READ else math.inf  # then the disk is not needed any more
        observer.report(progress.fraction, progress.text)

    def look() -> None:
        if time.monotonic() - heard[0] > allowances.LEAST_PATIENCE_S:
            raise hangs(file.path.name)

    def room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        free = available_bytes()
        if free is not None and int(np.prod(shape, dtype=np.int64)) * dtype.itemsize > free:
            raise MemoryError
        return room_for(shape, dtype)

    try:
        return run_watched(lambda: as_volume(with_voxels(file, room, Observer(hear, left))), observer, look)
    except MemoryError as problem:
        raise UnreadableInput(
            f"{file.path.name} does not fit into memory.", "Close other programs, or make the image coarser first."
        ) from problem
    finally:
        left.set()
