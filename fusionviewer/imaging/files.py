"""Images that are one file: NIfTI, NRRD, MetaImage, and whatever else ITK reads as a scalar 3D image."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import Grid
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging import nifti
from fusionviewer.imaging.intake import CheckedImage, check_size, check_spacing, checked
from fusionviewer.imaging.native_calls import check_name, remarks_kept, run_watched
from fusionviewer.imaging.reading import mgh
from fusionviewer.imaging.reading.allowances import be_patient_with, expect_voxels
from fusionviewer.imaging.volume import ImageSource
from fusionviewer.progress import Observer

_EXTENSIONS: Final = (
    *(".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd", ".hdr", ".img.gz", ".img"),
    *(".gipl.gz", ".gipl", ".vtk", ".tiff", ".tif", ".dcm", ".mnc", ".mgz", ".mgh.gz", ".mgh"),
)


def read_file(path: Path, observer: Observer, number: int = 0) -> CheckedImage:
    """The image in one file; `number` says which volume of a 4D file, from 1 (0: not said).

    Raises UnreadableInput with the reason, BadArgument where there is no such volume, or Cancelled.
    """
    _check_there(path)
    notes: tuple[str, ...] = ()
    if mgh.is_mgh(path):
        header, grid = mgh.read_header(path)
        check_size(grid.size, path.name)
        _check_number(number, header.size, path)
        array, notes = _read_voxels(path, header, observer, number)
        return _checked(path, array, grid, notes, number if len(header.size) > 3 else 0)
    itk = _header(path)
    grid = _grid(itk, path)
    _check_number(number, tuple(int(n) for n in itk.GetSize()), path)
    if nifti.is_nifti(path):
        header = nifti.read_header(path)
        array, notes = _read_voxels(path, header, observer, number)
    else:
        observer.report(0.0, f"Reading {path.name}")
        expect_voxels(math.prod(grid.size), np.float64 if itk.GetPixelIDValue() == sitk.sitkFloat64 else np.float32)
        be_patient_with(_file_bytes(path))
        array = run_watched(lambda: _read_pixels(path), observer)
    observer.report(0.95, f"Checking {path.name}")
    return _checked(path, array, grid, notes, number if itk.GetDimension() > 3 else 0)


def _checked(path: Path, array: NDArray[Any], grid: Grid, notes: tuple[str, ...], number: int) -> CheckedImage:
    """The image; `number` is that of the volume in a 4D file, else 0."""
    name, source = plain_name(path), ImageSource(path)
    if number:
        name, source = f"{name}, volume {number}", ImageSource(path, f"#{number}")
    return checked(array, grid, name, source, notes=notes)


def _check_number(number: int, size: tuple[int, ...], path: Path) -> None:
    """Raise where a file has no volume of this number, or where one of several must be said."""
    volumes = math.prod(size[3:])
    if number > volumes:
        has = f"It has #1 to #{volumes}." if volumes > 1 else "It is one volume: leave the number out."
        raise BadArgument(f"There is no volume #{number} in {path.name}.", has)
    if volumes > 1 and not number:
        raise UnreadableInput(
            f"{path.name} is a 4D image with {volumes} frames.",
            f"On the command line, say which one: {path.name}#2 is the second. For the window, extract one of them.",
        )


def _file_bytes(path: Path) -> int:
    """How much is read at most: the file, and the one beside it that may hold the voxels."""
    beside = (path.with_suffix(ending) for ending in (".raw", ".zraw", ".img", ".raw.gz"))
    return path.stat().st_size + sum(file.stat().st_size for file in beside if file.is_file())


def read_grid(path: Path) -> Grid:
    """Where the voxels of an image file lie, without reading them. Raises UnreadableInput."""
    return _grid(_header(path), path)


def plain_name(path: Path) -> str:
    """A file's name without what says its format."""
    for extension in _EXTENSIONS:
        if path.name.lower().endswith(extension) and len(path.name) > len(extension):
            return path.name[: -len(extension)]
    return path.name


def _header(path: Path) -> sitk.ImageFileReader:
    """ITK's reader of this file, with the header read and found to be that of a scalar 3D image."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
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
    if len(size) == 2:
        raise UnreadableInput(f"{path.name} is a 2D image, not a volume.", "Open the whole series or a 3D file.")
    if len(size) > 3 and not nifti.is_nifti(path):
        frames = int(np.prod(size[3:]))
        raise UnreadableInput(
            f"{path.name} is a 4D image with {frames} frames.", "Extract one frame or their mean as a 3D image first."
        )
    return reader


def _grid(header: sitk.ImageFileReader, path: Path) -> Grid:
    """The grid that ITK reads from a header, with numbers that make sense."""
    i, j, k = (int(n) for n in header.GetSize()[:3])
    check_size((i, j, k), path.name)
    a, b, c = (float(s) for s in header.GetSpacing()[:3])
    check_spacing((a, b, c), path.name)
    x, y, z = (float(v) for v in header.GetOrigin()[:3])
    n = header.GetDimension()
    direction = np.asarray(header.GetDirection(), dtype=np.float64).reshape(n, n)[:3, :3]
    return Grid((i, j, k), (a, b, c), (x, y, z), frozen(direction))


def _read_voxels(
    path: Path, header: nifti.NiftiHeader, observer: Observer, number: int
) -> tuple[NDArray[Any], tuple[str, ...]]:
    check_spacing(header.spacing, path.name)  # ITK puts 1 mm where the header has 0
    array = nifti.read_voxels(path, header, observer.part(0.0, 0.95), max(1, number))
    if header.placed:
        return array, ()
    return array, ("The file does not say which side of the image is the patient's left; make sure of it yourself.",)


def _read_pixels(path: Path) -> NDArray[Any]:
    try:
        with remarks_kept():
            return np.asarray(sitk.GetArrayFromImage(sitk.ReadImage(str(path))))
    except (RuntimeError, MemoryError) as problem:
        if "llocate memory" in str(problem) or isinstance(problem, MemoryError):
            raise UnreadableInput(
                f"{path.name} does not fit into memory.", "Close other programs, or make the image coarser first."
            ) from problem
        raise UnreadableInput(
            f"{path.name} is damaged or cut short: its voxels cannot be read.", "Copy or download it again."
        ) from problem


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
        return nifti.damaged(path)
    kind = "a text file" if _is_text(start) else "damaged or of a kind that fusionviewer does not know"
    return UnreadableInput(
        f"{path.name} is not an image: it is {kind}.", "Choose a NIfTI, NRRD or MetaImage file, or a DICOM folder."
    )


def _is_text(start: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\r\n\f" for byte in start)
