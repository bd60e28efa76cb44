"""The DICOM series that an image was read from, looked at again when something is written that refers to it.

Who the patient is and the UIDs of studies, series and images are in memory while something is written, and nowhere
else: no study file and no log has them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pydicom
from pydicom.config import RAISE
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.multival import MultiValue
from pydicom.uid import HTJ2K, JPEG2000, JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless
from pydicom.valuerep import validate_value

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.archive.origin import check_source
from fusionviewer.geometry import Points
from fusionviewer.imaging.dicom.facts import number
from fusionviewer.imaging.dicom.headers import SliceHeader
from fusionviewer.imaging.dicom.series_choice import SeriesFacts
from fusionviewer.imaging.dicom.stacks import Stack, stack_of
from fusionviewer.imaging.intake import CheckedImage, as_volume
from fusionviewer.imaging.native_calls import unwarned
from fusionviewer.imaging.reading.apart import apart
from fusionviewer.imaging.reading.direct import entry_of, read_series
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer

OF_PATIENT: Final = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientBirthTime", "PatientSex",
    "OtherPatientIDs", "OtherPatientNames", "EthnicGroup", "PatientIdentityRemoved", "DeidentificationMethod",
    "DeidentificationMethodCodeSequence", "ClinicalTrialSponsorName", "ClinicalTrialProtocolID",
    "ClinicalTrialProtocolName", "ClinicalTrialSiteID", "ClinicalTrialSiteName", "ClinicalTrialSubjectID",
    "ClinicalTrialSubjectReadingID",
)  # fmt: skip
"""Who the patient is, or that it was taken out, and the subject of a trial."""

OF_STUDY: Final = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "StudyID", "StudyDescription",
    "ReferringPhysicianName", "PhysiciansOfRecord", "PatientAge", "PatientSize", "PatientWeight",
)  # fmt: skip
OF_SCANNER: Final = (
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "InstitutionName", "StationName",
    "DeviceSerialNumber",
)  # fmt: skip
OF_CT: Final = ("KVP", "AcquisitionNumber", "ConvolutionKernel")
OF_MR: Final = (
    "ScanningSequence", "SequenceVariant", "ScanOptions", "MRAcquisitionType", "RepetitionTime", "EchoTime",
    "EchoTrainLength", "InversionTime", "MagneticFieldStrength", "FlipAngle", "AcquisitionNumber",
)  # fmt: skip
OF_SHOWING: Final = ("WindowCenter", "WindowWidth", "VOILUTFunction", "RescaleType")
_OTHERS: Final = (
    "FrameOfReferenceUID", "PositionReferenceIndicator", "PatientPosition",
    "BodyPartExamined", "Modality", "SOPClassUID",
)  # fmt: skip

_ALL: Final = (*OF_PATIENT, *OF_STUDY, *OF_SCANNER, *OF_CT, *OF_MR, *OF_SHOWING, *_OTHERS)

_KEPT_AS_THEY_ARE: Final = frozenset({*OF_PATIENT, *OF_STUDY, "SpecificCharacterSet"}) - {
    "PatientAge", "PatientSize", "PatientWeight", "PatientBirthTime",
}  # fmt: skip
"""What tells whose the files are is the same in all of them, even where it breaks a rule; all else must keep them."""

_LOSSY: Final[dict[str, str]] = {
    JPEGBaseline8Bit: "ISO_10918_1", JPEGExtended12Bit: "ISO_10918_1", JPEGLSNearLossless: "ISO_14495_1",
    JPEG2000: "ISO_15444_1", HTJ2K: "ISO_15444_15",
}  # fmt: skip
"""The transfer syntaxes that may lose something, and how the method is called."""

_AGAIN: Final = "Open the images again from where their files are now."


@dataclass(frozen=True)
class Instance:
    """An image of the archive: a file with one slice, or with many."""

    kind: str
    """Its SOP class."""
    uid: str
    series: str
    study: str
    n_frames: int = 1


@dataclass(frozen=True)
class Lossy:
    """By which method pixels lost something, and how much smaller they became."""

    method: str
    ratio: float


@dataclass(frozen=True)
class Place:
    """A slice: in which instance, as which frame of it (from 1; 0: it has one), and how deep along the normal, mm."""

    instance: int
    frame: int
    depth_mm: float


@dataclass(frozen=True, eq=False)
class Original:
    """What the files of a series say that others refer to or hand on."""

    header: Dataset = field(repr=False)
    """Of the first slice: no more than what may be handed on."""
    instances: tuple[Instance, ...] = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)
    """All slices of the volume, by their depth."""
    normal: tuple[float, float, float]
    """Along which the depths are counted, LPS."""
    gap_mm: float
    scale: tuple[float, float] | None
    """Rescale slope and intercept, where all slices have the same."""
    description: str
    """Empty if there is none, or if the patient's name stands in it."""
    facts: SeriesFacts
    number: int
    window_kept: bool
    """Whether the header's window means the values as they are read."""
    lossy: Lossy | None
    """Set where its pixels were ever compressed with a loss, which what is made of them must say."""

    def text(self, keyword: str) -> str:
        """A value of the header as text; empty where there is none."""
        return str(self.header.get(keyword, "") or "").strip()

    @property
    def study(self) -> str:
        """The UID of its study."""
        return self.text("StudyInstanceUID")

    @property
    def frame_of_reference(self) -> str:
        """The UID of its frame of reference; empty where the files have none."""
        return self.text("FrameOfReferenceUID")

    @property
    def modality(self) -> str:
        """CT or MR."""
        return self.text("Modality")

    @property
    def referred(self) -> tuple[tuple[Instance, tuple[int, ...]], ...]:
        """The instances, each with the frames of it that belong to the volume where not all do."""
        found = self._with_frames(self.places)
        return tuple((one, () if len(frames) in (0, one.n_frames) else frames) for one, frames in found)

    def within(self, points: Points) -> tuple[tuple[Instance, tuple[int, ...]], ...]:
        """The instances, with their frames, that the box of points (n, 3), LPS mm of its own space, cuts.

        Slices just beside it count: values are interpolated between them. Without one, the nearest.
        """
        depths = np.asarray(points) @ np.asarray(self.normal)
        low, high = float(depths.min()) - self.gap_mm, float(depths.max()) + self.gap_mm
        found = [place for place in self.places if low <= place.depth_mm <= high]
        if not found:
            middle = (low + high) / 2
            found = [min(self.places, key=lambda place: abs(place.depth_mm - middle))]
        return self._with_frames(found)

    def _with_frames(self, found: Iterable[Place]) -> tuple[tuple[Instance, tuple[int, ...]], ...]:
        frames: dict[int, list[int]] = {}
        for place in found:
            frames.setdefault(place.instance, []).extend([place.frame] if place.frame else [])
        return tuple((self.instances[number], tuple(sorted(its))) for number, its in frames.items())


