"""Names and titles, which never lie over each other or outside of their pane."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QFont, QImage, QPainter
from PyQt6.QtWidgets import QApplication

from fusionviewer.rendering.marks.annotations import room_of, rooms_of_sides
from fusionviewer.rendering.marks.labels import Label, beside
from fusionviewer.rendering.marks.primitives import Line, Stroke, Text
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.pane.overlays.annotations import draw_scale, draw_sides, draw_title
from fusionviewer.ui.pane.overlays.painter import letters_of, paint


def ends_of(name: str, x: float, width: int) -> tuple[float, float]:
    """From where to where a name is written at a mark, in pixels."""
    image = QImage(600, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    label = Label((x, 30.0), name, "#ffffff", reach=11.0)
    paint(painter, beside([label], (width, 40.0), letters_of(QFont())), letters_of(QFont()))
    painter.end()
    bright = [i for i in range(600) for j in range(40) if image.pixelColor(i, j).red() > 100]
    return min(bright), max(bright)


def columns_of(image: QImage) -> list[int]:
    plain = image.pixelColor(image.width() - 1, image.height() - 1)
    return [x for x in range(image.width()) if any(image.pixelColor(x, y) != plain for y in range(40))]


def test_a_name_lies_right_of_its_mark_or_left_of_it_where_the_pane_ends(qapp: QApplication) -> None:
    left, right = ends_of("thirty letters of a long name", 20, 400)
    assert left > 25
    long = right - left
    left, right = ends_of("thirty letters of a long name", 380, 400)
    assert right < 375
    assert right - left == pytest.approx(long, abs=2)  # whole
    for x in (5, 60, 115):  # fits on neither side
        left, right = ends_of("thirty letters of a long name", x, 120)
        assert left >= 0
        assert right < 120 or x == 115


@pytest.mark.parametrize(("width", "written"), [(300, "+44.0 mm"), (165, "+44.0"), (100, "…")])
def test_a_title_loses_its_unit_before_its_number(qapp: QApplication, width: int, written: str) -> None:
    letters = letters_of(QFont())
    (text,) = (one.text for one in draw_title("+44.0 mm", "axial", letters, upper="A", width=width)
               if isinstance(one, Text))  # fmt: skip
    assert text == written if written != "…" else text.endswith("…")


@pytest.mark.parametrize("letters", ["H", "AL", "HAL"])
@pytest.mark.parametrize("width", [150, 216, 278, 900])
def test_a_title_never_touches_the_letters_of_the_upper_edge(qapp: QApplication, letters: str, width: int) -> None:
    size = QSize(width, 100)
    pictures = []
    for with_letters in (False, True):
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor("#444444"))
        painter = QPainter(image)
        if with_letters:
            paint(painter, draw_sides(("", "", letters, ""), size, letters_of(painter.font())))
        else:
            font = letters_of(painter.font())
            paint(painter, draw_title("sagittal, oblique", "sagittal", font, upper=letters, width=width))
        painter.end()
        pictures.append(image)
    title, sides = (columns_of(image) for image in pictures)
    assert max(title) + 3 < min(sides)
    assert max(title) > 30  # some of it is there
    if width == 900:
        assert max(title) > QRectF(0, 0, 120, 1).right() - 20


@pytest.mark.parametrize("width", [110, 150, 195, 216, 300, 470, 900])
@pytest.mark.parametrize("mm_per_unit", [0.2, 0.62, 1.3, 2.4])
def test_the_scale_never_touches_the_letters_of_the_lower_edge(
    qapp: QApplication, width: int, mm_per_unit: float
) -> None:
    letters = letters_of(QFont())
    left, top, right, bottom = rooms_of_sides(("R", "L", "H", "FA"), (width, 200), letters, UNIT)[3]
    bar, words = draw_scale(mm_per_unit, QSize(width, 200), letters)
    assert isinstance(words, Text)
    assert isinstance(bar, Stroke)
    line = bar.shapes[0]
    assert isinstance(line, Line)
    ends = [x for x, _ in line.places]
    places = [room_of(words, letters), (min(ends), words.at[1] - 5, max(ends), words.at[1])]
    assert max(ends) - min(ends) > 4
    for x, y, x_end, y_end in places:
        assert x_end <= left or y_end <= top or x >= right or y >= bottom
        assert x_end <= width
