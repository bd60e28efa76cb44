"""The rotation handle of the move tool: where it is, which part of it a mouse can take, how a pane shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.annotations import paint_text
from fusionviewer.ui.widgets.theme import TEXT, UNIT, number_font

Part: TypeAlias = Literal["rim", "centre", ""]

SHARE: Final = 0.36
"""The handle's radius, as a share of the pane's shorter side."""

SMALLEST: Final = 60.0
GRIP: Final = 9.0
"""A press this near (logical pixels) to the rim or the centre takes hold of it."""

_CENTRE_RADIUS: Final = 5.0
_TICK: Final = 9.0
_DIM: Final = 120
_ROOM: Final = 4
"""Around the rim in its picture, for the width of the line."""

_HALO: Final = QColor(0, 0, 0, 170)


@dataclass(frozen=True)
class RotationHandle:
    """A circle in a pane, logical pixels; turning its rim turns the moving image about its centre."""

    centre: QPointF
    radius: float

    def part_under(self, mouse: QPointF) -> Part:
        """What a press here takes hold of."""
        far = math.hypot(mouse.x() - self.centre.x(), mouse.y() - self.centre.y())
        return "centre" if far <= GRIP else "rim" if abs(far - self.radius) <= GRIP else ""

    def angle_of(self, mouse: QPointF) -> float:
        """The direction of a place from the centre, radians clockwise from the screen's right."""
        return math.atan2(mouse.y() - self.centre.y(), mouse.x() - self.centre.x())

    def at(self, angle: float, radius: float) -> QPointF:
        """The place in a direction at a distance from the centre."""
        return self.centre + radius * QPointF(math.cos(angle), math.sin(angle))


def handle_of(context: PaneContext) -> RotationHandle | None:
    """The handle that a pane shows now; None if it shows none."""
    if context.tool != "move" or not context.shows_pair:
        return None
    radius = max(SMALLEST, SHARE * min(context.size.width(), context.size.height()))
    return RotationHandle(context.frame.position(context.rotation_centre), radius)


def paint_rotation_handle(painter: QPainter, context: PaneContext) -> None:
    """The handle, bright where the mouse can take it or holds it; while it turns, by how much."""
    handle = handle_of(context)
    if handle is None:
        return
    turned = None if context.drag is None else context.drag.turned
    free = context.drag is None and not context.locked
    part = handle.part_under(context.mouse) if free and context.mouse is not None else ""
    colour = QColor(PLANE_COLOURS[context.orientation.name])
    dim = QColor(colour)
    dim.setAlpha(_DIM)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lit = part == "rim" or turned is not None
    ring = _ring(round(handle.radius), (colour if lit else dim).rgba(), lit, context.frame.ratio)
    corner = handle.centre - QPointF(1, 1) * (round(handle.radius) + _ROOM)
    painter.drawImage(corner.toPoint(), ring)
    _paint_centre(painter, handle.centre, colour if part == "centre" else dim)
    if turned is not None:
        _paint_turn(painter, handle, colour, turned)
        _paint_angle(painter, handle, turned, context.size)


@lru_cache(maxsize=16)
def _ring(radius: int, rgba: int, lit: bool, ratio: float) -> QImage:
    """The rim as a picture to be copied: drawing it anew for every mouse move would take longer than the slice."""
    side = 2 * (radius + _ROOM)
    image = QImage(math.ceil(side * ratio), math.ceil(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = QPointF(side / 2, side / 2)
    for pen in (QPen(_HALO, 4.5 if lit else 3.0), QPen(QColor.fromRgba(rgba), 2.5 if lit else 1.5)):
        painter.setPen(pen)
        painter.drawEllipse(middle, float(radius), float(radius))
    painter.end()
    return image


def _paint_centre(painter: QPainter, at: QPointF, colour: QColor) -> None:
    for pen in (QPen(_HALO, 4.0), QPen(colour, 2.0)):
        painter.setPen(pen)
        painter.drawEllipse(at, _CENTRE_RADIUS, _CENTRE_RADIUS)


def _paint_turn(painter: QPainter, handle: RotationHandle, colour: QColor, turned: tuple[float, float]) -> None:
    """A mark where the turn began, and an arc from there to the tick where it is now."""
    (start, angle), r = turned, handle.radius
    box = QRectF(handle.centre.x() - r, handle.centre.y() - r, 2 * r, 2 * r)
    first, span = (round(-16 * math.degrees(way)) for way in (start, angle))  # Qt counts the other way around
    for pen in (QPen(_HALO, 7.0), QPen(colour, 5.0)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawArc(box, first, span)
    for way, length, width in ((start, 0.6 * _TICK, 1.5), (start + angle, _TICK, 3.0)):
        for pen in (QPen(_HALO, width + 2), QPen(QColor(TEXT), width)):
            painter.setPen(pen)
            painter.drawLine(handle.at(way, r - length), handle.at(way, r + length))


def _paint_angle(painter: QPainter, handle: RotationHandle, turned: tuple[float, float], pane: QSize) -> None:
    """The angle in degrees beside the tick: inside the handle, where there is room, and always inside the pane."""
    text, font = turn_text(turned[1]), number_font(painter.font())
    font.setBold(True)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text), metrics.capHeight()
    middle = handle.at(sum(turned), handle.radius - _TICK - UNIT - width / 2)
    x = min(max(middle.x() - width / 2, UNIT), pane.width() - UNIT - width)
    y = min(max(middle.y() + height / 2, UNIT + height), float(pane.height() - UNIT))
    paint_text(painter, QPointF(x, y), text, QColor(TEXT), font)


def turn_text(angle: float) -> str:
    """An angle in radians as it is written: degrees, clockwise is positive."""
    return f"{math.degrees(angle):+z.2f}°".replace("-", "−")