def read_original(volume: Volume, side: str, observer: Observer, *, just_read: bool = False) -> Original:
    """The series of a volume, read again from its files.

    Unless the volume was `just_read`, its voxels are compared as well. Raises UnreadableInput where the volume did not
    come from DICOM, or where its files are gone or have changed; Cancelled.
    """
    check_source(volume, side)
    assert volume.source is not None
    path, reference = volume.source.path, volume.source.series
    try:
        original, fingerprint = apart(
            original_of, path, reference, not just_read, name=volume.name, then=_with_fingerprint, observer=observer
        )
    except UnreadableInput as problem:
        raise UnreadableInput(
            f"The DICOM files of the {side} image “{volume.name}” are not there any more, or cannot be read. "
            f"{problem.message}",
            _AGAIN,
        ) from problem
    if fingerprint not in {"", volume.fingerprint_on_disk}:
        raise UnreadableInput(
            f"The DICOM files of the {side} image “{volume.name}” have changed since it was opened.", _AGAIN
        )
    missing = [name for name, uid in (("study", original.study), ("images", original.instances[0].uid)) if not uid]
    if missing:
        raise UnreadableInput(
            f"The DICOM files of the {side} image “{volume.name}” have no UID of their {missing[0]}.",
            "Export the series again from the archive.",
        )
    return original


def _with_fingerprint(found: tuple[Original, CheckedImage | None]) -> tuple[Original, str]:
    original, image = found
    return original, "" if image is None else as_volume(image).fingerprint


def original_of(
    path: Path, reference: str, with_voxels: bool, observer: Observer
) -> tuple[Original, CheckedImage | None]:
    """The series at a path that a reference means, and its voxels if they are wanted.

    Runs in a child process. Raises UnreadableInput, Cancelled.
    """
    series = entry_of(path, reference, observer.part(0.0, 0.3)).headers
    stack = stack_of(series)
    with unwarned():
        whole, its_path = _first_header(stack.slices)
        header = _handed_on(whole)
        instances, numbers = _instances(stack.slices, observer.part(0.3, 0.5))
    depths, normal = stack.places[:, 2], stack.axes[:, 2]
    places = tuple(
        Place(numbers[one.path], one.frame + 1 if one.n_frames > 1 else 0, float(depth))
        for one, depth in zip(stack.slices, depths, strict=True)
    )
    x, y, z = (float(v) for v in normal)
    original = Original(
        header=header,
        instances=instances,
        places=places,
        normal=(x, y, z),
        gap_mm=float(stack.gap_mm),
        scale=_scale(stack),
        description=series.description,
        facts=series.facts,
        number=series.number,
        window_kept=not series.facts.inverted,
        lossy=_lossy(whole, its_path),
    )
    return original, read_series(path, series, observer.part(0.5, 1.0)) if with_voxels else None


