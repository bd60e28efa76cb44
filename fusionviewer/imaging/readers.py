"""From a path to a `Volume`."""

from __future__ import annotations

from pathlib import Path

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.files import read_file
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer


def read_volume(path: Path, series_uid: str = "", observer: Observer = Observer()) -> Volume:  # noqa: B008 - frozen
    """Read an image file or a DICOM folder.

    Raises UnreadableInput with a sentence, or Cancelled.
    """
    path = Path(path)
    if not path.exists():
        raise UnreadableInput(f"There is no file or folder {path}.", "Check the name and the folder.")
    return read_file(path, observer)
