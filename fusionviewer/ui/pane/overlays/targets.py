"""Targets over a slice: a small cross in a circle, with the name."""

from __future__ import annotations

from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from fusionviewer.rendering.colours import ERROR_COLOUR
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.landmark_marks import NEAR_MM, paint_name_beside
from fusionviewer.ui.widgets.theme import UNIT, number_font

_RADIUS: Final = 6.0
_HALO: Final = QColor(0, 0, 0, 170)
_FAINTEST: Final = 0.45
_LONGEST: Final = 16 * UNIT
"""Names take at most so much room."""


def paint_targets(painter: QPainter, context: PaneContext) -> None:
    """The targets near the plane; in the moving image's own space where the pose shown takes them."""
    targets, frame = context.state.targets, context.frame
    if not targets:
        return
    points = np.array([target.point for target in targets], dtype=np.float64)
    if context.space == "moving":
        points = context.pose.apply(points)
    font = number_font(painter.font())
    metrics = QFontMetricsF(font)
    away = np.abs(frame.plane.distance(points))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for target, at, distance in zip(targets, frame.positions(points), away.tolist(), strict=True):
        if distance > NEAR_MM:
            continue
        painter.setOpacity(1.0 - (1.0 - _FAINTEST) * distance / NEAR_MM)
        for pen in (QPen(_HALO, 3.5), QPen(QColor(ERROR_COLOUR), 1.5)):
            painter.setPen(pen)
            painter.drawEllipse(at, _RADIUS, _RADIUS)
            for way in (QPointF(_RADIUS, 0), QPointF(0, _RADIUS)):
                painter.drawLine(at - way, at + way)
        name, below = metrics.elidedText(target.name, Qt.TextElideMode.ElideRight, _LONGEST), QPointF(0, _RADIUS + 5)
        paint_name_beside(painter, at + below, name, font=font, colour=ERROR_COLOUR, width=context.size.width())
        painter.setOpacity(1.0)
