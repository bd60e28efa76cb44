"""What the headers of DICOM files say about each slice: which series, where it lies, how its numbers are scaled."""

from __future__ import annotations

import logging
import math
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pydicom
import pydicom.config
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from fusionviewer.geometry import Points
from fusionviewer.imaging.native_calls import unwarned
from fusionviewer.progress import Observer

# Scanners write values that break the standard's rules; what matters is checked here, in sentences of our own.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
logging.getLogger("pydicom").setLevel(logging.CRITICAL)  # its messages quote what stands in headers: the patient

_TAGS: Final[list[Any]] = [
    *("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "Modality"),
    *(
        "PatientName",
        "PatientID",
        "PatientBirthName",
        "PatientBirthDate",
        "OtherPatientNames",
        "OtherPatientIDs",
        "AccessionNumber",
        "ReferringPhysicianName",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "PixelSpacing",
    ),
    *("Rows", "Columns", "SamplesPerPixel", "NumberOfFrames", "BitsStored", "PixelRepresentation"),
    *("RescaleSlope", "RescaleIntercept", "InstanceNumber", "ImagesInAcquisition", "SpecificCharacterSet"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
]


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


def scan(path: Path, observer: Observer) -> tuple[SeriesHeaders, ...]:
    """The series of a folder and all folders below it, or of one file. Files of other kinds are passed over.

    Raises Cancelled.
    """
    files = [path] if path.is_file() else sorted(_files_below(path, observer))
    first: dict[str, Dataset] = {}
    slices: dict[str, list[SliceHeader]] = {}
    for n, file in enumerate(files):
        observer.report(n / len(files), "Looking for images")
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


def _files_below(folder: Path, observer: Observer) -> Iterator[Path]:
    for directory, folders, names in os.walk(folder):
        observer.check()
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(directory, name) for name in names if not name.startswith(".") and name != "DICOMDIR")


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
    number = int(_number(dataset.get("SeriesNumber"), 0))
    modality = str(dataset.get("Modality", "") or "")
    description = _without_patient(str(dataset.get("SeriesDescription", "") or "").strip(), dataset)
    folder = _without_patient(path.resolve().name if path.is_dir() else path.stem, dataset)
    return SeriesHeaders(
        uid=uid,
        number=number,
        description=description,
        name=description or folder or f"{modality} series {number}".strip(),
        modality=modality,
        slices=tuple(unique.values()),
        announced=int(_number(dataset.get("ImagesInAcquisition"), 0)),
    )


def _without_patient(text: str, dataset: Dataset) -> str:
    """A description, or nothing if some part of what names the patient stands in it, in whatever spelling.

    Rather too strict: a description that is dropped costs little.
    """
    words = set(_words(text))
    together = "".join(_words(text))
    for keyword in _PERSONAL:
        for part in _words(str(dataset.get(keyword, "") or "")):
            short = part.lstrip("0")
            if short in words or part in words or (len(short) >= 3 and short in together):
                return ""
    born = str(dataset.get("PatientBirthDate", "") or "")
    if len(born) == 8 and any(date in together for date in (born, born[6:] + born[4:6] + born[:4])):
        return ""
    return text


_PERSONAL = (
    "PatientName", "PatientID", "PatientBirthName", "OtherPatientNames", "OtherPatientIDs", "AccessionNumber",
    "ReferringPhysicianName",
)  # fmt: skip


def _words(text: str) -> list[str]:
    """Letters and digits in small plain letters; a word with an umlaut stands twice, as ae and as a."""
    text = text.casefold()
    spelt = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return list(dict.fromkeys(re.findall(r"[^\W_]+", f"{spelt} {plain}" if spelt != plain else plain)))


def _slices(dataset: Dataset, path: Path) -> Iterator[SliceHeader]:
    n = max(1, int(_number(dataset.get("NumberOfFrames"), 1)))
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
            shape=(int(_number(dataset.Rows, 0)), int(_number(dataset.Columns, 0))),
            samples=int(_number(dataset.get("SamplesPerPixel"), 1)),
            bits=int(_number(dataset.get("BitsStored"), 16)),
            signed=int(_number(dataset.get("PixelRepresentation"), 0)) == 1,
            position=_numbers([_group(places, "PlanePositionSequence"), pose], "ImagePositionPatient", 3),
            axes=_axes([_group(places, "PlaneOrientationSequence"), pose]),
            pixel_mm=_pixel_mm([_group(places, "PixelMeasuresSequence"), dataset]),
            slope=_first_number(scaling, "RescaleSlope", 1.0),
            intercept=_first_number(scaling, "RescaleIntercept", 0.0),
        )


def _axes(places: list[Dataset | None]) -> Points | None:
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


def _pixel_mm(places: list[Dataset | None]) -> tuple[float, float] | None:
    spacing = _numbers(places, "PixelSpacing", 2)
    return None if spacing is None else (float(spacing[1]), float(spacing[0]))  # DICOM: between rows comes first


def _first(dataset: Dataset, keyword: str) -> Dataset:
    sequence = dataset.get(keyword)
    return sequence[0] if sequence else Dataset()


def _group(places: list[Dataset], keyword: str) -> Dataset | None:
    """A functional group of a frame: its own, else the one that all frames share."""
    return next((_first(place, keyword) for place in places if place.get(keyword)), None)


def _numbers(places: list[Dataset | None], keyword: str, n: int) -> Points | None:
    """The first of these data sets that has the value says it; None if it is not n finite numbers."""
    value = next((p.get(keyword) for p in places if p is not None and p.get(keyword) is not None), None)
    try:
        numbers = np.asarray([float(v) for v in value], dtype=np.float64) if value is not None else None
    except (TypeError, ValueError):
        return None
    return numbers if numbers is not None and len(numbers) == n and bool(np.isfinite(numbers).all()) else None


def _first_number(places: list[Dataset | None], keyword: str, default: float) -> float:
    """The first value that there is, NaN if it is not a number; the default if there is none."""
    value = next((p.get(keyword) for p in places if p is not None and p.get(keyword) is not None), None)
    return default if value is None else _number(value, math.nan)


def _number(value: object, default: float) -> float:
    try:
        number = float(str(value))
    except ValueError:
        return default
    return number if math.isfinite(number) else default
