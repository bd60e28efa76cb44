"""NIfTI files: the voxels are read here, their place in space is taken from ITK.

ITK fills a truncated NIfTI file up with zeros and says nothing, and cannot be stopped while it decompresses. Hence the
voxels are read here, piece by piece. (It also takes them from a plain file of the same name beside a packed one.) Where
the image lies (qform, sform, units) is ITK's business, so that it means the same here as in other programs built on
ITK, unless the user decides otherwise (`reading.nifti_forms`). Fields: nifti.nimh.nih.gov, nifti1.h and nifti2.h.
"""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from isal import igzip, isal_zlib
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.reading.allowances import expect_voxels, voxel_array, write_voxels
from fusionviewer.imaging.reading.nifti_forms import NO_FORMS, NiftiForms, forms_1, forms_2
from fusionviewer.progress import Observer

_CHUNK_BYTES: Final = 4 << 20
_PIECE_BYTES: Final = 1 << 20
"""What is unpacked at once: so little stays in the processor's own memory until it is written on."""
_REST_BYTES: Final = 1 << 20
"""So far a file is read on after its voxels, for its checksum; what goes on for longer is not looked at."""

_PACKED: Final = b"\x1f\x8b"
_MOST_PACKED: Final = 1040
"""Deflate makes 258 bytes of 2 bits at most; from a header that places its voxels beyond, nothing can come."""

UNREADABLE: Final[tuple[type[Exception], ...]] = (OSError, EOFError, isal_zlib.error)  # type: ignore[assignment]

_FLOAT: Final = np.dtype(np.float32)

_TYPES: Final = {
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
}


@dataclass(frozen=True)
class NiftiHeader:
    """The part of the header that is needed to read the voxels."""

    size: tuple[int, ...]
    """i, j, k and any further dimensions."""
    spacing: tuple[float, float, float]
    dtype: np.dtype[Any] | None
    """None for types with no single number a voxel (colours, complex numbers) or out of use."""
    offset: int
    slope: float
    intercept: float
    placed: bool
    """Whether the file says where the patient's sides are."""
    forms: NiftiForms = NO_FORMS
    """Where it says that."""
    step_s: float = 0.0
    """The time from one volume to the next; 0: not known."""


def is_nifti(path: Path) -> bool:
    """Whether the name is that of a NIfTI file in one piece."""
    return path.name.lower().endswith((".nii", ".nii.gz"))


def read_header(path: Path) -> NiftiHeader:
    """The header of a .nii or .nii.gz file. Raises UnreadableInput if there is none."""
    try:
        with opened(path) as stream:
            head = stream.read(540)
    except UNREADABLE as problem:
        raise damaged(path) from problem
    header = _parse(head)
    if header is None:
        raise UnreadableInput(
            f"{path.name} is not a NIfTI image, in spite of its name.", "Choose an image file, or export it again."
        )
    return header


def read_voxels(path: Path, header: NiftiHeader, observer: Observer, number: int = 1) -> NDArray[Any]:
    """The voxels of one volume as (k, j, i), with slope and intercept applied; `number` counts those of a 4D file.

    Raises UnreadableInput or Cancelled.
    """
    if header.dtype is None:
        raise UnreadableInput(
            f"The pixel type of {path.name} is not one number a voxel.", "Export it as a scalar image."
        )
    shape, first = header.size[:3][::-1], (number - 1) * math.prod(header.size[:3])
    _check_long_enough(path, header.offset + (first + math.prod(shape)) * header.dtype.itemsize)
    for kept in _kept_types(header.dtype, header.slope, header.intercept):
        expect_voxels(math.prod(shape), kept)
        array = voxel_array(shape, kept)
        try:
            with opened(path) as stream:
                _go_to(header.offset + first * header.dtype.itemsize, stream, path, observer)
                if not _fill(array, header, stream, path, observer):
                    continue
                stream.read(_REST_BYTES)  # only at its end does gzip compare its checksum
        except UNREADABLE as problem:
            raise damaged(path) from problem
        return array
    raise AssertionError("every number is some float")


