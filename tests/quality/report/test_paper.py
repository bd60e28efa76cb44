"""The PDF of a report: the page's words on A4, and nothing about who it is."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from fusionviewer.errors import CannotWrite
from fusionviewer.quality.report import paper
from fusionviewer.quality.report.blocks import Lines, Section, Table
from fusionviewer.quality.report.facts import Report
from fusionviewer.quality.report.paper import pdf_of
from fusionviewer.quality.report.sections import paper_of
from fusionviewer.rendering.marks.lettering import typeface_folder


@pytest.fixture(scope="module")
def pdf(anonymous_report: Report) -> bytes:
    return pdf_of(anonymous_report)


def test_it_is_two_pages_and_an_appendix_on_a4(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-")
    pages = re.findall(rb"/Type /Page\b", pdf)
    assert 3 <= len(pages) <= 5
    (box,) = set(re.findall(rb"/MediaBox \[([^\]]+)\]", pdf))
    assert [round(float(v)) for v in box.split()] == [0, 0, 595, 842]
    assert len(re.findall(rb"/Subtype /Image", pdf)) >= 4


def test_its_parts_need_no_more_pages_than_they_should(pdf: bytes) -> None:
    """The foot of each page is written once: the first page of the appendix is the third."""
    streams = [
        zlib.decompress(part) for part in re.findall(rb"stream\n(x.*?)\nendstream", pdf, re.DOTALL) if part[:1] == b"x"
    ]
    contents = [text for text in streams if b"BT" in text and b"Tf" in text]
    pictured = [number for number, text in enumerate(contents) if text.count(b" Do") >= 4]
    assert pictured == [1], "all screenshots are on the second page"


def test_no_name_is_in_it(pdf: bytes, anonymous_report: Report) -> None:
    assert b"Doe" not in re.sub(rb"stream.*?endstream", b"", pdf, flags=re.DOTALL)
    (title,) = re.findall(rb"/Title \(([^)]*)\)", pdf)
    assert title.replace(b"\xfe\xff", b"").replace(b"\0", b"").endswith(anonymous_report.record["study"].encode())


def test_the_typeface_has_every_letter_that_a_report_has(anonymous_report: Report) -> None:
    told = paper_of(anonymous_report)
    text = told.assessment + told.expected + told.foot + told.title + told.made
    for section in chain(told.first, told.second, told.appendix):
        text += section.title + "".join(_words(section))
    folder = typeface_folder()
    assert folder is not None
    with TTFont(folder / "InterTabular-Regular.ttf") as font:
        known = font.getBestCmap()
    assert {letter for letter in text if ord(letter) not in known} == set()


def _words(section: Section) -> list[str]:
    out = []
    for block in section.blocks:
        if isinstance(block, Table):
            out += [cell for row in (block.head, *block.rows) for cell in row]
        elif isinstance(block, Lines):
            out += [line for line, _ in block.lines]
    return out


def test_long_texts_and_many_rows_break_into_pages(anonymous_report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    told = paper_of(anonymous_report)
    rows = tuple((f"pair {n}", "a word and another one " * 9) for n in range(150))
    long = (Section("Many", (Table(rows, ("Fitted", "Words")), Lines((("word " * 2000, "bad"),)))),)
    monkeypatch.setattr(paper, "paper_of", lambda report: replace(told, second=(), appendix=long))
    assert len(re.findall(rb"/Type /Page\b", pdf_of(anonymous_report))) > 6


def test_without_the_typeface_it_says_what_to_do(anonymous_report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere: Path | None = None
    monkeypatch.setattr(paper, "typeface_folder", lambda: nowhere)
    with pytest.raises(CannotWrite, match=r"typeface is missing, and a PDF needs it. Write an .html instead."):
        pdf_of(anonymous_report)
