"""What a press of a mouse button begins in a slice view: each gesture follows the mouse, and can be taken back."""

from __future__ import annotations

import math
from itertools import count
from typing import TYPE_CHECKING, Final

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QMouseEvent

from fusionviewer.app.commands import regions
from fusionviewer.registration import Box
from fusionviewer.session import edits
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.interactions.interaction import Gesture
from fusionviewer.ui.pane.interactions.landmarks import landmark_cursor, landmark_gesture, why_locked_under
from fusionviewer.ui.pane.interactions.manual_alignment import hand_cursor, hand_gesture
from fusionviewer.ui.pane.interactions.tools import DistanceDrag, PlanesDrag, window_gesture
from fusionviewer.ui.pane.overlays.region_box import Face, cursor_over, faces_under
from fusionviewer.ui.pane.overlays.rotation_handle import wheel_of

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView

_ZOOM_UNITS: Final = 120.0
"""A drag of so many pixels magnifies e times."""

NOTCH: Final = 120
"""What Qt calls one notch of a usual wheel."""

TOOL_CURSORS: Final = {
    "window": Qt.CursorShape.SizeAllCursor,
    "turn": Qt.CursorShape.OpenHandCursor,
    "measure": Qt.CursorShape.CrossCursor,
}

_drags = count()


class Wheel:
    """Counts notches. A fine wheel sends small parts of one; they add up, and a change of direction counts at once."""

    def __init__(self) -> None:
        self._rest = 0

    def turn(self, turned: int) -> int:
        """How many whole notches this turn completes, with a sign."""
        self._rest = turned if self._rest * turned < 0 else self._rest + turned
        notches = int(self._rest / NOTCH)
        self._rest -= notches * NOTCH
        return notches


def show_what_a_press_does(view: SliceView, mouse: QPointF | None) -> None:
    """Give a view the shape of the mouse that tells what a press would begin, or the tool tip why nothing."""
    frame = view.frame()
    by_hand = frame is not None and wheel_of(view, frame) is not None
    view.setToolTip(view.view_model.locked if by_hand else why_locked_under(view, frame, mouse))
    view.setCursor(cursor_for(view, frame, mouse) if view.gesture is None else view.gesture.cursor)


def cursor_for(view: SliceView, frame: SliceFrame | None, mouse: QPointF | None) -> Qt.CursorShape:
    """The shape that tells what a press would begin."""
    if frame is None:
        return Qt.CursorShape.ArrowCursor
    if view.view_model.tool in TOOL_CURSORS:
        return TOOL_CURSORS[view.view_model.tool]
    by_hand = hand_cursor(view, frame, mouse)
    if by_hand is not None:
        return by_hand
    over_landmark = None if mouse is None else landmark_cursor(view, frame, mouse)
    if over_landmark is not None:
        return over_landmark
    faces = () if mouse is None or view.box is None else faces_under(frame, view.box, mouse)
    if faces and view.missing_side() is None:
        return cursor_over(frame, faces)
    return Qt.CursorShape.CrossCursor


def gesture_for(view: SliceView, frame: SliceFrame, event: QMouseEvent) -> Gesture | None:
    """What this press of a button begins."""
    at, button = event.position(), event.button()
    if button == Qt.MouseButton.MiddleButton:
        return PanDrag(view, frame, at)
    if button == Qt.MouseButton.RightButton:
        return ZoomDrag(view, frame, at)
    if button != Qt.MouseButton.LeftButton:
        return None
    if view.view_model.tool == "window":  # a mode of its own: it never moves a landmark or the crosshair
        return window_gesture(view, frame, event)
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return FadeDrag(view, frame, at) if view.fused and view.document.state.has_pair else None
    if view.view_model.tool == "turn":
        return PlanesDrag(view, frame, at)
    if view.view_model.tool == "measure":
        return DistanceDrag(view, frame, at)
    if wheel_of(view, frame) is not None:
        return hand_gesture(view, frame, at)
    landmark = landmark_gesture(view, frame, at)
    if landmark is not None:
        return landmark
    if view.missing_side() is not None:
        return Placing(view, frame, at)
    faces = () if view.box is None else faces_under(frame, view.box, at)
    if faces:
        return BoxDrag(view, frame, at, faces)
    return CrosshairDrag(view, frame, at)


