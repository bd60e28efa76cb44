"""Voxels as they are stored in a file, read by ourselves piece by piece: it can be stopped, and nothing can crash."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeAlias

import numpy as np
from isal import igzip, isal_zlib
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.progress import Observer

_CHUNK_BYTES: Final = 4 << 20
_PIECE_BYTES: Final = 1 << 20
"""What is unpacked at once: so little stays in the processor's own memory until it is written on."""
_REST_BYTES: Final = 1 << 20
"""So far a file is read on after its voxels, for its checksum; what goes on for longer is not looked at."""

UNREADABLE: Final[tuple[type[Exception], ...]] = (OSError, EOFError, isal_zlib.error)  # type: ignore[assignment]

_FLOAT: Final = np.dtype(np.float32)

_READ_BYTES: Final = 1 << 16
_MOST_PACKED: Final = 1040
"""Deflate makes 258 bytes of 2 bits at most; from a header that states more, nothing can come."""

NewArray: TypeAlias = Callable[[tuple[int, ...], np.dtype[Any]], NDArray[Any]]

Packing: TypeAlias = Literal["", "gzip", "zlib"]


@dataclass(frozen=True)
class StoredVoxels:
    """How the voxels of an image, or of several, one after the other, are stored in a file."""

    size: tuple[int, ...]
    """i, j, k and any further dimensions."""
    dtype: np.dtype[Any] | None
    """None for types with no single number a voxel (colours, complex numbers) or out of use."""
    offset: int
    """Where they begin, in bytes of what is unpacked."""
    slope: float = 1.0
    intercept: float = 0.0
    packing: Packing = ""
    """How what begins at `packed_from` of the file is packed; a whole file that is packed by gzip is found out."""
    packed_from: int = 0


def read_voxels(
    path: Path, stored: StoredVoxels, observer: Observer, number: int = 1, new_array: NewArray = np.empty
) -> NDArray[Any]:
    """The voxels of one volume as (k, j, i), with slope and intercept applied; `number` counts those of a 4D file.

    `new_array` makes the array that they are put into. Raises UnreadableInput, Cancelled, and what `new_array` raises.
    """
    if stored.dtype is None:
        raise UnreadableInput(
            f"The pixel type of {path.name} is not one number a voxel.", "Export it as a scalar image."
        )
    shape, first = stored.size[:3][::-1], (number - 1) * math.prod(stored.size[:3])
    _check_length(path, stored, stored.offset + (first + math.prod(shape)) * stored.dtype.itemsize)
    for kept in _kept_types(stored.dtype, stored.slope, stored.intercept):
        array = new_array(shape, kept)
        try:
            with opened(path, stored.packing, stored.packed_from) as stream:
                _go_to(stored.offset + first * stored.dtype.itemsize, stream, path, observer)
                if not _fill(array, stored, stream, path, observer):
                    continue
                stream.read(_REST_BYTES)  # only at its end does gzip compare its checksum
        except UNREADABLE as problem:
            raise damaged(path) from problem
        return array
    raise AssertionError("every number is some float")


def _check_length(path: Path, stored: StoredVoxels, nbytes: int) -> None:
    """Raise UnreadableInput for a file that cannot hold so many bytes, before there is memory for them."""
    try:
        with path.open("rb") as stream:
            packed = stored.packing or _is_packed(stream)
        most = path.stat().st_size * (_MOST_PACKED if packed else 1)
    except OSError as problem:
        raise damaged(path) from problem
    if most < nbytes:
        raise damaged(path)


def _go_to(offset: int, stream: IO[bytes], path: Path, observer: Observer) -> None:
    """Seek in pieces: a packed stream is unpacked up to there."""
    if not stream.seekable():
        return  # it begins with the voxels
    for at in range(0, offset, _CHUNK_BYTES):
        observer.report(0.0, f"Reading {path.name}")
        stream.seek(at)
    stream.seek(offset)


