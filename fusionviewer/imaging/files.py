"""Images that are one file: NIfTI, NRRD, MetaImage, and whatever else ITK reads as a scalar 3D image."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument, UnreadableInput, printable
from fusionviewer.geometry import Grid
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.intake import (
    CheckedImage,
    check_size,
    check_spacing,
    checked,
    is_possible_mm,
    right_angled,
)
from fusionviewer.imaging.native_calls import check_name, name_for_itk, remarks_kept, run_watched
from fusionviewer.imaging.reading.allowances import be_patient_with, expect_voxels
from fusionviewer.imaging.reading.note_words import LEFT_HANDED, NO_SIDES
from fusionviewer.imaging.reading.options import NO_OPTIONS, ReadingOptions
from fusionviewer.imaging.reading.undecided import (
    FileVolumes,
    NeedsSpacing,
    SeveralVolumes,
    b_values_beside,
    typed_note,
)
from fusionviewer.imaging.stored import mgh, nifti
from fusionviewer.imaging.stored.detached import check_voxel_files
from fusionviewer.imaging.stored.headers import stored_as, voxel_place
from fusionviewer.imaging.stored.meta_parts import check_meta_parts
from fusionviewer.imaging.stored.nifti_forms import place_by
from fusionviewer.imaging.stored.voxels import NewArray, StoredVoxels, damaged, read_voxels
from fusionviewer.imaging.volume import ImageSource, array_of
from fusionviewer.progress import Observer

_EXTENSIONS: Final = (
    *(".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd", ".hdr", ".img.gz", ".img"),
    *(".gipl.gz", ".gipl", ".vtk", ".tiff", ".tif", ".dcm", ".mnc", ".mgz", ".mgh.gz", ".mgh"),
)


_FAILED: Final = re.compile("ncompress failed|not read completely|trouble reading")
"""What ITK's libraries print where voxels are missing; the image then comes as if all were well."""

READ: Final = 0.95
"""The share of the progress at which all voxels are read, and only looked through."""


@dataclass(frozen=True)
class _Found:
    """What a header has told."""

    size: tuple[int, ...]
    """i, j, k and any further dimensions."""
    grid: Grid
    notes: tuple[str, ...]
    stored: StoredVoxels | None
    """How the voxels are stored; None: ITK reads them."""
    voxel_path: Path
    """In which file they are stored."""
    is_double: bool
    series: str
    """As it stands in the source: #number and what was decided."""


@dataclass(frozen=True, eq=False)
class UnreadFile:
    """An image file of which everything is known but its voxels, which a reader of our own reads (`with_voxels`)."""

    path: Path
    voxel_path: Path
    """The file with the voxels: mostly the same."""
    stored: StoredVoxels
    number: int
    """Of a volume of a 4D file, from 1."""
    grid: Grid
    name: str
    series: str
    notes: tuple[str, ...]


def with_voxels(file: UnreadFile, new_array: NewArray, observer: Observer) -> CheckedImage:
    """The image of a file, its voxels read into an array that `new_array` makes. Raises UnreadableInput, Cancelled."""
    array = read_voxels(file.voxel_path, file.stored, observer.part(0.0, READ), file.number, new_array)
    observer.report(READ, f"Checking {file.path.name}")
    return checked(array, file.grid, file.name, ImageSource(file.path, file.series), notes=file.notes)


def read_file(
    path: Path, observer: Observer, number: int = 0, options: ReadingOptions = NO_OPTIONS
) -> CheckedImage | UnreadFile:
    """The image in one file; `number` says which volume of a 4D file, from 1 (0: not said).

    Where its voxels need no library's reader, they are still to be read. Raises UnreadableInput with the reason
    (SeveralVolumes, NeedsSpacing where the user must decide something), BadArgument where there is no such volume or
    decision, or Cancelled.
    """
    found = _look_at(path, number, options)
    name = plain_name(path)
    if len(found.size) > 3:
        name = f"{name}, volume {number}"
    if found.stored is not None:
        return UnreadFile(
            path, found.voxel_path, found.stored, max(1, number), found.grid, name, found.series, found.notes
        )
    observer.report(0.0, f"Reading {path.name}")
    check_meta_parts(path, found.size)
    expect_voxels(math.prod(found.grid.size), np.float64 if found.is_double else np.float32)
    be_patient_with(_file_bytes(path))
    array = run_watched(lambda: _read_pixels(path), observer)
    observer.report(0.95, f"Checking {path.name}")
    return checked(array, found.grid, name, ImageSource(path, found.series), notes=found.notes)


