"""Files of points, whichever program they are from: which formats there are, and which of them a file is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.points.ants import read_ants_points, write_ants_points
from fusionviewer.exchange.points.elastix import read_elastix_points, write_elastix_points
from fusionviewer.exchange.points.landmarks_csv import is_header, read_landmarks, write_landmarks
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.points.slicer_fcsv import read_fcsv, write_fcsv
from fusionviewer.exchange.points.slicer_markups import read_markups, write_markups
from fusionviewer.exchange.text_files import csv_rows, read_text
from fusionviewer.geometry import Grid


@dataclass(frozen=True)
class PointFormat:
    """A way to write points down, for dialogs that offer it, `read_points` and `write_points`."""

    key: str
    title: str
    short: str
    """The program whose format it is, as in “points of …”; empty for a landmark table. Formats may share it."""
    endings: tuple[str, ...]
    """The first is the usual one; small letters, with the dot."""
    keeps_names: bool
    read: Callable[[Path, Grid | None], NamedPoints]
    """LPS mm. Of the formats with an ending, the first one's reads whatever has it. Raises UnreadableInput."""
    write: Callable[[Path, NamedPoints], None]
    """Raises CannotWrite, BadArgument."""


def _write_table(path: Path, points: NamedPoints) -> None:
    write_landmarks(path, points.by_name)


def _read_markups(path: Path, _grid: Grid | None) -> NamedPoints:
    return read_markups(path)


def _read_fcsv(path: Path, _grid: Grid | None) -> NamedPoints:
    return read_fcsv(path)


def _read_text_file(path: Path, grid: Grid | None) -> NamedPoints:
    """Of a name that several formats share; which one it is, is seen from what is in it."""
    text = read_text(path, _AS_TEXT)
    start = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if start.startswith("#") and "fiducial" in start.lower():
        return read_fcsv(path)
    if path.suffix.lower() != ".csv" and "," not in start and not start.lower().startswith("name"):
        return read_elastix_points(path, grid)
    if start.split() and start.split()[0] in ("point", "index"):
        return read_elastix_points(path, grid)
    header = [cell.lower() for cell in next(iter(csv_rows(path, start, _KNOWN)), (0, []))[1]]
    if header[:3] == ["x", "y", "z"] and not is_header(header):
        return read_ants_points(path)
    if header[:2] == ["name", "fixed_x"]:
        raise UnreadableInput(
            f"{path.name} is a table of pairs, and points of one image are wanted.",
            "Import the pairs in the window, or give a file for each image.",
        )
    return NamedPoints.of(read_landmarks(path))


FORMATS: Final = (
    PointFormat("table", "Landmark table", "", (".csv",), True, _read_text_file, _write_table),
    PointFormat("markups", "3D Slicer markups", "3D Slicer", (".mrk.json", ".json"), True, _read_markups,
                write_markups),
    PointFormat("fcsv", "3D Slicer fiducials", "3D Slicer", (".fcsv",), True, _read_fcsv, write_fcsv),
    PointFormat("fcsv-old", "3D Slicer fiducials, up to 4.10", "3D Slicer", (".fcsv",), True, _read_fcsv,
                partial(write_fcsv, old=True)),
    PointFormat("elastix", "elastix points", "elastix", (".txt", ".pts"), False, _read_text_file,
                write_elastix_points),
    PointFormat("ants", "ANTs points", "ANTs", (".csv",), False, _read_text_file, write_ants_points),
)  # fmt: skip
"""The first one with an ending is what a name with this ending means."""

ENDINGS: Final = tuple(dict.fromkeys(ending for one in FORMATS for ending in one.endings))
"""Of all files that can be read."""

_PROGRAMS: Final = tuple(dict.fromkeys(one.short for one in FORMATS if one.short))

PROGRAMS: Final = f"{', '.join(_PROGRAMS[:-1])} or {_PROGRAMS[-1]}"
"""Those whose points are read and written, in words: “A, B or C”."""

_KNOWN: Final = f"Give it one of these endings: {', '.join(ENDINGS)}."

_AS_TEXT: Final = "Save the points as a text file in UTF-8, in a spreadsheet as “CSV UTF-8”."


def ending_of(path: Path) -> str:
    """The longest of the known endings that a name has, however its letters are written; empty if it has none."""
    return max((ending for ending in ENDINGS if path.name.lower().endswith(ending)), key=len, default="")


def read_points(path: Path, grid: Grid | None = None) -> NamedPoints:
    """The points in a file of any of the formats, LPS mm; by its ending, and for .csv, .txt and .pts by what is in it.

    `grid` is that of the image the points are for; only points that are voxels need it. Raises UnreadableInput.
    """
    meant = _meant_by(path)
    if meant is not None:
        return meant.read(path, grid)
    if os.path.isdir(path):
        raise UnreadableInput(f"{path} is a folder, not a file of points.", _KNOWN)
    if not os.path.exists(path):  # not Path's own, which raises without permission for the folder
        raise UnreadableInput(f"There is no file {path}.", "Check the name and the folder.")
    raise UnreadableInput(f"{path.name} is of no kind of landmark file that is known.", _KNOWN)


def write_points(path: Path, points: NamedPoints, key: str = "") -> None:
    """Write points in one of the formats, by default in the one that the ending of the name means.

    Raises CannotWrite, and BadArgument where there is no such format or it cannot hold these points.
    """
    format_of(path, key).write(path, points)


def format_of(path: Path, key: str = "") -> PointFormat:
    """The format of this key, or else the one that a name's ending means. Raises BadArgument if there is none."""
    found = next((one for one in FORMATS if one.key == key), None) if key else _meant_by(path)
    if found is not None:
        return found
    if key:
        raise BadArgument(f"There is no format “{key}”.", f"There are: {', '.join(one.key for one in FORMATS)}.")
    raise BadArgument(f"Points cannot be written as {path.name}.", _KNOWN)


def _meant_by(path: Path) -> PointFormat | None:
    ending = ending_of(path)
    return next((one for one in FORMATS if ending in one.endings), None)
