"""NIfTI files: the voxels are read here, their place in space is taken from ITK.

ITK fills a truncated NIfTI file up with zeros and says nothing, and cannot be stopped while it decompresses. Hence the
voxels are read here, piece by piece. Where the image lies (qform, sform, units) is ITK's business, so that it means the
same here as in other programs built on ITK. Fields: nifti.nimh.nih.gov, nifti1.h and nifti2.h.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from isal import igzip, isal_zlib
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.reading.allowances import expect_voxels, voxel_array
from fusionviewer.imaging.reading.nifti_forms import NO_FORMS, NiftiForms, forms_1, forms_2
from fusionviewer.progress import Observer

_CHUNK_BYTES: Final = 4 << 20
_REST_BYTES: Final = 1 << 20
"""So far a file is read on after its voxels, for its checksum; what goes on for longer is not looked at."""

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
    shape, stored = header.size[:3][::-1], header.dtype
    kept = _kept_type(stored, header.slope, header.intercept)
    expect_voxels(math.prod(shape), kept)
    array = voxel_array(shape, kept)
    flat = array.reshape(-1)
    try:
        with opened(path) as stream:
            _go_to(header.offset + (number - 1) * math.prod(shape) * stored.itemsize, stream, path, observer)
            if kept == stored.newbyteorder("="):
                _fill(flat.view(np.uint8).data, stream, path, observer)
                if not stored.isnative:
                    flat.byteswap(inplace=True)
            else:
                _convert(flat, header, stream, path, observer)
            stream.read(_REST_BYTES)  # only at its end does gzip compare its checksum
    except UNREADABLE as problem:
        raise damaged(path) from problem
    return array


def _go_to(offset: int, stream: IO[bytes], path: Path, observer: Observer) -> None:
    """Seek in pieces: a packed stream is unpacked up to there."""
    for at in range(0, offset, _CHUNK_BYTES):
        observer.report(0.0, f"Reading {path.name}")
        stream.seek(at)
    stream.seek(offset)


def _fill(target: memoryview, stream: IO[bytes], path: Path, observer: Observer) -> None:
    """Read bytes as they stand."""
    done = 0
    while done < len(target):
        observer.report(done / len(target), f"Reading {path.name}")
        n = stream.readinto(target[done : done + _CHUNK_BYTES])  # type: ignore[attr-defined] # both kinds have it
        if not n:
            raise damaged(path)
        done += n


def _convert(flat: NDArray[Any], header: NiftiHeader, stream: IO[bytes], path: Path, observer: Observer) -> None:
    """Read values of another type piece by piece, and scale them: slope · value + intercept."""
    assert header.dtype is not None
    stored, slope, intercept = header.dtype, header.slope, header.intercept
    step = _CHUNK_BYTES // stored.itemsize
    for first in range(0, flat.size, step):
        observer.report(first / flat.size, f"Reading {path.name}")
        piece = np.empty(min(step, flat.size - first), stored)
        _fill(piece.view(np.uint8).data, stream, path, observer.part(1.0, 1.0))
        if slope == 1 and flat.dtype.kind in "iu":
            flat[first : first + piece.size] = piece.astype(np.int64) + int(intercept)
        else:
            with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and is found out later
                flat[first : first + piece.size] = piece * np.float64(slope) + intercept


def _kept_type(stored: np.dtype[Any], slope: float, intercept: float) -> np.dtype[Any]:
    """The type of what is returned: whole numbers stay so where possible."""
    if slope == 1 and intercept == 0:
        return stored.newbyteorder("=") if stored != np.dtype(">f8") and stored != np.dtype("<f8") else _FLOAT
    if stored.kind in "iu" and slope == 1 and float(intercept).is_integer() and abs(intercept) < 1e6:
        low, high = (bound + int(intercept) for bound in (np.iinfo(stored).min, np.iinfo(stored).max))
        for kind in (np.int16, np.int32, np.int64):
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
                return np.dtype(kind)
    return _FLOAT


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where they are packed. Raises OSError."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
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
