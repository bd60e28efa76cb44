"""The voxels of a stack of DICOM slices, on a right-angled and even grid."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID, MRImageStorage, RLELossless, generate_uid

from fusionviewer.errors import FusionError, UnreadableInput
from fusionviewer.geometry import Grid
from fusionviewer.imaging.dicom.headers import SeriesHeaders, SliceHeader
from fusionviewer.imaging.dicom.patient import without_patient
from fusionviewer.imaging.dicom.soundness import in_words, left_out_words
from fusionviewer.imaging.dicom.stacks import Stack, checked_stack, stack_of
from fusionviewer.imaging.native_calls import check_name, remarks_kept, unwarned
from fusionviewer.imaging.reading.allowances import expect_voxels, voxel_array, write_voxels
from fusionviewer.progress import Observer

MOST_COLOUR: Final = 3
"""By so much red, green and blue of a grey pixel may differ once JPEG has stored them."""

_OF_PIXELS: Final = (
    "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit",
    "PixelRepresentation",
)  # fmt: skip


def voxels_of(stack: Stack, observer: Observer) -> tuple[NDArray[Any], Grid, tuple[str, ...]]:
    """The rescaled values (k, j, i) of a stack, the grid that they lie on, and notes on what was corrected.

    Uneven slices are interpolated to even ones, tilted ones are put straight. Slices that cannot be decoded are left
    out as if they were missing. Raises UnreadableInput or Cancelled.
    """
    array, stack = _read(stack, observer.part(0.0, 0.9))
    grid = stack.grid
    if not stack.is_even:
        array = _evened(array, stack)
    if stack.drift.any():
        array, grid = _straightened(array, stack)
    observer.report(1.0, "Read the series")
    return array, grid, stack.notes


def _read(stack: Stack, observer: Observer) -> tuple[NDArray[Any], Stack]:
    """The values of the slices that can be decoded, and the stack of those."""
    first = stack.slices[0]
    every = (*stack.slices, *(copy for copies in stack.copies.values() for copy in copies))
    shape, kind = (len(stack.slices), *first.shape), _pixel_type(every)
    expect_voxels(math.prod(shape), kind)
    array = voxel_array(shape, kind)
    files = _Files()
    good: list[SliceHeader] = []
    bad: list[str] = []
    for k, header in enumerate(stack.slices):
        observer.report(k / len(stack.slices), f"Reading slice {k + 1} of {len(stack.slices)}")
        for one in (header, *stack.copies.get(header, ())):
            values = files.values_if_sound(one)
            if values is None:
                bad.append(files.name_of(one))
                continue
            if array.dtype.kind == "i":
                values = np.rint(values)
                if array.dtype == np.int16 and not _fits(values):
                    array = array.astype(np.int32)
            write_voxels(array, len(good) * array[0].size, values.astype(array.dtype))
            good.append(one)
            break
    if not bad:
        return array, stack
    names = list(dict.fromkeys(bad))
    if len(good) < 2:
        raise UnreadableInput(
            f"The pixels of {in_words(names)} are damaged, or compressed in a way that fusionviewer cannot read.",
            "Copy the series again, or export it uncompressed.",
        )
    return array[: len(good)], checked_stack(tuple(good), (*stack.left_out, *left_out_words(names)))


def _pixel_type(slices: tuple[SliceHeader, ...]) -> np.dtype[Any]:
    """int16 if every slice is whole numbers with an offset, until one is found that it cannot hold; else float32."""
    whole = all(s.slope == 1 and s.intercept.is_integer() for s in slices)
    return np.dtype(np.int16 if whole else np.float32)


def _fits(values: NDArray[Any]) -> bool:
    """Whether int16 can hold whole numbers."""
    return -32768 <= float(values.min()) <= float(values.max()) <= 32767


class _Files:
    """Reads slices; keeps the last multi-frame file, whose frames are asked for one after the other."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._dataset = Dataset()
        self._frames: list[bytes] = []
        self._mosaic: NDArray[Any] | None = None

    def name_of(self, header: SliceHeader) -> str:
        """The name of a slice's file; empty where it tells the patient's."""
        try:
            with unwarned():
                dataset: Dataset = pydicom.dcmread(header.path, force=True, stop_before_pixels=True)
        except Exception:
            dataset = self._dataset
        return without_patient(header.path.name, dataset)

    def values_if_sound(self, header: SliceHeader) -> NDArray[Any] | None:
        """As `values`; None where they cannot be decoded, or are not what the header says."""
        try:
            with unwarned():
                values = self.values(header)
        except FusionError:
            raise
        except Exception:  # whatever pydicom lets through: a damaged slice must not cost the others
            return None
        return values if values.shape == header.shape else None

    def values(self, header: SliceHeader) -> NDArray[Any]:
        """The rescaled values (rows, columns) of one slice."""
        if header.tile is None:
            return self._picture(header)
        if header.path != self._path or self._mosaic is None:
            self._mosaic = self._picture(header)
        (row, column), (rows, columns) = header.tile, header.shape
        tile: NDArray[Any] = self._mosaic[row : row + rows, column : column + columns]
        return tile

    def _picture(self, header: SliceHeader) -> NDArray[Any]:
        """The rescaled values of a file with one picture, or of one frame of many."""
        if header.path != self._path:
            self._path = None
            self._dataset = pydicom.dcmread(header.path, force=True)
            self._frames, self._mosaic = [], None
            self._path = header.path
        syntax = UID(self._dataset.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2"))
        if not syntax.is_compressed or syntax == RLELossless:
            index = header.frame if header.n_frames > 1 else None
            stored = pixel_array(self._dataset, index=index)
            return _rescaled(stored, header)
        if header.n_frames == 1:
            return _grey(_decoded(header.path))
        if not self._frames:
            pixels = self._dataset.PixelData
            self._frames = list(generate_frames(pixels, number_of_frames=header.n_frames))
        return _rescaled(_decoded_alone(self._dataset, self._frames[header.frame]), header)


def _grey(stored: NDArray[Any]) -> NDArray[Any]:
    """The one number of each pixel of a picture in colour whose colours are all grey. Raises UnreadableInput."""
    if stored.ndim < 3:
        return stored
    first = stored[..., 0].astype(np.int32)
    if any(np.abs(stored[..., n] - first).max() > MOST_COLOUR for n in range(1, stored.shape[-1])):
        raise UnreadableInput("Its images are in colour.", "Choose the original grey series.")
    return first


def _rescaled(stored: NDArray[Any], header: SliceHeader) -> NDArray[Any]:
    stored = _grey(stored)
    if header.slope == 1 and header.intercept == 0:
        return stored
    values: NDArray[Any] = stored * np.float64(header.slope) + header.intercept
    return values


def _decoded(path: Path) -> NDArray[Any]:
    """The one frame of a file compressed as JPEG, JPEG-LS or JPEG 2000; ITK rescales it itself."""
    check_name(path)
    with remarks_kept():
        array = np.asarray(sitk.GetArrayFromImage(sitk.ReadImage(str(path), imageIO="GDCMImageIO")))
    return array.reshape(array.shape[-3:] if array.ndim == 4 else array.shape[-2:])  # colours come last


def _decoded_alone(dataset: Dataset, frame: bytes) -> NDArray[Any]:
    """The stored numbers of one compressed frame of many: a file of its own says it to ITK, which reads whole files."""
    alone = Dataset()
    alone.file_meta = FileMetaDataset()
    alone.file_meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    alone.SOPClassUID = alone.file_meta.MediaStorageSOPClassUID = MRImageStorage
    alone.SOPInstanceUID = alone.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    for keyword in _OF_PIXELS:
        setattr(alone, keyword, dataset[keyword].value)
    alone.PixelData = encapsulate([frame])
    alone["PixelData"].VR = "OB"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "frame.dcm")
        alone.save_as(path, enforce_file_format=True)
        return _decoded(path)


