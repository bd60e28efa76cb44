"""From voxels in a store to an image of their own, without both ever being there as a whole.

A SimpleITK image can only be made with its memory filled with zeros, or read from a file. So on Linux ITK reads the
voxels from a pipe, as if it were a file; they are put into it piece by piece, and the store gives the memory of each
piece back as soon as it is in. Elsewhere they are copied, and both are there for a moment.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.imaging.reading.image_room import image_in
from fusionviewer.imaging.reading.voxel_store import VoxelStore
from fusionviewer.process.workers import Worker

PIECE_BYTES: Final = 8 << 20
"""So much is handed on before the memory that it lay in is given back."""

LARGE_BYTES: Final = 64 << 20
"""Below this the memory does not matter. From here on an array's memory is surely a mapping of its own, too."""

_PIPE_BYTES: Final = 1 << 20
"""Less than a piece: where ITK does not read from the pipe at all, nothing is given back."""

_TYPES: Final = {"i2": "MET_SHORT", "u2": "MET_USHORT", "f4": "MET_FLOAT"}
_now: Final = threading.local()


@contextmanager
def handing_over(store: VoxelStore) -> Iterator[None]:
    """For the length of a block, images that this thread makes of voxels in the store take them from there."""
    _now.store = store
    try:
        yield
    finally:
        _now.store = None


def image_of(array: NDArray[Any]) -> sitk.Image:
    """An image with these voxels (k, j, i), which are not copied where they lie in its memory already (`image_room`).

    Those that lie in a store that hands them over are gone then.
    """
    filled = image_in(array)
    if filled is not None:
        return filled
    store: VoxelStore | None = getattr(_now, "store", None)
    if store is not None and array.nbytes >= LARGE_BYTES:
        image = _piped(store, array)
        if image is not None:
            return image
    return sitk.GetImageFromArray(array)


def _piped(store: VoxelStore, array: NDArray[Any]) -> sitk.Image | None:
    """The image as ITK reads it from a pipe; None, and nothing is gone, where that cannot be done."""
    kind, at = _TYPES.get(array.dtype.str[1:]), store.place_of(array)
    if kind is None or at is None or not store.can_be_piped or not array.flags.c_contiguous:
        return None
    read, write = os.pipe()
    feeder = Worker(lambda: store.pour(at, array.nbytes, write, PIECE_BYTES, _PIPE_BYTES), "handing over voxels")
    feeder.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            header = Path(folder, "voxels.mhd")
            size = " ".join(str(n) for n in array.shape[::-1])
            order = str(sys.byteorder == "big")
            header.write_text(
                f"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = {order}\n"
                f"CompressedData = False\nDimSize = {size}\nElementSpacing = 1 1 1\nElementType = {kind}\n"
                f"ElementDataFile = /proc/self/fd/{read}\n"
            )
            return sitk.ReadImage(str(header))
    except (RuntimeError, OSError):  # the latter where no temporary file can be made
        if store.poured:
            raise
        return None
    finally:
        os.close(read)  # which ends the feeder if it still waits
        feeder.join()


def give_back(array: NDArray[Any]) -> None:
    """Give the whole pages of an array's private memory back to the system: its values are gone.

    The memory must be a mapping of its own, or a part of one (`LARGE_BYTES`). Elsewhere than on Linux nothing happens.
    """
    madvise = _madvise()
    if madvise is None or not array.flags.c_contiguous:
        return
    begin, page = array.__array_interface__["data"][0], mmap.PAGESIZE
    first, last = -(-begin // page) * page, (begin + array.nbytes) // page * page
    if last > first:
        madvise(first, last - first, mmap.MADV_DONTNEED)


def _madvise() -> Callable[[int, int, int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    call = None
    with suppress(OSError, AttributeError):
        call = ctypes.CDLL(None, use_errno=True).madvise
    if call is None:
        return None
    call.argtypes, call.restype = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int], ctypes.c_int
    found: Callable[[int, int, int], int] = call
    return found
