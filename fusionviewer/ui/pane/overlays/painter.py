"""The painter of panes: a display list with QPainter, and the letters that it writes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from fusionviewer.rendering.marks.primitives import (
    RIM,
    Block,
    Circle,
    Line,
    Primitive,
    Role,
    Rule,
    Shape,
    Strip,
    Stroke,
    Text,
    start_of,
    strip_pixels,
)
from fusionviewer.ui.look.theme import number_font

_AROUND_LETTERS: Final = tuple(QPointF(x, y) for x in (-1, 1) for y in (-1, 1))
_AROUND_LINES: Final = (QPointF(0, -1), QPointF(0.87, 0.5), QPointF(-0.87, 0.5))
_LONG: Final = 8
_RINGS: Final = (30.0, 400.0)
"""Lines of more places, and circles of such radii, are not stroked: that would take longer than the slice."""

_LONGEST_PANE: Final = 8192
_IMAGE: Final = QImage.Format.Format_ARGB32_Premultiplied


class PaneLetters:
    """How large texts are that are written in a pane's font (see `primitives.Letters`)."""

    def __init__(self, font: QFont) -> None:
        self._fonts = {False: number_font(font), True: number_font(font)}
        self._fonts[True].setBold(True)
        self._metrics = {bold: QFontMetricsF(font) for bold, font in self._fonts.items()}

    def font(self, role: Role) -> QFont:
        return self._fonts[role in ("strong", "side")]

    def metrics(self, role: Role) -> QFontMetricsF:
        return self._metrics[role in ("strong", "side")]

    def length(self, text: str, role: Role) -> float:
        return self.metrics(role).horizontalAdvance(text)

    def elided(self, text: str, role: Role, room: float) -> str:
        return self.metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, room)

    def cap(self, role: Role) -> float:
        return self.metrics(role).capHeight()

    def line(self, role: Role) -> float:
        return self.metrics(role).height()


_LETTERS: Final[dict[str, PaneLetters]] = {}


def letters_of(font: QFont) -> PaneLetters:
    """The letters for a font, made once."""
    key = font.key()
    if key not in _LETTERS:
        _LETTERS[key] = PaneLetters(font)
    return _LETTERS[key]


def paint(painter: QPainter, items: Iterable[Primitive], letters: PaneLetters | None = None) -> None:
    """Paint a display list; without letters those of the painter's font are written."""
    letters = letters or letters_of(painter.font())
    for item in items:
        match item:
            case Stroke():
                _stroke(painter, item)
            case Text():
                _write(painter, item, letters)
            case Block((left, top, right, bottom), colour, opacity):
                painter.fillRect(QRectF(left, top, right - left, bottom - top), _colour(colour, opacity))
            case Strip((left, top, right, bottom)):
                width, height = (max(1, round(v * _ratio(painter))) for v in (right - left, bottom - top))
                pixels = strip_pixels(item, width, height).tobytes()
                image = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
                painter.drawImage(QRectF(left, top, right - left, bottom - top), image)
            case Rule((x, y), (right, bottom), colour, opacity, rim_opacity):
                strip = _strip(colour, opacity, rim_opacity, x == right)
                wide, high = (3, math.ceil(bottom - y)) if x == right else (math.ceil(right - x), 3)
                at = QPoint(int(x) - (x == right), int(y) - (x != right))
                painter.drawImage(at, strip, QRect(0, 0, wide, high))


def _ratio(painter: QPainter) -> float:
    device = painter.device()
    return 1.0 if device is None else device.devicePixelRatioF()


def _write(painter: QPainter, item: Text, letters: PaneLetters) -> None:
    at = QPointF(*start_of(item, letters))
    painter.setFont(letters.font(item.role))
    painter.setPen(_colour("#000000", RIM * item.opacity))
    for way in _AROUND_LETTERS:  # several times faster than the outline as a path
        painter.drawText(at + way, item.text)
    painter.setPen(_colour(item.colour, item.opacity))
    painter.drawText(at, item.text)


