"""The box that alone counts in a registration: how a pane shows it, and which of its sides a mouse can take."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from fusionviewer.registration import Box
from fusionviewer.rendering.colours import REGION_COLOUR
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.geometry import SliceFrame

Face: TypeAlias = tuple[int, int]
"""A side of a box: (LPS axis, 0 lower or 1 upper)."""

GRIP: Final = 6.0
"""A press this near (logical pixels) takes hold of a side."""

_HANDLE: Final = 4.0


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


def section(frame: SliceFrame, box: Box) -> QPolygonF:
    """Where a plane cuts a box, in order around its middle, logical pixels; empty where it does not."""
    corners = np.array(box)
    found = []
    for axis in range(3):
        others = [n for n in range(3) if n != axis]
        for one in (0, 1):
            for other in (0, 1):
                ends = corners.copy()
                ends[:, others[0]], ends[:, others[1]] = corners[one, others[0]], corners[other, others[1]]
                before, after = (float(d) for d in frame.plane.distance(ends))
                if before != after and before * after <= 0:
                    found.append(ends[0] + before / (before - after) * (ends[1] - ends[0]))
    if not found:
        return QPolygonF()
    points = frame.positions(np.array(found))
    x, y = (sum(way) / len(points) for way in zip(*((p.x(), p.y()) for p in points), strict=True))
    return QPolygonF(sorted(points, key=lambda p: math.atan2(p.y() - y, p.x() - x)))


def paint_region_box(painter: QPainter, context: PaneContext) -> None:
    """The outline with handles; dashed and without them where the plane lies beside the box.

    A plane aslant shows where it cuts the box, without handles.
    """
    frame, box = context.frame, context.region_box
    if box is None:
        return
    if aslant(frame):
        for colour, width in ((QColor(0, 0, 0, 130), 3), (QColor(REGION_COLOUR), 1)):
            painter.setPen(QPen(colour, width))
            painter.drawPolygon(section(frame, box))
        return
    rect, inside = box_rect(frame, box), cuts(frame, box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    style = Qt.PenStyle.SolidLine if inside else Qt.PenStyle.DashLine
    for colour, width in ((QColor(0, 0, 0, 130), 3), (QColor(REGION_COLOUR), 1)):
        painter.setPen(QPen(colour, width, style))
        painter.drawRect(rect)
    if inside:
        painter.setPen(QPen(QColor(0, 0, 0, 170), 1))
        painter.setBrush(QColor(REGION_COLOUR))
        middle = rect.center()
        for x in (rect.left(), middle.x(), rect.right()):
            for y in (rect.top(), middle.y(), rect.bottom()):
                if QPointF(x, y) != middle:
                    painter.drawRect(QRectF(x - _HANDLE, y - _HANDLE, 2 * _HANDLE, 2 * _HANDLE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