def _check_long_enough(path: Path, needed: int) -> None:
    """Raise UnreadableInput where a file cannot hold so many bytes, however well they are packed."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == _PACKED
            held = os.fstat(stream.fileno()).st_size
    except OSError as problem:
        raise damaged(path) from problem
    if needed > held * (_MOST_PACKED if packed else 1):
        raise damaged(path)


def _go_to(offset: int, stream: IO[bytes], path: Path, observer: Observer) -> None:
    """Seek in pieces: a packed stream is unpacked up to there."""
    for at in range(0, offset, _CHUNK_BYTES):
        observer.report(0.0, f"Reading {path.name}")
        stream.seek(at)
    stream.seek(offset)


def _fill(array: NDArray[Any], header: NiftiHeader, stream: IO[bytes], path: Path, observer: Observer) -> bool:
    """Read values piece by piece, scaled: slope · value + intercept; False where the array's type cannot hold one."""
    assert header.dtype is not None
    stored, slope, intercept = header.dtype, header.slope, header.intercept
    plain = stored == array.dtype and (slope, intercept) == (1, 0)
    step = _PIECE_BYTES // stored.itemsize
    room = np.empty(min(step, array.size), stored)
    for first in range(0, array.size, step):
        observer.report(first / array.size, f"Reading {path.name}")
        piece = room[: min(step, array.size - first)]
        _read_into(piece, stream, path)
        values = piece if plain else _converted(piece, array.dtype, slope, intercept)
        if values is None:
            return False
        write_voxels(array, first, values)
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


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where they are packed. Raises OSError."""
    with path.open("rb") as stream:
        packed = stream.read(2) == _PACKED
    if not packed:
        return path.open("rb")
    unpacked: IO[bytes] = igzip.open(path, "rb")  # type: ignore[no-untyped-call]
    return unpacked


def damaged(path: Path) -> UnreadableInput:
    """What is said of a file that ends too early or does not unpack."""
    return UnreadableInput(
        f"{path.name} is damaged or cut short: its voxels cannot be read.", "Copy or download it again."
    )


def _parse(head: bytes) -> NiftiHeader | None:
    """Read the fields of NIfTI-1 or NIfTI-2 in either byte order; None if it is neither."""
    for order in "<>":
        if len(head) >= 348 and struct.unpack_from(order + "i", head)[0] == 348:
            return _parse_1(head, order)
        if len(head) >= 540 and struct.unpack_from(order + "i", head)[0] == 540:
            return _parse_2(head, order)
    return None


def _parse_1(head: bytes, order: str) -> NiftiHeader:
    dims = struct.unpack_from(order + "8h", head, 40)
    pixdim = struct.unpack_from(order + "8f", head, 76)
    offset, slope, intercept = struct.unpack_from(order + "3f", head, 108)
    (kind,) = struct.unpack_from(order + "h", head, 70)
    forms = forms_1(head, order, pixdim)
    header = _header(dims, pixdim, (offset, slope, intercept), forms, _dtype(kind, order))
    return replace(header, step_s=_step_s(pixdim[4], head[123]))


def _parse_2(head: bytes, order: str) -> NiftiHeader:
    (kind,) = struct.unpack_from(order + "h", head, 12)
    dims = struct.unpack_from(order + "8q", head, 16)
    pixdim = struct.unpack_from(order + "8d", head, 104)
    (offset,) = struct.unpack_from(order + "q", head, 168)
    slope, intercept = struct.unpack_from(order + "2d", head, 176)
    (units,) = struct.unpack_from(order + "i", head, 500)
    forms = forms_2(head, order, pixdim)
    header = _header(dims, pixdim, (offset, slope, intercept), forms, _dtype(kind, order))
    return replace(header, step_s=_step_s(pixdim[4], units))


def _step_s(step: float, units: int) -> float:
    """A step of time in seconds; 0 where its unit is not one of time."""
    factor = {8: 1.0, 16: 1e-3, 24: 1e-6}.get(units & 0x38, 0.0)
    return step * factor if math.isfinite(step) and step > 0 else 0.0


def _dtype(kind: int, order: str) -> np.dtype[Any] | None:
    return np.dtype(order + _TYPES[kind]) if kind in _TYPES else None


def _header(
    dims: tuple[int, ...],
    pixdim: tuple[float, ...],
    scaling: tuple[float, float, float],
    forms: NiftiForms,
    dtype: np.dtype[Any] | None,
) -> NiftiHeader:
    offset, slope, intercept = scaling
    if not (math.isfinite(slope) and math.isfinite(intercept)) or slope == 0:
        slope, intercept = 1.0, 0.0  # the standard: a slope of 0 means that there is no scaling
    return NiftiHeader(
        size=tuple(dims[1 : 1 + max(0, min(7, dims[0]))]),
        spacing=(pixdim[1], pixdim[2], pixdim[3]),
        dtype=dtype,
        offset=max(int(offset) if math.isfinite(offset) else 0, 348),  # as in the reference implementation
        slope=slope,
        intercept=intercept,
        placed=any(code > 0 for code in forms.codes),
        forms=forms,
    )
