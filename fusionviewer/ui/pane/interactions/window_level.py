"""The drags of the mouse mode Window/Level: level and width, and the best window of a box."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.reslice import PlaneInterpolation, Viewport, reslice
from fusionviewer.rendering.slices import front_at
from fusionviewer.rendering.window import best_window
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.pane.context import DragFeedback, PaneContext, PaneHost
from fusionviewer.ui.pane.image import request_for
from fusionviewer.ui.pane.interactions.interaction import CLICK_UNITS, Interaction, InteractionKind, always

_WINDOW_UNITS: Final = 200.0
"""A drag of so many pixels widens the window e times, or moves its level by its width."""


def windowed_side(context: PaneContext, at: QPointF) -> Side:
    """Whose window a drag changes that begins at a place: the pane's image, or the one of which more is seen there."""
    if not context.fused:
        return context.space
    if not context.state.has_pair:
        return next(iter(context.state.volumes()), context.space)
    point, request = context.frame.point_under(at), request_for(context)
    there = [side for side in SIDES if _lies_at(context, side, point)]
    if len(there) == 1 and request.blend.shows_lone:
        return there[0]
    right, down = context.frame.plane.screen(point)
    return "moving" if front_at(request, float(right), float(down)) else "fixed"


def _lies_at(context: PaneContext, side: Side, point: Points) -> bool:
    """Whether an image lies at a point (3,) of the space that is looked at."""
    volume = context.state.volume(side)
    return volume is not None and bool(volume.grid.contains(context.own_point(side, point)))


class _OneImage(Interaction):
    """A drag that changes the window of one image."""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, _hit: object = None) -> None:
        super().__init__(host, context, start)
        self._side = windowed_side(context, start)


class WindowDrag(_OneImage):
    """Up lowers the level, right widens the window, for one image."""

    cursor = Qt.CursorShape.SizeAllCursor

    @property
    def feedback(self) -> DragFeedback:
        window = self._view_model.view.window(self._side)
        words = f"Window/Level of the {self._side} image: L {window.level:.4g}, W {window.width:.4g}"
        return DragFeedback(said=(words, self._side))

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        way, window = mouse - self._start, self._before.window(self._side)
        level = window.level + way.y() / _WINDOW_UNITS * window.width
        width = window.width * math.exp(way.x() / _WINDOW_UNITS)
        self._view_model.set_window(self._side, replace(window, level=level, width=width))


class WindowBox(_OneImage):
    """A box whose values then fill the window of one image."""

    _box: QRectF | None = None

    @property
    def feedback(self) -> DragFeedback:
        return DragFeedback(rubber=self._box, said=(f"Best window of the {self._side} image", self._side))

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        self._box = QRectF(self._start, mouse).normalized()
        self._host.update()

    def release(self) -> None:
        self._host.update()
        volume, rect, frame = self._host.document.state.volume(self._side), self._box, self._frame
        if volume is None or rect is None or min(rect.width(), rect.height()) < CLICK_UNITS:
            return
        (left, top), (right, bottom) = (
            np.array([p.x(), p.y()]) * frame.ratio for p in (rect.topLeft(), rect.bottomRight())
        )
        corner = frame.viewport.screen(np.array([left, top]))
        width, height = (max(1, round(float(n))) for n in (right - left, bottom - top))
        viewport = Viewport(width, height, float(corner[0]), float(corner[1]), frame.viewport.mm_per_pixel)
        fused_moving = self._context.fused and self._side == "moving"
        pose = self._view_model.pose if fused_moving else RigidTransform.identity()
        how: PlaneInterpolation = "linear" if self._before.smooth else "nearest"  # as they are seen
        window = best_window(reslice(volume, frame.plane, viewport, pose, how))
        if window is not None:
            self._view_model.set_window(self._side, window)

    def cancel(self) -> None:
        self._host.update()


def _tip(context: PaneContext, hit: bool) -> str:
    """Which image a drag changes that begins under the mouse."""
    if context.mouse is None:
        return ""
    side = windowed_side(context, context.mouse)
    other = " Fade to the other image to change that one." if context.shows_pair else ""
    return f"Drag to change the window/level of the {side} image.{other}"


WINDOW_LEVEL: Final = InteractionKind[bool](
    help=(("Left drag in Window/Level mode (T)", "Level (up, down) and width (left, right) of the image seen most"),),
    hit=lambda context, press: context.tool == "window" or None,
    begin=WindowDrag,
    cursor=always(Qt.CursorShape.SizeAllCursor),
    tip=_tip,
)
WINDOW_BOX: Final = InteractionKind[bool](
    help=(("Ctrl + left drag in Window/Level mode (T)", "A box gets its best window"),),
    hit=lambda context, press: (context.tool == "window" and press.control) or None,
    begin=WindowBox,
    cursor=always(Qt.CursorShape.SizeAllCursor),
)
