"""What goes back to the archive: chosen, shown before it is written, and written as a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydicom.datadict import dictionary_description, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.archive.aligned import KINDS, aligned_slices
from fusionviewer.exchange.archive.colour import check_colour, write_colour
from fusionviewer.exchange.archive.origin import check_sources
from fusionviewer.exchange.archive.registration import registration
from fusionviewer.exchange.archive.registration_file import check_registration
from fusionviewer.exchange.archive.sources import Original, read_original
from fusionviewer.exchange.archive.stamp import Series, Stamp, save
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.dicom.patient_marks import patient_marks
from fusionviewer.imaging.resample import check_overlap, resample
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.whole_files import folder_written_whole
from fusionviewer.progress import Observer

What: TypeAlias = Literal["registration", "series", "colour"]

ALL: Final[tuple[What, ...]] = ("registration", "series", "colour")

USUAL: Final[tuple[What, ...]] = ("registration", "series")
"""What is written unless something else is asked for."""

REGISTRATION_FILE: Final = "registration.dcm"
SERIES_FOLDER: Final = "aligned"
COLOUR_FILE: Final = "colour.dcm"

_SHOWN: Final = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate", "AccessionNumber",
    "StudyDescription", "FrameOfReferenceUID", "PatientIdentityRemoved",
)  # fmt: skip
_SHOWN_OF_SERIES: Final = ("Modality", "SeriesNumber", "SeriesDescription", "SeriesInstanceUID")

Slabs: TypeAlias = Callable[[Observer], Iterator[NDArray[np.uint8]]]
"""Makes the fused voxels of the fixed grid: (k, j, i, 3) red, green and blue, some slices at a time."""


class OtherPatient(BadArgument):
    """The two images are of different patients, as far as their headers say."""

    def __init__(self, differing: tuple[str, ...]) -> None:
        words = " and ".join(differing) if len(differing) < 3 else ", ".join(differing)
        super().__init__(
            f"The fixed and the moving image are of different patients: {words} differ."
            if len(differing) > 1
            else f"The fixed and the moving image are of different patients: the {words} differs.",
            "Open two images of one patient. If these are, confirm it in the window (Back to the archive…), or with "
            "“fusionviewer archive --other-patient”.",
        )


@dataclass(frozen=True)
class TagValue:
    """A value that will be written."""

    what: str
    """Patient and study, or which of the new series."""
    tag: str
    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, eq=False)
class Originals:
    """The two originals of an export."""

    fixed: Original
    moving: Original

    @property
    def differing(self) -> tuple[str, ...]:
        """What tells two patients apart: name, ID …; empty where both images can be of one.

        An ID that both have decides.
        """
        one, other = (patient_marks(original.header) for original in (self.fixed, self.moving))
        found = one.differing(other)
        return () if found and one.number and one.number == other.number else found


def read_originals(
    fixed: Volume, moving: Volume, observer: Observer, *, just_read: bool = False, descriptions: bool = False
) -> Originals:
    """Both series, read again from their files, without their descriptions unless files may have them.

    Raises UnreadableInput as `read_original`, Cancelled.
    """
    check_sources(fixed, moving)
    found = (
        read_original(fixed, "fixed", observer.part(0.0, 0.5), just_read=just_read),
        read_original(moving, "moving", observer.part(0.5, 1.0), just_read=just_read),
    )
    return Originals(*(found if descriptions else (replace(one, description="") for one in found)))


def why_no_series(originals: Originals) -> str:
    """Why there is no aligned series of the moving image; empty if there is one."""
    if originals.moving.modality in KINDS:
        return ""
    return (
        f"Only a CT or an MR can be written as a series; the moving image is of the kind {originals.moving.modality}."
    )


class Plan:
    """An export of which every UID is decided: what is shown of it is what is written."""

    def __init__(self, originals: Originals, *, without_names: bool = False, other_patient: bool = False) -> None:
        """Raises OtherPatient unless that was confirmed."""
        if originals.differing and not other_patient:
            raise OtherPatient(originals.differing)
        self.originals = originals
        self.stamp = Stamp(originals.fixed, without_names, datetime.now())
        fixed, moving = (one.modality or "image" for one in (originals.fixed, originals.moving))
        its = "" if without_names or not originals.moving.description else f": {originals.moving.description}"
        self.series: dict[What, Series] = {
            "registration": Series("REG", 9001, f"Registration of {moving} onto {fixed}"),
            "series": Series(moving, 9002, f"{moving} resampled onto {fixed}{its}"),
            "colour": Series("OT", 9003, f"{fixed} and {moving} fused in colour"),
        }

    def tags(self, wanted: tuple[What, ...]) -> list[TagValue]:
        """The values that tell patient, study and series, as they will be written."""
        found: list[TagValue] = []
        for n, what in enumerate(wanted):
            made = self.stamp.dataset(KINDS["CT"], self.series[what])
            if not n:
                found += [_tag("Patient and study", made, keyword) for keyword in _SHOWN if keyword in made]
            found += [_tag(_CALLED[what], made, keyword) for keyword in _SHOWN_OF_SERIES]
        return found


_CALLED: Final = {"registration": "Registration", "series": "Aligned series", "colour": "Colour series"}


def _tag(what: str, made: Dataset, keyword: str) -> TagValue:
    tag = Tag(tag_for_keyword(keyword) or 0)
    return TagValue(what, str(tag), dictionary_description(tag), str(made.get(keyword, "") or ""))


@dataclass(frozen=True)
class Written:
    """What an export has made."""

    folder: Path
    files: dict[What, tuple[str, ...]]
    """The names below the folder."""


@dataclass(frozen=True, eq=False)
class Fused:
    """Two aligned images, and how they are put together in colour."""

    fixed: Volume
    moving: Volume
    moving_from_fixed: RigidTransform
    slabs: Slabs
    origin: str = ""
    """Where the pose came from (see `registration.METHODS`)."""


def write_archive(plan: Plan, wanted: tuple[What, ...], fused: Fused, out: Path, observer: Observer) -> Written:
    """Write a folder with what is wanted; it appears whole or not at all.

    Raises CannotWrite where there is something at that place already, BadArgument where the images do not overlap or
    a series is wanted of another kind than CT or MR, Cancelled.
    """
    if "series" in wanted and (reason := why_no_series(plan.originals)):
        raise BadArgument(reason, "Write the registration or the colours alone.")
    if "colour" in wanted:
        check_colour(fused.fixed.grid)
    if wanted != ("registration",):
        check_overlap(fused.fixed.grid, fused.moving.grid, fused.moving_from_fixed)
    files: dict[What, tuple[str, ...]] = {}
    stamp, moving = plan.stamp, plan.originals.moving
    with folder_written_whole(out, observer=observer) as folder:
        if "registration" in wanted:
            made = registration(stamp, plan.series["registration"], moving, fused.moving_from_fixed, fused.origin)
            save(made, folder / REGISTRATION_FILE)
            check_registration(folder / REGISTRATION_FILE, fused.moving_from_fixed, fused.fixed.grid)
            files["registration"] = (REGISTRATION_FILE,)
        if "series" in wanted:
            part = observer.part(0.0, 0.5 if "colour" in wanted else 1.0)
            files["series"] = _write_series(plan, fused, folder, part)
        if "colour" in wanted:
            part = observer.part(0.5 if "series" in wanted else 0.0, 1.0)
            slabs, path = fused.slabs(part.part(0.0, 0.7)), folder / COLOUR_FILE
            write_colour(stamp, plan.series["colour"], moving, fused.fixed.grid, slabs=slabs, path=path, observer=part)
            files["colour"] = (COLOUR_FILE,)
    return Written(out, files)


def _write_series(plan: Plan, fused: Fused, folder: Path, observer: Observer) -> tuple[str, ...]:
    grid, pose = fused.fixed.grid, fused.moving_from_fixed
    resampled = resample(fused.moving, grid, pose, observer=observer.part(0.0, 0.4))
    (folder / SERIES_FOLDER).mkdir()
    names = []
    n = grid.size[2]
    slices = aligned_slices(plan.stamp, plan.series["series"], plan.originals.moving, resampled, pose)
    for k, made in enumerate(slices):
        observer.part(0.4, 1.0).report(k / n, f"Writing slice {k + 1} of {n}")
        names.append(f"{SERIES_FOLDER}/{k + 1:04}.dcm")
        save(made, folder / names[-1])
    return tuple(names)