def _fill(array: NDArray[Any], stored: StoredVoxels, stream: IO[bytes], path: Path, observer: Observer) -> bool:
    """Read values piece by piece, scaled: slope · value + intercept; False where the array's type cannot hold one."""
    assert stored.dtype is not None
    slope, intercept = stored.slope, stored.intercept
    plain = stored.dtype == array.dtype and (slope, intercept) == (1, 0)
    step = _PIECE_BYTES // stored.dtype.itemsize
    room, voxels = np.empty(0 if plain else min(step, array.size), stored.dtype), array.reshape(-1)
    for first in range(0, array.size, step):
        observer.report(first / array.size, f"Reading {path.name}")
        target = voxels[first : first + step]
        if plain:
            _read_into(target, stream, path)
            continue
        piece = room[: target.size]
        _read_into(piece, stream, path)
        values = _converted(piece, array.dtype, slope, intercept)
        if values is None:
            return False
        target[:] = values
    return True


def _read_into(piece: NDArray[Any], stream: IO[bytes], path: Path) -> None:
    """Read bytes as they stand."""
    target = piece.view(np.uint8).data
    done = 0
    while done < len(target):
        n = stream.readinto(target[done:])  # type: ignore[attr-defined] # both kinds have it
        if not n:
            raise damaged(path)
        done += n


def _converted(piece: NDArray[Any], kept: np.dtype[Any], slope: float, intercept: float) -> NDArray[Any] | None:
    """Scaled values of another type; None where one of them is beyond it."""
    if kept.kind == "f":
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is found out later
            return np.asarray(piece * np.float64(slope) + intercept, dtype=kept)
    known, added = np.iinfo(kept), int(intercept)
    stored = np.iinfo(piece.dtype)
    if not known.min <= stored.min + added <= stored.max + added <= known.max:  # else no number can be beyond it
        low, high = int(piece.min()) + added, int(piece.max()) + added
        if not known.min <= low <= high <= known.max:
            return None
    if not added:
        return piece.astype(kept)
    wide = np.int64 if piece.itemsize > 2 else np.int32
    return np.asarray(piece + wide(added), dtype=kept)


def _kept_types(stored: np.dtype[Any], slope: float, intercept: float) -> tuple[np.dtype[Any], ...]:
    """The types of what is returned, of which the first that can hold all values is taken: as `intake.narrowed`."""
    if stored.kind in "iu" and slope == 1 and float(intercept).is_integer() and abs(intercept) < 1e6:
        return np.dtype(np.int16), np.dtype(np.uint16), _FLOAT
    return (_FLOAT,)


@contextmanager
def opened(path: Path, packing: Packing = "", packed_from: int = 0) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where they are packed: from a place on, or as a whole by gzip. Raises OSError."""
    with path.open("rb") as stream:
        packing = packing or ("gzip" if _is_packed(stream) else "")
        stream.seek(packed_from)
        if packing == "zlib":
            yield io.BufferedReader(_Inflated(stream), _PIECE_BYTES)
        elif packing == "gzip":
            unpacked: Any = igzip.IGzipFile(None, "rb", fileobj=stream)  # type: ignore[no-untyped-call]
            with unpacked:
                yield unpacked
        else:
            yield stream


def _is_packed(stream: IO[bytes]) -> bool:
    return stream.read(2) == b"\x1f\x8b"


class _Inflated(io.RawIOBase):
    """What a stream packed by zlib unpacks to, from the beginning to the end."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream, self._inflate = stream, isal_zlib.decompressobj()
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as one piece of the file goes; 0 at the end."""
        room = memoryview(buffer).cast("B")
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._stream.read(_READ_BYTES)
            values = self._inflate.decompress(packed, len(room))
            if values:
                room[: len(values)] = values
                return len(values)
            if not packed:
                raise EOFError
        return 0


def damaged(path: Path) -> UnreadableInput:
    """What is said of a file that ends too early or does not unpack."""
    return UnreadableInput(
        f"{path.name} is damaged or cut short: its voxels cannot be read.", "Copy or download it again."
    )
