"""Images that are one file: NIfTI, NRRD, MetaImage, and whatever else ITK reads as a scalar 3D image."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging import nifti
from fusionviewer.imaging.intake import check_size, check_spacing, volume_of
from fusionviewer.imaging.native_calls import check_name, remarks_kept, run_watched
from fusionviewer.imaging.volume import ImageSource, Volume
from fusionviewer.progress import Observer

_EXTENSIONS: Final = (
    *(".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd", ".hdr", ".img.gz", ".img"),
    *(".gipl.gz", ".gipl", ".vtk", ".tiff", ".tif", ".dcm", ".mnc"),
)


def read_file(path: Path, observer: Observer) -> Volume:
    """One image file as a Volume. Raises UnreadableInput with the reason, or Cancelled."""
    header = _header(path)
    grid = _grid(header, path)
    notes: tuple[str, ...] = ()
    if nifti.is_nifti(path):
        array, notes = _read_nifti(path, observer)
    else:
        observer.report(0.0, f"Reading {path.name}")
        array = run_watched(lambda: _read_pixels(path), observer)
    observer.report(0.95, f"Checking {path.name}")
    return volume_of(array, grid, plain_name(path), ImageSource(path), notes=notes)


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
    _check_there(path)
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
    if len(size) > 3:
        frames = int(np.prod(size[3:]))
        raise UnreadableInput(
            f"{path.name} is a 4D image with {frames} frames.", "Extract one frame or their mean as a 3D image first."
        )
    return reader


def _grid(header: sitk.ImageFileReader, path: Path) -> Grid:
    """The grid that ITK reads from a header, with numbers that make sense."""
    i, j, k = (int(n) for n in header.GetSize())
    check_size((i, j, k), path.name)
    a, b, c = (float(s) for s in header.GetSpacing())
    check_spacing((a, b, c), path.name)
    x, y, z = (float(v) for v in header.GetOrigin())
    direction = np.asarray(header.GetDirection(), dtype=np.float64).reshape(3, 3)
    return Grid((i, j, k), (a, b, c), (x, y, z), frozen(direction))


def _read_nifti(path: Path, observer: Observer) -> tuple[NDArray[Any], tuple[str, ...]]:
    header = nifti.read_header(path)
    check_spacing(header.spacing, path.name)  # ITK puts 1 mm where the header has 0
    array = nifti.read_voxels(path, header, observer.part(0.0, 0.95))
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
