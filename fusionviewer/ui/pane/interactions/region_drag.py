"""The drag of the box that alone counts in a registration."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QPointF

from fusionviewer.app.commands import regions
from fusionviewer.session import edits
from fusionviewer.ui.pane.context import PaneContext, PaneHost
from fusionviewer.ui.pane.interactions.interaction import InteractionKind, Press, StudyDrag
from fusionviewer.ui.pane.overlays.region_box import Face, cursor_over, faces_under


class RegionDrag(StudyDrag):
    """One or two sides of the region's box follow the mouse; one step of undo."""

    text = "Change the box"

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, faces: tuple[Face, ...]) -> None:
        super().__init__(host, context, start, faces)
        self.cursor = cursor_over(context.frame, faces)
        self._faces = faces

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        box, fixed = regions.box_of(self._original), self._original.fixed
        if box is None or fixed is None or context.state.region is not self._applied.region:  # it was undone meanwhile
            return
        step = self._frame.step(mouse - self._start)
        faces = {face: box[face[1]][face[0]] + float(step[face[0]]) for face in self._faces}
        self._apply(edits.set_box(context.state, regions.moved_box(box, faces, fixed.grid.corners)))

    def cancel(self) -> None:
        box = regions.box_of(self._original)
        if self._document.state is self._applied:
            self._apply(self._original)
        elif box is not None and self._document.state.region is self._applied.region:
            self._apply(edits.set_box(self._document.state, box))


def _hit(context: PaneContext, press: Press) -> tuple[Face, ...] | None:
    box = context.region_box
    return None if press.at is None or box is None else faces_under(context.frame, box, press.at) or None


REGION: Final = InteractionKind[tuple[Face, ...]](
    help=(("Drag a side or corner of the box", "Move it; Esc puts it back"),),
    hit=_hit,
    begin=RegionDrag,
    cursor=lambda context, faces: cursor_over(context.frame, faces),
)
