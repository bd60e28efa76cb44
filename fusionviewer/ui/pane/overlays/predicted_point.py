"""The predicted point: a dashed, hollow mark where the missing point of the selected half pair is expected."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF

from fusionviewer.app.state.twin_prediction import guess_twin
from fusionviewer.rendering.marks.landmarks import SeenPoint, draw_predicted_point, seen_points
from fusionviewer.rendering.marks.primitives import Letters, Primitive
from fusionviewer.rendering.marks.values import MarkedPair
from fusionviewer.session.edits import point_of
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.landmark_marks import Mark, mark_under


def _seen(context: PaneContext) -> SeenPoint | None:
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
    at = point_of(point)
    pair = MarkedPair(index + 1, "", *((at, None) if guess.side == "fixed" else (None, at)))
    return seen_points([pair], context.frame)[0]


def predicted_mark(context: PaneContext) -> Mark | None:
    """The predicted point as a mark of its pair."""
    seen = _seen(context)
    return None if seen is None else Mark.of(seen, context.state.landmarks[seen.index])


def predicted_mark_under(context: PaneContext, mouse: QPointF) -> Mark | None:
    """The predicted point, if a mouse at this place can take hold of it."""
    mark = predicted_mark(context)
    return None if mark is None else mark_under([mark], mouse)


def draw_prediction(context: PaneContext, letters: Letters) -> list[Primitive]:
    """Where a missing point is expected, near the plane."""
    seen = _seen(context)
    if seen is None or seen.strength == 0:
        return []
    return draw_predicted_point(seen, context.state.landmarks[seen.index].name, context.frame, letters)
