"""Names and titles, which never lie over each other or outside of their pane."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QColor, QFont, QImage, QPainter
from PyQt6.QtWidgets import QApplication

from fusionviewer.session.state import Side
from fusionviewer.ui.pane.overlays import annotations as overlay
from fusionviewer.ui.pane.overlays.landmark_marks import paint_name_beside


def ends_of(name: str, x: float, width: int) -> tuple[float, float]:
    """From where to where a name is written at a mark, in pixels."""
    image = QImage(600, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint_name_beside(painter, QPointF(x, 25), name, font=QFont(), colour="#ffffff", width=width)
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


@pytest.mark.parametrize("letters", ["H", "AL", "HAL"])
@pytest.mark.parametrize("width", [150, 216, 278, 900])
@pytest.mark.parametrize("side", ["fixed", None])
def test_a_title_never_touches_the_letters_of_the_upper_edge(
    qapp: QApplication, letters: str, width: int, side: Side | None
) -> None:
    size = QSize(width, 100)
    pictures = []
    for with_letters in (False, True):
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor("#444444"))
        painter = QPainter(image)
        if with_letters:
            overlay.paint_sides(painter, ("", "", letters, ""), size)
        else:
            overlay.paint_title(painter, "sagittal, oblique", side, "sagittal", letters=letters, size=size)
        painter.end()
        pictures.append(image)
    title, sides = (columns_of(image) for image in pictures)
    assert max(title) + 3 < min(sides)
    assert max(title) > 30  # some of it is there
    if width == 900:
        assert max(title) > QRectF(0, 0, 120, 1).right() - 20