def _evened(array: NDArray[Any], stack: Stack) -> NDArray[Any]:
    """Slices interpolated between their two neighbours, at even depths."""
    depths = stack.places[:, 2] - stack.places[0, 2]
    out = np.empty((stack.grid.size[2], *array.shape[1:]), array.dtype)
    for k in range(len(out)):
        depth = min(k * stack.gap_mm, float(depths[-1]))
        upper = int(np.clip(np.searchsorted(depths, depth), 1, len(depths) - 1))
        share = (depth - depths[upper - 1]) / (depths[upper] - depths[upper - 1])
        values = (1 - share) * array[upper - 1] + share * array[upper]
        out[k] = values if out.dtype.kind == "f" else np.rint(values)
    return out


def grid_of(stack: Stack) -> Grid:
    """The grid on which the voxels of a stack come to lie, if all its slices can be decoded."""
    return _straight_grid(stack)[0] if stack.drift.any() else stack.grid


def _straight_grid(stack: Stack) -> tuple[Grid, NDArray[np.int64], NDArray[np.float64]]:
    """A right-angled grid just wide enough for slices that lean, the index of its first voxel in that of the first
    slice, and how far the last slice is shifted: both along i and j, in pixels."""
    grid = stack.grid
    pixel = np.asarray(grid.spacing[:2])
    drift_px = stack.drift * (grid.size[2] - 1) * grid.spacing[2] / pixel
    low = np.floor(np.minimum(drift_px, 0)).astype(np.int64)
    high = np.ceil(np.maximum(drift_px, 0)).astype(np.int64)
    ni, nj = (int(n) for n in np.asarray(grid.size[:2]) + high - low)
    x, y, z = (float(v) for v in grid.points(np.array([low[0], low[1], 0.0])))
    return Grid((ni, nj, grid.size[2]), grid.spacing, (x, y, z), grid.direction), low, drift_px


