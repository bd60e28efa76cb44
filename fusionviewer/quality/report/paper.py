"""A report as a PDF: two A4 pages and an appendix, with what the page has, in the same order and words."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from fpdf import FPDF, FontFace

from fusionviewer.errors import CannotWrite
from fusionviewer.quality.report.blocks import Figure, Lines, Mark, Paper, Section, Table
from fusionviewer.quality.report.facts import Report
from fusionviewer.quality.report.sections import paper_of
from fusionviewer.rendering.marks.lettering import typeface_folder

_FAMILY: Final = "Inter"
_MARGIN: Final = 14.0
_WIDE: Final = 210 - 2 * _MARGIN
_PLACE_SHARE: Final = 0.78
"""Of the width: the screenshot of a place stands below three others on one page."""

_SIZE: Final = 8.4
_LINE: Final = 4.1
"""Letters in points, lines in mm."""

_INK: Final = (28, 33, 39)
_GREY: Final = (89, 99, 110)
_RULE: Final = (200, 206, 213)
_COLOURS: Final[dict[Mark, tuple[int, int, int]]] = {
    "good": (43, 138, 75), "look": (185, 120, 0), "bad": (194, 47, 47), "": _RULE,
}  # fmt: skip
_DIGITS: Final = "-0123456789"
"""What a number begins with: a first cell that is none names its row."""

_LEAST_COLUMN: Final = 9
_MOST_COLUMN: Final = 42
"""Letters that a column counts as at least and at most when the width is shared out."""


class _Sheet(FPDF):
    """A4 pages with their numbers and the sentence at the foot."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(format="A4")
        folder = typeface_folder()
        if folder is None:
            raise CannotWrite("The program's typeface is missing, and a PDF needs it.", "Write an .html instead.")
        self.add_font(_FAMILY, "", folder / "InterTabular-Regular.ttf")
        self.add_font(_FAMILY, "B", folder / "InterTabular-Bold.ttf")
        self.set_margins(_MARGIN, 12)
        self.set_auto_page_break(True, 15)
        self.c_margin = 0
        self.set_title(f"Registration report: {paper.title}")
        self.set_creator("fusionviewer")
        self.paper = paper

    def footer(self) -> None:
        """Below each page."""
        self.set_y(-11)
        self.write_as(7, _GREY)
        self.cell(_WIDE - 12, 4, self.paper.foot)
        self.cell(12, 4, str(self.page_no()), align="R")

    def write_as(self, points: float = _SIZE, ink: tuple[int, int, int] = _INK, *, bold: bool = False) -> None:
        """What is written next has this size and colour."""
        self.set_font(_FAMILY, "B" if bold else "", points)
        self.set_text_color(*ink)


def pdf_of(report: Report) -> bytes:
    """The report as a PDF. Raises CannotWrite where an installation lacks the typeface."""
    paper = paper_of(report)
    sheet = _Sheet(paper)
    sheet.add_page()
    _head(sheet, paper)
    _sections(sheet, paper.first)
    sheet.add_page()
    _sections(sheet, paper.second)
    sheet.add_page()
    sheet.write_as(13, bold=True)
    sheet.cell(_WIDE, 7, "Appendix", new_x="LMARGIN", new_y="NEXT")
    _sections(sheet, paper.appendix)
    return bytes(sheet.output())


def _head(sheet: _Sheet, paper: Paper) -> None:
    sheet.write_as(16, bold=True)
    sheet.cell(_WIDE / 2, 8, "Registration report")
    sheet.write_as(_SIZE, _GREY)
    sheet.cell(_WIDE / 2, 8, f"{paper.title} · {paper.made}", align="R", new_x="LMARGIN", new_y="NEXT")
    sheet.set_draw_color(*_INK)
    sheet.line(_MARGIN, sheet.get_y(), _MARGIN + _WIDE, sheet.get_y())
    sheet.ln(3)
    top = sheet.get_y()
    sheet.write_as(11.5, bold=True)
    _beside_bar(sheet, paper.assessment, 6)
    sheet.write_as()
    _beside_bar(sheet, paper.expected, _LINE)
    _bar(sheet, top, paper.mark, 1.8)
    sheet.ln(1)


def _sections(sheet: _Sheet, sections: Sequence[Section]) -> None:
    for section in sections:
        if sheet.will_page_break(18):
            sheet.add_page()
        sheet.ln(2.2)
        sheet.write_as(10, bold=True)
        sheet.cell(_WIDE, 5.4, section.title, new_x="LMARGIN", new_y="NEXT")
        for block in section.blocks:
            match block:
                case Table():
                    _table(sheet, block)
                case Lines():
                    _lines(sheet, block)
                case Figure():
                    _figure(sheet, block)


def _lines(sheet: _Sheet, block: Lines) -> None:
    sheet.write_as()
    for text, mark in block.lines:
        if sheet.will_page_break(2 * _LINE):
            sheet.add_page()
        top = sheet.get_y()
        _beside_bar(sheet, text, _LINE)
        _bar(sheet, top, mark, 0.9)
        sheet.ln(0.6)


def _beside_bar(sheet: _Sheet, text: str, line: float) -> None:
    sheet.set_x(_MARGIN + 4)
    sheet.multi_cell(_WIDE - 4, line, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _bar(sheet: _Sheet, top: float, mark: Mark, wide: float) -> None:
    """A coloured bar from there down to the present line, unless a page lies between."""
    if sheet.get_y() > top:
        sheet.set_fill_color(*_COLOURS[mark])
        sheet.rect(_MARGIN, top, wide, sheet.get_y() - top, style="F")
        sheet.set_fill_color(255)  # cells of tables would be filled with the bar's


def _table(sheet: _Sheet, block: Table) -> None:
    sheet.write_as()
    sheet.set_draw_color(*_RULE)
    rows = [block.head, *block.rows] if block.head else list(block.rows)
    with sheet.table(
        col_widths=_widths(rows), text_align="LEFT", borders_layout="HORIZONTAL_LINES", line_height=_LINE,
        padding=(0.35, 1.2, 0.35, 0), first_row_as_headings=bool(block.head),
        headings_style=FontFace(emphasis="BOLD", color=_GREY),
    ) as table:  # fmt: skip
        for number, cells in enumerate(rows):
            row = table.row()
            told = number - bool(block.head)
            for column, text in enumerate(cells):
                row.cell(text, style=_style(block, told, column, text) if told >= 0 else None)
    sheet.ln(1.5)


def _style(block: Table, row: int, column: int, text: str) -> FontFace | None:
    if column == 0 and text[:1] not in _DIGITS:
        return FontFace(emphasis="BOLD")
    if column == 2 and block.marks:
        return FontFace(emphasis="BOLD", color=_COLOURS[block.marks[row]])
    return None


def _widths(rows: Sequence[tuple[str, ...]]) -> list[int]:
    """How wide the columns are, relative to each other; those of a matrix are alike."""
    if rows[-1][0][:1] in _DIGITS:
        return [1] * len(rows[-1])
    return [
        max(_LEAST_COLUMN, *(min(len(text), _MOST_COLUMN) for text in column)) for column in zip(*rows, strict=True)
    ]


def _figure(sheet: _Sheet, block: Figure) -> None:
    wide = _WIDE if block.picture.where is None else _PLACE_SHARE * _WIDE
    sheet.image(BytesIO(block.picture.png), w=wide)
    sheet.ln(0.6)
    sheet.write_as(7.6, _GREY)
    sheet.multi_cell(_WIDE, 3.8, block.picture.caption, align="L", new_x="LMARGIN", new_y="NEXT")
    sheet.ln(1.8)
