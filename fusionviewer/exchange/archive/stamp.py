"""What all files of one export share: patient and study, kept or left out, UIDs, dates, and the program."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid
from pydicom.valuerep import format_number_as_ds

from fusionviewer.exchange.archive.sources import OF_PATIENT, OF_SCANNER, OF_STUDY, Instance, Original
from fusionviewer.imaging.native_calls import unwarned
from fusionviewer.version import __version__

PROGRAM: Final = "fusionviewer"

_METHOD: Final = (
    "Names, numbers, dates, places and persons are left out",
    "All UIDs are new",
    "Voxels are not changed: a face can be drawn from them",
)
"""How a file is de-identified, as it says itself."""

_EMPTY_OF_PATIENT: Final = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")
_EMPTY_OF_STUDY: Final = ("StudyDate", "StudyTime", "AccessionNumber", "StudyID", "ReferringPhysicianName")
"""What must be there, if empty."""

_LONGEST: Final = 64
"""Characters of a description."""


def new_uid() -> str:
    """A UID that no other has: 2.25 and a random number, which need no root of an organisation."""
    return str(generate_uid(prefix=None))


@dataclass(frozen=True, eq=False)
class Stamp:
    """The patient and the study of the fixed image, as the files of one export have them."""

    fixed: Original
    without_names: bool
    """Leave out all that tells who the patient is, and make all UIDs new."""
    when: datetime
    _frame: str = field(default_factory=new_uid)
    _new: dict[str, str] = field(default_factory=dict, repr=False)

    def uid(self, uid: str) -> str:
        """A UID as the files have it: the same, or always the same new one."""
        if not self.without_names or not uid:
            return uid
        return self._new.setdefault(uid, new_uid())

    @property
    def study(self) -> str:
        """The UID of the study in which the files are stored."""
        return self.uid(self.fixed.study)

    @property
    def frame_of_reference(self) -> str:
        """The UID of the fixed image's frame of reference; a new one where it has none."""
        return self.uid(self.fixed.frame_of_reference) or self._frame

    def frame_of(self, moving: Original) -> str:
        """The UID of the moving image's frame of reference; empty where it would say that the images lie aligned.

        The files that are referred to tell it then. Without names none are, and it has a UID in any case.
        """
        its = self.uid(moving.frame_of_reference)
        if its == self.frame_of_reference or not its:
            return new_uid() if self.without_names else ""
        return its

    @property
    def day(self) -> str:
        """The date of what must have one: without names it is no real one."""
        return "19000101" if self.without_names else self.when.strftime("%Y%m%d")

    @property
    def hour(self) -> str:
        """The time of what must have one."""
        return "000000" if self.without_names else self.when.strftime("%H%M%S")

    def dataset(self, kind: str, series: Series) -> Dataset:
        """A data set of a SOP class with its meta information and everything about patient, study and series."""
        made = Dataset()
        made.file_meta = FileMetaDataset()
        made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = UID(kind)
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = UID(new_uid())
        self._add_subject(made)
        made.Modality = series.modality
        made.SeriesInstanceUID = series.uid
        made.SeriesNumber = series.number
        made.SeriesDescription = plain(series.description)
        part = "" if self.without_names else self.fixed.text("BodyPartExamined")
        made.BodyPartExamined = part or "HEAD"
        made.FrameOfReferenceUID = self.frame_of_reference
        made.PositionReferenceIndicator = "" if self.without_names else self.fixed.text("PositionReferenceIndicator")
        made.Manufacturer = made.ManufacturerModelName = PROGRAM
        made.SoftwareVersions = __version__
        if not self.without_names:
            made.SeriesDate = made.InstanceCreationDate = self.day
            made.SeriesTime = made.InstanceCreationTime = self.hour
        return made

    def _add_subject(self, made: Dataset) -> None:
        """Patient and study."""
        for keyword in (*_EMPTY_OF_PATIENT, *_EMPTY_OF_STUDY):
            setattr(made, keyword, "")
        made.StudyInstanceUID = self.study
        if self.without_names:
            made.PatientIdentityRemoved = "YES"
            made.DeidentificationMethod = list(_METHOD)
            made.LongitudinalTemporalInformationModified = "REMOVED"
            return
        for keyword in ("SpecificCharacterSet", *OF_PATIENT, *OF_STUDY):
            if keyword in self.fixed.header:
                made[keyword] = self.fixed.header[keyword]

    def scanner(self, original: Original) -> Dataset | None:
        """What made the images that others were derived from; None where its maker is not known."""
        if not original.text("Manufacturer"):
            return None
        item = Dataset()
        for keyword in OF_SCANNER[:2] if self.without_names else OF_SCANNER:
            if keyword in original.header:
                item[keyword] = original.header[keyword]
        item.PurposeOfReferenceCodeSequence = [code("109101", "Acquisition Equipment")]
        return item


@dataclass(frozen=True)
class Series:
    """A new series of an export."""

    modality: str
    number: int
    description: str
    uid: str = field(default_factory=new_uid)


def code(value: str, meaning: str) -> Dataset:
    """A code of DICOM's own terms."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def reference(instance: Instance, frames: Sequence[int] = ()) -> Dataset:
    """A reference to an image, or to some of its frames."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = instance.kind, instance.uid
    if frames:
        item.ReferencedFrameNumber = list(frames)
    return item


def add_loss(made: Dataset, *originals: Original) -> None:
    """Say that the pixels once lost something to compression, where those of an original did."""
    found = [original.lossy for original in originals if original.lossy is not None]
    if found:
        made.LossyImageCompression = "01"
        made.LossyImageCompressionRatio = [f"{one.ratio:g}" for one in found]
        made.LossyImageCompressionMethod = [one.method for one in found]


def decimals(numbers: Any) -> list[str]:
    """Numbers as DICOM's decimal strings, which have 16 characters: 1e-10 mm within a metre."""
    return [format_number_as_ds(float(n) + 0.0) for n in np.asarray(numbers, dtype=np.float64).ravel()]


def plain(text: str) -> str:
    """A description in letters that every character set has, and no longer than allowed."""
    spelt = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return spelt.encode("ascii", "replace").decode("ascii").replace("\\", "/")[:_LONGEST].strip()


def save(made: Dataset, path: Any) -> None:
    """Write a data set as a file of DICOM."""
    with unwarned():
        made.save_as(path, enforce_file_format=True)
