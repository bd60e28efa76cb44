"""What a study has marked, over a slice, and which landmarks a mouse can take.

A missing point of the selected half pair is predicted: where it is expected stands a dashed, hollow mark.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF

from fusionviewer.app.state.twin_prediction import guess_twin
from fusionviewer.rendering.marks.landmarks import SeenPoint, draw_marks, draw_predicted_point, seen_points
from fusionviewer.rendering.marks.primitives import Letters, Primitive
from fusionviewer.rendering.marks.values import MarkedPair
from fusionviewer.session.edits import point_of
from fusionviewer.session.marks import marked_pairs, marks_of
from fusionviewer.ui.pane.context import PaneContext

GRIP: Final = 8.0
"""A press this near (logical pixels) takes hold of a landmark."""


def find_marks(context: PaneContext) -> list[SeenPoint]:
    """The points of the landmarks that a pane's images have, near its plane or not."""
    pairs = marked_pairs(context.landmarks, context.space, context.sides, context.moving_from_space)
    return seen_points(pairs, context.frame)


def predicted_mark(context: PaneContext) -> SeenPoint | None:
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


def mark_under(marks: list[SeenPoint], mouse: QPointF) -> SeenPoint | None:
    """The nearest visible mark that a mouse at this place can take hold of."""
    near = [
        (distance, number)
        for number, mark in enumerate(marks)
        if mark.strength > 0 and (distance := math.dist(mark.at, (mouse.x(), mouse.y()))) <= GRIP
    ]
    return marks[min(near)[1]] if near else None


def draw_study(context: PaneContext, letters: Letters) -> list[Primitive]:
    """Landmarks, targets and distances."""
    if not (context.landmarks or context.state.targets or context.view.distances):
        return []
    pose = context.moving_from_space if context.fused else context.pose
    marks = marks_of(
        context.state, context.view.distances,
        space=context.space, sides=context.sides, pose=pose, landmarks=context.landmarks,
    )  # fmt: skip
    return draw_marks(marks, context.frame, letters, selected=context.view.selected_pair)


def draw_prediction(context: PaneContext, letters: Letters) -> list[Primitive]:
    """Where a missing point is expected, near the plane."""
    seen = predicted_mark(context)
    if seen is None or seen.strength == 0:
        return []
    return draw_predicted_point(seen, context.state.landmarks[seen.index].name, context.frame, letters)
