"""What is painted over a slice: crosshair, side letters, scale, title and landmarks, readable on black and on white."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from fusionviewer.geometry import Orientation, Points, RigidTransform
from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.session.state import SIDES, LandmarkPair, Side
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.widgets.theme import ACCENT, CAPTION, SIDE_COLOURS, TEXT, UNIT, number_font

NEAR_MM: Final = 5.0
"""Landmarks farther from the plane than this are not shown."""

GRIP: Final = 8.0
"""A press this near (logical pixels) takes hold of a landmark."""

_ON_PLANE_MM: Final = 0.5
_RADIUS: Final = 5.0
_FRAME: Final = 1.7
"""A check point's square, half of its side over the radius of the mark: the diamond does not touch it."""
_SELECTED_FRAME: Final = 1.7 * _RADIUS + 3
OFF_OPACITY: Final = 0.7
"""Pairs that are off are fainter as well."""
_DASH: Final = 3.0
_CORNER, _INSET = 10.0, 3.0
_GAP: Final = 12.0
_HALO: Final = QColor(0, 0, 0, 170)
_RIM: Final = tuple(QPointF(x, y) for x in (-1, 1) for y in (-1, 1))
_FAINTEST_NAME: Final = 0.7
_AWAY: Final = _RADIUS + 6
_AWAY_FROM_FRAME: Final = _SELECTED_FRAME + 4
"""How far from a mark its name begins."""
_EDGE: Final = UNIT / 2
_SHORTEST: Final = 4.0 * UNIT
_CROSS_ALPHA: Final = 130
_LONGEST_PANE: Final = 8192


@dataclass(frozen=True)
class Mark:
    """One landmark point as a pane shows it: `point` in the space that is looked at, `at` in logical pixels."""

    index: int
    side: Side
    pair: LandmarkPair
    point: Points
    at: QPointF
    strength: float
    """1 on the plane, falling with the distance from it; 0 is not shown."""


def find_marks(
    frame: SliceFrame, landmarks: Sequence[LandmarkPair], sides: Sequence[Side], fixed_from_moving: RigidTransform
) -> list[Mark]:
    """The points of these sides, near the plane or not; moving ones are mapped by `fixed_from_moving`."""
    marks = []
    for side in sides:
        placed = [(index, pair) for index, pair in enumerate(landmarks) if pair.point(side) is not None]
        if placed:
            points = np.array([pair.point(side) for _, pair in placed], dtype=np.float64)
            if side == "moving":
                points = fixed_from_moving.apply(points)
            distances, positions = np.abs(frame.plane.distance(points)), frame.positions(points)
            for (index, pair), point, distance, at in zip(placed, points, distances, positions, strict=True):
                marks.append(Mark(index, side, pair, point, at, _strength(float(distance))))
    return marks


def mark_at(frame: SliceFrame, index: int, side: Side, pair: LandmarkPair, point: Points) -> Mark:
    """A point (3,) of the space that is looked at, as a pane shows it."""
    return Mark(index, side, pair, point, frame.position(point), _strength(abs(float(frame.plane.distance(point)))))


def _strength(distance_mm: float) -> float:
    if distance_mm > NEAR_MM:
        return 0.0
    return 1.0 - 0.75 * max(0.0, distance_mm - _ON_PLANE_MM) / (NEAR_MM - _ON_PLANE_MM)


@cache
def line_colours(orientation: Orientation) -> tuple[QColor, QColor]:
    """The colours of the planes that a view's upright and level crosshair lines stand for."""
    by_axis = {0: "sagittal", 1: "coronal", 2: "axial"}
    across, down = (int(np.argmax(np.abs(way))) for way in (orientation.right, orientation.down))
    upright, level = QColor(PLANE_COLOURS[by_axis[across]]), QColor(PLANE_COLOURS[by_axis[down]])
    return upright, level


def paint_crosshair(painter: QPainter, at: QPointF, size: QSize, colours: tuple[QColor, QColor]) -> None:
    """An upright and a level thin line through a point that leave the point itself free, in two colours."""
    x, y, w, h, gap = math.floor(at.x()), math.floor(at.y()), size.width(), size.height(), round(_GAP)
    upright, level = _strip(colours[0].name(), True), _strip(colours[1].name(), False)
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


def paint_glass(painter: QPainter, middle: QPointF, radius: float) -> None:
    """The rim of the spy-glass."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_HALO, 3.5), (QColor(TEXT), 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(middle, radius, radius)


def paint_sides(painter: QPainter, letters: tuple[str, str, str, str], size: QSize) -> None:
    """R L A P H F at the left, right, top and bottom edges."""
    font = _font(painter, bold=True)
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
    for colour, thick in ((_HALO, 3.5), (QColor(TEXT), 1.5)):
        painter.setPen(QPen(colour, thick))
        painter.drawPath(bar)
    paint_text(painter, QPointF(x + width + UNIT, y), f"{length_mm:g} mm", QColor(TEXT), _font(painter))


def _round_length(longest_mm: float) -> float:
    """The greatest of 1, 2, 5 × 10ⁿ that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest_mm))
    return max(n * power for n in (1, 2, 5) if n * power <= longest_mm)


