"""What the headers of DICOM files say about each slice: which series, where it lies, how its numbers are scaled."""

from __future__ import annotations

import hashlib
import logging
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pydicom
import pydicom.config
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from fusionviewer.geometry import Points
from fusionviewer.imaging.dicom.facts import FACT_TAGS, facts_of, number
from fusionviewer.imaging.dicom.patient import PERSONAL, person_of, printable, without_patient
from fusionviewer.imaging.dicom.quick_header import PlainValues, quick_values
from fusionviewer.imaging.dicom.series_choice import Person, SeriesFacts
from fusionviewer.imaging.native_calls import unwarned
from fusionviewer.progress import Observer

# Scanners write values that break the standard's rules; what matters is checked here, in sentences of our own.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
logging.getLogger("pydicom").setLevel(logging.CRITICAL)  # its messages quote what stands in headers: the patient

_TAGS: Final[list[Any]] = [
    *("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "Modality"),
    *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", *PERSONAL, *FACT_TAGS),
    *("Rows", "Columns", "SamplesPerPixel", "NumberOfFrames", "BitsStored", "PixelRepresentation"),
    *("RescaleSlope", "RescaleIntercept", "InstanceNumber", "ImagesInAcquisition", "SpecificCharacterSet"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "FrameOfReferenceUID"),
]

Place: TypeAlias = Dataset | Mapping[str, Any] | None
"""What values are asked for by their keyword."""


@dataclass(frozen=True, eq=False)
class SliceHeader:
    """One slice: a file, or a frame of a multi-frame file."""

    path: Path
    frame: int
    """Which frame of the file, from 0."""
    n_frames: int
    """How many frames the file has."""
    instance_uid: str
    shape: tuple[int, int]
    """Rows, columns."""
    samples: int
    """Numbers a pixel: 1, or 3 for colours."""
    bits: int
    signed: bool
    position: Points | None
    """Centre of the first pixel, (3,) LPS mm."""
    axes: Points | None
    """(2, 3): the directions in which the column number and the row number grow."""
    pixel_mm: tuple[float, float] | None
    """Distance of columns, distance of rows."""
    slope: float
    intercept: float
    """value = slope · stored + intercept; NaN where the header has something that is no number."""


@dataclass(frozen=True, eq=False)
class SeriesHeaders:
    """The slices of one series, in the order of their files, with what is known of them together."""

    uid: str
    number: int
    description: str
    """Empty if there is none, or if the patient's name stands in it."""
    name: str
    """What to call the series: its description, else its folder, else its modality; never the patient."""
    modality: str
    slices: tuple[SliceHeader, ...]
    announced: int
    """How many images the scanner says there are; 0 if it does not."""
    facts: SeriesFacts
    person: Person
    description_hidden: bool
    """There is a description, but the patient is named in it."""
    frame_of_reference: str = ""
    """A digest of its UID; empty if the header has none."""


def scan(path: Path, observer: Observer, *, below: bool = True) -> tuple[SeriesHeaders, ...]:
    """The series of a folder and all folders `below` it, or of one file. Files of other kinds are passed over.

    Raises Cancelled.
    """
    files = [path] if path.is_file() else sorted(_files_in(path, below, observer))
    first: dict[str, Dataset] = {}
    slices: dict[str, list[SliceHeader]] = {}
    for n, file in enumerate(files):
        observer.report(n / len(files), f"Reading the headers of {len(files)} files")
        plain = quick_values(file)
        if plain is not None and (uid := _one(plain, "SeriesInstanceUID")) in first:
            slices[uid].append(_plain_slice(plain, file))
            continue
        with unwarned():
            dataset = _header(file)
            if dataset is None or not _is_image(dataset):
                continue
            uid = str(dataset.get("SeriesInstanceUID", "") or "unnamed")
            first.setdefault(uid, dataset)
            slices.setdefault(uid, []).extend(_slices(dataset, file))
    found = [_series(uid, dataset, slices[uid], path) for uid, dataset in first.items()]
    return tuple(sorted(found, key=lambda s: (s.number, s.uid)))


def is_dicom(path: Path) -> bool:
    """Whether a file carries DICOM's mark."""
    try:
        with path.open("rb") as stream:
            return stream.read(132)[128:] == b"DICM"
    except OSError:
        return False


def is_directory(path: Path) -> bool:
    """Whether a DICOM file is the list of what lies in its folder (DICOMDIR), as on every CD."""
    return path.name.upper().partition(".")[0] == "DICOMDIR" and is_dicom(path)


def _files_in(folder: Path, below: bool, observer: Observer) -> Iterator[Path]:
    for directory, folders, names in os.walk(folder):
        observer.check()
        folders[:] = [name for name in folders if below and not name.startswith(".")]
        for name in names:
            path = Path(directory, name)
            if not name.startswith(".") and name != "DICOMDIR" and path.is_file():  # no pipe, no device
                yield path


def _header(path: Path) -> Dataset | None:
    """The header of a DICOM file, or None if it is none. Files without DICOM's mark count if their name says so."""
    if not is_dicom(path) and path.suffix.lower() not in {".dcm", ".ima"}:
        return None
    try:
        return pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=_TAGS)
    except (OSError, InvalidDicomError, ValueError, KeyError, AttributeError, NotImplementedError, EOFError):
        return None