class CrosshairDrag(Gesture):
    """The crosshair is under the mouse."""

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        super().__init__(view, frame, start)
        self.move(start)

    def move(self, mouse: QPointF) -> None:
        frame = self._view.frame() or self._frame  # as it is now: the wheel, a key or a layout may have changed it
        self._view_model.set_cursor(self._view.space, frame.point_under(mouse))


class Placing(Gesture):
    """A click marks a point; a drag is still one of the crosshair, to look for the place."""

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        super().__init__(view, frame, start)
        self._moved = False

    def move(self, mouse: QPointF) -> None:
        self._moved = self._moved or (mouse - self._start).manhattanLength() > 4
        if self._moved:
            frame = self._view.frame() or self._frame
            self._view_model.set_cursor(self._view.space, frame.point_under(mouse))

    def release(self) -> None:
        if not self._moved:
            self._view.mark_point(self._frame.point_under(self._start))


class PanDrag(Gesture):
    """The image sticks to the mouse."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def move(self, mouse: QPointF) -> None:
        focus = np.asarray(self._before.space(self._view.space).focus)
        self._view_model.set_focus(self._view.space, focus - self._frame.step(mouse - self._start))


def zoom_about(view: SliceView, mouse: QPointF, factor: float) -> None:
    """Magnify a view's space; what is under the mouse stays there."""
    before = view.frame()
    if before is None:
        return
    view.view_model.zoom(view.space, factor)
    after = view.frame()
    if after is not None:
        focus = np.asarray(view.view_model.view.space(view.space).focus)
        view.view_model.set_focus(view.space, focus + before.point_under(mouse) - after.point_under(mouse))


class ZoomDrag(Gesture):
    """Up magnifies, about the place where the drag began."""

    cursor = Qt.CursorShape.SizeVerCursor

    def move(self, mouse: QPointF) -> None:
        wanted = self._before.space(self._view.space).zoom * math.exp((self._start.y() - mouse.y()) / _ZOOM_UNITS)
        zoom_about(self._view, self._start, wanted / self._view_model.view.space(self._view.space).zoom)


class FadeDrag(Gesture):
    """Up shows more of the moving image, or larger squares …; half the height of the view is the whole range."""

    cursor = Qt.CursorShape.SizeVerCursor

    def move(self, mouse: QPointF) -> None:
        part = (self._start.y() - mouse.y()) / (self._view.height() / 2)
        share = self._before.blend.parameter
        if share is not None:
            self._view_model.set_parameter(share + part)


class BoxDrag(Gesture):
    """One or two sides of the region's box follow the mouse; one step of undo."""

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF, faces: tuple[Face, ...]) -> None:
        super().__init__(view, frame, start)
        self.cursor = cursor_over(frame, faces)
        self._document = view.document
        self._original = self._applied = view.document.state
        self._faces = faces
        self._key = f"drag {next(_drags)}"

    def move(self, mouse: QPointF) -> None:
        box, fixed = regions.box_of(self._original), self._original.fixed
        if (
            box is None or fixed is None or self._document.state.region is not self._applied.region
        ):  # somebody took it away (undo)
            return
        step = self._frame.step(mouse - self._start)
        faces = {face: box[face[1]][face[0]] + float(step[face[0]]) for face in self._faces}
        self._put(regions.moved_box(box, faces, fixed.grid.corners))

    def cancel(self) -> None:
        box = regions.box_of(self._original)
        if self._document.state is self._applied:
            self._document.apply("Change the box", self._original, self._key)
        elif box is not None and self._document.state.region is self._applied.region:
            self._put(box)

    def _put(self, box: Box) -> None:
        self._document.apply("Change the box", edits.set_box(self._document.state, box), self._key)
        self._applied = self._document.state