def _stroke(painter: QPainter, item: Stroke) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    rim = _colour("#000000", item.opacity * item.rim_opacity)
    line = _colour(item.colour, item.opacity)
    shapes = item.shapes
    if any(isinstance(shape, Line) and len(shape.places) > _LONG for shape in shapes) and item.width <= 1:
        for way in _AROUND_LINES:  # a dark line on either side of a bright one, whatever its direction
            painter.translate(way)
            _draw(painter, shapes, _pen(rim.rgba(), 1.0))
            painter.translate(-way)
    elif all(isinstance(shape, Circle) and _RINGS[0] <= shape.radius <= _RINGS[1] for shape in shapes):
        _copy_rings(painter, item, rim, line)
        return
    elif item.rim:
        _draw(painter, shapes, _pen(rim.rgba(), item.width + 2 * item.rim))
    if item.fill:
        painter.setBrush(_colour(item.colour, item.opacity * item.fill))
    _draw(painter, shapes, _pen(line.rgba(), item.width, item.dash) if item.width else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw(painter: QPainter, shapes: Iterable[Shape], pen: QPen) -> None:
    painter.setPen(pen)
    for shape in shapes:
        if isinstance(shape, Circle):
            painter.drawEllipse(QPointF(*shape.at), shape.radius, shape.radius)
        elif shape.closed:
            painter.drawPolygon(_polygon(shape))
        elif len(shape.places) == 2:
            painter.drawLine(QPointF(*shape.places[0]), QPointF(*shape.places[1]))
        else:
            painter.drawPolyline(_kept_polygon(shape) if len(shape.places) > _LONG else _polygon(shape))


def _polygon(line: Line) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in line.places])


_kept_polygon = lru_cache(maxsize=128)(_polygon)
"""Lines that are long are kept by who makes them, too."""


@lru_cache(maxsize=256)
def _colour(name: str, opacity: float) -> QColor:
    colour = QColor(name)
    colour.setAlphaF(min(1.0, opacity))
    return colour


@lru_cache(maxsize=256)
def _pen(rgba: int, width: float, dash: float = 0.0) -> QPen:
    pen = QPen(QColor.fromRgba(rgba), width)
    if dash:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([dash / width] * 2)
    return pen


def _copy_rings(painter: QPainter, item: Stroke, rim: QColor, line: QColor) -> None:
    """Large circles are drawn once and copied, to whole pixels."""
    ratio = _ratio(painter)
    for shape in item.shapes:
        if isinstance(shape, Circle):
            half = math.ceil(shape.radius + item.width + item.rim + 1)
            ring = _ring((round(4 * shape.radius) / 4, half), rim.rgba(), line.rgba(), (item.width, item.rim), ratio)
            corner = (round((v - half) * ratio) / ratio for v in shape.at)
            painter.drawImage(QPointF(*corner), ring)


@lru_cache(maxsize=16)
def _ring(size: tuple[float, int], rim: int, line: int, widths: tuple[float, float], ratio: float) -> QImage:
    radius, half = size
    image = QImage(math.ceil(2 * half * ratio), math.ceil(2 * half * ratio), _IMAGE)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((rim, widths[0] + 2 * widths[1]), (line, widths[0])):
        painter.setPen(_pen(colour, width))
        painter.drawEllipse(QPointF(half, half), radius, radius)
    painter.end()
    return image


@lru_cache(maxsize=16)
def _strip(colour: str, opacity: float, rim_opacity: float, upright: bool) -> QImage:
    """A see-through line with a dark rim on both sides, to be copied: that is forty times as fast."""
    image = QImage(*((3, _LONGEST_PANE) if upright else (_LONGEST_PANE, 3)), _IMAGE)
    image.fill(_colour("#000000", rim_opacity))
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    along = QRect(1, 0, 1, _LONGEST_PANE) if upright else QRect(0, 1, _LONGEST_PANE, 1)
    painter.fillRect(along, _colour(colour, opacity))
    painter.end()
    return image
