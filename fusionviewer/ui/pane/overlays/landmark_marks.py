"""What a study has marked, over a slice: how a pane shows it, and which landmarks a mouse can take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from PyQt6.QtCore import QPointF

from fusionviewer.geometry import Points
from fusionviewer.rendering.marks.landmarks import SeenPoint, draw_marks, seen_points
from fusionviewer.rendering.marks.primitives import Letters, Primitive
from fusionviewer.session.marks import marked_pairs, marks_of
from fusionviewer.session.state import LandmarkPair, Side
from fusionviewer.ui.pane.context import PaneContext

GRIP: Final = 8.0
"""A press this near (logical pixels) takes hold of a landmark."""


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

    @staticmethod
    def of(seen: SeenPoint, pair: LandmarkPair) -> Mark:
        """A pair's point."""
        return Mark(seen.index, seen.side, pair, seen.point, QPointF(*seen.at), seen.strength)


def find_marks(context: PaneContext) -> list[Mark]:
    """The points of the landmarks that a pane's images have, near its plane or not."""
    pairs = marked_pairs(context.landmarks, context.space, context.sides, context.moving_from_space)
    return [Mark.of(seen, context.landmarks[seen.index]) for seen in seen_points(pairs, context.frame)]


def mark_under(marks: list[Mark], mouse: QPointF) -> Mark | None:
    """The nearest visible mark that a mouse at this place can take hold of."""
    near = [
        (distance, number)
        for number, mark in enumerate(marks)
        if mark.strength > 0 and (distance := math.hypot(mark.at.x() - mouse.x(), mark.at.y() - mouse.y())) <= GRIP
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
