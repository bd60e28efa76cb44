"""From a path to a `Volume`: files, DICOM folders, and what can be said about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.files import read_file
from fusionviewer.imaging.intake import volume_of
from fusionviewer.imaging.volume import ImageSource, Modality, Volume
from fusionviewer.progress import Observer

if TYPE_CHECKING:  # pydicom takes a quarter of a second, for which the first page must not wait
    from fusionviewer.imaging.dicom.headers import SeriesHeaders

_MODALITIES: Final[dict[str, Modality]] = {"CT": "CT", "MR": "MR"}


@dataclass(frozen=True)
class SeriesChoice:
    """What a chooser shows of a series in a DICOM folder. Nothing in it names the patient."""

    uid: str
    description: str
    modality: str
    """As in DICOM: CT, MR, PT, …"""
    n_images: int
    size: tuple[int, int, int]
    """Columns, rows, slices; slices 0 if it is no volume."""
    spacing: tuple[float, float, float]
    """mm; 0 where it is not known."""
    usable: bool
    why_not: str
    """A sentence; empty if it is usable."""


class SeveralSeries(UnreadableInput):
    """A folder holds more than one series that could be meant; `choices` are all of them, usable or not."""

    def __init__(self, folder: Path, choices: tuple[SeriesChoice, ...]) -> None:
        usable = [choice for choice in choices if choice.usable]
        super().__init__(
            f"{_called(folder)} holds {len(usable)} series that can be read.",
            "Say which one: `fusionviewer info` numbers them, and on the command line FOLDER#2 is the second.",
        )
        self.choices = choices


def read_volume(path: Path, series_uid: str = "", observer: Observer = Observer()) -> Volume:  # noqa: B008 - frozen
    """Read an image file, a DICOM folder (and the folders below it), or a multi-frame DICOM file.

    `series_uid` says which series of a folder is meant; it may be left out if only one can be read. Raises
    UnreadableInput with a sentence (SeveralSeries if one must be chosen), Cancelled.
    """
    path = Path(path)
    _check_there(path)
    if path.is_file() and not _is_dicom(path):
        return read_file(path, observer)
    found = _scanned(path, observer.part(0.0, 0.2))
    return _read_series(_chosen(path, found, series_uid), path, observer.part(0.2, 1.0))


def series_numbered(folder: Path, number: int, observer: Observer = Observer()) -> str:  # noqa: B008 - frozen
    """The UID of a DICOM folder's series by its number, from 1 in the order of `list_series`.

    Raises BadArgument if there is no such series, UnreadableInput if there is none at all.
    """
    _check_there(folder)
    if folder.is_file() and not _is_dicom(folder):
        raise BadArgument(f"{folder.name} is no DICOM image, so that it holds no series.", "Leave the series out.")
    choices = list_series(folder, observer)
    if not 1 <= number <= len(choices):
        raise BadArgument(f"There is no series #{number} in {folder}.", f"It has #1 to #{len(choices)}.")
    return choices[number - 1].uid


def list_series(folder: Path, observer: Observer = Observer()) -> tuple[SeriesChoice, ...]:  # noqa: B008 - frozen
    """The series of a DICOM folder, in the order of their numbers. Raises UnreadableInput if there is none."""
    return tuple(_choice(series) for series in _scanned(Path(folder), observer))


def _check_there(path: Path) -> None:
    """Raise UnreadableInput for a path at which nothing can be read."""
    try:
        path.stat()
    except PermissionError as problem:
        raise UnreadableInput(f"{path} cannot be opened.", "Check that you may read it.") from problem
    except (OSError, ValueError) as problem:  # also names that no file can have
        raise UnreadableInput(f"There is no file or folder {path}.", "Check the name and the folder.") from problem


def _is_dicom(path: Path) -> bool:
    from fusionviewer.imaging.dicom.headers import is_dicom

    return is_dicom(path)


def _called(path: Path) -> str:
    """What a message calls a path: the folder that the program was started in has a name, too."""
    return path.name or path.absolute().name or str(path)


def _scanned(path: Path, observer: Observer) -> tuple[SeriesHeaders, ...]:
    from fusionviewer.imaging.dicom.headers import scan

    found = scan(path, observer)
    if found:
        return found
    if path.is_file():
        raise UnreadableInput(
            f"{path.name} is a DICOM file without an image.", "Choose the folder of a CT or MR series."
        )
    raise UnreadableInput(
        f"There are no DICOM images in the folder {_called(path)} or below it.",
        "Choose the folder of a CT or MR series, or an image file.",
    )


def _chosen(path: Path, found: tuple[SeriesHeaders, ...], series_uid: str) -> SeriesHeaders:
    if series_uid:
        for series in found:
            if series.uid == series_uid:
                return series
        raise UnreadableInput(f"The series is not in the folder {_called(path)} any more.", "Open the folder again.")
    if len(found) == 1:
        return found[0]
    choices = tuple(_choice(series) for series in found)
    usable = [series for series, choice in zip(found, choices, strict=True) if choice.usable]
    if len(usable) == 1:
        return usable[0]
    if usable:
        raise SeveralSeries(path, choices)
    raise UnreadableInput(
        f"None of the {len(found)} series in {_called(path)} is a volume. The first: {choices[0].why_not}",
        "Choose the folder of a CT or MR series.",
    )


def _choice(series: SeriesHeaders) -> SeriesChoice:
    from fusionviewer.imaging.dicom.stacks import stack_of

    rows, columns = series.slices[0].shape
    size, spacing, why_not = (columns, rows, 0), (0.0, 0.0, 0.0), ""
    try:
        grid = stack_of(series).grid
        size, spacing = grid.size, grid.spacing
    except UnreadableInput as problem:
        why_not = problem.message
    return SeriesChoice(
        series.uid, series.description, series.modality, len(series.slices), size, spacing, not why_not, why_not
    )


def _read_series(series: SeriesHeaders, path: Path, observer: Observer) -> Volume:
    from fusionviewer.imaging.dicom.pixels import voxels_of
    from fusionviewer.imaging.dicom.stacks import stack_of

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
    return volume_of(array, grid, series.name, source, modality=modality, notes=stack.notes)
