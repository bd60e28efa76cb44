"""Landmarks over a slice: the points that a pane shows, how they look, and which of them a mouse can take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from fusionviewer.geometry import Points
from fusionviewer.session.state import SIDES, LandmarkPair, Side
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.overlays.annotations import HALO, label_font, paint_shape, paint_text, shape
from fusionviewer.ui.widgets.theme import SIDE_COLOURS, TEXT, UNIT

NEAR_MM: Final = 5.0
"""Landmarks farther from the plane than this are not shown."""

GRIP: Final = 8.0
"""A press this near (logical pixels) takes hold of a landmark."""

RADIUS: Final = 5.0
FAINTEST_NAME: Final = 0.7
OFF_OPACITY: Final = 0.7
"""Pairs that are off are fainter as well."""

_ON_PLANE_MM: Final = 0.5
_FRAME: Final = 1.7
"""A check point's square, half of its side over the radius of the mark: the diamond does not touch it."""
_SELECTED_FRAME: Final = 1.7 * RADIUS + 3
_AWAY: Final = RADIUS + 6
_AWAY_FROM_FRAME: Final = _SELECTED_FRAME + 4
"""How far from a mark its name begins."""
_EDGE: Final = UNIT / 2
_SHORTEST: Final = 4.0 * UNIT


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


def find_marks(context: PaneContext) -> list[Mark]:
    """The points of the landmarks that a pane's images have, near its plane or not."""
    frame, landmarks = context.frame, context.landmarks
    marks = []
    for side in context.sides:
        placed = [(index, pair) for index, pair in enumerate(landmarks) if pair.point(side) is not None]
        if placed:
            points = np.array([pair.point(side) for _, pair in placed], dtype=np.float64)
            if side == "moving":
                points = (~context.moving_from_space).apply(points)
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


def paint_landmarks(painter: QPainter, context: PaneContext) -> None:
    """The landmarks near the plane; where a pair has both points here, a line shows its residual."""
    selected, width = context.view.selected_pair, context.size.width()
    by_pair: dict[int, dict[Side, Mark]] = {}
    for mark in find_marks(context):
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
    for colour, width in ((HALO, 3.0), (QColor(TEXT), 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(fixed, moving)
    painter.setOpacity(1.0)


def _paint_mark(painter: QPainter, mark: Mark, selected: bool) -> None:
    painter.setOpacity(mark.strength * (1.0 if mark.pair.enabled else OFF_OPACITY))
    paint_sign(painter, mark.side, mark.at, mark.pair, RADIUS, thick=2.0 if selected else 1.5)
    if selected:
        check = _is_check(mark.pair)
        ring = _frame(mark.at, _SELECTED_FRAME) if check else shape(mark.side, mark.at, RADIUS + 4)
        paint_shape(painter, ring, QColor(TEXT), QColor(0, 0, 0, 0), 1.2)
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
        paint_shape(painter, _frame(at, radius * _FRAME), colour, QColor(0, 0, 0, 0), thick, halo=halo)
    paint_shape(painter, shape(side, at, radius), colour, fill, thick, halo=halo, dashed=not pair.complete)
    if pair.enabled:
        paint_shape(painter, shape("fixed", at, 0.16 * radius), colour, colour, 0.5, halo=False)
    else:
        reach, cross = radius * (1.2 if side == "fixed" else 1.0), QPainterPath()
        for rise in (-reach, reach):
            cross.moveTo(at + QPointF(-reach, rise))
            cross.lineTo(at + QPointF(reach, -rise))
        paint_shape(painter, cross, colour, QColor(0, 0, 0, 0), thick, halo=halo)


def _is_check(pair: LandmarkPair) -> bool:
    """Whether a pair is kept out of the fit to check it, half or whole."""
    return pair.enabled and pair.role == "check"


def _frame(at: QPointF, half: float) -> QPainterPath:
    """A square about a place."""
    path = QPainterPath()
    path.addRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))
    return path


def _paint_name(painter: QPainter, mark: Mark, selected: bool, width: int) -> None:
    painter.setOpacity(max(FAINTEST_NAME, mark.strength) if mark.pair.enabled else FAINTEST_NAME)
    name, ending = mark.pair.name, "" if mark.pair.complete else " ?"
    font, at = label_font(painter, bold=selected), mark.at + QPointF(0, -RADIUS)
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


def mark_under(marks: list[Mark], mouse: QPointF) -> Mark | None:
    """The nearest visible mark that a mouse at this place can take hold of."""
    near = [
        (distance, number)
        for number, mark in enumerate(marks)
        if mark.strength > 0 and (distance := math.hypot(mark.at.x() - mouse.x(), mark.at.y() - mouse.y())) <= GRIP
    ]
    return marks[min(near)[1]] if near else None
