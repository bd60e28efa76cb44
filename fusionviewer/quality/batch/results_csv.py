"""The results of a batch for a spreadsheet: one line for each row, lengths in mm."""

from __future__ import annotations

from typing import Final

from fusionviewer.exchange.text_files import csv_text
from fusionviewer.quality.batch.records import REPORT, STUDY, BatchFolder, RowRecord

COLUMNS: Final = (
    "id", "outcome", "assessment", "ending", "expected_error_median_mm", "expected_error_p95_mm",
    "expected_error_p95_upper_mm", "max_displacement_mm", "head_overlap_percent", "seconds", "reasons", "sentence",
    "study", "report",
)  # fmt: skip
"""Their names and order stay as they are; new ones are added at the end."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def results_csv(batch: BatchFolder) -> str:
    """The text of the table, in the order of the batch's own."""
    return csv_text([COLUMNS, *(_line(row) for row in batch.rows)])


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what would begin one stands behind an apostrophe."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _line(row: RowRecord) -> list[str]:
    done = row.outcome == "done"
    overlap = None if row.head_overlap is None else 100 * row.head_overlap
    return [
        plain_cell(row.id),
        row.outcome,
        row.verdict,
        row.ending,
        _number(row.expected_median_mm, 2),
        _number(row.expected_p95_mm, 2),
        _number(row.expected_p95_upper_mm, 2),
        _number(row.displacement_mm, 2),
        _number(overlap, 1),
        _number(row.seconds, 1),
        plain_cell(" ".join(row.reasons)),
        plain_cell(row.sentence),
        plain_cell(f"{row.id}/{STUDY}") if done else "",
        plain_cell(f"{row.id}/{REPORT}") if done else "",
    ]


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:z.{digits}f}"