def file_grid(path: Path, number: int = 0, options: ReadingOptions = NO_OPTIONS) -> Grid:
    """The grid of the image that `read_file` would read, from the header alone. Raises as that does."""
    return right_angled(_look_at(path, number, options).grid, path.name)


def file_volumes(path: Path) -> FileVolumes:
    """The volumes of a file, of a 3D one its only one, from the header alone. Raises as `read_file`."""
    try:
        found = _look_at(path, 0, NO_OPTIONS)
    except SeveralVolumes as several:
        return several.volumes
    return FileVolumes(1, found.grid.size, found.grid.spacing)


def _look_at(path: Path, number: int, options: ReadingOptions) -> _Found:
    """Everything but the voxels."""
    _check_there(path)
    check_voxel_files(path)
    header, stored, beside, is_double = None, None, path, False
    if mgh.is_mgh(path):
        header, grid = mgh.read_header(path)
        size, stated = header.stored.size, header.spacing
    else:
        place = voxel_place(path)
        itk = _header(path)
        if place is not None:
            stored = stored_as(place, itk)
            beside = path.parent / place.beside if place.beside else path
        size, grid, stated = tuple(int(n) for n in itk.GetSize()), _grid(itk, path), itk.GetSpacing()[:3]
        is_double = itk.GetPixelIDValue() == sitk.sitkFloat64
        if nifti.is_nifti(path):
            header = nifti.read_header(path)
            stated = stated if 0 < min(header.spacing) < math.inf else header.spacing  # ITK puts 1 mm where it has 0
    check_size(grid.size, path.name)
    series = _check_options(path, header if nifti.is_nifti(path) else None, number, size, options)
    if options.spacing_mm is None:
        _check_spacing(stated, path, series)
    else:
        check_spacing(options.spacing_mm, path.name, typed=True)
    _check_number(number, path, size, grid, header)
    notes: tuple[str, ...] = ()
    if header is not None:
        stored = header.stored
    if header is not None and nifti.is_nifti(path):
        placed = place_by(header.forms, grid, options.form, path.name)
        grid, notes = placed.grid, placed.notes
    if np.linalg.det(grid.direction) < 0:
        notes += (
            f"{LEFT_HANDED}, as FSL and others store images: it is shown as the header says. What ignores the header "
            "shows it mirrored.",
        )
    if options.spacing_mm is not None:
        grid = Grid(grid.size, options.spacing_mm, grid.origin, grid.direction)
        notes += (typed_note(options.spacing_mm),)
    if header is not None and not header.placed:
        notes += (f"{NO_SIDES}; make sure of it yourself.",)
    return _Found(size, grid, notes, stored, beside, is_double, series)


def _check_options(
    path: Path, header: nifti.NiftiHeader | None, number: int, size: tuple[int, ...], options: ReadingOptions
) -> str:
    """What names the image in its file. Raises BadArgument for a decision that means nothing for it."""
    if options.form and header is None:
        raise BadArgument(f"{path.name} is no NIfTI file: it has no {options.form}.", f"Leave #{options.form} out.")
    if replace(options, form="", spacing_mm=None) != NO_OPTIONS:
        raise BadArgument(f"{path.name} is no DICOM series: {options.text} means nothing for it.", "Leave it out.")
    return f"#{number}{options.text}" if len(size) > 3 and number else options.text


def _check_number(number: int, path: Path, size: tuple[int, ...], grid: Grid, header: nifti.NiftiHeader | None) -> None:
    """Raise where a file has no volume of this number, or where one of several must be said."""
    volumes = math.prod(size[3:])
    if number > volumes:
        has = f"It has #1 to #{volumes}." if volumes > 1 else "It is one volume: leave the number out."
        raise BadArgument(f"There is no volume #{number} in {path.name}.", has)
    if volumes > 1 and not number:
        step_s = header.step_s if header is not None and len(size) == 4 else 0.0
        raise SeveralVolumes(
            path, FileVolumes(volumes, grid.size, grid.spacing, step_s, b_values_beside(path, volumes))
        )


def _check_spacing(spacing: Sequence[float], path: Path, series: str) -> None:
    """Raise NeedsSpacing where the voxel size makes no sense."""
    try:
        check_spacing(tuple(spacing), path.name)
    except UnreadableInput as problem:
        a, b, c = (mm if is_possible_mm(mm) else 0.0 for mm in spacing)
        raise NeedsSpacing(problem.message, path, series, (a, b, c)) from problem


