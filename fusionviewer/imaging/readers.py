"""From a path to a `Volume`: files, DICOM folders, and what can be said about them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.imaging.files import read_file
from fusionviewer.imaging.intake import volume_of
from fusionviewer.imaging.volume import ImageSource, Modality, Volume
from fusionviewer.progress import Observer

if TYPE_CHECKING:  # pydicom takes a quarter of a second, for which the first page must not wait
    from fusionviewer.imaging.dicom.folder import SeriesEntry, SeriesFolder

_MODALITIES: Final[dict[str, Modality]] = {"CT": "CT", "MR": "MR"}


class SeveralSeries(UnreadableInput):
    """A folder holds more than one series that could be meant; `choices` are all of them, usable or not."""

    def __init__(self, folder: SeriesFolder) -> None:
        usable = [choice for choice in folder.choices if choice.usable]
        super().__init__(
            f"{_called(folder.path)} holds {len(usable)} series that can be read.",
            "Say which one: `fusionviewer info` numbers them, and on the command line FOLDER#2 is the second.",
        )
        self.folder = folder

    @property
    def choices(self) -> tuple[SeriesChoice, ...]:
        """In the order in which the command line numbers them."""
        return self.folder.choices


def read_volume(path: Path, series_uid: str = "", observer: Observer = Observer()) -> Volume:  # noqa: B008 - frozen
    """Read an image file, a DICOM folder (and the folders below it; also its DICOMDIR), or a multi-frame DICOM file.

    `series_uid` says which series of a folder is meant; it may be left out if only one can be read. Raises
    UnreadableInput with a sentence (SeveralSeries if one must be chosen), Cancelled.
    """
    path = Path(path)
    if _is_no_dicom(path):
        return read_file(path, observer)
    from fusionviewer.imaging.dicom.folder import look_into

    folder = look_into(path, observer.part(0.0, 0.2))
    return read_entry(folder, _chosen(folder, series_uid), observer.part(0.2, 1.0))


def read_chosen_file(path: Path, observer: Observer = Observer()) -> Volume:  # noqa: B008 - frozen
    """Read what a user means by a file: with a single DICOM slice, the whole series to which it belongs.

    Raises what `read_volume` does; the folder of SeveralSeries then says which series is `meant`.
    """
    path = Path(path)
    if _is_no_dicom(path):
        return read_file(path, observer)
    from fusionviewer.imaging.dicom.folder import look_around

    folder = look_around(path, observer.part(0.0, 0.2))
    if folder is None:
        return read_volume(path, "", observer)
    own = next(entry for entry in folder.entries if entry.choice.uid == folder.meant)
    if own.choice.usable and sum(choice.usable for choice in folder.choices) > 1:
        raise SeveralSeries(folder)
    return read_entry(folder, own, observer.part(0.2, 1.0))


def read_entry(folder: SeriesFolder, entry: SeriesEntry, observer: Observer = Observer()) -> Volume:  # noqa: B008
    """Read a series of a folder that was looked into. Raises UnreadableInput with a sentence, Cancelled."""
    from fusionviewer.imaging.dicom.pixels import voxels_of
    from fusionviewer.imaging.dicom.stacks import stack_of

    series, path = entry.headers, folder.path
    if path.is_file() and len(series.slices) == 1:
        raise UnreadableInput(f"{path.name} is a single slice, not a volume.", "Open the folder that holds its series.")
    try:
        stack = stack_of(series)
    except UnreadableInput as problem:
        raise UnreadableInput(
            f"The series in {_called(path)} is no volume: {problem.message}", problem.remedy
        ) from problem
    array, grid = voxels_of(stack, observer.part(0.0, 0.95))
    source = ImageSource(path, series.uid)
    modality = _MODALITIES.get(series.modality, "")
    volume = volume_of(array, grid, series.name, source, modality=modality, notes=stack.notes)
    return replace(volume, frame_of_reference=series.frame_of_reference)


def series_numbered(folder: Path, number: int, observer: Observer = Observer()) -> str:  # noqa: B008 - frozen
    """The UID of a DICOM folder's series by its number, from 1 in the order of `list_series`.

    Raises BadArgument if there is no such series, UnreadableInput if there is none at all.
    """
    if _is_no_dicom(folder):
        raise BadArgument(f"{folder.name} is no DICOM image, so that it holds no series.", "Leave the series out.")
    choices = list_series(folder, observer)
    if not 1 <= number <= len(choices):
        raise BadArgument(f"There is no series #{number} in {folder}.", f"It has #1 to #{len(choices)}.")
    return choices[number - 1].uid


def list_series(folder: Path, observer: Observer = Observer()) -> tuple[SeriesChoice, ...]:  # noqa: B008 - frozen
    """The series of a DICOM folder, in the order of their numbers. Raises UnreadableInput if there is none."""
    from fusionviewer.imaging.dicom.folder import look_into

    return look_into(Path(folder), observer).choices


def _is_no_dicom(path: Path) -> bool:
    """Whether it is a file of another kind. Raises UnreadableInput for a path at which nothing can be read."""
    try:
        path.stat()
    except PermissionError as problem:
        raise UnreadableInput(f"{path} cannot be opened.", "Check that you may read it.") from problem
    except (OSError, ValueError) as problem:  # also names that no file can have
        raise UnreadableInput(f"There is no file or folder {path}.", "Check the name and the folder.") from problem
    return path.is_file() and not _is_dicom(path)


def _is_dicom(path: Path) -> bool:
    from fusionviewer.imaging.dicom.headers import is_dicom

    return is_dicom(path)


def _called(path: Path) -> str:
    from fusionviewer.imaging.dicom.folder import called

    return called(path)


def _chosen(folder: SeriesFolder, series_uid: str) -> SeriesEntry:
    path, entries = folder.path, folder.entries
    if series_uid:
        for entry in entries:
            if entry.choice.uid == series_uid:
                return entry
        raise UnreadableInput(f"The series is not in the folder {_called(path)} any more.", "Open the folder again.")
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
