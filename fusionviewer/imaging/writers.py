"""From a `Volume`, or from slabs of 8 bits, to a file. Only voxels and their place are written: nothing of the patient.

SimpleITK writes colours into NIfTI as a five-dimensional vector image, which most viewers do not show as colours; what
they read is the type RGB24. Hence ITK writes the header, so that the image lies where all others lie that this program
writes, and the type and the voxels are put in here. Fields: nifti.nimh.nih.gov, nifti1.h.
"""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument, CannotWrite, UnreadableInput
from fusionviewer.geometry import Grid
from fusionviewer.imaging.native_calls import check_name, remarks_kept
from fusionviewer.imaging.stored import nifti
from fusionviewer.imaging.stored.voxels import read_voxels
from fusionviewer.imaging.volume import Volume, image_on_grid, place_on_grid
from fusionviewer.imaging.whole_files import cannot_write, check_writable, written_whole
from fusionviewer.progress import Observer

__all__ = ["SLAB_SUFFIXES", "SUFFIXES", "check_suffix", "check_writable", "write_slabs", "write_volume"]

Components: TypeAlias = Literal[1, 3]

SUFFIXES: Final = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")
"""The formats that can be written, by the ending of the name."""

SLAB_SUFFIXES: Final = (".nii.gz", ".nii", ".nrrd", ".mha")
"""The formats that slabs can be written in, by the ending of the name."""

_UINT8, _RGB24 = 2, 128
_VOXELS_AT: Final = 352
_PACKED: Final = 4
"""gzip's level: beyond it, coloured voxels take twice as long to save some 3 %."""


def check_suffix(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> None:
    """Raise BadArgument if a file's name does not say one of the formats that can be written, or is no text."""
    check_name(path)
    if not path.name.lower().endswith(suffixes):
        raise BadArgument(
            f"{path.name} does not say a format that can be written.", f"Let the name end in {', '.join(suffixes)}."
        )


def write_volume(volume: Volume, path: Path, observer: Observer = Observer()) -> None:  # noqa: B008 - frozen
    """Write a volume in the format of the file's ending; the file appears whole or not at all.

    NIfTI keeps where the image lies in 32-bit numbers (some 1e-5 mm), the other formats in 64-bit ones. Raises
    BadArgument for another ending, CannotWrite if the disk refuses, Cancelled.
    """
    check_suffix(path)
    observer.report(0.0, "Writing")
    if path.name.lower().endswith(".mhd"):
        _write_pair(volume, path, observer)
        return
    with written_whole(path, observer) as temporary:
        _write_image(volume, temporary, path)
        observer.report(1.0, "Writing")


def _write_pair(volume: Volume, path: Path, observer: Observer) -> None:
    """MetaImage in two files: the voxels first, so that the header never names what is not there."""
    path = Path(os.path.realpath(path)) if os.path.islink(path) else path  # the voxels go beside what it leads to
    voxels = path.with_suffix(".zraw")
    with (
        written_whole(path) as temporary,
        written_whole(voxels, observer, temporary.with_suffix(voxels.suffix)) as temporary_voxels,
    ):
        _write_image(volume, temporary, path)
        header = temporary.read_text(encoding="utf-8")
        temporary.write_text(header.replace(temporary_voxels.name, voxels.name), encoding="utf-8")
        observer.report(1.0, "Writing")


def _write_image(volume: Volume, temporary: Path, wanted: Path) -> None:
    bare = image_on_grid(volume.array, volume.grid)  # without whatever else an image may carry along
    try:
        with remarks_kept():
            sitk.WriteImage(bare, str(temporary), True)
        if nifti.is_nifti(temporary):  # the NIfTI library says nothing when the disk is full
            read_voxels(temporary, nifti.read_header(temporary).stored, Observer())
    except (RuntimeError, UnreadableInput) as problem:
        raise _why(wanted, volume.array.nbytes) from problem


def _why(path: Path, most_bytes: int) -> CannotWrite:
    """ITK does not tell why a write failed: a full disk is the likely reason, if it is nearly full."""
    free = shutil.disk_usage(os.path.abspath(path.parent)).free
    if free < most_bytes:
        return cannot_write(path, OSError(errno.ENOSPC, ""))
    return CannotWrite(f"{path} cannot be written: the disk refused.", "Choose another folder or disk.")


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
    check_suffix(path, SLAB_SUFFIXES)
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
    most_bytes = array.nbytes
    del array
    try:
        with remarks_kept():
            sitk.WriteImage(image, str(temporary), True)
    except RuntimeError as problem:
        raise _why(wanted, most_bytes) from problem
