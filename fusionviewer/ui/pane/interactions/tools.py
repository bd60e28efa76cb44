"""The drags of the tools: brightness and contrast, the best window of a box, the planes, distances."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QMouseEvent

from fusionviewer.geometry import Points, RigidTransform, rotation_from_vector
from fusionviewer.imaging.reslice import PlaneInterpolation, Viewport, reslice
from fusionviewer.rendering.slices import front_at
from fusionviewer.rendering.window import best_window
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.interactions.interaction import Gesture
from fusionviewer.ui.pane.overlays.distances import end_under

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView

_WINDOW_UNITS: Final = 200.0
"""A drag of so many pixels widens the window e times, or moves its level by its width."""

_CLICK_UNITS: Final = 4.0
"""What is shorter than this is no drag."""


def window_gesture(view: SliceView, frame: SliceFrame, event: QMouseEvent) -> Gesture:
    """What a press with the window tool begins."""
    at, boxed = event.position(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return (WindowBox if boxed else WindowDrag)(view, frame, at, windowed_side(view, frame, at))


def windowed_side(view: SliceView, frame: SliceFrame, at: QPointF) -> Side:
    """Whose window a drag changes that begins at a place: the view's image, or the one of which more is seen there."""
    state = view.document.state
    if not view.fused:
        return view.side
    if not state.has_pair:
        return "moving" if state.fixed is None else "fixed"
    point, request = frame.point_under(at), view.request(frame)
    there = [side for side in SIDES if _lies_at(view, side, point)]
    if len(there) == 1 and request.blend.shows_lone:
        return there[0]
    right, down = frame.plane.screen(point)
    return "moving" if front_at(request, float(right), float(down)) else "fixed"


def _lies_at(view: SliceView, side: Side, point: Points) -> bool:
    """Whether an image lies at a point (3,) of the space that is looked at."""
    volume = view.document.state.volume(side)
    return volume is not None and bool(volume.grid.contains(view.own_point(side, point)))


class WindowDrag(Gesture):
    """Up brightens, right takes in a wider range of values, for one image."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF, side: Side) -> None:
        super().__init__(view, frame, start)
        self._side = side

    def move(self, mouse: QPointF) -> None:
        way, window = mouse - self._start, self._before.window(self._side)
        level = window.level + way.y() / _WINDOW_UNITS * window.width
        width = window.width * math.exp(way.x() / _WINDOW_UNITS)
        self._view_model.set_window(self._side, replace(window, level=level, width=width))


class WindowBox(Gesture):
    """A box whose values then fill the window of one image."""

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF, side: Side) -> None:
        super().__init__(view, frame, start)
        self._side = side
        self._box = QRectF(start, start)

    def move(self, mouse: QPointF) -> None:
        self._box = self.rubber = QRectF(self._start, mouse).normalized()
        self._view.update()

    def release(self) -> None:
        self._view.update()
        volume = self._view.document.state.volume(self._side)
        if volume is None or min(self._box.width(), self._box.height()) < _CLICK_UNITS:
            return
        frame, rect = self._frame, self._box
        (left, top), (right, bottom) = (
            np.array([p.x(), p.y()]) * frame.ratio for p in (rect.topLeft(), rect.bottomRight())
        )
        corner = frame.viewport.screen(np.array([left, top]))
        width, height = (max(1, round(float(n))) for n in (right - left, bottom - top))
        viewport = Viewport(width, height, float(corner[0]), float(corner[1]), frame.viewport.mm_per_pixel)
        fused_moving = self._view.fused and self._side == "moving"
        pose = self._view_model.pose if fused_moving else RigidTransform.identity()
        how: PlaneInterpolation = "linear" if self._before.smooth else "nearest"  # as they are seen
        window = best_window(reslice(volume, frame.plane, viewport, pose, how))
        if window is not None:
            self._view_model.set_window(self._side, window)

    def cancel(self) -> None:
        self._view.update()


class PlanesDrag(Gesture):
    """The image turns with the mouse about the crosshair: the other two planes are turned."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        super().__init__(view, frame, start)
        self._centre = frame.position(np.asarray(self._before.space(view.space).cursor))
        self._angle = self._angle_of(start)

    def _angle_of(self, mouse: QPointF) -> float:
        way = mouse - self._centre
        return math.atan2(way.y(), way.x())

    def move(self, mouse: QPointF) -> None:
        angle = self._angle_of(mouse)
        # the patient turns clockwise on the screen when the planes turn the other way
        turn = rotation_from_vector((self._angle - angle) * self._frame.plane.normal)
        self._angle = angle
        self._view_model.turn_planes(self._view.space, turn)


class DistanceDrag(Gesture):
    """A distance from where the drag began to the mouse; or the end of one that is taken hold of follows it."""

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        super().__init__(view, frame, start)
        taken = end_under(frame, self._shown, start)
        if taken is None:
            self._kept = self._before.distances
            self._anchor = point_of(frame.point_under(start))
        else:
            distance = self._shown[taken[0]]
            self._kept = tuple(d for d in self._before.distances if d is not distance)
            self._anchor = distance.end if taken[1] == 0 else distance.start

    @property
    def _shown(self) -> list[Distance]:
        return [d for d in self._before.distances if d.side == self._view.space]

    def move(self, mouse: QPointF) -> None:
        if (mouse - self._start).manhattanLength() < _CLICK_UNITS:
            self._view_model.change(distances=self._before.distances)  # the mouse has come back: it is no drag
            return
        end = point_of(self._frame.point_under(mouse))
        self._view_model.change(distances=(*self._kept, Distance(self._view.space, self._anchor, end)))
