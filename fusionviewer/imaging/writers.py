"""From a `Volume` to a file. Only voxels and their place are written: nothing about the patient."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Final

import SimpleITK as sitk

from fusionviewer.errors import BadArgument, CannotWrite, UnreadableInput
from fusionviewer.imaging import nifti
from fusionviewer.imaging.native_calls import check_name, remarks_kept
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.imaging.whole_files import cannot_write, check_writable, written_whole
from fusionviewer.progress import Observer

__all__ = ["SUFFIXES", "check_suffix", "check_writable", "write_volume"]

SUFFIXES: Final = (".nii.gz", ".nii", ".nrrd", ".mha", ".mhd")
"""The formats that can be written, by the ending of the name."""


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
    voxels = path.with_suffix(".zraw")
    with written_whole(path) as temporary, written_whole(voxels, observer) as temporary_voxels:
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
            nifti.read_voxels(temporary, nifti.read_header(temporary), Observer())
    except (RuntimeError, UnreadableInput) as problem:
        raise _why(wanted, volume) from problem


def _why(path: Path, volume: Volume) -> CannotWrite:
    """ITK does not tell why a write failed: a full disk is the likely reason, if it is nearly full."""
    free = shutil.disk_usage(os.path.abspath(path.parent)).free
    if free < volume.array.nbytes:
        return cannot_write(path, OSError(errno.ENOSPC, ""))
    return CannotWrite(f"{path} cannot be written: the disk refused.", "Choose another folder or disk.")
