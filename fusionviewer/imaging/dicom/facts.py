"""What the header of a series says about how it was made."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date, time

import numpy as np
from pydicom.dataset import Dataset

from fusionviewer.imaging.dicom.patient import printable, without_patient
from fusionviewer.imaging.dicom.series_choice import SeriesFacts

FACT_TAGS = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyDescription", "SeriesDate", "SeriesTime", "AcquisitionDate",
    "AcquisitionTime", "AcquisitionDateTime", "ContentDate", "ContentTime", "ConvolutionKernel", "SequenceName",
    "PulseSequenceName", "ScanningSequence", "ProtocolName", "BodyPartExamined", "ImageType", "MRAcquisitionType",
    "SliceThickness", "RepetitionTime", "EchoTime", "InversionTime", "PhotometricInterpretation", "PatientPosition",
)  # fmt: skip
"""What the header of the first file of each series is asked for."""

_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"

_GROUPS = (
    "CTReconstructionSequence", "MRTimingAndRelatedParametersSequence", "MREchoSequence", "PixelMeasuresSequence",
)  # fmt: skip
"""Where files with several frames keep some of it."""


def facts_of(dataset: Dataset) -> SeriesFacts:
    """What the header says, in printable texts that do not name the patient."""
    places = [dataset, *_shared(dataset)]

    def text(*keywords: str, between: str = " ") -> str:
        found = (_text(place.get(keyword), between) for keyword in keywords for place in places)
        return without_patient(next((value for value in found if value), ""), dataset)

    def size(keyword: str) -> float:
        found = (number(place.get(keyword), 0.0) for place in places)
        return max(0.0, next((value for value in found if value), 0.0))

    study = _when(dataset, ("StudyDate", "StudyTime"))
    acquired = str(dataset.get("AcquisitionDateTime", "") or "")
    return SeriesFacts(
        study_uid=str(dataset.get("StudyInstanceUID", "") or ""),
        study_when=study,
        study_description=text("StudyDescription"),
        when=_when(dataset, ("SeriesDate", "SeriesTime"), ("AcquisitionDate", "AcquisitionTime"))
        or _moment(acquired[:8], acquired[8:].partition("+")[0].partition("-")[0])
        or _when(dataset, ("ContentDate", "ContentTime"))
        or study,
        number=_whole(dataset.get("SeriesNumber")),
        kernel=text("ConvolutionKernel"),
        sequence=text("SequenceName", "PulseSequenceName", "ScanningSequence", between="/"),
        protocol=text("ProtocolName"),
        body_part=text("BodyPartExamined").upper(),
        image_type=tuple(_text(dataset.get("ImageType"), "\n").upper().split()),
        scanned_3d=_text(dataset.get("MRAcquisitionType")).upper() == "3D",
        thickness_mm=size("SliceThickness"),
        repetition_ms=size("RepetitionTime"),
        echo_ms=size("EchoTime") or size("EffectiveEchoTime"),
        inversion_ms=size("InversionTime"),
        rescaled=dataset.get("Modality") != "CT" or "RescaleIntercept" in dataset or bool(_several(dataset)),
        inverted=_text(dataset.get("PhotometricInterpretation")).upper() == "MONOCHROME1",
        captured=str(dataset.get("SOPClassUID", "")).startswith(_SECONDARY_CAPTURE),
        position=_text(dataset.get("PatientPosition")).upper(),
        skew=_skew(dataset.get("ImageOrientationPatient")),
    )


def _skew(cosines: object) -> float:
    """How far two directions are from unit length and a right angle; 0 where there are not six numbers."""
    try:
        row, column = np.asarray([float(v) for v in cosines], dtype=np.float64).reshape(2, 3)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return 0.0
    off = (abs(float(np.linalg.norm(row)) - 1), abs(float(np.linalg.norm(column)) - 1), abs(float(row @ column)))
    return max(off) if all(map(math.isfinite, off)) else 0.0


def number(value: object, default: float) -> float:
    """A finite number, or the default for what is none."""
    try:
        found = float(str(value))
    except ValueError:
        return default
    return found if math.isfinite(found) else default


def _shared(dataset: Dataset) -> list[Dataset]:
    """The groups that all frames of a file share; empty for a file of one slice."""
    shared = dataset.get("SharedFunctionalGroupsSequence")
    if not shared:
        return []
    return [shared[0].get(group)[0] for group in _GROUPS if shared[0].get(group)]


def _several(dataset: Dataset) -> object:
    """What describes the frames of a file that has several."""
    return dataset.get("SharedFunctionalGroupsSequence") or dataset.get("PerFrameFunctionalGroupsSequence")


def _whole(value: object) -> int | None:
    found = number(value, math.nan)
    return None if math.isnan(found) else int(found)


def _text(value: object, between: str = " ") -> str:
    if value is None:
        return ""
    parts = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
    found = [printable(str(part)) for part in parts]
    return between.join(part for part in found if part)


def _when(dataset: Dataset, *places: tuple[str, str]) -> str:
    """The first date that there is, with its time if that is known."""
    found = (_moment(str(dataset.get(day, "") or ""), str(dataset.get(hour, "") or "")) for day, hour in places)
    return next((moment for moment in found if moment), "")


def _moment(day: str, hour: str) -> str:
    """2016-03-09 14:30:43 from DICOM's digits, also the older form with dots and colons; empty if it is no date."""
    day, hour = day.strip().replace(".", ""), hour.strip().replace(":", "")
    try:
        found = date(int(day[:4]), int(day[4:6]), int(day[6:8])).isoformat()
    except ValueError:
        return ""
    with suppress(ValueError):  # a date without a time is worth having
        found += f" {time(int(hour[:2]), int(hour[2:4] or 0), int(hour[4:6] or 0)).isoformat()}"
    return found
