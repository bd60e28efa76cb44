"""The table of a batch: a line for each pair of images, a column for each option."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fusionviewer.cli.batch_run import OVERVIEW, RESULTS
from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.text_files import number_in
from fusionviewer.imaging.reading.options import file_part
from fusionviewer.imaging.whole_files import read_whole
from fusionviewer.process.folders import folders_below
from fusionviewer.quality.batch.records import LIST

OPTIONS: Final = {
    "start": "--start",
    "max_shift_mm": "--max-shift",
    "max_rotation_deg": "--max-rotation",
    "landmark_weight": "--landmark-weight",
    "preset": "--preset",
    "mask": "--mask",
    "seed": "--seed",
}
"""Columns that are an option of `register` each."""

COLUMNS: Final = ("id", "fixed", "moving", *OPTIONS, "landmarks_fixed", "landmarks_moving", "roi")
FILES: Final = ("fixed", "moving", "landmarks_fixed", "landmarks_moving", "mask")
"""Columns with paths, relative to the table."""

_WORDS: Final = {"start": {"auto", "header", "centre", "landmarks"}}
_LIKE_FILES: Final = {"start": ("",), "preset": (".toml",)}
"""Columns that hold a path where they hold none of the words, and how it then ends."""

_REMEDY: Final = f"The first line names the columns: fixed and moving, and any of {', '.join(COLUMNS)}."
_UNSAFE: Final = re.compile(r'[\x00-\x1f/\\:*?"<>|]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_OF_THE_BATCH: Final = frozenset({LIST, OVERVIEW, RESULTS})
"""What a batch writes beside the folders of its rows."""

_LONGEST_ID: Final = 80
_USUAL: Final = frozenset({
    "and", "fixed", "file", "files", "folder", "for", "head", "image", "images", "moving", "not", "scan", "series",
    "the", "with",
})  # fmt: skip
"""Names of files that tell of nothing, and are words of sentences as well."""

_HEADS: Final = {".mhd", ".nhdr", ".hdr"}
_VOXELS: Final = (".raw", ".zraw", ".raw.gz", ".img", ".img.gz")


@dataclass(frozen=True)
class TableRow:
    """A line of a table: its number, what its folder is called, and its cells that are not empty."""

    line: int
    id: str
    cells: Mapping[str, str]
    beside: Path
    """The folder of the table."""

    def path(self, column: str) -> str:
        """The path in a cell, from the folder of the table; empty without one."""
        text = self.cells.get(column, "")
        if column in _LIKE_FILES and (text in _WORDS.get(column, ()) or not text.lower().endswith(_LIKE_FILES[column])):
            return ""
        return str(self.beside / text) if text and column in {*FILES, *_LIKE_FILES} else ""

    def paths(self) -> Iterator[tuple[str, str]]:
        """Each column that holds a path, and the path."""
        for column in (*FILES, *_LIKE_FILES):
            if path := self.path(column):
                yield column, path

    def digest(self) -> str:
        """The same as long as the row says the same, and its files and folders are as they are."""
        said = {name: text for name, text in self.cells.items() if name != "id"}
        seen = {column: list(_seen(path)) for column, path in self.paths()}
        told = json.dumps([said, seen], sort_keys=True).encode()
        return hashlib.blake2b(told, digest_size=16).hexdigest()


def read_table(path: Path) -> tuple[TableRow, ...]:
    """The rows of a CSV file with a header, divided by commas, semicolons or tabs. Raises UnreadableInput."""
    try:
        text = read_whole(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableInput(f"{path.name} is not a text file in UTF-8.", "Save the table as CSV UTF-8.") from problem
    lines = _lines(path, text)
    if not lines:
        raise UnreadableInput(f"{path.name} is empty.", _REMEDY)
    (_, head), *rows = lines
    columns = [name.strip().lower().replace(" ", "_") for name in head]
    _check_columns(path, columns)
    if not rows:
        raise UnreadableInput(f"{path.name} has no row below its first line.", "Add a line for each pair of images.")
    beside, out = path.absolute().parent, []
    for number, (line, cells) in enumerate(rows, 1):
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            raise UnreadableInput(f"Line {line} of {path.name} has more cells than there are columns.", _REMEDY)
        kept = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
        out.append(TableRow(line, kept.get("id", f"row-{number:03}"), kept, beside))
    _check_ids(path, out)
    return tuple(out)


def _lines(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """The number and the cells of each line that is not empty."""
    first = text.lstrip().partition("\n")[0]
    divided_by = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=divided_by, skipinitialspace=True)
    out = []
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells):
                out.append((rows.line_num, cells))
    except csv.Error as problem:
        raise UnreadableInput(f"Line {rows.line_num} of {path.name} is not a line of a CSV file.", _REMEDY) from problem
    return out


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    for name in columns:
        if name and name not in COLUMNS:
            raise UnreadableInput(f"{path.name} has a column “{name}”, which means nothing here.", _REMEDY)
        if name and columns.count(name) > 1:
            raise UnreadableInput(f"{path.name} has two columns “{name}”.", "Leave one of them out.")
    for name in ("fixed", "moving"):
        if name not in columns:
            raise UnreadableInput(f"{path.name} has no column “{name}”.", _REMEDY)


def _check_ids(path: Path, rows: Iterable[TableRow]) -> None:
    """Refuse names that no folder can have everywhere, and two that are the same folder somewhere."""
    rows = tuple(rows)
    remedy = "Choose another id: each becomes the name of a folder."
    for row in rows:
        too_long = len(row.id) > _LONGEST_ID
        unsafe = _UNSAFE.search(row.id) or row.id.startswith(".") or row.id.endswith((".", " "))
        own = _folded(row.id) in _OF_THE_BATCH
        if too_long or unsafe or own or _RESERVED.fullmatch(row.id):
            raise UnreadableInput(f"Line {row.line} of {path.name}: “{row.id}” cannot be the name of a folder.", remedy)
    alike = Counter(_folded(row.id) for row in rows)
    for row in rows:
        if alike[_folded(row.id)] > 1:
            lines = " and ".join(str(one.line) for one in rows if _folded(one.id) == _folded(row.id))
            raise UnreadableInput(f"Lines {lines} of {path.name} have the same id “{row.id}”.", remedy)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def register_arguments(row: TableRow, out: Path) -> list[str]:
    """What `register` is given for a row, whose results go to `out`. Raises BadArgument."""
    for name in ("fixed", "moving"):
        if not row.path(name):
            raise BadArgument(f"There is no {name} image.", f"Fill in the column {name}.")
    given = ["register", row.path("fixed"), row.path("moving"), "--out", str(out), "--no-volume"]
    for column, option in OPTIONS.items():
        if column in row.cells:
            given.append(f"{option}={row.path(column) or row.cells[column]}")
    marks = [row.path("landmarks_fixed"), row.path("landmarks_moving")]
    if all(marks):
        given += ["--landmarks", *marks]
    elif any(marks):
        raise BadArgument("There are landmarks of one image only.", "Fill in landmarks_fixed and landmarks_moving.")
    if "roi" in row.cells:
        corners = row.cells["roi"].split()
        if len(corners) != 6 or any(number_in(word) is None for word in corners):
            raise BadArgument(f"roi “{row.cells['roi']}” is no box.", "Give six numbers with spaces between them.")
        given += ["--roi", *corners]
    return given


def row_words(row: TableRow, text: str) -> str:
    """A sentence of `register` about a row, in which the names of columns stand for options and paths.

    Paths may tell who the patient is.
    """
    for column, path in sorted(row.paths(), key=lambda one: -len(one[1])):
        whole = file_part(path) or path
        name = os.path.basename(whole)
        told = [path, whole, *(one for one in (name, name.partition(".")[0]) if len(one) > 2 and one not in _USUAL)]
        for one in told:
            text = re.sub(rf"(?<![\w‹]){re.escape(one)}(?![\w›])", f"‹{column}›", text)
    for column, option in OPTIONS.items():
        text = re.sub(rf"(?:Argument )?{option}(?![\w-])", column, text)
    text = text.replace("--landmarks FIXED.csv MOVING.csv", "landmarks_fixed and landmarks_moving")
    return text.replace(" See: fusionviewer register --help", "").replace(f"{row.beside}{os.sep}", "")


def _seen(path: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of a file, or of all files below a folder; nothing where there is none."""
    path = file_part(path)
    if os.path.isfile(path):
        yield _stamp(path, "")
        stem, ending = os.path.splitext(path)
        if ending.lower() in _HEADS:  # the voxels lie in another file of the same name
            yield from (_stamp(stem + other, other) for other in _VOXELS)
    for folder, folders, files in folders_below(path or os.devnull):
        folders.sort()
        for name in sorted(files):
            yield _stamp(os.path.join(folder, name), os.path.relpath(os.path.join(folder, name), path))


def _stamp(path: str, name: str) -> tuple[str, int, int]:
    try:
        seen = os.stat(path)
    except OSError:
        return name, -1, -1
    return name, seen.st_size, seen.st_mtime_ns
