"""The predicted point: a dashed, hollow mark where the missing point of the selected half pair is expected."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainter

from fusionviewer.app.state.twin_prediction import guess_twin
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.annotations import label_font, paint_shape, shape
from fusionviewer.ui.pane.overlays.landmark_marks import (
    FAINTEST_NAME,
    GRIP,
    RADIUS,
    Mark,
    mark_at,
    paint_name_beside,
)
from fusionviewer.ui.widgets.theme import SIDE_COLOURS, TEXT


def predicted_mark(context: PaneContext) -> Mark | None:
    """The predicted point as a pane shows it, near its plane or not; while it is dragged, where the mouse has it."""
    if context.repeating:
        return None
    index = context.view.selected_pair
    guess = guess_twin(context.state, index)
    if guess is None or index is None or guess.side not in context.sides:
        return None
    point = np.asarray(guess.point)
    if context.fused and guess.side == "moving":
        point = (~context.pose).apply(point)
    if context.drag is not None and context.drag.predicted_point is not None:
        point = context.drag.predicted_point
    return mark_at(context.frame, index, guess.side, context.state.landmarks[index], point)


def predicted_mark_under(context: PaneContext, mouse: QPointF) -> Mark | None:
    """The predicted point, if a mouse at this place can take hold of it."""
    mark = predicted_mark(context)
    if mark is None or mark.strength == 0:
        return None
    return mark if math.hypot(mark.at.x() - mouse.x(), mark.at.y() - mouse.y()) <= GRIP else None


def paint_predicted_point(painter: QPainter, context: PaneContext) -> None:
    """Where a missing point is expected, near the plane: hollow and dashed, and a question behind the name."""
    mark = predicted_mark(context)
    if mark is None or mark.strength == 0:
        return
    painter.setOpacity(mark.strength)
    nothing = QColor(0, 0, 0, 0)
    paint_shape(painter, shape(mark.side, mark.at, RADIUS + 2), QColor(SIDE_COLOURS[mark.side]), nothing, dashed=True)
    painter.setOpacity(max(FAINTEST_NAME, mark.strength))
    at, font, width = mark.at + QPointF(0, 2 * RADIUS + 4), label_font(painter), context.size.width()
    paint_name_beside(painter, at, mark.pair.name, font=font, colour=TEXT, width=width, ending=" here?")
    painter.setOpacity(1.0)
