"""Points for antsApplyTransformsToPoints: a table whose first columns are x,y,z,t, in LPS mm."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.points.named_points import NamedPoints, PointFlags, names_for, tidy
from fusionviewer.exchange.text_files import bad_line, csv_rows, digits, number_in, read_text, write_text

_WANTED: Final = "The file needs a header line x,y,z,t and then one point a line (LPS mm)."


def read_ants_points(path: Path) -> NamedPoints:
    """The points of a table; a column `label` or `name` names them, a column `comment` describes them.

    As in ANTs, the first three columns are the place. Labels of which two are alike are no names, and said so.
    Raises UnreadableInput.
    """
    table = csv_rows(path, read_text(path, _WANTED), _WANTED)
    if not table:
        raise UnreadableInput(f"{path.name} is empty.", _WANTED)
    header = [column.lower() for column in table[0][1]]
    if tuple(header[:3]) != ("x", "y", "z"):
        raise bad_line(path, table[0][0], "it is not the header x,y,z,t", _WANTED)
    if len(table) == 1:
        raise UnreadableInput(f"{path.name} holds no points, only the header line.", _WANTED)
    places = [_place(path, line, row, len(header)) for line, row in table[1:]]
    called = "label" if "label" in header else "name"
    labels, comments = (_column(table, header, name) for name in (called, "comment"))
    known = [tidy(label) for label in labels if label]
    notes: tuple[str, ...] = ()
    if not known:
        notes = ("The points have no names in the file; they are named P1, P2 … in their order.",)
    elif len(set(known)) < len(known):
        labels = [""] * len(labels)
        notes = ("Labels come twice in the file; the points are named P1, P2 … in their order instead.",)
    marks = tuple(PointFlags(description=tidy(comment)) for comment in comments)
    names = names_for(path, labels, _WANTED)
    return NamedPoints(names, np.array(places), marks, None, None, notes, in_order=not any(labels))


def write_ants_points(path: Path, points: NamedPoints) -> None:
    """Write x,y,z,t in LPS mm, with every digit; names are lost, the order is kept. Raises CannotWrite.

    Nothing but numbers: ANTs would turn names into `nan`.
    """
    lines = ["x,y,z,t", *(",".join([*map(digits, place), "0"]) for place in points.points)]
    write_text(path, "\n".join(lines) + "\n")


def _place(path: Path, line: int, row: list[str], columns: int) -> list[float]:
    if not 3 <= len(row) <= columns:
        raise bad_line(path, line, f"it has {len(row)} values, and the header {columns}", _WANTED)
    place: list[float] = []
    for word in row[:3]:
        value = number_in(word)
        if value is None:
            raise bad_line(path, line, f"“{word[:40]}” is not a number", _WANTED)
        place.append(value)
    return place


def _column(table: list[tuple[int, list[str]]], header: list[str], name: str) -> list[str]:
    if name not in header:
        return [""] * (len(table) - 1)
    number = header.index(name)
    return [row[number] if number < len(row) else "" for _, row in table[1:]]
