"""Measured distances: how a pane shows them, and which end a mouse can take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainter, QPen

from fusionviewer.session.edits import point_of
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.overlays.annotations import paint_text
from fusionviewer.ui.widgets.theme import TEXT, UNIT, number_font

GRIP: Final = 8.0
"""A press this near (logical pixels) takes hold of an end."""

_NEAR_MM: Final = 1.0
"""A line both of whose ends lie this near to the plane is drawn; the others are seen in other planes."""

_TICK: Final = 6.0
_COLOUR: Final = QColor("#ffffff")
_HALO: Final = QColor(0, 0, 0, 190)


def on_plane(frame: SliceFrame, distance: Distance) -> bool:
    """Whether a pane shows a distance."""
    ends = np.array([distance.start, distance.end])
    return bool((np.abs(frame.plane.distance(ends)) <= _NEAR_MM).all())


def end_under(frame: SliceFrame, distances: Sequence[Distance], mouse: QPointF) -> tuple[int, int] | None:
    """(which distance, 0 its start or 1 its end) that a press here takes hold of."""
    found = []
    for number, distance in enumerate(distances):
        if on_plane(frame, distance):
            for which, end in enumerate((distance.start, distance.end)):
                at = frame.position(np.asarray(end))
                found.append((math.hypot(at.x() - mouse.x(), at.y() - mouse.y()), number, which))
    nearest = min(found, default=None)
    return None if nearest is None or nearest[0] > GRIP else nearest[1:]


def _distances_of(context: PaneContext) -> list[Distance]:
    """The distances of the pane's space; in fused panes those of the moving image, too, through its pose."""
    own: list[Distance] = []
    for distance in context.view.distances:
        if distance.side == context.space:
            own.append(distance)
        elif context.fused:
            start, end = (~context.pose).apply(np.array([distance.start, distance.end]))
            own.append(Distance(context.space, point_of(start), point_of(end)))
    return own


def paint_distances(painter: QPainter, context: PaneContext) -> None:
    """A line with ticks at its ends and its length in mm."""
    frame, font = context.frame, number_font(painter.font())
    font.setBold(True)
    for distance in _distances_of(context):
        if not on_plane(frame, distance):
            continue
        start, end = frame.positions(np.array([distance.start, distance.end]))
        way = end - start
        length = math.hypot(way.x(), way.y())
        across = QPointF(-way.y(), way.x()) * (_TICK / length) if length > 0 else QPointF(0, _TICK)
        for colour, width in ((_HALO, 3.5), (_COLOUR, 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(start, end)
            for at in (start, end):
                painter.drawLine(at - across, at + across)
        label = f"{distance.length_mm:.1f} mm"
        paint_text(painter, end + QPointF(UNIT, -UNIT), label, QColor(TEXT), font)
