"""The page and the table of a batch: safe, complete, worst first."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from batch_folders import FINE, LOOK, REFUSED, WRONG

from fusionviewer.quality.batch.overview import overview_html
from fusionviewer.quality.batch.records import (
    RECORD,
    REPORT,
    THUMBNAIL,
    BatchFolder,
    RowRecord,
    load_batch,
    load_row,
    save_list,
    save_row,
)
from fusionviewer.quality.batch.results_csv import COLUMNS, plain_cell, results_csv

ODD = replace(LOOK, id="=1+1", reasons=("<script>alert(1)</script>", "Two."), expected_p95_upper_mm=2.5)


def batch(folder: Path, *rows: RowRecord) -> BatchFolder:
    for row in rows:
        (folder / row.id).mkdir()
        (folder / row.id / THUMBNAIL).write_bytes(b"\xff\xd8picture")
        save_row(folder, row)
    save_list(folder, [row.id for row in rows])
    return load_batch(folder)


class Rows(HTMLParser):
    """The cells of each row of the table, and everything that the page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        self._in_cell = tag == "td" or (self._in_cell and tag in {"p", "a"})
        if tag == "td":
            self.rows[-1].append("")
        if tag == "a":
            self.links.append(given.get("href") or "")
        self.fetched += [str(value) for name, value in attrs if name in {"src", "href", "srcset"} and tag != "a"]

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in {"td"}

    def handle_data(self, data: str) -> None:
        if self._in_cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {data.strip()}".strip()


def read(page: str) -> Rows:
    found = Rows()
    found.feed(page)
    return found


def test_the_page_has_every_row_worst_first_without_a_script(tmp_path: Path) -> None:
    page = overview_html(batch(tmp_path, FINE, WRONG, REFUSED, ODD))
    found = read(page.partition("<script>\n")[0])
    rows = [row for row in found.rows if row]
    assert [row[1] for row in rows] == ["r1", "w1", "=1+1", "f1"]
    assert [row[2] for row in rows] == ["No result", "Wrong", "Look", "Fine"]
    assert rows[0][6] == REFUSED.sentence
    assert rows[1][3] == "6.4"
    assert rows[2][6] == "<script>alert(1)</script> Two."
    assert rows[3][6] == "No warnings."
    assert found.links == ["w1/report.html", "%3D1%2B1/report.html", "f1/report.html"]
    assert "4 pairs: 1 without a result, 1 wrong, 1 to look at, 1 fine." in page


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    page = overview_html(batch(tmp_path, FINE, ODD))
    assert page.count("<script>") == 1, "what is in texts is no script"
    assert all(one.startswith("data:image/jpeg;base64,") for one in read(page).fetched)
    assert not re.search(r"https?://|url\(|@import", page)
    assert "default-src 'none'" in page


def test_numbers_stand_in_the_table_with_their_units_in_its_head(tmp_path: Path) -> None:
    text = results_csv(batch(tmp_path, ODD, REFUSED))
    odd, refused = csv.DictReader(StringIO(text))
    assert tuple(odd) == COLUMNS
    assert (odd["expected_error_p95_mm"], odd["expected_error_p95_upper_mm"]) == ("1.90", "2.50")
    assert (odd["id"], odd["report"]) == ("'=1+1", f"'=1+1/{REPORT}")
    assert odd["expected_error_median_mm"] == ""
    assert (refused["outcome"], refused["assessment"], refused["study"]) == ("refused", "", "")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert plain_cell(text) == f"'{text}"
    assert plain_cell(f"a{text}") == f"a{text}"


def test_a_row_that_is_not_done_yet_or_damaged_is_told_as_such(tmp_path: Path) -> None:
    batch(tmp_path, FINE)
    save_list(tmp_path, ["f1", "later"])
    assert [row.outcome for row in load_batch(tmp_path).rows] == ["done", "died"]
    for damaged in ("", "[]", '{"format": "fusionviewer batch row", "version": 1, "id": "f1"}'):
        (tmp_path / "f1" / RECORD).write_text(damaged)
        assert load_row(tmp_path, "f1") is None
