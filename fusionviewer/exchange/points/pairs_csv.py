"""Landmark pairs as a table of our own: a point in each image, its part in the fit, and how well it can be placed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.text_files import bad_line, csv_rows, csv_text, digits, number_in, read_text, write_text

Place: TypeAlias = tuple[float, float, float]
Role: TypeAlias = Literal["fit", "check", "off"]

NEEDED: Final = ("name", "fixed_x", "fixed_y", "fixed_z", "moving_x", "moving_y", "moving_z")
HEADER: Final = (*NEEDED, "role", "fle_mm", "colour", "locked")

_ROLES: Final[dict[str, Role]] = {"": "fit", "fit": "fit", "check": "check", "off": "off", "ignore": "off"}
_FLAGS: Final = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}
_WANTED: Final = f"The file needs a header line that begins with {','.join(NEEDED)} and then one pair a line (LPS mm)."


@dataclass(frozen=True)
class PointPair:
    """One place in both images, each in LPS mm of its own space; None: not marked there."""

    name: str
    fixed: Place | None = None
    moving: Place | None = None
    role: Role = "fit"
    """Whether it is fitted, only checks the fit, or is off."""
    fle_mm: float | None = None
    """How well it can be placed, RMS in 3D; None: like the others."""
    colour: str = ""
    locked: bool = False


def read_pairs(path: Path) -> tuple[PointPair, ...]:
    """The pairs in the order of the file; columns behind the first seven may be missing, or be others.

    Raises UnreadableInput with the number of the line for anything else that is odd.
    """
    rows = csv_rows(path, read_text(path, _WANTED), _WANTED)
    if not rows:
        raise UnreadableInput(f"{path.name} is empty.", _WANTED)
    line, columns = rows[0]
    header = [column.lower() for column in columns]
    if tuple(header[: len(NEEDED)]) != NEEDED:
        raise bad_line(path, line, "it is not the header of a table of pairs", _WANTED)
    pairs: dict[str, PointPair] = {}
    for line, cells in rows[1:]:
        pair = _pair(path, line, header, cells)
        if pair.name in pairs:
            raise bad_line(path, line, f"the name “{pair.name}” comes twice", _WANTED)
        pairs[pair.name] = pair
    if not pairs:
        raise UnreadableInput(f"{path.name} holds no pairs, only the header line.", _WANTED)
    return tuple(pairs.values())


def write_pairs(path: Path, pairs: Iterable[PointPair]) -> None:
    """Write pairs in LPS mm with every digit; the file appears whole or not at all. Raises CannotWrite."""
    rows = (
        [
            pair.name,
            *_cells(pair.fixed),
            *_cells(pair.moving),
            pair.role,
            "" if pair.fle_mm is None else digits(pair.fle_mm),
            pair.colour,
            "yes" if pair.locked else "no",
        ]
        for pair in pairs
    )
    write_text(path, csv_text([HEADER, *rows]))


def _cells(place: Place | None) -> list[str]:
    return ["", "", ""] if place is None else [digits(value) for value in place]


def _pair(path: Path, line: int, header: list[str], cells: list[str]) -> PointPair:
    if len(cells) > len(header):
        raise bad_line(path, line, f"it has {len(cells)} values, and the header {len(header)}", _WANTED)
    values = dict(zip(header, cells, strict=False))
    if not cells[0]:
        raise bad_line(path, line, "the pair has no name", _WANTED)
    role, locked = values.get("role", "").lower(), values.get("locked", "").lower()
    if role not in _ROLES:
        raise bad_line(path, line, f"the role “{role[:40]}” is none of fit, check and ignore (or off)", _WANTED)
    if locked not in _FLAGS:
        raise bad_line(path, line, f"“{locked[:40]}” under locked is neither yes nor no", _WANTED)
    fle = _number(path, line, values["fle_mm"]) if values.get("fle_mm") else None
    if fle is not None and fle <= 0:
        raise bad_line(path, line, "its fle_mm is not above 0", _WANTED)
    fixed = _place(path, line, [values.get(column, "") for column in NEEDED[1:4]])
    moving = _place(path, line, [values.get(column, "") for column in NEEDED[4:]])
    return PointPair(cells[0], fixed, moving, _ROLES[role], fle, values.get("colour", ""), _FLAGS[locked])


def _place(path: Path, line: int, words: Sequence[str]) -> Place | None:
    if not any(words):
        return None
    if not all(words):
        raise bad_line(path, line, "a point has some of its three numbers, but not all", _WANTED)
    x, y, z = (_number(path, line, word) for word in words)
    return x, y, z


def _number(path: Path, line: int, word: str) -> float:
    number = number_in(word)
    if number is None:
        raise bad_line(path, line, f"“{word[:40]}” is not a number", _WANTED)
    return number
