"""The rotation wheel of the move tool: where it is, which part of it a mouse can take, how a pane shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.overlays.annotations import paint_text
from fusionviewer.ui.widgets.theme import TEXT, UNIT, number_font

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView

Part: TypeAlias = Literal["rim", "centre", ""]

SHARE: Final = 0.36
"""The wheel's radius, as a share of the pane's shorter side."""

SMALLEST: Final = 60.0
GRIP: Final = 9.0
"""A press this near (logical pixels) to the rim or the centre takes hold of it."""

_HANDLE: Final = 5.0
_TICK: Final = 9.0
_DIM: Final = 120
_ROOM: Final = 4
"""Around the rim in its picture, for the width of the line."""

_HALO: Final = QColor(0, 0, 0, 170)


@dataclass(frozen=True)
class RotationWheel:
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


def wheel_of(view: SliceView, frame: SliceFrame) -> RotationWheel | None:
    """The wheel that a view shows now; None if it shows none."""
    if view.view_model.tool != "move" or not view.fused or not view.document.state.has_pair:
        return None
    radius = max(SMALLEST, SHARE * min(view.width(), view.height()))
    return RotationWheel(frame.position(view.view_model.hand_centre), radius)


def paint_wheel(view: SliceView, painter: QPainter, frame: SliceFrame) -> None:
    """The wheel, bright where the mouse can take it or holds it; while it turns, by how much."""
    wheel = wheel_of(view, frame)
    if wheel is None:
        return
    model, gesture = view.view_model, view.gesture
    turned = None if gesture is None else gesture.turned
    free = gesture is None and not model.locked and view.mouse is not None
    part = wheel.part_under(view.mouse) if free and view.mouse is not None else ""
    colour = QColor(PLANE_COLOURS[view.orientation.name])
    dim = QColor(colour)
    dim.setAlpha(_DIM)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lit = part == "rim" or turned is not None
    ring = _ring(round(wheel.radius), (colour if lit else dim).rgba(), lit, view.devicePixelRatioF())
    corner = wheel.centre - QPointF(1, 1) * (round(wheel.radius) + _ROOM)
    painter.drawImage(corner.toPoint(), ring)
    _paint_handle(painter, wheel.centre, colour if part == "centre" else dim)
    if turned is not None:
        _paint_turn(painter, wheel, colour, turned)
        _paint_angle(view, painter, wheel, turned)


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


def _paint_handle(painter: QPainter, at: QPointF, colour: QColor) -> None:
    for pen in (QPen(_HALO, 4.0), QPen(colour, 2.0)):
        painter.setPen(pen)
        painter.drawEllipse(at, _HANDLE, _HANDLE)


def _paint_turn(painter: QPainter, wheel: RotationWheel, colour: QColor, turned: tuple[float, float]) -> None:
    """A mark where the turn began, and an arc from there to the tick where it is now."""
    (start, angle), r = turned, wheel.radius
    box = QRectF(wheel.centre.x() - r, wheel.centre.y() - r, 2 * r, 2 * r)
    first, span = (round(-16 * math.degrees(way)) for way in (start, angle))  # Qt counts the other way around
    for pen in (QPen(_HALO, 7.0), QPen(colour, 5.0)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawArc(box, first, span)
    for way, length, width in ((start, 0.6 * _TICK, 1.5), (start + angle, _TICK, 3.0)):
        for pen in (QPen(_HALO, width + 2), QPen(QColor(TEXT), width)):
            painter.setPen(pen)
            painter.drawLine(wheel.at(way, r - length), wheel.at(way, r + length))


def _paint_angle(view: SliceView, painter: QPainter, wheel: RotationWheel, turned: tuple[float, float]) -> None:
    """The angle in degrees beside the tick: inside the wheel, where there is room, and always inside the pane."""
    text, font = turn_text(turned[1]), number_font(painter.font())
    font.setBold(True)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text), metrics.capHeight()
    middle = wheel.at(sum(turned), wheel.radius - _TICK - UNIT - width / 2)
    x = min(max(middle.x() - width / 2, UNIT), view.width() - UNIT - width)
    y = min(max(middle.y() + height / 2, UNIT + height), float(view.height() - UNIT))
    paint_text(painter, QPointF(x, y), text, QColor(TEXT), font)


def turn_text(angle: float) -> str:
    """An angle in radians as it is written: degrees, clockwise is positive."""
    return f"{math.degrees(angle):+z.2f}°".replace("-", "−")
