"""What is painted over a slice: crosshair, spy-glass, side letters, scale, title, readable on black and on white."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from fusionviewer.geometry import Orientation
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.widgets.theme import ACCENT, CAPTION, SIDE_COLOURS, TEXT, UNIT, number_font

_DASH: Final = 3.0
_CORNER, _INSET = 10.0, 3.0
_GAP: Final = 12.0
HALO: Final = QColor(0, 0, 0, 170)
"""The dark rim of lines and letters."""
_RIM: Final = tuple(QPointF(x, y) for x in (-1, 1) for y in (-1, 1))
_CROSS_ALPHA: Final = 130
_LONGEST_PANE: Final = 8192


@cache
def _line_colours(orientation: Orientation) -> tuple[QColor, QColor]:
    """The colours of the planes that a view's upright and level crosshair lines stand for."""
    by_axis = {0: "sagittal", 1: "coronal", 2: "axial"}
    across, down = (int(np.argmax(np.abs(way))) for way in (orientation.right, orientation.down))
    upright, level = QColor(PLANE_COLOURS[by_axis[across]]), QColor(PLANE_COLOURS[by_axis[down]])
    return upright, level


def paint_crosshair(painter: QPainter, context: PaneContext) -> None:
    """An upright and a level thin line that leave the crosshair's point itself free, in two colours."""
    if not context.shows_crosshair:
        return
    at, size = context.crosshair, context.size
    x, y, w, h, gap = math.floor(at.x()), math.floor(at.y()), size.width(), size.height(), round(_GAP)
    upright, level = (_strip(c.name(), n == 0) for n, c in enumerate(_line_colours(context.orientation)))
    for top, bottom in ((0, y - gap), (y + gap, h)):
        if bottom > top:
            painter.drawImage(QPoint(x - 1, top), upright, QRect(0, 0, 3, bottom - top))
    for left, right in ((0, x - gap), (x + gap, w)):
        if right > left:
            painter.drawImage(QPoint(left, y - 1), level, QRect(0, 0, right - left, 3))


@cache
def _strip(colour: str, upright: bool) -> QImage:
    """A see-through line with a dark rim on both sides, to be copied: that is forty times as fast."""
    image = QImage(*((3, _LONGEST_PANE) if upright else (_LONGEST_PANE, 3)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 90))
    line = QColor(colour)
    line.setAlpha(_CROSS_ALPHA)
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.fillRect(QRect(1, 0, 1, _LONGEST_PANE) if upright else QRect(0, 1, _LONGEST_PANE, 1), line)
    painter.end()
    return image


