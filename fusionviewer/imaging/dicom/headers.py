"""What the headers of DICOM files say about each slice: which series, where it lies, how its numbers are scaled."""

from __future__ import annotations

import hashlib
import logging
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pydicom
import pydicom.config
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from fusionviewer.errors import Cancelled, UnreadableInput
from fusionviewer.geometry import Points
from fusionviewer.imaging.dicom.facts import FACT_TAGS, facts_of, number
from fusionviewer.imaging.dicom.labels import LABEL_TAGS, NO_LABELS, Labels, label_reader, plain_labels
from fusionviewer.imaging.dicom.mosaic import MOSAIC_TAGS, is_mosaic, tiles_of
from fusionviewer.imaging.dicom.patient import PERSONAL, person_of, printable, without_patient
from fusionviewer.imaging.dicom.patient_marks import NO_MARKS, PatientMarks, patient_marks
from fusionviewer.imaging.dicom.quick_header import PlainValues, quick_values
from fusionviewer.imaging.dicom.series_choice import WORST_SKEW, Person, SeriesFacts
from fusionviewer.imaging.dicom.soundness import (
    called_dicom,
    files_in,
    holds_what_it_says,
    in_words,
    is_image_storage,
    left_out_words,
    pixel_bytes_at_most,
)
from fusionviewer.imaging.native_calls import unwarned
from fusionviewer.progress import Observer

# Scanners write values that break the standard's rules; what matters is checked here, in sentences of our own.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
logging.getLogger("pydicom").setLevel(logging.CRITICAL)  # its messages quote what stands in headers: the patient

_TAGS: Final[list[Any]] = [
    *("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "Modality"),
    *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", *PERSONAL, "PatientSex", *FACT_TAGS),
    *("Rows", "Columns", "SamplesPerPixel", "NumberOfFrames", "BitsStored", "PixelRepresentation"),
    *("RescaleSlope", "RescaleIntercept", "InstanceNumber", "ImagesInAcquisition", "SpecificCharacterSet"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "FrameOfReferenceUID"),
    "BitsAllocated",
    *LABEL_TAGS,
    *MOSAIC_TAGS,
]

_TELL_EVERY: Final = 500
"""Frames of one file."""

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
    labels: Labels = NO_LABELS
    """What tells it apart from others at its place."""
    tile: tuple[int, int] | None = None
    """Row and column in the file's picture where the slice begins that is one of several tiles of it."""


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
    part: int = 1
    """Which volume of the series it is, from 1 on."""
    parts: int = 1
    """How many volumes the series has."""
    part_name: str = ""
    """What this one is, where there are several: echo 4.9 ms, water, time 2 of 5."""
    remarks: tuple[str, ...] = ()
    """What was left out, in sentences."""
    last_first: bool = False
    """Whether the slices stand in the opposite of the order of their files."""
    patient: PatientMarks = NO_MARKS

    @property
    def reference(self) -> str:
        """What finds it again in its folder: the UID, and after a # the part where there are several."""
        return self.uid if self.parts == 1 else f"{self.uid}#{self.part}"

    @property
    def full_name(self) -> str:
        """Name and part."""
        return f"{self.name}, {self.part_name}" if self.part_name else self.name

    @property
    def neutral_name(self) -> str:
        """What files call it, into which no text of the header may go: CT series 3, part 2."""
        called = f"{self.modality} series {self.number or ''}".strip()
        return f"{called}, part {self.part}" if self.parts > 1 else called


def scan(path: Path, observer: Observer, *, below: bool = True) -> tuple[SeriesHeaders, ...]:
    """The series of a folder and all folders `below` it, or of one file. Files of other kinds are passed over.

    What is wrong with a file costs that file: the `remarks` of the series in its folder name it. Raises Cancelled, and
    UnreadableInput where there are DICOM files, but none of them can be read.
    """
    files = [(path, True)] if os.path.isfile(path) else sorted(files_in(path, below, observer))
    found = _Found()
    for n, (file, regular) in enumerate(files):
        observer.report(n / len(files), f"Reading the headers of {len(files)} files")
        if regular:
            found.look_at(file, observer.part(n / len(files), (n + 1) / len(files)))
        else:
            found.bad[file] = ""
    if found.bad and not found.slices and all(map(os.path.isdir, found.bad)):
        name = printable(min(found.bad, key=lambda folder: len(folder.parts)).name)
        raise UnreadableInput(f"The folder {name} cannot be opened.", "Check that you may read it, and try again.")
    if found.bad and not found.slices:
        names = in_words([file.name for file in found.bad])
        what = "The DICOM file" if len(found.bad) == 1 else f"None of the {len(found.bad)} DICOM files"
        cannot = "cannot" if len(found.bad) == 1 else "can"
        raise UnreadableInput(f"{what} {cannot} be read, damaged or cut short: {names}.", "Copy or export them again.")
    series = [_series(uid, dataset, found, path) for uid, dataset in found.first.items()]
    return tuple(sorted(series, key=lambda s: (s.number, s.uid)))


class _Found:
    """What the files have told so far."""

    def __init__(self) -> None:
        self.first: dict[str, Dataset] = {}
        self.slices: dict[str, list[SliceHeader]] = {}
        self.bad: dict[Path, str] = {}
        """The files that are left out, and the series to which each belongs; empty where that is not known."""

    def look_at(self, file: Path, observer: Observer) -> None:
        """Take the slices of a file."""
        plain = quick_values(file)
        if plain is not None and (uid := _one(plain, "SeriesInstanceUID")) in self.first:
            if holds_what_it_says(plain, plain["PixelBytes"]):
                self.slices[uid].append(_plain_slice(plain, file))
            else:
                self.bad[file] = uid
            return
        try:
            with unwarned():
                self._look_closely(file, plain, observer)
        except Cancelled:
            raise
        except Exception:  # whatever a file makes pydicom raise, recursion and memory too: it must not cost the others
            self.bad.setdefault(file, "")

    def _look_closely(self, file: Path, plain: PlainValues | None, observer: Observer) -> None:
        dataset = _header(file)
        if dataset is None:
            return
        uid = str(dataset.get("SeriesInstanceUID", "") or "unnamed")
        if not _is_image(dataset):
            if is_image_storage(dataset):
                self.bad[file] = uid
            return
        there = plain["PixelBytes"] if plain else pixel_bytes_at_most(dataset, file)
        if not holds_what_it_says(dataset, there):
            self.bad[file] = uid
            return
        slices: list[SliceHeader] = []
        for whole in _slices(dataset, file):
            if whole.frame % _TELL_EVERY == _TELL_EVERY - 1:
                told = f"Reading the headers of frame {whole.frame + 1} of {whole.n_frames}"
                observer.report(whole.frame / whole.n_frames, told)
            slices.extend(_tiles(whole, dataset))
        self.first.setdefault(uid, dataset)
        self.slices.setdefault(uid, []).extend(slices)

    def left_out(self, uid: str) -> list[Path]:
        """The bad files of a series; those of none that is known belong to those in the same folder, else to all."""
        if not self.bad:
            return []
        folders = {header.path.parent for header in self.slices[uid]}
        homes = {header.path.parent for series in self.slices.values() for header in series}
        return [
            file
            for file, its in self.bad.items()
            if (its == uid if its in self.first else file.parent in folders or file.parent not in homes)
        ]


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


def _header(path: Path) -> Dataset | None:
    """The header of a DICOM file, or None if it is none. Files without DICOM's mark count if their name says so.

    Raises whatever a damaged file makes pydicom raise, and OSError for one that cannot be opened.
    """
    with path.open("rb") as stream:
        marked = stream.read(132)[128:] == b"DICM"
    if not marked and not called_dicom(path):
        return None
    dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=_TAGS)
    if dataset.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
        return None
    if "SOPClassUID" not in dataset:
        raise ValueError("no kind of DICOM object")
    return dataset


