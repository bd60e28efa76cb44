"""From a path to a `Volume`: files, DICOM folders, and what can be said about them.

Libraries' readers run in a child process (`reading`): these are the doors to it. Voxels that need none are read here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.imaging.files import UnreadFile
from fusionviewer.imaging.intake import CheckedImage, as_volume
from fusionviewer.imaging.reading import direct
from fusionviewer.imaging.reading.apart import ReaderDied, apart
from fusionviewer.imaging.reading.direct import SeveralSeries
from fusionviewer.imaging.reading.in_program import read_unread
from fusionviewer.imaging.reading.options import file_part, split_reference
from fusionviewer.imaging.reading.undecided import FileVolumes
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer

if TYPE_CHECKING:  # pydicom takes a quarter of a second, for which the first page must not wait
    from fusionviewer.imaging.dicom.folder import SeriesEntry, SeriesFolder

__all__ = [
    "SeveralSeries", "list_series", "locate", "look_into", "middle_slice", "read_chosen_file", "read_entry",
    "read_grid", "read_volume", "series_numbered", "volumes_in",
]  # fmt: skip


_WHAT_FOLLOWS: Final = (
    "Series and volumes have numbers: #2 is the second. Behind them can stand #sform or #qform, and "
    "#spacing=0.5,0.5,2 where the file does not say its voxel size."
)


def read_volume(path: Path, series_uid: str = "", observer: Observer = Observer()) -> Volume:  # noqa: B008 - frozen
    """Read an image file, a DICOM folder (and the folders below it; also its DICOMDIR), or a multi-frame DICOM file.

    `series_uid` says which series of a folder is meant; it may be left out if only one can be read. The second volume
    of a series that holds several is UID#2. Raises UnreadableInput with a sentence (SeveralSeries if one must be
    chosen), Cancelled.
    """
    path = Path(path)
    found = apart(direct.read_image, path, series_uid, name=path.name, then=_if_read, observer=observer)
    return found if isinstance(found, Volume) else read_unread(found, observer)


def read_grid(path: Path, series_uid: str = "", observer: Observer = Observer()) -> Grid:  # noqa: B008 - frozen
    """The grid of the image that `read_volume` reads, from its headers alone. Raises what that does."""
    path = Path(path)
    return apart(direct.read_grid, path, series_uid, name=path.name, then=lambda grid: grid, observer=observer)


def read_chosen_file(path: Path, observer: Observer = Observer()) -> Volume:  # noqa: B008 - frozen
    """Read what a user means by a file: with a single DICOM slice, the whole series to which it belongs.

    Raises what `read_volume` does; the folder of SeveralSeries then says which series is `meant`.
    """
    path = Path(path)
    found = apart(direct.read_chosen_file, path, name=path.name, then=_if_read, observer=observer)
    return found if isinstance(found, Volume) else read_unread(found, observer)


def read_entry(folder: SeriesFolder, entry: SeriesEntry, observer: Observer = Observer()) -> Volume:  # noqa: B008
    """Read a series of a folder that was looked into. Raises UnreadableInput with a sentence, Cancelled."""
    name = entry.headers.name
    return apart(direct.read_series, folder.path, entry.headers, name=name, then=as_volume, observer=observer)


def look_into(path: Path, observer: Observer = Observer()) -> SeriesFolder:  # noqa: B008 - frozen
    """The series of a folder and the folders below it, of a DICOMDIR's folder, or of a multi-frame file.

    Raises Cancelled, and UnreadableInput where there is no DICOM image.
    """
    path = Path(path)
    return apart(direct.look_into, path, name=path.name, then=_itself, observer=observer)


def middle_slice(entry: SeriesEntry, observer: Observer) -> tuple[NDArray[Any], tuple[float, float]] | None:
    """The rescaled values (rows, columns) in the middle of a series, and the distances of columns and rows, mm.

    None where it is in colour or cannot be read. The series need not be a volume. Raises Cancelled.
    """
    try:
        return apart(direct.middle_slice, entry.headers, name=entry.headers.name, then=_copied, observer=observer)
    except ReaderDied:
        return None


def locate(text: str, observer: Observer = Observer()) -> tuple[Path, str]:  # noqa: B008 - frozen
    """The path and the series that is meant by an image as it is given on the command line.

    FOLDER#2 is the second series that `info` lists, FOLDER#2.3 the third volume of a series that holds several, FILE#3
    that of a 4D file. What was decided about how it is read stands behind: FILE#3#qform, FOLDER#2#spacing=0.5,0.5,2.
    Raises UnreadableInput, BadArgument or Cancelled.
    """
    before = file_part(text)
    if before == text or not os.path.exists(before):
        return Path(text), ""
    folder = Path(before)
    given, options = split_reference(text[len(before) :])
    if not given and options.text:
        return folder, options.text
    number, dot, part = given.removeprefix("#").partition(".")
    if not number.isdecimal() or (dot and not (part.isdecimal() and int(part))):
        raise BadArgument(f"There is no series {given} in {folder}.", _WHAT_FOLLOWS)
    return folder, series_numbered(folder, int(number), observer, int(part or 0)) + options.text


def series_numbered(folder: Path, number: int, observer: Observer = Observer(), part: int = 0) -> str:  # noqa: B008
    """What `read_volume` takes for a DICOM folder's series, by its number from 1 in the order of `list_series`, or
    for a volume of a 4D file.

    `part` is the number of one of its volumes where it has several; 0: it is not said. Raises BadArgument if there is
    no such series or volume, UnreadableInput if there is none at all.
    """
    if direct.is_no_dicom(folder):
        return f"#{_volume_number(folder, number, part)}"
    choices = list_series(folder, observer)
    parts = [choice for choice in choices if choice.listed == number]
    if not parts:
        raise BadArgument(f"There is no series #{number} in {folder}.", f"It has #1 to #{choices[-1].listed}.")
    if not part:
        return parts[0].uid
    if part > len(parts):
        has = f"#{number}.1 to #{number}.{len(parts)}" if len(parts) > 1 else f"#{number} alone, which is one volume"
        raise BadArgument(f"There is no volume #{number}.{part} in {folder}.", f"The series has {has}.")
    return parts[0].uid if len(parts) == 1 else f"{parts[0].uid}#{part}"


def _volume_number(file: Path, number: int, part: int) -> int:
    if number < 1 or part:
        said = f"#{number}.{part}" if part else f"#{number}"
        raise BadArgument(f"There is no volume {said} in {file.name}.", "Volumes of a file have numbers from 1.")
    return number


def list_series(folder: Path, observer: Observer = Observer()) -> tuple[SeriesChoice, ...]:  # noqa: B008 - frozen
    """The series of a DICOM folder, in the order of their numbers. Raises UnreadableInput if there is none."""
    return look_into(Path(folder), observer).choices


def volumes_in(file: Path, observer: Observer = Observer()) -> FileVolumes:  # noqa: B008 - frozen
    """The volumes of a file, from its header alone. Raises UnreadableInput, Cancelled."""
    return apart(direct.volumes_in, file, name=file.name, then=lambda found: found, observer=observer)


def _if_read(found: CheckedImage | UnreadFile) -> Volume | UnreadFile:
    return found if isinstance(found, UnreadFile) else as_volume(found)


def _itself(folder: SeriesFolder) -> SeriesFolder:
    return folder


def _copied(found: tuple[NDArray[Any], tuple[float, float]] | None) -> tuple[NDArray[Any], tuple[float, float]] | None:
    return None if found is None else (found[0].copy(), found[1])
