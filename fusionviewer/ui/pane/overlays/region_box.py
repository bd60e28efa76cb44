"""The box that alone counts in a registration: how a pane shows it, and which of its sides a mouse can take."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt

from fusionviewer.geometry import Points
from fusionviewer.registration import Box
from fusionviewer.rendering.colours import REGION_COLOUR
from fusionviewer.rendering.marks.error_contours import section_of
from fusionviewer.rendering.marks.primitives import Block, Letters, Primitive, Stroke, line_of, rectangle, room_about
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.geometry import SliceFrame

Face: TypeAlias = tuple[int, int]
"""A side of a box: (LPS axis, 0 lower or 1 upper)."""

GRIP: Final = 6.0
"""A press this near (logical pixels) takes hold of a side."""

_HANDLE: Final = 4.0
_DASH: Final = 4.0
_RIM: Final = 0.51


def axes_of(frame: SliceFrame) -> tuple[int, int]:
    """The LPS axes that run across and down a pane."""
    right, down = (int(np.argmax(np.abs(way))) for way in (frame.plane.right, frame.plane.down))
    return right, down


def box_rect(frame: SliceFrame, box: Box) -> QRectF:
    """The box as the pane sees it along its normal, logical pixels."""
    one, other = (frame.position(np.array(corner)) for corner in box)
    return QRectF(one, other).normalized()


def cuts(frame: SliceFrame, box: Box) -> bool:
    """Whether the pane's plane goes through the box."""
    normal = frame.plane.normal
    depths = sorted(float(np.dot(np.array(corner), normal)) for corner in box)
    return depths[0] <= frame.plane.depth_mm <= depths[1]


def faces_under(frame: SliceFrame, box: Box, mouse: QPointF) -> tuple[Face, ...]:
    """The one or two sides that a press here takes hold of; none where the plane does not cut the box, or aslant."""
    rect = box_rect(frame, box)
    if aslant(frame) or not cuts(frame, box) or not rect.adjusted(-GRIP, -GRIP, GRIP, GRIP).contains(mouse):
        return ()
    found: list[Face] = []
    for axis, at, edges in (
        (axes_of(frame)[0], mouse.x(), (rect.left(), rect.right())),
        (axes_of(frame)[1], mouse.y(), (rect.top(), rect.bottom())),
    ):
        near = min((0, 1), key=lambda n, at=at, edges=edges: abs(at - edges[n]))  # type: ignore[misc]
        if abs(at - edges[near]) <= GRIP:
            found.append((axis, _end(frame, axis, near)))
    return tuple(found)


def _end(frame: SliceFrame, axis: int, edge: int) -> int:
    """Which end of an axis lies at the left or upper edge (0), or at the right or lower one (1), of the screen."""
    way = frame.plane.right if axes_of(frame)[0] == axis else frame.plane.down
    return edge if way[axis] > 0 else 1 - edge


def cursor_over(frame: SliceFrame, faces: tuple[Face, ...]) -> Qt.CursorShape:
    """The shape that tells how these sides can be dragged."""
    if len(faces) == 2:
        rising = _end(frame, *faces[0]) != _end(frame, *faces[1])
        return Qt.CursorShape.SizeBDiagCursor if rising else Qt.CursorShape.SizeFDiagCursor
    across = faces[0][0] == axes_of(frame)[0]
    return Qt.CursorShape.SizeHorCursor if across else Qt.CursorShape.SizeVerCursor


def aslant(frame: SliceFrame) -> bool:
    """Whether the pane's plane is none of the standard ones."""
    return float(np.abs(frame.plane.right).max()) < 1 or float(np.abs(frame.plane.down).max()) < 1


def section(frame: SliceFrame, box: Box) -> Points:
    """Where a plane cuts a box, in order around its middle, (n, 2) logical pixels; none where it does not."""
    corners = np.array([[box[n >> axis & 1][axis] for axis in range(3)] for n in range(8)])
    return frame.on_pane(section_of(frame.plane, corners))


def draw_region_box(context: PaneContext, letters: Letters) -> list[Primitive]:
    """The outline with handles; dashed and without them where the plane lies beside the box.

    A plane aslant shows where it cuts the box, without handles.
    """
    frame, box = context.frame, context.region_box
    if box is None:
        return []
    if aslant(frame):
        cut = line_of(section(frame, box), closed=True)
        return [Stroke((cut,), REGION_COLOUR, 1.0, rim_opacity=_RIM)] if cut.places else []
    rect, inside = box_rect(frame, box), cuts(frame, box)
    left, top, right, bottom = (math.floor(v) + 0.5 for v in (rect.left(), rect.top(), rect.right(), rect.bottom()))
    outline = rectangle((left, top, right, bottom))
    drawn: list[Primitive] = [Stroke((outline,), REGION_COLOUR, 1.0, rim_opacity=_RIM, dash=0.0 if inside else _DASH)]
    middle = math.floor((left + right) / 2) + 0.5, math.floor((top + bottom) / 2) + 0.5
    for x in (left, middle[0], right):
        for y in (top, middle[1], bottom):
            if inside and (x, y) != middle:
                handles = (room_about((x, y), _HANDLE + 0.5), room_about((x, y), _HANDLE - 0.5))
                drawn += [Block(handles[0], opacity=1.0), Block(handles[1], REGION_COLOUR, 1.0)]
    return drawn
