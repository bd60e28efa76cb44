"""From a path to voxels and what is known of them: files and DICOM folders. Runs in a child process (`apart`)."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from numpy.typing import NDArray

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import Grid
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.imaging.files import UnreadFile, file_grid, file_volumes, read_file
from fusionviewer.imaging.intake import CheckedImage, checked, right_angled
from fusionviewer.imaging.reading.options import NO_OPTIONS, ReadingOptions, split_reference
from fusionviewer.imaging.reading.undecided import FileVolumes, NeedsSpacing
from fusionviewer.imaging.reading.unplaced import stacked_by
from fusionviewer.imaging.volume import ImageSource, Modality
from fusionviewer.progress import Observer

if TYPE_CHECKING:  # pydicom takes a quarter of a second, for which the first page must not wait
    from fusionviewer.imaging.dicom.folder import SeriesEntry, SeriesFolder
    from fusionviewer.imaging.dicom.headers import SeriesHeaders
    from fusionviewer.imaging.dicom.stacks import Stack

_MOST_LISTED: Final = 12
_MODALITIES: Final[dict[str, Modality]] = {"CT": "CT", "MR": "MR"}


class SeveralSeries(UnreadableInput):
    """A folder holds more than one series that could be meant; `choices` are all of them, usable or not."""

    def __init__(self, folder: SeriesFolder) -> None:
        usable = [choice for choice in folder.choices if choice.usable]
        alone = len({choice.uid for choice in usable}) == 1
        what = f"one series with {len(usable)} volumes" if alone else f"{len(usable)} series or volumes"
        what = what if any(choice.parts > 1 for choice in usable) else f"{len(usable)} series"
        super().__init__(
            f"{_called(folder.path)} holds {what} that can be read.",
            "Say which one: `fusionviewer info` numbers them, and on the command line "
            f"FOLDER#{usable[1].number} is the second.",
        )
        self.folder = folder

    def __reduce__(self) -> tuple[type[SeveralSeries], tuple[SeriesFolder]]:
        return SeveralSeries, (self.folder,)

    @property
    def choices(self) -> tuple[SeriesChoice, ...]:
        """In the order in which the command line numbers them."""
        return self.folder.choices


def read_image(path: Path, series_uid: str, observer: Observer) -> CheckedImage | UnreadFile:
    """As `readers.read_volume`."""
    series, options = split_reference(series_uid)
    if is_no_dicom(path):
        return read_file(path, observer, _number(series), options)
    from fusionviewer.imaging.dicom.folder import look_into

    folder = look_into(path, observer.part(0.0, 0.2))
    return read_series(folder.path, _chosen(folder, series).headers, observer.part(0.2, 1.0), options)


def volumes_in(path: Path, observer: Observer) -> FileVolumes:
    """As `readers.volumes_in`."""
    observer.report(0.0, f"Looking at {path.name}")
    return file_volumes(path)


def read_grid(path: Path, series_uid: str, observer: Observer) -> Grid:
    """As `readers.read_grid`."""
    series, options = split_reference(series_uid)
    if is_no_dicom(path):
        observer.report(0.0, f"Looking at {path.name}")
        return file_grid(path, _number(series), options)
    from fusionviewer.imaging.dicom.folder import look_into
    from fusionviewer.imaging.dicom.pixels import grid_of

    folder = look_into(path, observer)
    stack, _ = _stack(folder.path, _chosen(folder, series).headers, options)
    return right_angled(grid_of(stack), folder.path.name)


def _number(series: str) -> int:
    """Which volume of a 4D file is meant by #3; 0: it is not said."""
    number = series.removeprefix("#")
    return int(number) if number.isdecimal() and number != series else 0


def entry_of(path: Path, series_uid: str, observer: Observer) -> SeriesEntry:
    """The series of a folder that a UID means, or UID#2, as in `readers.read_volume`. Raises UnreadableInput."""
    return _chosen(look_into(path, observer), series_uid)


def read_chosen_file(path: Path, observer: Observer) -> CheckedImage | UnreadFile:
    """As `readers.read_chosen_file`."""
    if is_no_dicom(path):
        return read_file(path, observer)
    from fusionviewer.imaging.dicom.folder import look_around

    folder = look_around(path, observer.part(0.0, 0.2))
    if folder is None:
        return read_image(path, "", observer)
    own = folder.entry((folder.meant, folder.meant_part))
    assert own is not None
    if own.choice.usable and sum(choice.usable for choice in folder.choices) > 1:
        raise SeveralSeries(folder)
    return read_series(folder.path, own.headers, observer.part(0.2, 1.0))


