"""The drag of the mouse mode Oblique: the slices are turned about the crosshair."""

from __future__ import annotations

import math
from typing import Final

from PyQt6.QtCore import QPointF, Qt

from fusionviewer.geometry import rotation_from_vector
from fusionviewer.ui.pane.context import PaneContext, PaneHost
from fusionviewer.ui.pane.interactions.interaction import Interaction, InteractionKind, always


class PlanesDrag(Interaction):
    """The image turns with the mouse about the crosshair: the other two planes are turned."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, _hit: object = None) -> None:
        super().__init__(host, context, start)
        self._centre = context.crosshair
        self._angle = self._angle_of(start)

    def _angle_of(self, mouse: QPointF) -> float:
        way = mouse - self._centre
        return math.atan2(way.y(), way.x())

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        angle = self._angle_of(mouse)
        # the patient turns clockwise on the screen when the planes turn the other way
        turn = rotation_from_vector((self._angle - angle) * self._frame.plane.normal)
        self._angle = angle
        self._view_model.turn_planes(context.space, turn)


PLANES: Final = InteractionKind[bool](
    help=(("Left drag in Oblique mode (O)", "Turn the planes about the crosshair"),),
    hit=lambda context, press: context.tool == "turn" or None,
    begin=PlanesDrag,
    cursor=always(Qt.CursorShape.OpenHandCursor),
)
