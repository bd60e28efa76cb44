"""Jobs that read images: from where they lie to volumes, and the heads in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fusionviewer.app.tasks.jobs import error_of
from fusionviewer.app.tasks.series_question import SeriesQuestion
from fusionviewer.errors import Cancelled, FusionError, UnreadableInput
from fusionviewer.geometry import Points
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.readers import SeveralSeries, look_into, read_chosen_file, read_entry, read_volume
from fusionviewer.imaging.reading.undecided import NeedsSpacing, SeveralVolumes
from fusionviewer.imaging.volume import Axis, Volume
from fusionviewer.progress import Observer
from fusionviewer.registration import Region
from fusionviewer.session.state import Side

if TYPE_CHECKING:  # loads pydicom, for which the first page must not wait
    from fusionviewer.imaging.dicom.folder import SeriesFolder
    from fusionviewer.imaging.dicom.series_choice import SeriesChoice


@dataclass(frozen=True)
class Wanted:
    """An image to read: where it lies, and which series of a DICOM folder (empty: the only one)."""

    path: Path
    series_uid: str = ""
    mirrored: tuple[Axis, ...] = ()
    """Along which axes to mirror it after it was read."""
    found: SeriesFolder | None = field(default=None, compare=False, repr=False)
    """The folder, where it was looked into already: its headers need not be read again."""
    part: int = 1
    """Which part of that series."""

    @property
    def chosen(self) -> SeriesChoice | None:
        """What was chosen in the folder, where that was looked into; else None."""
        entry = self.found.entry((self.series_uid, self.part)) if self.found else None
        return entry.choice if entry else None


@dataclass(frozen=True, eq=False)
class Opened:
    """What a reading job brings: the images read, and for each the corners (8, 3) of the head in it."""

    volumes: Mapping[Side, Volume]
    heads: Mapping[Side, Points | None]
    mask: Volume | None = None
    """The mask that a study's runs look at alone, if it has one."""
    mask_problem: str = ""
    """Why it could not be read, or is no mask of the fixed image."""
    failed: Mapping[Side, FusionError] = field(default_factory=dict)
    """Why one of two images could not be read."""


@dataclass(frozen=True, eq=False)
class ImageQuestion:
    """What a reading job brings where something must be decided about one of the images first."""

    side: Side
    asks: SeveralVolumes | NeedsSpacing


def read_images(wanted: Mapping[Side, Wanted], observer: Observer) -> Opened | SeriesQuestion | ImageQuestion:
    """Read images one after the other, take their fingerprints, and find the heads.

    One that can be read is not lost by another that cannot. Raises FusionError where none can be read, and Cancelled.
    """
    volumes: dict[Side, Volume] = {}
    heads: dict[Side, Points | None] = {}
    errors: dict[Side, FusionError] = {}
    for number, (side, source) in enumerate(wanted.items()):
        part = observer.part(number / len(wanted), (number + 1) / len(wanted))
        try:
            volumes[side], heads[side] = _read_image(side, source, part)
        except Cancelled:
            raise
        except SeveralSeries as several:
            same = (other for other, its in wanted.items() if its.path == source.path and not its.series_uid)
            return SeriesQuestion(several.folder, tuple(same))
        except (SeveralVolumes, NeedsSpacing) as undecided:
            return ImageQuestion(side, undecided)
        except Exception as error:  # whatever it is, it must not cost the other image
            errors[side] = error_of(error)
    if not volumes:
        raise _none_opened(errors)
    return Opened(volumes, heads, failed=errors)


def read_folder(path: Path, sides: tuple[Side, ...], observer: Observer) -> Opened | SeriesQuestion | ImageQuestion:
    """Read the only series of a DICOM folder as the first of these images, or ask which ones are meant.

    Raises what `read_volume` does.
    """
    try:
        volume, head = _read_image(sides[0], Wanted(path), observer)
    except SeveralSeries as several:
        return SeriesQuestion(several.folder, sides)
    except NeedsSpacing as undecided:
        return ImageQuestion(sides[0], undecided)
    return Opened({sides[0]: volume}, {sides[0]: head})


def look_again(path: Path, side: Side, observer: Observer) -> SeriesQuestion:
    """The question which series of a DICOM folder an image is, also where it holds a single one.

    Raises what `look_into` does.
    """
    return SeriesQuestion(look_into(path, observer), (side,))


def _read_image(side: Side, source: Wanted, observer: Observer) -> tuple[Volume, Points | None]:
    """An image, and the corners of the head in it. Raises what `read_volume` does."""
    observer.report(0.0, f"Reading the {side} image")
    volume = _read(source, observer.part(0.0, 0.85))
    observer.report(0.9, f"Looking at the {side} image")
    _ = volume.fingerprint  # computed here, so that saving never has to wait for it
    for axis in source.mirrored:
        volume = mirror(volume, axis)
    return volume, find_head(volume)


def _read(source: Wanted, observer: Observer) -> Volume:
    if source.found is not None:
        entry = source.found.entry((source.series_uid, source.part))
        if entry is None:
            raise UnreadableInput("The series is not in the folder any more.", "Open the folder again.")
        return read_entry(source.found, entry, observer)
    if source.series_uid or os.path.isdir(source.path):
        return read_volume(source.path, source.series_uid, observer)
    return read_chosen_file(source.path, observer)


def _none_opened(errors: Mapping[Side, FusionError]) -> FusionError:
    first, *others = errors.values()
    if not others:
        return first
    remedies = dict.fromkeys(error.remedy for error in errors.values())  # once, where both need the same
    messages = " ".join(error.message for error in errors.values())
    return FusionError(f"Neither image was opened. {messages}", " ".join(remedies))


def read_mask(wanted: Wanted, observer: Observer) -> Volume:
    """Read a mask. Raises what `read_volume` does."""
    observer.report(0.0, "Reading the mask")
    mask = read_volume(wanted.path, wanted.series_uid, observer)
    _ = mask.fingerprint
    return mask


def read_study(wanted: Mapping[Side, Wanted], mask: Wanted | None, observer: Observer) -> Opened:
    """The images of a study, and its mask if that can be read. Raises FusionError without one of the images."""
    opened = read_images(wanted, observer.part(0.0, 0.9))
    if isinstance(opened, SeriesQuestion):  # the study was pointed to a folder that holds more than its image
        raise SeveralSeries(opened.folder)
    if isinstance(opened, ImageQuestion):
        raise opened.asks
    for error in opened.failed.values():  # a study without one of its images is not that study
        raise error
    if mask is None:
        return opened
    try:
        found = read_mask(mask, observer.part(0.9, 1.0))
        region = Region(found)
        if "fixed" in opened.volumes:
            region.check_on(opened.volumes["fixed"])
        return replace(opened, mask=found)
    except FusionError as error:
        return replace(opened, mask_problem=error.message)


def find_head(volume: Volume) -> Points | None:
    """The corners (8, 3) of the head's box, LPS mm; None where no head is found."""
    try:
        return head_mask(volume).corners
    except FusionError:
        return None
