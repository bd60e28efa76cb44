"""Landmarks as a table: a header line `name,x,y,z`, then one named point a line, LPS mm.

The four columns may be in another order; empty columns behind them, as spreadsheets leave them, do no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.text_files import bad_line, csv_rows, csv_text, digits, number_in, read_text, write_text
from fusionviewer.geometry import Points, as_point
from fusionviewer.geometry.types import frozen

HEADER: Final = ("name", "x", "y", "z")

_FORMAT: Final = "The file needs a header line name,x,y,z and then one point a line, such as AC,1.5,-20.3,4.0 (LPS mm)."


def read_landmarks(path: Path) -> dict[str, Points]:
    """Named points (3,) in LPS mm, in the order of the file.

    A byte order mark, Windows line ends, blank lines and spaces around values do no harm. Raises UnreadableInput with
    the number of the line for anything else that is odd.
    """
    rows = csv_rows(path, read_text(path, _FORMAT), _FORMAT)
    if not rows:
        raise UnreadableInput(f"{path.name} is empty.", _FORMAT)
    line, header = rows[0]
    columns = _columns(path, header, line)
    points: dict[str, Points] = {}
    for line, values in rows[1:]:
        name, point = _point(path, values, line, columns)
        if name in points:
            raise bad_line(path, line, f"the name “{name}” comes twice", _FORMAT)
        points[name] = point
    if not points:
        raise UnreadableInput(f"{path.name} holds no points, only the header line.", _FORMAT)
    return points


def write_landmarks(path: Path, points: Mapping[str, Points]) -> None:
    """Write named points (3,) in LPS mm with every digit; the file appears whole or not at all. Raises CannotWrite."""
    write_text(path, csv_text([HEADER, *([name, *map(digits, as_point(point))] for name, point in points.items())]))


def is_header(values: Sequence[str]) -> bool:
    """Whether cells are the header of such a table, in any order."""
    return sorted(value.lower() for value in _trimmed(values)) == sorted(HEADER)


def _columns(path: Path, values: list[str], line: int) -> list[int]:
    """Where the name, x, y and z stand."""
    if is_header(values):
        found = [value.lower() for value in values]
        return [found.index(column) for column in HEADER]
    whole = "".join(values)
    for mark, marks in ((";", "semicolons"), ("\t", "tabs")):
        if mark in whole:
            raise bad_line(path, line, f"it has {marks} where commas are needed", _FORMAT)
    raise bad_line(path, line, "it is not the header name,x,y,z", _FORMAT)


def _trimmed(values: Sequence[str]) -> list[str]:
    """Without the empty cells behind the fourth."""
    out = list(values)
    while len(out) > len(HEADER) and not out[-1]:
        out.pop()
    return out


def _point(path: Path, values: list[str], line: int, columns: list[int]) -> tuple[str, Points]:
    values = _trimmed(values)
    if len(values) != len(HEADER):
        raise bad_line(path, line, f"it has {len(values)} values instead of 4", _FORMAT)
    name, *words = (values[column] for column in columns)
    if not name:
        raise bad_line(path, line, "the point has no name", _FORMAT)
    numbers: list[float] = []
    for word in words:
        number = number_in(word)
        if number is None:
            raise bad_line(path, line, f"“{word[:40]}” is not a number", _FORMAT)
        numbers.append(number)
    return name, frozen(as_point(numbers))