def paint_title(painter: QPainter, name: str, side: Side | None, plane: str, *, letters: str, size: QSize) -> None:
    """The view's name at the upper left after its plane's colour, and the image's shape if it shows only one.

    It ends before the `letters` in the middle of the upper edge. The image's word stands there, too, if there is room.
    """
    font = _font(painter)
    room = (size.width() - QFontMetricsF(_font(painter, bold=True)).horizontalAdvance(letters)) / 2 - UNIT
    x, y = float(UNIT), UNIT + QFontMetricsF(font).capHeight()
    swatch = QRectF(x, y - QFontMetricsF(font).capHeight(), 4, QFontMetricsF(font).capHeight())
    painter.fillRect(swatch.adjusted(-1, -1, 1, 1), _HALO)
    painter.fillRect(swatch, QColor(PLANE_COLOURS[plane]))
    x += 1.5 * UNIT
    if side is not None:
        bold = _font(painter, bold=True)
        colour = QColor(SIDE_COLOURS[side])
        _paint_shape(painter, shape(side, QPointF(x + 5, y - QFontMetricsF(font).capHeight() / 2), 4.5), colour, colour)
        x += 2 * UNIT
        word = QFontMetricsF(bold).horizontalAdvance(side.upper()) + UNIT
        if x + word + QFontMetricsF(font).horizontalAdvance(name) < room:
            paint_text(painter, QPointF(x, y), side.upper(), colour, bold)
            x += word
    name = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, room - x)
    paint_text(painter, QPointF(x, y), name, QColor(TEXT), font)