def _straightened(array: NDArray[Any], stack: Stack) -> tuple[NDArray[Any], Grid]:
    """Slices shifted within their planes onto a right-angled grid that is just wide enough to hold them all."""
    grid, low, drift_px = _straight_grid(stack)
    ni, nj, n = grid.size
    out = np.empty((n, nj, ni), array.dtype)
    background = float(array.min())
    for k in range(n):
        shift_px = drift_px * k / (n - 1)
        values = _shifted(array[k], (low - shift_px), (ni, nj), background)
        out[k] = values if out.dtype.kind == "f" else np.rint(values)
    return out, grid


def _shifted(
    plane: NDArray[Any], first_px: NDArray[np.float64], size: tuple[int, int], background: float
) -> NDArray[Any]:
    """A plane (j, i) on a larger one whose first pixel lies at `first_px` (i, j) of it, linearly interpolated."""
    image = sitk.GetImageFromArray(plane.astype(np.float32))
    moved = sitk.Resample(
        image, list(size), sitk.Transform(2, sitk.sitkIdentity), sitk.sitkLinear, first_px.tolist(), (1.0, 1.0),
        (1.0, 0.0, 0.0, 1.0), background, sitk.sitkFloat32,
    )  # fmt: skip
    return np.asarray(sitk.GetArrayFromImage(moved))


def middle_slice(series: SeriesHeaders) -> tuple[NDArray[Any], tuple[float, float]] | None:
    """The rescaled values (rows, columns) in the middle of a series, and the distances of columns and rows, mm.

    None where it is in colour or cannot be read. The series need not be a volume.
    """
    try:
        slices = stack_of(series).slices
    except UnreadableInput:
        slices = series.slices
    header = slices[len(slices) // 2] if slices else None
    if header is None or header.samples != 1:
        return None
    try:
        with unwarned():
            return _Files().values(header), header.pixel_mm or (1.0, 1.0)
    except Exception:  # it has no picture, whatever is wrong with it
        return None