def _is_image(dataset: Dataset) -> bool:
    return "Rows" in dataset and "Columns" in dataset


def _series(uid: str, dataset: Dataset, found: _Found, path: Path) -> SeriesHeaders:
    slices = found.slices[uid]
    unique = {(s.instance_uid or str(s.path), s.frame, s.tile): s for s in slices}  # copies of one file count once
    facts = facts_of(dataset)
    modality = printable(str(dataset.get("Modality", "") or ""))
    written = printable(str(dataset.get("SeriesDescription", "") or ""))
    description = without_patient(written, dataset)
    folder = without_patient(path.resolve().name if os.path.isdir(path) else path.stem, dataset)
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
        patient=patient_marks(dataset),
        description_hidden=bool(written and not description),
        frame_of_reference=frame_digest(str(dataset.get("FrameOfReferenceUID", "") or "").strip()),
        remarks=left_out_words([without_patient(file.name, dataset) for file in found.left_out(uid)]),
    )


def frame_digest(uid: str) -> str:
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
        labels=plain_labels(values),
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
    labels = label_reader((shared, dataset))
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
            labels=labels(own),
        )


def _tiles(whole: SliceHeader, dataset: Dataset) -> list[SliceHeader]:
    """The slices in a file with one picture: several if it is a mosaic."""
    if not is_mosaic(whole.labels.kind) or whole.position is None or whole.axes is None or whole.pixel_mm is None:
        return [whole]
    found = tiles_of(dataset, whole.shape, whole.position, whole.axes, whole.pixel_mm)
    return [replace(whole, shape=one.shape, position=one.position, tile=one.begins) for one in found]


def _axes(places: Sequence[Place]) -> Points | None:
    cosines = _numbers(places, "ImageOrientationPatient", 6)
    if cosines is None:
        return None
    axes = cosines.reshape(2, 3)
    lengths = np.linalg.norm(axes, axis=1)
    if (np.abs(lengths - 1) > WORST_SKEW).any() or abs(float(axes[0] @ axes[1])) > WORST_SKEW:
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