def _lossy(whole: Dataset, path: Path) -> Lossy | None:
    """How its pixels were compressed with a loss; None: they were not, as far as the file says."""
    method = _LOSSY.get(str(whole.file_meta.get("TransferSyntaxUID", "")), "")
    if not method and str(whole.get("LossyImageCompression", "")).strip() != "01":
        return None
    ratio = whole.get("LossyImageCompressionRatio")
    ratios = [number(value, 0.0) for value in (ratio if isinstance(ratio, MultiValue) else [ratio])]
    pixels = number(whole.get("Rows"), 0.0) * number(whole.get("Columns"), 0.0) * number(whole.get("BitsAllocated"), 8)
    found = ratios[-1] or pixels / 8 * max(1.0, number(whole.get("NumberOfFrames"), 1.0)) / path.stat().st_size
    told = str(whole.get("LossyImageCompressionMethod", "") or "")
    return Lossy(method or (told if told in _LOSSY.values() else "ISO_10918_1"), max(1.0, round(found, 2)))


def _scale(stack: Stack) -> tuple[float, float] | None:
    found = {(one.slope, one.intercept) for one in stack.slices}
    return next(iter(found)) if len(found) == 1 else None


def _first_header(slices: Iterable[SliceHeader]) -> tuple[Dataset, Path]:
    """The header of the first file of which all can be read, and that file. Raises UnreadableInput if none can."""
    for path in dict.fromkeys(one.path for one in slices):
        with suppress(Exception):  # a damaged value that reading the slices needs not must not cost the series
            return pydicom.dcmread(path, stop_before_pixels=True, force=True), path
    raise UnreadableInput("The headers of its files are damaged.", _AGAIN)


def _instances(slices: Iterable[SliceHeader], observer: Observer) -> tuple[tuple[Instance, ...], Mapping[Path, int]]:
    """What the files of slices are, each once, and their numbers."""
    paths = {one.path: one.n_frames for one in slices}
    found = []
    wanted = ["SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"]
    for n, (path, n_frames) in enumerate(paths.items()):
        observer.report(n / len(paths), "Looking at the originals")
        try:
            told = pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=[*wanted])
        except Exception as problem:  # whatever a damaged file makes pydicom raise
            raise UnreadableInput(f"The header of file {n + 1} of {len(paths)} is damaged.", _AGAIN) from problem
        kind, uid, series, study = (str(told.get(keyword, "") or "").strip() for keyword in wanted)
        found.append(Instance(kind, uid, series, study, n_frames))
    return tuple(found), {path: n for n, path in enumerate(paths)}


def _handed_on(whole: Dataset) -> Dataset:
    """Of a header what may be handed on, as far as it can be understood and written."""
    header = Dataset()
    with suppress(Exception):  # an unknown character set
        whole.decode()
    for place in (*_groups(whole), whole):  # the file's own values count most
        for keyword in ("SpecificCharacterSet", *_ALL):
            with suppress(Exception):  # a value that pydicom cannot make sense of
                element = place[keyword]
                kept = keyword in _KEPT_AS_THEY_ARE
                if not isinstance(element, DataElement) or not (element.VM or kept):
                    continue
                if not kept:
                    for value in element.value if element.VM > 1 else [element.value]:
                        validate_value(element.VR, str(value), RAISE)
                if _can_be_written(element, header):
                    header[keyword] = element
    return header


def _can_be_written(element: DataElement, header: Dataset) -> bool:
    """Whether it can, in the character set of the header; else raises whatever pydicom does."""
    alone = Dataset()
    if "SpecificCharacterSet" in header:
        alone["SpecificCharacterSet"] = header["SpecificCharacterSet"]
    alone[element.tag] = element
    stream = DicomBytesIO()
    stream.is_implicit_VR, stream.is_little_endian = False, True
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # letters that the character set has not are written as question marks
        write_dataset(stream, alone)
    return True


_GROUPS: Final = (
    "FrameVOILUTSequence", "MRTimingAndRelatedParametersSequence", "MREchoSequence", "CTXRayDetailsSequence",
    "CTReconstructionSequence", "PixelValueTransformationSequence",
)  # fmt: skip


def _groups(whole: Dataset) -> list[Dataset]:
    """Where files with several frames keep some of it: the groups that all frames share, and those of the first."""
    found = []
    for sequence in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        with suppress(Exception):
            for name in _GROUPS:
                if name in whole[sequence].value[0]:
                    found.append(whole[sequence].value[0][name].value[0])
    return found