def paint_rubber(painter: QPainter, rect: QRectF) -> None:
    """A box that is being drawn."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, style in ((_HALO, Qt.PenStyle.SolidLine), (QColor(TEXT), Qt.PenStyle.DashLine)):
        painter.setPen(QPen(colour, 1.5, style))
        painter.drawRect(rect)


def paint_note(painter: QPainter, text: str, size: QSize) -> None:
    """A quiet sentence in the middle of an empty pane."""
    painter.setPen(QColor(CAPTION))
    painter.setFont(_font(painter))
    painter.drawText(QRectF(0, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignCenter, text)


def paint_marks(painter: QPainter, marks: Sequence[Mark], selected: int | None, width: int) -> None:
    """The landmarks near the plane of a pane so wide; where a pair has both points here, a line shows its residual."""
    by_pair: dict[int, dict[Side, Mark]] = {}
    for mark in marks:
        by_pair.setdefault(mark.index, {})[mark.side] = mark
    order = sorted(by_pair, key=lambda index: index == selected)  # the selected pair lies on top
    for index in order:
        pair = by_pair[index]
        strength = max(mark.strength for mark in pair.values())
        if strength > 0:
            if len(pair) == 2:
                _paint_residual(painter, pair["fixed"].at, pair["moving"].at, strength)
            shown = [pair[side] for side in SIDES if side in pair and pair[side].strength > 0]
            for mark in shown:
                _paint_mark(painter, mark, index == selected)
            _paint_name(painter, shown[0], index == selected, width)


def _paint_residual(painter: QPainter, fixed: QPointF, moving: QPointF, strength: float) -> None:
    painter.setOpacity(strength)
    for colour, width in ((_HALO, 3.0), (QColor(TEXT), 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(fixed, moving)
    painter.setOpacity(1.0)


def _paint_mark(painter: QPainter, mark: Mark, selected: bool) -> None:
    painter.setOpacity(mark.strength * (1.0 if mark.pair.enabled else OFF_OPACITY))
    paint_sign(painter, mark.side, mark.at, mark.pair, _RADIUS, thick=2.0 if selected else 1.5)
    if selected:
        check = _is_check(mark.pair)
        ring = _frame(mark.at, _SELECTED_FRAME) if check else shape(mark.side, mark.at, _RADIUS + 4)
        _paint_shape(painter, ring, QColor(TEXT), QColor(0, 0, 0, 0), 1.2)
    painter.setOpacity(1.0)


def paint_sign(
    painter: QPainter,
    side: Side,
    at: QPointF,
    pair: LandmarkPair,
    radius: float,
    *,
    thick: float = 1.5,
    halo: bool = True,
) -> None:
    """A pair's point: the shape of its image. A check point stands in a square; a pair that is off is struck out.

    What is fitted has a faint fill and a dot in the middle; a half pair is dashed. The table shows the same.
    """
    colour, check = QColor(SIDE_COLOURS[side]), _is_check(pair)
    fill = QColor(colour)
    fill.setAlpha(90 if pair.enabled and not check else 0)
    if check:
        _paint_shape(painter, _frame(at, radius * _FRAME), colour, QColor(0, 0, 0, 0), thick, halo=halo)
    _paint_shape(painter, shape(side, at, radius), colour, fill, thick, halo=halo, dashed=not pair.complete)
    if pair.enabled:
        _paint_shape(painter, shape("fixed", at, 0.16 * radius), colour, colour, 0.5, halo=False)
    else:
        reach, cross = radius * (1.2 if side == "fixed" else 1.0), QPainterPath()
        for rise in (-reach, reach):
            cross.moveTo(at + QPointF(-reach, rise))
            cross.lineTo(at + QPointF(reach, -rise))
        _paint_shape(painter, cross, colour, QColor(0, 0, 0, 0), thick, halo=halo)


def _is_check(pair: LandmarkPair) -> bool:
    """Whether a pair is kept out of the fit to check it, half or whole."""
    return pair.enabled and pair.role == "check"


def _frame(at: QPointF, half: float) -> QPainterPath:
    """A square about a place."""
    path = QPainterPath()
    path.addRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
    return path


def _paint_name(painter: QPainter, mark: Mark, selected: bool, width: int) -> None:
    painter.setOpacity(max(_FAINTEST_NAME, mark.strength) if mark.pair.enabled else _FAINTEST_NAME)
    name, ending = mark.pair.name, "" if mark.pair.complete else " ?"
    font, at = _font(painter, bold=selected), mark.at + QPointF(0, -_RADIUS)
    colour, away = mark.pair.colour or TEXT, _AWAY_FROM_FRAME if _is_check(mark.pair) else _AWAY
    paint_name_beside(painter, at, name, font=font, colour=colour, width=width, ending=ending, away=away)
    painter.setOpacity(1.0)


def paint_name_beside(
    painter: QPainter,
    at: QPointF,
    name: str,
    *,
    font: QFont,
    colour: str,
    width: int,
    ending: str = "",
    away: float = _AWAY,
) -> None:
    """A name right of a mark, or left of it where a pane so wide ends; cut only where it fits on neither side."""
    metrics, left, right = QFontMetricsF(font), at.x() - away, at.x() + away
    text, x = name + ending, right
    long, after, before = metrics.horizontalAdvance(text), width - _EDGE - right, left - _EDGE
    if long > after:
        room = max(after, before, _SHORTEST) - metrics.horizontalAdvance(ending)
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) + ending
        x = left - metrics.horizontalAdvance(text) if before > after else right
    paint_text(painter, QPointF(x, at.y()), text, QColor(colour), font)


def paint_ghost_mark(painter: QPainter, mark: Mark, width: int) -> None:
    """Where a missing point is expected: hollow and dashed, and a question behind the name."""
    painter.setOpacity(mark.strength)
    nothing = QColor(0, 0, 0, 0)
    _paint_shape(painter, shape(mark.side, mark.at, _RADIUS + 2), QColor(SIDE_COLOURS[mark.side]), nothing, dashed=True)
    painter.setOpacity(max(_FAINTEST_NAME, mark.strength))
    at, font = mark.at + QPointF(0, 2 * _RADIUS + 4), _font(painter)
    paint_name_beside(painter, at, mark.pair.name, font=font, colour=TEXT, width=width, ending=" here?")
    painter.setOpacity(1.0)


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


def _paint_shape(
    painter: QPainter,
    path: QPainterPath,
    line: QColor,
    fill: QColor,
    width: float = 1.5,
    *,
    halo: bool = True,
    dashed: bool = False,
) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if halo:
        painter.setPen(QPen(_HALO, width + 2))
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
    painter.setPen(_HALO)
    for way in _RIM:  # several times faster than the outline as a path
        painter.drawText(at + way, text)
    painter.setPen(colour)
    painter.drawText(at, text)


def _font(painter: QPainter, bold: bool = False) -> QFont:
    font = number_font(painter.font())
    font.setBold(bold)
    return font


def mark_under(marks: list[Mark], mouse: QPointF) -> Mark | None:
    """The nearest visible mark that a mouse at this place can take hold of."""
    near = [
        (distance, number)
        for number, mark in enumerate(marks)
        if mark.strength > 0 and (distance := math.hypot(mark.at.x() - mouse.x(), mark.at.y() - mouse.y())) <= GRIP
    ]
    return marks[min(near)[1]] if near else None
