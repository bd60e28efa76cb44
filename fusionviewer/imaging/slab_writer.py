"""8-bit volumes, grey or coloured, written slab by slab.

SimpleITK writes colours into NIfTI as a five-dimensional vector image, which most viewers do not show as colours; what
they read is the type RGB24. Hence ITK writes the header, so that the image lies where all others lie that this program
writes, and the type and the voxels are put in here. Fields: nifti.nimh.nih.gov, nifti1.h.
"""

from __future__ import annotations

import gzip
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import CannotWrite
from fusionviewer.geometry import Grid
from fusionviewer.imaging import nifti
from fusionviewer.imaging.native_calls import remarks_kept
from fusionviewer.imaging.volume import image_on_grid, place_on_grid
from fusionviewer.imaging.whole_files import written_whole
from fusionviewer.imaging.writers import check_suffix
from fusionviewer.progress import Observer

Components: TypeAlias = Literal[1, 3]

SUFFIXES: Final = (".nii.gz", ".nii", ".nrrd", ".mha")
"""The formats that slabs can be written in, by the ending of the name."""

_UINT8, _RGB24 = 2, 128
_VOXELS_AT: Final = 352
_PACKED: Final = 4
"""gzip's level: beyond it, coloured voxels take twice as long to save some 3 %."""


def write_slabs(
    slabs: Iterator[NDArray[np.uint8]],
    grid: Grid,
    components: Components,
    path: Path,
    observer: Observer = Observer(),  # noqa: B008 - frozen
) -> None:
    """Write uint8 slabs, (k, j, i) or (k, j, i, 3), that together fill a grid; the file appears whole or not at all.

    NIfTI is written as the slabs come. The other formats are gathered first, and hold three numbers for each voxel.
    Raises BadArgument for another ending, CannotWrite if the disk refuses, and whatever the slabs raise.
    """
    check_suffix(path, SUFFIXES)
    with written_whole(path, observer) as temporary:
        if nifti.is_nifti(path):
            _write_nifti(slabs, grid, components, temporary)
        else:
            _write_gathered(slabs, grid, components, temporary, path)
        observer.report(1.0, "Writing")


def _write_nifti(slabs: Iterator[NDArray[np.uint8]], grid: Grid, components: Components, temporary: Path) -> None:
    with _opened(temporary) as stream:
        stream.write(_header(grid, components))
        for slab in slabs:
            stream.write(np.ascontiguousarray(slab).data)


@contextmanager
def _opened(temporary: Path) -> Iterator[IO[bytes]]:
    """The file to write to; packed if its name says so, without the name and the time in it."""
    with temporary.open("wb") as raw:
        if not temporary.name.endswith(".gz"):
            yield raw
            return
        with gzip.GzipFile("", "wb", _PACKED, raw, mtime=0) as packed:
            yield packed  # type: ignore[misc] # it is one for all that is done with it


def _header(grid: Grid, components: Components) -> bytes:
    """The header of a little image at the same place, as ITK writes it, with this one's size and type put in."""
    little = place_on_grid(sitk.Image([2, 2, 2], sitk.sitkUInt8), grid)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "header.nii"
        sitk.WriteImage(little, str(path))
        head = bytearray(path.read_bytes()[:_VOXELS_AT])
    if struct.unpack_from("<i", head)[0] != 348:
        raise CannotWrite("The header of the image cannot be made.", "Choose another format, such as .nrrd.")
    struct.pack_into("<3h", head, 42, *grid.size)
    struct.pack_into("<2h", head, 70, _RGB24 if components == 3 else _UINT8, 8 * components)
    struct.pack_into("<f", head, 108, float(_VOXELS_AT))
    return bytes(head)


def _write_gathered(
    slabs: Iterator[NDArray[np.uint8]],
    grid: Grid,
    components: Components,
    temporary: Path,
    wanted: Path,
) -> None:
    shape = (*grid.size[::-1], components) if components == 3 else grid.size[::-1]
    array, done = np.empty(shape, np.uint8), 0
    for slab in slabs:
        array[done : done + len(slab)] = slab
        done += len(slab)
    if components == 3:
        image = place_on_grid(sitk.GetImageFromArray(array, isVector=True), grid)
    else:
        image = image_on_grid(array, grid)
    del array
    try:
        with remarks_kept():
            sitk.WriteImage(image, str(temporary), True)
    except RuntimeError as problem:
        raise CannotWrite(
            f"{wanted} cannot be written: the disk refused.", "Choose another folder or disk."
        ) from problem