def paint_spy_glass(painter: QPainter, context: PaneContext) -> None:
    """The rim of the spy-glass, at the mouse or at the crosshair."""
    if not context.shows_pair or context.blend.mode is not BlendMode.SPY_GLASS:
        return
    middle = context.crosshair if context.mouse is None else context.mouse
    radius = context.blend.glass_mm / 2 / context.frame.mm_per_unit
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((HALO, 3.5), (QColor(TEXT), 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(middle, radius, radius)


def paint_sides(painter: QPainter, letters: tuple[str, str, str, str], size: QSize) -> None:
    """R L A P H F at the left, right, top and bottom edges."""
    font = label_font(painter, bold=True)
    metrics = QFontMetricsF(font)
    w, h, high = size.width(), size.height(), metrics.capHeight()
    left, right, top, bottom = letters
    middle = (h + high) / 2
    for letter, x, y in (
        (left, UNIT, middle),
        (right, w - UNIT - metrics.horizontalAdvance(right), middle),
        (top, (w - metrics.horizontalAdvance(top)) / 2, UNIT + high),
        (bottom, (w - metrics.horizontalAdvance(bottom)) / 2, h - UNIT),
    ):
        paint_text(painter, QPointF(x, y), letter, QColor(TEXT), font)


def paint_scale(painter: QPainter, mm_per_unit: float, size: QSize) -> None:
    """A bar of a round length in mm, at the lower left."""
    length_mm = _round_length(mm_per_unit * min(160.0, size.width() / 4))
    width, x, y = length_mm / mm_per_unit, float(UNIT), float(size.height() - UNIT)
    bar = QPainterPath(QPointF(x + 0.5, y - 5))
    for corner in (QPointF(x + 0.5, y - 0.5), QPointF(x + width, y - 0.5), QPointF(x + width, y - 5)):
        bar.lineTo(corner)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, thick in ((HALO, 3.5), (QColor(TEXT), 1.5)):
        painter.setPen(QPen(colour, thick))
        painter.drawPath(bar)
    paint_text(painter, QPointF(x + width + UNIT, y), f"{length_mm:g} mm", QColor(TEXT), label_font(painter))


def _round_length(longest_mm: float) -> float:
    """The greatest of 1, 2, 5 × 10ⁿ that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest_mm))
    return max(n * power for n in (1, 2, 5) if n * power <= longest_mm)


def paint_title(painter: QPainter, name: str, side: Side | None, plane: str, *, letters: str, size: QSize) -> None:
    """The view's name at the upper left after its plane's colour, and the image's shape if it shows only one.

    It ends before the `letters` in the middle of the upper edge. The image's word stands there, too, if there is room.
    """
    font = label_font(painter)
    room = (size.width() - QFontMetricsF(label_font(painter, bold=True)).horizontalAdvance(letters)) / 2 - UNIT
    x, y = float(UNIT), UNIT + QFontMetricsF(font).capHeight()
    swatch = QRectF(x, y - QFontMetricsF(font).capHeight(), 4, QFontMetricsF(font).capHeight())
    painter.fillRect(swatch.adjusted(-1, -1, 1, 1), HALO)
    painter.fillRect(swatch, QColor(PLANE_COLOURS[plane]))
    x += 1.5 * UNIT
    if side is not None:
        bold = label_font(painter, bold=True)
        colour = QColor(SIDE_COLOURS[side])
        paint_shape(painter, shape(side, QPointF(x + 5, y - QFontMetricsF(font).capHeight() / 2), 4.5), colour, colour)
        x += 2 * UNIT
        word = QFontMetricsF(bold).horizontalAdvance(side.upper()) + UNIT
        if x + word + QFontMetricsF(font).horizontalAdvance(name) < room:
            paint_text(painter, QPointF(x, y), side.upper(), colour, bold)
            x += word
    name = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, room - x)
    paint_text(painter, QPointF(x, y), name, QColor(TEXT), font)


def paint_rubber(painter: QPainter, context: PaneContext) -> None:
    """A box that is being drawn."""
    rect = None if context.drag is None else context.drag.rubber
    if rect is None:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, style in ((HALO, Qt.PenStyle.SolidLine), (QColor(TEXT), Qt.PenStyle.DashLine)):
        painter.setPen(QPen(colour, 1.5, style))
        painter.drawRect(rect)


def paint_note(painter: QPainter, text: str, size: QSize) -> None:
    """A quiet sentence in the middle of an empty pane."""
    painter.setPen(QColor(CAPTION))
    painter.setFont(label_font(painter))
    painter.drawText(QRectF(0, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignCenter, text)


def shape(side: Side, at: QPointF, radius: float) -> QPainterPath:
    """The shape that goes with an image's colour: a circle for the fixed one, a diamond for the moving one."""
    path = QPainterPath()
    if side == "fixed":
        path.addEllipse(at, radius, radius)
    else:
        r = radius * 1.25  # looks as large as the circle
        corners = [at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at + QPointF(-r, 0)]
        path.addPolygon(QPolygonF(corners))
        path.closeSubpath()
    return path


def paint_shape(
    painter: QPainter,
    path: QPainterPath,
    line: QColor,
    fill: QColor,
    width: float = 1.5,
    *,
    halo: bool = True,
    dashed: bool = False,
) -> None:
    """A path with a dark rim (`halo`), filled."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if halo:
        painter.setPen(QPen(HALO, width + 2))
        painter.drawPath(path)
    pen = QPen(line, width)
    if dashed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([_DASH / width] * 2)
    painter.setPen(pen)
    painter.setBrush(fill)
    painter.drawPath(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_focus(painter: QPainter, size: QSize) -> None:
    """A ring that shows where the keyboard is."""
    painter.setPen(QPen(QColor(ACCENT), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(1, 1, size.width() - 2, size.height() - 2))


def paint_corners(painter: QPainter, size: QSize) -> None:
    """The corners of the view in which keys act."""
    near, far_x, far_y = _INSET, size.width() - _INSET, size.height() - _INSET
    corners = QPainterPath()
    for x, y, across, down in (
        (near, near, 1, 1), (far_x, near, -1, 1), (near, far_y, 1, -1), (far_x, far_y, -1, -1),
    ):  # fmt: skip
        corners.moveTo(x + across * _CORNER, y)
        corners.lineTo(x, y)
        corners.lineTo(x, y + down * _CORNER)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(ACCENT), 2))
    painter.drawPath(corners)


def paint_text(painter: QPainter, at: QPointF, text: str, colour: QColor, font: QFont) -> None:
    """Text from its base line, with a thin dark rim."""
    painter.setFont(font)
    painter.setPen(HALO)
    for way in _RIM:  # several times faster than the outline as a path
        painter.drawText(at + way, text)
    painter.setPen(colour)
    painter.drawText(at, text)


def label_font(painter: QPainter, bold: bool = False) -> QFont:
    """The font of words over a slice."""
    font = number_font(painter.font())
    font.setBold(bold)
    return font
