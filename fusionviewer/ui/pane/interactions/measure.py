"""The drag of the mouse mode Measure: a distance from one place to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF

from fusionviewer.rendering.marks.values import MEASURED_NEAR_MM
from fusionviewer.session.edits import point_of
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.pane.context import PaneContext, PaneHost
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.interactions.interaction import CLICK_UNITS, Interaction, InteractionKind

GRIP: Final = 8.0
"""A press this near (logical pixels) takes hold of an end."""


def end_under(frame: SliceFrame, distances: Sequence[Distance], mouse: QPointF) -> tuple[int, int] | None:
    """(which distance, 0 its start or 1 its end) that a press here takes hold of."""
    found = []
    for number, distance in enumerate(distances):
        ends = np.array([distance.start, distance.end])
        if max(frame.away(ends)) <= MEASURED_NEAR_MM:
            for which, at in enumerate(frame.positions(ends)):
                found.append((math.hypot(at.x() - mouse.x(), at.y() - mouse.y()), number, which))
    nearest = min(found, default=None)
    return None if nearest is None or nearest[0] > GRIP else nearest[1:]


class DistanceDrag(Interaction):
    """A distance from where the drag began to the mouse; or the end of one that is taken hold of follows it."""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, _hit: object = None) -> None:
        super().__init__(host, context, start)
        shown = [d for d in self._before.distances if d.side == context.space]
        taken = end_under(context.frame, shown, start)
        if taken is None:
            self._kept = self._before.distances
            self._anchor = point_of(context.frame.point_under(start))
        else:
            distance = shown[taken[0]]
            self._kept = tuple(d for d in self._before.distances if d is not distance)
            self._anchor = distance.end if taken[1] == 0 else distance.start

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        if (mouse - self._start).manhattanLength() < CLICK_UNITS:
            self._view_model.change(distances=self._before.distances)  # the mouse has come back: it is no drag
            return
        end = point_of(self._frame.point_under(mouse))
        self._view_model.change(distances=(*self._kept, Distance(context.space, self._anchor, end)))


DISTANCE: Final = InteractionKind[bool](
    help=(("Left drag in Measure mode (D)", "Measure a distance, or move the end of one"),),
    hit=lambda context, press: context.tool == "measure" or None,
    begin=DistanceDrag,
)
