"""FreeSurfer's MGH files, plain or packed (.mgz), which ITK reads only with a module that SimpleITK lacks.

Fields: surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat. All numbers are big endian.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.stored.nifti import NiftiHeader
from fusionviewer.imaging.stored.voxels import UNREADABLE, StoredVoxels, damaged, opened

_OFFSET: Final = 284
_TYPES: Final = {0: "u1", 1: ">i4", 3: ">f4", 4: ">i2", 10: ">u2"}
_UNPLACED: Final = (1.0, 1.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
"""Spacing, axes and centre of files that do not say them: coronal slices of 1 mm."""

_LARGEST: Final = 1 << 15


def is_mgh(path: Path) -> bool:
    """Whether the name is that of such a file."""
    return path.name.lower().endswith((".mgz", ".mgh", ".mgh.gz"))


def read_header(path: Path) -> tuple[NiftiHeader, Grid]:
    """What is needed to read the voxels, and the grid of one volume. Raises UnreadableInput if there is none."""
    try:
        with opened(path) as stream:
            head = stream.read(_OFFSET)
    except UNREADABLE as problem:
        raise damaged(path) from problem
    if len(head) < _OFFSET:
        raise damaged(path)
    version, *dims, kind, _ = struct.unpack_from(">7i", head)
    (placed,) = struct.unpack_from(">h", head, 28)
    if version != 1 or any(not 0 < n <= _LARGEST for n in dims):
        raise UnreadableInput(
            f"{path.name} is not an MGH image, in spite of its name.", "Choose an image file, or export it again."
        )
    numbers = struct.unpack_from(">15f", head, 30) if placed > 0 else _UNPLACED
    size, spacing = (dims[0], dims[1], dims[2]), (numbers[0], numbers[1], numbers[2])
    axes = np.array(numbers[3:12], dtype=np.float64).reshape(3, 3).T  # of RAS, one column for each of i, j, k
    centre = np.array(numbers[12:15], dtype=np.float64)
    first = centre - axes @ (np.array(spacing, dtype=np.float64) * np.array(size) / 2)
    lps = np.array([-1.0, -1.0, 1.0])
    x, y, z = (float(v) for v in lps * first)
    dtype = np.dtype(_TYPES[kind]) if kind in _TYPES else None
    header = NiftiHeader(StoredVoxels(tuple(dims) if dims[3] > 1 else size, dtype, _OFFSET), spacing, placed > 0)
    return header, Grid(size, spacing, (x, y, z), frozen(lps[:, None] * axes))
