"""What is known of each row of a batch, and the folder that all of them lie in."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.whole_files import json_value, read_whole, written_whole
from fusionviewer.progress import Observer
from fusionviewer.session.records import listed, number, text

Outcome: TypeAlias = Literal["done", "refused", "died"]
"""Registered and reported; there is a sentence why not; the program ended on it, or lacked memory or disk, and it is
tried again."""

LIST: Final = "batch.json"
RECORD: Final = "row.json"
STUDY: Final = "study.fusion.json"
TRANSFORM: Final = "transform.tfm"
REPORT: Final = "report.html"
NUMBERS: Final = "report.json"
THUMBNAIL: Final = "thumbnail.jpg"
MADE: Final = (RECORD, STUDY, TRANSFORM, REPORT, NUMBERS, THUMBNAIL)
"""What lies in the folder of a row."""

_LIST_FORMAT: Final = "fusionviewer batch"
_ROW_FORMAT: Final = "fusionviewer batch row"
_VERSION: Final = 1
_TEXTS: Final = ("id", "outcome", "done_for", "sentence", "verdict", "ending", "program")
_NUMBERS: Final = (
    "expected_median_mm", "expected_p95_mm", "expected_p95_upper_mm", "displacement_mm", "head_overlap", "seconds",
)  # fmt: skip
_VERDICTS: Final = {"wrong": 1, "look": 2, "fine": 3}


@dataclass(frozen=True)
class RowRecord:
    """What became of a row. Lengths in mm; what is not known is None or empty."""

    id: str
    outcome: Outcome
    done_for: str = ""
    """A digest of the row and its files: with another one it is done anew."""
    sentence: str = ""
    """Why there is no result."""
    verdict: str = ""
    ending: str = ""
    expected_median_mm: float | None = None
    expected_p95_mm: float | None = None
    expected_p95_upper_mm: float | None = None
    displacement_mm: float | None = None
    """The largest, of the head's box from the start."""
    head_overlap: float | None = None
    """Share of the head inside the moving image."""
    reasons: tuple[str, ...] = ()
    """Sentences: the warnings and notes of the assessment, those that weigh most first."""
    seconds: float | None = None
    """Of the whole row."""
    program: str = ""

    @property
    def badness(self) -> tuple[int, float]:
        """A key to sort by, the smallest the worst: without a result, wrong, look, fine; each by the expected error."""
        grade = _VERDICTS.get(self.verdict, 0) if self.outcome == "done" else 0
        expected = math.inf if self.expected_p95_mm is None else self.expected_p95_mm
        return grade, -expected


@dataclass(frozen=True)
class BatchFolder:
    """The folder of a batch, and its rows in the order of the table."""

    folder: Path
    rows: tuple[RowRecord, ...]

    def file_of(self, row: RowRecord, name: str) -> Path:
        """Where something of a row lies, whether it is there or not."""
        return self.folder / row.id / name

    @property
    def worst_first(self) -> tuple[RowRecord, ...]:
        """The rows, those that need a look most first."""
        return tuple(sorted(self.rows, key=lambda row: row.badness))


def record_of_report(row: RowRecord, report: dict[str, Any]) -> RowRecord:
    """The same record with what the record of a report tells."""
    assessment, run = report["assessment"], report["run"]
    expected = assessment["expected_tre_mm"] or {}
    return replace(
        row,
        outcome="done",
        verdict=assessment["verdict"],
        ending="" if run is None else run["ending"],
        expected_median_mm=expected.get("median"),
        expected_p95_mm=expected.get("p95"),
        expected_p95_upper_mm=expected.get("p95_upper"),
        displacement_mm=report["alignment"]["displacement_mm"]["max"],
        head_overlap=report["head_overlap"],
        reasons=tuple(one["sentence"] for one in assessment["findings"] if one["level"] != "fact"),
    )


def row_record(row: RowRecord) -> dict[str, Any]:
    """A record as a JSON object."""
    return asdict(row) | {"reasons": list(row.reasons)}


def save_row(folder: Path, row: RowRecord) -> None:
    """Write the record of a row into the folder of its batch; it appears whole or not at all. Raises CannotWrite."""
    _save(folder / row.id / RECORD, {"format": _ROW_FORMAT, "version": _VERSION, **row_record(row)})


def load_row(folder: Path, row_id: str) -> RowRecord | None:
    """The record of a row in the folder of its batch; None where there is none that can be read."""
    try:
        told = _loaded(folder / row_id / RECORD, _ROW_FORMAT)
        kept = {name: text(told[name]) for name in _TEXTS}
        numbers = {name: None if told[name] is None else number(told[name]) for name in _NUMBERS}
        row = RowRecord(**kept, **numbers, reasons=tuple(map(text, listed(told["reasons"]))))  # type: ignore[arg-type]
    except (UnreadableInput, KeyError, TypeError, ValueError, OverflowError):
        return None
    one_of_them = row.outcome in get_args(Outcome) and row.verdict in {"", *_VERDICTS}
    return row if row.id == row_id and one_of_them else None


def save_list(folder: Path, ids: Iterable[str]) -> None:
    """Write which rows a batch has: it makes a folder that of a batch. Raises CannotWrite."""
    _save(folder / LIST, {"format": _LIST_FORMAT, "version": _VERSION, "rows": list(ids)})


def load_batch(folder: Path, observer: Observer = Observer()) -> BatchFolder:  # noqa: B008 - frozen
    """The rows of a batch; those that are not done yet are told as such. Raises UnreadableInput, Cancelled."""
    ids = _loaded(folder / LIST, _LIST_FORMAT).get("rows")
    if not isinstance(ids, list) or not all(isinstance(one, str) and Path(one).name == one for one in ids):
        raise UnreadableInput(f"{LIST} in {folder.name} is damaged.", "Run fusionviewer batch with --resume.")
    rows = []
    for n, one in enumerate(ids):
        observer.report(n / len(ids), "Reading the batch")
        rows.append(load_row(folder, one) or RowRecord(one, "died", sentence="This row is not done yet."))
    return BatchFolder(folder, tuple(rows))


def _save(path: Path, told: dict[str, Any]) -> None:
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _loaded(path: Path, kind: str) -> dict[str, Any]:
    if not os.path.isfile(path):
        raise UnreadableInput(
            f"{path.parent.name or path.parent} is not the folder of a batch.",
            f"Choose a folder that fusionviewer batch has made: it holds {LIST}.",
        )
    try:
        told = json_value(read_whole(path))
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("format") != kind or told.get("version") != _VERSION:
        raise UnreadableInput(
            f"{path.name} in {path.parent.name} is damaged, or of a newer fusionviewer.",
            "Run fusionviewer batch with --resume.",
        )
    return told
