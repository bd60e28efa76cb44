"""3D Slicer's older lists of points (.fcsv): lines with commas under a head of comments.

Where the file does not say LPS or RAS, its version decides as in Slicer: LPS from 4.11 on, RAS before and without one.
Slicer before 4.11 takes the letters LPS in the head for RAS, and needs a file of its own (`old`).
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.points.named_points import Frame, NamedPoints, PointFlags, lps_from_ras, names_for, tidy
from fusionviewer.exchange.text_files import bad_line, csv_text, digits, lines_of, number_in, read_text, write_text

COLUMNS: Final = (
    "id",
    "x",
    "y",
    "z",
    "ow",
    "ox",
    "oy",
    "oz",
    "vis",
    "sel",
    "lock",
    "label",
    "desc",
    "associatedNodeID",
)

_WANTED: Final = "In 3D Slicer, save one list of points as .fcsv or, better, as .mrk.json."

_FRAMES: Final[dict[str, Frame]] = {"LPS": "LPS", "1": "LPS", "RAS": "RAS", "0": "RAS"}

_LONGEST_LINE: Final = 1023
"""Bytes: Slicer stops reading, without a word, at a line that is longer."""


class _Head(NamedTuple):
    versioned: bool
    frame: Frame | None
    usual: Frame
    """What its version takes it for where it does not say."""


class _Row(NamedTuple):
    label: str
    place: list[float]
    marks: PointFlags


def read_fcsv(path: Path) -> NamedPoints:
    """The points of a list, also of Slicer 3, whose files have no version. Raises UnreadableInput."""
    lines = lines_of(read_text(path, _WANTED))
    head = _head(path, [line[1:] for line in lines if line.startswith("#")])
    rows = [
        _row(path, number, line, head.versioned)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
    if not rows:
        raise UnreadableInput(f"{path.name} holds no points.", _WANTED)
    points = np.array([row.place for row in rows])
    note = f"The file does not say LPS or RAS; {head.usual} was taken, as Slicer of its version takes it."
    return NamedPoints(
        names_for(path, [row.label for row in rows], _WANTED),
        points if (head.frame or head.usual) == "LPS" else lps_from_ras(points),
        tuple(row.marks for row in rows),
        head.frame,
        None,
        () if head.frame else (note,),
        in_order=not any(tidy(row.label) for row in rows),
    )


def write_fcsv(path: Path, points: NamedPoints, *, old: bool = False) -> None:
    """Write a list for Slicer 4.11 and newer, in LPS mm, with every digit; whole or not at all.

    `old` writes one for Slicer up to 4.10, in RAS mm; there commas in names and descriptions become semicolons, and
    quotation marks apostrophes. In both, line breaks become spaces. Raises CannotWrite, and BadArgument where a name
    and its description are too long for Slicer.
    """
    places = lps_from_ras(points.points) if old else points.points
    version, frame = ("4.10", "0") if old else ("4.11", "LPS")
    lines = [
        f"# Markups fiducial file version = {version}",
        f"# CoordinateSystem = {frame}",
        f"# columns = {','.join(COLUMNS)}",
    ]
    for number, (name, place, marks) in enumerate(zip(points.names, places, points.marks, strict=True), 1):
        flags = (str(int(flag)) for flag in (marks.visible, marks.selected, marks.locked))
        words = (_word(text, old) for text in (name, marks.description))
        line = ",".join([str(number), *map(digits, place), "0", "0", "0", "1", *flags, *words, ""])
        if len(line.encode()) > _LONGEST_LINE:
            raise BadArgument(
                f"The name and description of “{name[:30]}…” are too long for a .fcsv file.",
                "Shorten them, or write .mrk.json.",
            )
        lines.append(line)
    write_text(path, "\n".join(lines) + "\n")


def _word(text: str, old: bool) -> str:
    """A text as one field of a line, in quotation marks where Slicer needs them."""
    line = tidy(text)
    if old:
        return line.replace(",", ";").replace('"', "'")
    return csv_text([[line, ""]])[:-2]  # without comma and line end: a lone empty field would get quotation marks


def _head(path: Path, comments: list[str]) -> _Head:
    said = {key.strip(): value.strip() for key, _, value in (comment.partition("=") for comment in comments)}
    version = said.get("Markups fiducial file version", "")
    versioned = bool(version)
    columns = tuple(column.strip() for column in said.get("columns", "").split(","))
    if versioned and columns != ("",) and columns != COLUMNS[: len(columns)]:
        raise UnreadableInput(f"{path.name} has other columns than Slicer's.", _WANTED)
    word = said.get("CoordinateSystem")
    if word is not None and word.upper() not in _FRAMES:
        raise UnreadableInput(f"{path.name} cannot be read: its CoordinateSystem is “{word[:40]}”.", _WANTED)
    return _Head(versioned, None if word is None else _FRAMES[word.upper()], _usual(version))


def _usual(version: str) -> Frame:
    """LPS from Slicer 4.11 on, RAS before; also where the version cannot be read."""
    found = re.match(r"(\d+)\.(\d+)", version)
    return "LPS" if found and (int(found[1]), int(found[2])) >= (4, 11) else "RAS"


def _row(path: Path, number: int, line: str, versioned: bool) -> _Row:
    try:
        values = next(csv.reader([line])) if versioned else line.split(",")
    except csv.Error as problem:
        raise bad_line(path, number, "it is not a line of a .fcsv file", _WANTED) from problem
    if len(values) < 4:
        raise bad_line(path, number, f"it has {len(values)} values, and at least 4 are needed", _WANTED)
    place = [number_in(word) for word in values[1:4]]
    for word, value in zip(values[1:4], place, strict=True):
        if value is None:
            raise bad_line(path, number, f"“{word[:40]}” is not a number", _WANTED)
    cells = dict(zip(COLUMNS if versioned else ("label", "x", "y", "z", "sel", "vis"), values, strict=False))
    marks = PointFlags(
        tidy(cells.get("desc", "")), _flag(cells, "lock", False), _flag(cells, "vis", True), _flag(cells, "sel", True)
    )
    return _Row(cells.get("label", ""), [value for value in place if value is not None], marks)


def _flag(cells: dict[str, str], column: str, usual: bool) -> bool:
    word = cells.get(column, "").strip()
    return number_in(word) != 0.0 if word else usual
