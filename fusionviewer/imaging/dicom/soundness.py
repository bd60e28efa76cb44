"""Which files of a folder count, whether they hold what their headers say, and how those are named that do not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from fusionviewer.imaging.dicom.facts import number
from fusionviewer.process.folders import folders_below
from fusionviewer.progress import Observer

MOST_FRAMES: Final = 65_535
"""Of a file whose pixels are compressed, so that its length does not tell how many it can hold."""

_FEWEST_BYTES: Final = 8
"""Of a compressed frame: the mark before it alone has so many."""

_MOST_NAMED: Final = 4


def files_in(folder: Path, below: bool, observer: Observer) -> Iterator[tuple[Path, bool]]:
    """Files and whether they are regular ones; of others those that are called DICOM files, and unreadable folders."""
    unread: list[str] = []
    for directory, folders, names in folders_below(folder, unread.append):
        observer.check()
        folders[:] = [name for name in folders if below and not name.startswith(".")]
        for name in names:
            path = Path(directory, name)
            if name.startswith(".") or name == "DICOMDIR":
                continue
            regular = os.path.isfile(path)
            if regular or called_dicom(path):
                yield path, regular
    yield from ((Path(name), False) for name in unread)


def called_dicom(path: Path) -> bool:
    """Whether its name is that of a DICOM file."""
    return path.suffix.lower() in {".dcm", ".ima"}


def holds_what_it_says(header: Dataset | Mapping[str, Any], pixel_bytes: int | Sequence[str]) -> bool:
    """Whether so many bytes can be the pixels that a header claims; -1: they are compressed."""

    def stated(keyword: str, default: int) -> float:
        value = header.get(keyword)
        return number(value[0] if isinstance(value, list) and value else value, default)

    frames = max(1.0, stated("NumberOfFrames", 1))
    if frames > MOST_FRAMES:
        return False
    there = pixel_bytes if isinstance(pixel_bytes, int) else -1
    if there < 0:
        return True
    bits = stated("Rows", 0) * stated("Columns", 0) * stated("SamplesPerPixel", 1) * stated("BitsAllocated", 16)
    return frames * bits / 8 <= there


def pixel_bytes_at_most(dataset: Dataset, path: Path) -> int:
    """How many bytes of pixels a file can hold by its length; -1 where they are compressed."""
    syntax = UID(getattr(dataset, "file_meta", {}).get("TransferSyntaxUID", "") or "1.2.840.10008.1.2")
    compressed = syntax == DeflatedExplicitVRLittleEndian or (syntax.is_transfer_syntax and syntax.is_compressed)
    size = path.stat().st_size
    if not compressed:
        return size
    return -1 if number(dataset.get("NumberOfFrames"), 1) * _FEWEST_BYTES <= size else 0


def is_image_storage(dataset: Dataset) -> bool:
    """Whether a file says that it is an image."""
    return "Image Storage" in UID(str(dataset.get("SOPClassUID", ""))).name


def left_out_words(names: Sequence[str]) -> tuple[str, ...]:
    """A remark that names the files that were left out; a name that tells the patient's is empty, and is not said."""
    if not names:
        return ()
    called = in_words(names)
    if len(names) == 1:
        return (f"A file was left out because it cannot be read, is damaged or cut short: {called}.",)
    return (f"{len(names)} files were left out because they cannot be read, are damaged or cut short: {called}.",)


def in_words(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = [name or "one whose name tells the patient" for name in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[0]
