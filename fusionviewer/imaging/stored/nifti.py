"""NIfTI files: the voxels are read here, their place in space is taken from ITK.

ITK fills a truncated NIfTI file up with zeros and says nothing, and cannot be stopped while it decompresses. Hence the
voxels are read here, piece by piece. (It also takes them from a plain file of the same name beside a packed one.) Where
the image lies (qform, sform, units) is ITK's business, so that it means the same here as in other programs built on
ITK, unless the user decides otherwise (`nifti_forms`). Fields: nifti.nimh.nih.gov, nifti1.h and nifti2.h.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.stored.nifti_forms import NO_FORMS, NiftiForms, forms_1, forms_2
from fusionviewer.imaging.stored.voxels import UNREADABLE, StoredVoxels, damaged, opened

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
    """The part of the header that ITK does not tell, or that is needed to read the voxels."""

    stored: StoredVoxels
    spacing: tuple[float, float, float]
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
    size = tuple(dims[1 : 1 + max(0, min(7, dims[0]))])
    first = max(int(offset) if math.isfinite(offset) else 0, 348)  # as in the reference implementation
    return NiftiHeader(
        StoredVoxels(size, dtype, first, slope, intercept),
        spacing=(pixdim[1], pixdim[2], pixdim[3]),
        placed=any(code > 0 for code in forms.codes),
        forms=forms,
    )
