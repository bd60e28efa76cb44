"""Writes small DICOM series for the tests: made-up scanners, patients and mishaps.

Every voxel holds a linear function of its place in space (see `linear`), so that whatever a reader does to the slices
(sorting, straightening, interpolating), the value at a point says whether the point is where the header puts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    MRImageStorage,
    RLELossless,
    generate_uid,
)

Array = NDArray[Any]

PATIENT = "Doe^Jane"
PATIENT_ID = "X1234567"


def linear(points: Array) -> Array:
    """The value at points (…, 3) in LPS mm: different along each axis, and between 0 and 2000 near the origin."""
    values: np.ndarray = np.asarray(points) @ np.array([3.0, -2.0, 5.0]) + 1000.0
    return values


@dataclass(frozen=True)
class Series:
    """A series that can be written; every field can be changed with `dataclasses.replace`."""

    rows: int = 12
    columns: int = 10
    n: int = 8
    position: tuple[float, float, float] = (-20.0, 30.0, -40.0)
    """Of the first pixel of the first slice."""
    row: tuple[float, float, float] = (1.0, 0.0, 0.0)
    column: tuple[float, float, float] = (0.0, 1.0, 0.0)
    step: tuple[float, float, float] = (0.0, 0.0, 2.5)
    pixel_mm: tuple[float, float] = (1.5, 0.8)
    """Distance of rows, distance of columns, as DICOM has it."""
    modality: str = "CT"
    slope: float = 1.0
    intercept: float = -1024.0
    description: str = "head"
    number: int = 3
    uid: str = field(default_factory=generate_uid)
    depths: tuple[float, ...] = ()
    """Where the slices lie, in steps; default 0, 1, 2, …"""
    announced: int = 0
    study: str = field(default_factory=generate_uid)
    header: Mapping[str, Any] = field(default_factory=dict)
    """Further values of its slices by DICOM's keyword, in place of the usual ones; None: the tag is missing."""

    @property
    def places(self) -> tuple[float, ...]:
        return self.depths or tuple(range(self.n))

    def slice_position(self, depth: float) -> Array:
        return np.asarray(self.position) + depth * np.asarray(self.step)

    def points(self, depth: float) -> Array:
        """(rows, columns, 3): where the header puts the pixels of a slice (DICOM PS3.3 C.7.6.2.1.1)."""
        j, i = np.meshgrid(np.arange(self.rows), np.arange(self.columns), indexing="ij")
        along = i[..., None] * self.pixel_mm[1] * np.asarray(self.row)
        down = j[..., None] * self.pixel_mm[0] * np.asarray(self.column)
        return np.asarray(self.slice_position(depth) + along + down)

    def values(self, depth: float) -> Array:
        """(rows, columns): what a reader should find there."""
        return np.rint((linear(self.points(depth)) - self.intercept) / self.slope) * self.slope + self.intercept

    def dataset(self, depth: float, number: int) -> Dataset:
        """One slice as a file of its own."""
        ds = _common(self, MRImageStorage if self.modality == "MR" else CTImageStorage)
        ds.InstanceNumber = number
        ds.ImagePositionPatient = _decimals(self.slice_position(depth))
        ds.ImageOrientationPatient = _decimals([*self.row, *self.column])
        ds.PixelSpacing = _decimals(self.pixel_mm)
        ds.RescaleSlope, ds.RescaleIntercept = _decimals([self.slope, self.intercept])
        if self.announced:
            ds.ImagesInAcquisition = self.announced
        stored = np.rint((linear(self.points(depth)) - self.intercept) / self.slope)
        assert stored.min() >= 0
        assert stored.max() < 2**16
        ds.PixelData = stored.astype("<u2").tobytes()
        for keyword, value in self.header.items():
            setattr(ds, keyword, value)
            if value is None:
                delattr(ds, keyword)
        return ds

    def write(self, folder: Path, *, names: Sequence[str] = (), only: Sequence[int] | None = None) -> list[Path]:
        """Write the slices into a folder; `names` are the files' names, `only` the numbers of slices to write."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for number, depth in enumerate(self.places):
            if only is not None and number not in only:
                continue
            path = folder / (names[number] if names else f"s{self.number}-{number:03}.dcm")
            save(self.dataset(depth, number + 1), path)
            written.append(path)
        return written


def oblique_mr(**changes: Any) -> Series:
    """An MR series that is tilted against all axes and runs from the head down, in float because of its slope."""
    import math

    a, b = math.radians(20), math.radians(-15)
    row = np.array([math.cos(a), math.sin(a), 0])
    column = np.array([-math.sin(a) * math.sin(b), math.cos(a) * math.sin(b), -math.cos(b)])
    normal = np.cross(row, column)
    base = Series(
        row=tuple(row), column=tuple(column), step=tuple(-1.25 * normal), modality="MR", slope=0.25, intercept=0.0
    )
    return replace(base, **changes)


def tilted_ct(angle_deg: float = 15.0, **changes: Any) -> Series:
    """A CT whose gantry was tilted: the slices lean, the table moves along z."""
    import math

    a = math.radians(angle_deg)
    return replace(Series(column=(0.0, math.cos(a), -math.sin(a)), step=(0.0, 0.0, 2.5)), **changes)


def multi_frame(series: Series, *, repeats: int = 1, order: Sequence[int] | None = None) -> Dataset:
    """An enhanced MR file with all slices as frames, in any order, each place `repeats` times."""
    ds = _common(series, EnhancedMRImageStorage)
    frames = [number for number in (order or range(len(series.places))) for _ in range(repeats)]
    shared, orientation, measures, scaling = (Dataset() for _ in range(4))
    orientation.ImageOrientationPatient = _decimals([*series.row, *series.column])
    measures.PixelSpacing = _decimals(series.pixel_mm)
    scaling.RescaleSlope, scaling.RescaleIntercept = _decimals([series.slope, series.intercept])
    shared.PlaneOrientationSequence = DicomSequence([orientation])
    shared.PixelMeasuresSequence = DicomSequence([measures])
    shared.PixelValueTransformationSequence = DicomSequence([scaling])
    ds.SharedFunctionalGroupsSequence = DicomSequence([shared])
    per_frame, pixels = [], []
    for number in frames:
        depth = series.places[number]
        own, place = Dataset(), Dataset()
        place.ImagePositionPatient = _decimals(series.slice_position(depth))
        own.PlanePositionSequence = DicomSequence([place])
        per_frame.append(own)
        pixels.append(np.rint((series.values(depth) - series.intercept) / series.slope).astype("<u2").tobytes())
    ds.PerFrameFunctionalGroupsSequence = DicomSequence(per_frame)
    ds.NumberOfFrames = len(frames)
    ds.PixelData = b"".join(pixels)
    return ds


def save(ds: Dataset, path: Path, *, rle: bool = False) -> None:
    """Write one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if rle:
        ds.compress(RLELossless, encoding_plugin="pydicom")
    ds.save_as(path, enforce_file_format=True)


def dicomdir(folder: Path) -> Path:
    """The list of a CD, of which only the mark counts."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = MediaStorageDirectoryStorage, generate_uid()
    ds = FileDataset(str(folder / "DICOMDIR"), {}, file_meta=meta, preamble=bytes(128))
    ds.FileSetID = "CD"
    ds.save_as(folder / "DICOMDIR", enforce_file_format=True)
    return folder / "DICOMDIR"


def _common(series: Series, storage: UID) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = storage
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.PatientName, ds.PatientID = PATIENT, PATIENT_ID
    ds.StudyInstanceUID = series.study
    ds.SeriesInstanceUID, ds.SeriesNumber = series.uid, series.number
    ds.SeriesDescription, ds.Modality = series.description, series.modality
    ds.Rows, ds.Columns = series.rows, series.columns
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    return ds


def _decimals(numbers: Any) -> list[str]:
    """DICOM decimal strings have at most 16 characters."""
    return [f"{float(n):.9f}"[:16] for n in numbers]