def _file_bytes(path: Path) -> int:
    """How much is read at most: the file, and the one beside it that may hold the voxels."""
    beside = (path.with_suffix(ending) for ending in (".raw", ".zraw", ".img", ".raw.gz"))
    return path.stat().st_size + sum(file.stat().st_size for file in beside if os.path.isfile(file))


def read_grid(path: Path) -> Grid:
    """Where the voxels of an image file lie, as ITK has it, without reading them. Raises UnreadableInput."""
    check_voxel_files(path)
    grid = _grid(_header(path), path)
    check_size(grid.size, path.name)
    check_spacing(grid.spacing, path.name)
    return grid


def plain_name(path: Path) -> str:
    """A file's name without what says its format, and without what cannot be shown."""
    for extension in _EXTENSIONS:
        if path.name.lower().endswith(extension) and len(path.name) > len(extension):
            return printable(path.name[: -len(extension)])
    return printable(path.name)


def _header(path: Path) -> sitk.ImageFileReader:
    """ITK's reader of this file, with the header read and found to be that of a scalar 3D image."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(name_for_itk(path))
    try:
        with remarks_kept():
            reader.ReadImageInformation()
    except RuntimeError as problem:
        raise _not_an_image(path, str(problem)) from problem
    size = tuple(int(n) for n in reader.GetSize())
    if reader.GetNumberOfComponents() > 1:
        raise UnreadableInput(
            f"{path.name} holds {reader.GetNumberOfComponents()} values for each voxel (colours, vectors or complex "
            "numbers).",
            "Choose a plain grey image.",
        )
    if len(size) < 3:
        raise UnreadableInput(
            f"{path.name} is a {len(size)}D image, not a volume.", "Open the whole series or a 3D file."
        )
    if len(size) > 3 and not nifti.is_nifti(path):
        frames = int(np.prod(size[3:]))
        raise UnreadableInput(
            f"{path.name} is a 4D image with {frames} frames.", "Extract one frame or their mean as a 3D image first."
        )
    return reader


def _grid(header: sitk.ImageFileReader, path: Path) -> Grid:
    """The grid that ITK reads from a header."""
    i, j, k = (int(n) for n in header.GetSize()[:3])
    a, b, c = (float(s) for s in header.GetSpacing()[:3])
    x, y, z = (float(v) for v in header.GetOrigin()[:3])
    n = header.GetDimension()
    direction = np.asarray(header.GetDirection(), dtype=np.float64).reshape(n, n)[:3, :3]
    return Grid((i, j, k), (a, b, c), (x, y, z), frozen(direction))


def _read_pixels(path: Path) -> NDArray[Any]:
    try:
        with remarks_kept() as remarks:
            image = sitk.ReadImage(name_for_itk(path))
            if _FAILED.search(remarks()):
                raise damaged(path)
        return array_of(image)
    except (RuntimeError, MemoryError) as problem:
        if "llocate memory" in str(problem) or isinstance(problem, MemoryError):
            raise UnreadableInput(
                f"{path.name} does not fit into memory.", "Close other programs, or make the image coarser first."
            ) from problem
        raise damaged(path) from problem


def _check_there(path: Path) -> None:
    """Raise UnreadableInput for a file that is missing, empty, or not to be opened."""
    check_name(path)
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except FileNotFoundError as problem:
        raise UnreadableInput(f"There is no file {path}.", "Check the name and the folder.") from problem
    except OSError as problem:
        raise UnreadableInput(f"{path.name} cannot be opened.", "Check that you may read it.") from problem
    if empty:
        raise UnreadableInput(f"{path.name} is empty.", "Copy or download it again.")


def _not_an_image(path: Path, problem: str) -> UnreadableInput:
    """The reason why ITK refused a header, in words."""
    if "orthonormal" in problem:
        return UnreadableInput(
            f"The axes of {path.name} are not at right angles to each other (its sform shears the image).",
            "Resample it onto a right-angled grid with the program that wrote it.",
        )
    if "Unable to determine ImageIO" not in problem:
        return UnreadableInput(f"The header of {path.name} is damaged.", "Copy, download or export it again.")
    with path.open("rb") as stream:
        start = stream.read(512)
    if nifti.is_nifti(path) and start.startswith(b"\x1f\x8b"):
        return damaged(path)
    kind = "a text file" if _is_text(start) else "damaged or of a kind that fusionviewer does not know"
    return UnreadableInput(
        f"{path.name} is not an image: it is {kind}.", "Choose a NIfTI, NRRD or MetaImage file, or a DICOM folder."
    )


def _is_text(start: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\r\n\f" for byte in start)