def _is_image(dataset: Dataset) -> bool:
    return "Rows" in dataset and "Columns" in dataset and "SOPClassUID" in dataset


def _series(uid: str, dataset: Dataset, slices: list[SliceHeader], path: Path) -> SeriesHeaders:
    unique = {(s.instance_uid or str(s.path), s.frame): s for s in slices}  # copies of one file count once
    facts = facts_of(dataset)
    modality = printable(str(dataset.get("Modality", "") or ""))
    written = printable(str(dataset.get("SeriesDescription", "") or ""))
    description = without_patient(written, dataset)
    folder = without_patient(path.resolve().name if path.is_dir() else path.stem, dataset)
    return SeriesHeaders(
        uid=uid,
        number=facts.number or 0,
        description=description,
        name=description or folder or f"{modality} series {facts.number or 0}".strip(),
        modality=modality,
        slices=tuple(unique.values()),
        announced=int(number(dataset.get("ImagesInAcquisition"), 0)),
        facts=facts,
        person=person_of(dataset),
        description_hidden=bool(written and not description),
        frame_of_reference=_digest(str(dataset.get("FrameOfReferenceUID", "") or "").strip()),
    )


def _digest(uid: str) -> str:
    """What is the same for one UID, and does not tell it; empty for none."""
    return hashlib.blake2b(uid.encode(errors="replace"), digest_size=8).hexdigest() if uid else ""


def _plain_slice(values: PlainValues, path: Path) -> SliceHeader:
    """The slice of a file that has one only: the same as `_slices` finds, in less time."""
    return SliceHeader(
        path=path,
        frame=0,
        n_frames=1,
        instance_uid=_one(values, "SOPInstanceUID"),
        shape=(int(number(values["Rows"], 0)), int(number(values["Columns"], 0))),
        samples=int(number(values.get("SamplesPerPixel"), 1)),
        bits=int(number(values.get("BitsStored"), 16)),
        signed=values.get("PixelRepresentation") == 1,
        position=_numbers([values], "ImagePositionPatient", 3),
        axes=_plain_axes(_all(values, "ImageOrientationPatient")),
        pixel_mm=_pixel_mm([values]),
        slope=_plain_number(values, "RescaleSlope", 1.0),
        intercept=_plain_number(values, "RescaleIntercept", 0.0),
    )


def _plain_number(values: PlainValues, keyword: str, default: float) -> float:
    """As `_first_number`."""
    found = _all(values, keyword)
    return default if not found else number(found[0], math.nan) if len(found) == 1 else math.nan


def _all(values: PlainValues, keyword: str) -> tuple[str, ...]:
    found = values.get(keyword)
    return tuple(found) if isinstance(found, list) else ()


