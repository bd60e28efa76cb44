"""Small text files of many programs: read whole, as UTF-8, and written whole or not at all."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.whole_files import read_whole, written_whole


def read_text(path: Path, wanted: str) -> str:
    """The text of a file, without its byte order mark. Raises UnreadableInput; `wanted` is the remedy if it is none."""
    try:
        return read_whole(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableInput(f"{path.name} is not a text file in UTF-8.", wanted) from problem


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with the line ends that the text has. The file appears whole or not at all. Raises CannotWrite."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def lines_of(text: str) -> list[str]:
    """Its lines, whatever ended them; a line separator within a name ends none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def csv_rows(path: Path, text: str, wanted: str) -> list[tuple[int, list[str]]]:
    """The number of the line and the cells, without spaces around them, of each line that is not empty.

    Raises UnreadableInput.
    """
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    out: list[tuple[int, list[str]]] = []
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells):
                out.append((rows.line_num, cells))
    except csv.Error as problem:
        raise bad_line(path, rows.line_num, "it is not a line of a CSV file", wanted) from problem
    return out


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """Cells as the text of a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def bad_line(path: Path, line: int, what: str, wanted: str) -> UnreadableInput:
    """What to raise about a line; `what` goes on a sentence."""
    return UnreadableInput(f"Line {line} of {path.name} cannot be read: {what}.", wanted)


def number_in(word: str) -> float | None:
    """The finite number that a word is, or None."""
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in word else None


def digits(number: float) -> str:
    """The number with as many digits as bring it back to the last bit."""
    return repr(float(number))
