"""Landmarks as a table: a header line `name,x,y,z`, then one named point a line, LPS mm."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Points, as_point
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.whole_files import written_whole

HEADER: Final = ("name", "x", "y", "z")

_FORMAT: Final = "The file needs a header line name,x,y,z and then one point a line, such as AC,1.5,-20.3,4.0 (LPS mm)."


def read_landmarks(path: Path) -> dict[str, Points]:
    """Named points (3,) in LPS mm, in the order of the file.

    A byte order mark, Windows line ends, blank lines and spaces around values do no harm. Raises UnreadableInput with
    the number of the line for anything else that is odd.
    """
    rows = csv.reader(io.StringIO(_text(path), newline=""), skipinitialspace=True)
    points: dict[str, Points] = {}
    header_seen = False
    try:
        for row in rows:
            values = [value.strip() for value in row]
            if not any(values):
                continue
            if not header_seen:
                _check_header(path, values, rows.line_num)
                header_seen = True
                continue
            name, point = _point(path, values, rows.line_num)
            if name in points:
                raise _bad(path, rows.line_num, f"the name “{name}” comes twice")
            points[name] = point
    except csv.Error as problem:
        raise _bad(path, rows.line_num, "it is not a line of a CSV file") from problem
    if not header_seen:
        raise UnreadableInput(f"{path.name} is empty.", _FORMAT)
    if not points:
        raise UnreadableInput(f"{path.name} holds no points, only the header line.", _FORMAT)
    return points


def write_landmarks(path: Path, points: Mapping[str, Points]) -> None:
    """Write named points (3,) in LPS mm with every digit; the file appears whole or not at all. Raises CannotWrite."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(HEADER)
    table.writerows([name, *(repr(float(v)) for v in as_point(point))] for name, point in points.items())
    with written_whole(path) as temporary:
        temporary.write_text(out.getvalue(), encoding="utf-8", newline="")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as problem:
        raise UnreadableInput(f"There is no file {path}.", "Check the name and the folder.") from problem
    except OSError as problem:
        raise UnreadableInput(
            f"{path} cannot be read.", "Check that it is a file and that you may read it."
        ) from problem
    except UnicodeDecodeError as problem:
        raise UnreadableInput(f"{path.name} is not a text file in UTF-8.", _FORMAT) from problem


def _check_header(path: Path, values: list[str], line: int) -> None:
    if [value.lower() for value in values] == list(HEADER):
        return
    if ";" in "".join(values):
        raise _bad(path, line, "it has semicolons where commas are needed")
    raise _bad(path, line, "it is not the header name,x,y,z")


def _point(path: Path, values: list[str], line: int) -> tuple[str, Points]:
    if len(values) != len(HEADER):
        raise _bad(path, line, f"it has {len(values)} values instead of 4")
    name, *words = values
    if not name:
        raise _bad(path, line, "the point has no name")
    numbers: list[float] = []
    for word in words:
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise _bad(path, line, f"“{word[:40]}” is not a number")
        numbers.append(number)
    return name, frozen(as_point(numbers))


def _bad(path: Path, line: int, what: str) -> UnreadableInput:
    return UnreadableInput(f"Line {line} of {path.name} cannot be read: {what}.", _FORMAT)