def read_series(
    path: Path, series: SeriesHeaders, observer: Observer, options: ReadingOptions = NO_OPTIONS
) -> CheckedImage:
    """A series of the folder, or file, at this path. Raises UnreadableInput with a sentence, Cancelled.

    NeedsSpacing where it can be read once its voxel size is typed.
    """
    from fusionviewer.imaging.dicom.pixels import voxels_of
    from fusionviewer.imaging.dicom.remarks import as_meant

    if os.path.isfile(path) and len(series.slices) == 1:
        raise UnreadableInput(f"{path.name} is a single slice, not a volume.", "Open the folder that holds its series.")
    stack, decided = _stack(path, series, options)
    array, grid, notes = voxels_of(stack, observer.part(0.0, 0.95))
    array, notes = as_meant(array, series, (*decided, *notes), options)
    source = ImageSource(path, f"{series.reference}{options.text}")
    modality = _MODALITIES.get(series.modality, "")
    image = checked(array, grid, series.full_name, source, modality=modality, notes=notes)
    frame, when, neutral = series.frame_of_reference, series.facts.when, series.neutral_name
    return replace(image, patient=series.patient, frame_of_reference=frame, acquired=when, neutral_name=neutral)


def _stack(path: Path, series: SeriesHeaders, options: ReadingOptions) -> tuple[Stack, tuple[str, ...]]:
    """The stack of a series as was decided, and notes on that. Raises as `read_series`."""
    from fusionviewer.imaging.dicom.remarks import as_decided
    from fusionviewer.imaging.dicom.stacks import stack_of

    if options.form:
        raise BadArgument(f"{_called(path)} is no NIfTI file: it has no {options.form}.", f"Leave #{options.form} out.")
    series, decided = as_decided(series, options)
    if options.spacing_mm is not None:
        series, more = stacked_by(series, options.spacing_mm)
        decided += more
    try:
        return stack_of(series), decided
    except NeedsSpacing as problem:
        told = f"The series in {_called(path)} is no volume. {problem.message}"
        raise NeedsSpacing(told, path, f"{series.reference}{options.text}", problem.suggested) from problem
    except UnreadableInput as problem:
        raise UnreadableInput(
            f"The series in {_called(path)} is no volume. {problem.message}", problem.remedy
        ) from problem


def look_into(path: Path, observer: Observer) -> SeriesFolder:
    """As `readers.look_into`."""
    from fusionviewer.imaging.dicom import folder

    return folder.look_into(path, observer)


def middle_slice(series: SeriesHeaders, observer: Observer) -> tuple[NDArray[Any], tuple[float, float]] | None:
    """As `readers.middle_slice`."""
    from fusionviewer.imaging.dicom import pixels

    observer.check()
    return pixels.middle_slice(series)


def is_no_dicom(path: Path) -> bool:
    """Whether it is a file of another kind. Raises UnreadableInput for a path at which nothing can be read."""
    try:
        kind = path.stat().st_mode
    except PermissionError as problem:
        raise UnreadableInput(f"{path} cannot be opened.", "Check that you may read it.") from problem
    except (OSError, ValueError) as problem:  # also names that no file can have
        raise UnreadableInput(f"There is no file or folder {path}.", "Check the name and the folder.") from problem
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        raise UnreadableInput(f"{path} is neither a file nor a folder, but a device.", "Choose an image file.")
    return stat.S_ISREG(kind) and not _is_dicom(path)


def _is_dicom(path: Path) -> bool:
    from fusionviewer.imaging.dicom.headers import is_dicom

    return is_dicom(path)


def _called(path: Path) -> str:
    from fusionviewer.imaging.dicom.folder import called

    return called(path)


def _chosen(folder: SeriesFolder, reference: str) -> SeriesEntry:
    path, entries = folder.path, folder.entries
    if reference:
        return _referred(folder, reference)
    if len(entries) == 1:
        return entries[0]
    usable = [entry for entry in entries if entry.choice.usable]
    if len(usable) == 1:
        return usable[0]
    if usable:
        raise SeveralSeries(folder)
    raise UnreadableInput(
        f"None of the {len(entries)} series in {_called(path)} is a volume. The first: {folder.choices[0].why_not}",
        "Choose the folder of a CT or MR series.",
    )


def _referred(folder: SeriesFolder, reference: str) -> SeriesEntry:
    """The volume that a UID means, also one kept before series had parts: then the one that most images belong to."""
    from fusionviewer.imaging.dicom.stacks import MAIN_SHARE

    parts = folder.referred(reference)
    if not parts:
        raise UnreadableInput(
            f"The series is not in the folder {_called(folder.path)} any more.", "Open the folder again."
        )
    usable = [part for part in parts if part.choice.usable] or list(parts[:1])
    images = sum(part.choice.n_images for part in parts)
    if len(usable) == 1 or (usable[0] is parts[0] and parts[0].choice.n_images >= MAIN_SHARE * images):
        return usable[0]
    listed = ", ".join(f"#{one.choice.number} {one.choice.part_name}" for one in usable[:_MOST_LISTED])
    more = f" and {len(usable) - _MOST_LISTED} more" if len(usable) > _MOST_LISTED else ""
    raise UnreadableInput(
        f"Series #{parts[0].choice.listed} in {_called(folder.path)} holds {len(usable)} volumes: {listed}{more}.",
        f"Say which one: on the command line FOLDER#{usable[0].choice.number} is the first.",
    )
