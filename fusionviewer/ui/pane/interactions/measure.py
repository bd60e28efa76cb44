"""The drag of the measure tool: a distance from one place to another."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QPointF

from fusionviewer.session.edits import point_of
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.pane.context import PaneContext, PaneHost
from fusionviewer.ui.pane.interactions.interaction import CLICK_UNITS, Interaction, InteractionKind
from fusionviewer.ui.pane.overlays.distances import end_under


class DistanceDrag(Interaction):
    """A distance from where the drag began to the mouse; or the end of one that is taken hold of follows it."""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF) -> None:
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
    help=(("Left drag with the measure tool (D)", "Measure a distance, or move the end of one"),),
    hit=lambda context, press: context.tool == "measure" or None,
    begin=lambda host, context, at, hit: DistanceDrag(host, context, at),
)
