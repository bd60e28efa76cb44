"""A record of a row that was edited so that it means nothing counts as one that is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fusionviewer.quality.batch.records import RECORD, RowRecord, load_batch, load_row, save_list, save_row

ROW = RowRecord("a", "done", "0", verdict="fine", ending="converged", expected_p95_mm=0.7, reasons=("Look.",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    save_list(tmp_path, ["a"])
    save_row(tmp_path, ROW)
    return tmp_path


def test_it_comes_back_as_it_was(folder: Path) -> None:
    assert load_row(folder, "a") == ROW


@pytest.mark.parametrize(("name", "value"), [
    ("verdict", "<b>"), ("verdict", None), ("sentence", None), ("sentence", 3), ("outcome", "maybe"), ("id", "b"),
    ("displacement_mm", "x"), ("expected_p95_upper_mm", 10**400), ("expected_median_mm", True), ("seconds", []),
    ("reasons", "text"), ("reasons", [1]), ("reasons", {}), ("done_for", {"a": 1}),
])  # fmt: skip
def test_an_edited_one_is_not_there(folder: Path, name: str, value: Any) -> None:
    file = folder / "a" / RECORD
    told = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(told | {name: value}), "utf-8")
    assert load_row(folder, "a") is None
    (row,) = load_batch(folder).rows
    assert (row.id, row.outcome, row.sentence) == ("a", "died", "This row is not done yet.")