def _one(values: PlainValues, keyword: str) -> str:
    return next(iter(_all(values, keyword)), "")


@lru_cache(maxsize=256)
def _plain_axes(cosines: tuple[str, ...]) -> Points | None:
    """All slices of a series usually say the same."""
    return _axes([{"ImageOrientationPatient": list(cosines)}]) if cosines else None


def _slices(dataset: Dataset, path: Path) -> Iterator[SliceHeader]:
    n = max(1, int(number(dataset.get("NumberOfFrames"), 1)))
    shared = _first(dataset, "SharedFunctionalGroupsSequence")
    frames = dataset.get("PerFrameFunctionalGroupsSequence") or []
    for index in range(n):
        own = frames[index] if index < len(frames) else Dataset()
        places = [own, shared]
        pose = None if n > 1 and not frames else dataset  # several frames cannot all lie where the file says
        scaling = [_group(places, "PixelValueTransformationSequence"), dataset]
        yield SliceHeader(
            path=path,
            frame=index,
            n_frames=n,
            instance_uid=str(dataset.get("SOPInstanceUID", "")),
            shape=(int(number(dataset.Rows, 0)), int(number(dataset.Columns, 0))),
            samples=int(number(dataset.get("SamplesPerPixel"), 1)),
            bits=int(number(dataset.get("BitsStored"), 16)),
            signed=int(number(dataset.get("PixelRepresentation"), 0)) == 1,
            position=_numbers([_group(places, "PlanePositionSequence"), pose], "ImagePositionPatient", 3),
            axes=_axes([_group(places, "PlaneOrientationSequence"), pose]),
            pixel_mm=_pixel_mm([_group(places, "PixelMeasuresSequence"), dataset]),
            slope=_first_number(scaling, "RescaleSlope", 1.0),
            intercept=_first_number(scaling, "RescaleIntercept", 0.0),
        )


def _axes(places: Sequence[Place]) -> Points | None:
    cosines = _numbers(places, "ImageOrientationPatient", 6)
    if cosines is None:
        return None
    axes = cosines.reshape(2, 3)
    lengths = np.linalg.norm(axes, axis=1)
    if (np.abs(lengths - 1) > 0.01).any() or abs(float(axes[0] @ axes[1])) > 0.01:
        return None
    row = axes[0] / lengths[0]
    column = axes[1] - (axes[1] @ row) * row  # headers have few digits: make the right angle exact
    return np.stack([row, column / np.linalg.norm(column)])


def _pixel_mm(places: Sequence[Place]) -> tuple[float, float] | None:
    spacing = _numbers(places, "PixelSpacing", 2)
    return None if spacing is None else (float(spacing[1]), float(spacing[0]))  # DICOM: between rows comes first


def _first(dataset: Dataset, keyword: str) -> Dataset:
    sequence = dataset.get(keyword)
    return sequence[0] if sequence else Dataset()


def _group(places: list[Dataset], keyword: str) -> Dataset | None:
    """A functional group of a frame: its own, else the one that all frames share."""
    return next((_first(place, keyword) for place in places if place.get(keyword)), None)


def _numbers(places: Sequence[Place], keyword: str, n: int) -> Points | None:
    """The first of these data sets that has the value says it; None if it is not n finite numbers."""
    value = next((p.get(keyword) for p in places if p is not None and p.get(keyword) is not None), None)
    try:
        numbers = np.asarray([float(v) for v in value], dtype=np.float64) if value is not None else None
    except (TypeError, ValueError):
        return None
    return numbers if numbers is not None and len(numbers) == n and bool(np.isfinite(numbers).all()) else None


def _first_number(places: Sequence[Place], keyword: str, default: float) -> float:
    """The first value that there is, NaN if it is not a number; the default if there is none."""
    value = next((p.get(keyword) for p in places if p is not None and p.get(keyword) is not None), None)
    return default if value is None else number(value, math.nan)
