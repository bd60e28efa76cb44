"""All rows of a batch on one page that needs nothing else, worst first, to be read, sorted and printed."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined, Template

from fusionviewer.quality.batch.records import REPORT, THUMBNAIL, BatchFolder, RowRecord
from fusionviewer.version import __version__

TEMPLATE: Final = "overview.html.jinja"
"""Beside this module."""

WORDS: Final = {"fine": "Fine", "look": "Look", "wrong": "Wrong", "": "No result"}
"""What an assessment is called where there is one word for it."""

_HOW_MANY: Final = {"": "without a result", "wrong": "wrong", "look": "to look at", "fine": "fine"}


@dataclass(frozen=True)
class _Line:
    """A row as the page shows it; `order` and the numbers are what it is sorted by."""

    row: RowRecord
    word: str
    mark: str
    order: int
    report: str
    """A link, or empty."""
    thumbnail: str
    """A JPEG in base64, or empty."""


def overview_html(batch: BatchFolder) -> str:
    """The page: style, sorting and thumbnails inside, nothing from elsewhere; worst first, also without scripts."""
    lines = [_line(batch, row, number) for number, row in enumerate(batch.worst_first)]
    found = Counter(verdict_of(row) for row in batch.rows)
    summary = ", ".join(f"{found[key]} {words}" for key, words in _HOW_MANY.items() if found[key])
    made = f"{datetime.now(UTC).isoformat(timespec='minutes')[:16].replace('T', ' ')} UTC, fusionviewer {__version__}"
    pairs = f"{len(lines)} {'pair' if len(lines) == 1 else 'pairs'}"
    return _template().render(lines=lines, summary=f"{pairs}: {summary}.", made=made)


def verdict_of(row: RowRecord) -> str:
    """The assessment of a row that has a result, else an empty text."""
    return row.verdict if row.outcome == "done" else ""


def _line(batch: BatchFolder, row: RowRecord, number: int) -> _Line:
    verdict = verdict_of(row)
    done = row.outcome == "done"
    picture = _bytes(batch.file_of(row, THUMBNAIL)) if done else b""
    return _Line(
        row=row,
        word=WORDS[verdict],
        mark=verdict or "none",
        order=number,
        report=f"{quote(row.id)}/{REPORT}" if done else "",
        thumbnail=base64.b64encode(picture).decode("ascii"),
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["mm"] = lambda value: "" if value is None else f"{value:.1f}"
    environment.filters["key"] = lambda value: -1 if value is None else round(value, 4)
    text = resources.files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(text)
