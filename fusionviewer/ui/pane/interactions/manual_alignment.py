"""The drags of the move tool: the moving image is shifted or turned in the plane of a view, its centre is placed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from PyQt6.QtCore import QPointF, Qt

from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.interactions.interaction import Gesture
from fusionviewer.ui.pane.overlays.rotation_handle import RotationWheel, wheel_of

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView

_FINE: Final = 0.1
"""With Shift the image follows by this share of the mouse's way."""

_NO_SHIFT: Final = np.zeros(3)


def hand_gesture(view: SliceView, frame: SliceFrame, at: QPointF) -> Gesture | None:
    """What a press with the move tool begins in a view that shows the wheel; nothing while a job runs."""
    wheel = wheel_of(view, frame)
    if wheel is None or view.view_model.locked:
        return None
    match wheel.part_under(at):
        case "centre":
            return CentreDrag(view, frame, at)
        case "rim":
            return TurnDrag(view, frame, at, wheel)
        case _:
            return ShiftDrag(view, frame, at)


def hand_cursor(view: SliceView, frame: SliceFrame, mouse: QPointF | None) -> Qt.CursorShape | None:
    """The shape that tells what a press would begin; None where the move tool does nothing of its own."""
    wheel = wheel_of(view, frame)
    if wheel is None:
        return None
    if view.view_model.locked:
        return Qt.CursorShape.ForbiddenCursor
    part = "" if mouse is None else wheel.part_under(mouse)
    return {"rim": Qt.CursorShape.PointingHandCursor, "centre": Qt.CursorShape.SizeAllCursor}.get(
        part, Qt.CursorShape.OpenHandCursor
    )


class HandDrag(Gesture):
    """The moving image follows the mouse as a preview; letting go makes it one step of undo.

    Where the study changes meanwhile (undo, a job), the drag is dropped.
    """

    cursor = Qt.CursorShape.ClosedHandCursor
    text = ""

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        super().__init__(view, frame, start)
        self._document = view.document
        self._original = self._after = view.document.state
        self._last = start
        self._over = False

    def move(self, mouse: QPointF) -> None:
        """Follow the mouse, with `fine` more slowly."""
        last, self._last = self._last, mouse
        if self._is_over:
            self.turned = None
            return
        self._after = self._moved(last, mouse, _FINE if self.fine else 1.0)
        self._view_model.set_preview(self._after.moving_from_fixed, by_hand=True)

    def release(self) -> None:
        if not self._is_over:
            self._view_model.set_preview(None)
            self._document.apply(self.text, self._after)

    def cancel(self) -> None:
        self.drop()

    def drop(self) -> None:
        if not self._is_over:
            self._over = True
            self._view_model.set_preview(None)

    @property
    def _is_over(self) -> bool:
        changed = self._document.state is not self._original
        self._over = self._over or changed or bool(self._view_model.locked)
        return self._over

    def _moved(self, last: QPointF, mouse: QPointF, share: float) -> FusionState:
        """The study after the mouse went from one place to another and the image by a share of that."""
        raise NotImplementedError


class ShiftDrag(HandDrag):
    """The moving image sticks to the mouse."""

    text = "Move by hand"

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        super().__init__(view, frame, start)
        self._way = QPointF()

    def _moved(self, last: QPointF, mouse: QPointF, share: float) -> FusionState:
        self._way += share * (mouse - last)
        if self._way.isNull():
            return self._original
        return edits.nudge(self._original, self._frame.step(self._way), _NO_SHIFT, _NO_SHIFT)


class TurnDrag(HandDrag):
    """The moving image turns with the mouse about the centre of rotation: the longer the lever, the finer."""

    text = "Turn by hand"

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF, wheel: RotationWheel) -> None:
        super().__init__(view, frame, start)
        self._wheel = wheel
        self._centre = view.view_model.hand_centre
        self._from = wheel.angle_of(start)
        self.turned = (self._from, 0.0)

    def _moved(self, last: QPointF, mouse: QPointF, share: float) -> FusionState:
        way = self._wheel.angle_of(mouse) - self._wheel.angle_of(last)
        way = math.remainder(way, 2 * math.pi)  # the short way around
        angle = (self.turned[1] if self.turned else 0.0) + share * way
        self.turned = (self._from, angle)
        if angle == 0.0:
            return self._original
        # right × down is the normal that looks away from the viewer, so a positive angle turns clockwise on the screen
        return edits.nudge(self._original, _NO_SHIFT, angle * self._frame.plane.normal, self._centre)


class CentreDrag(Gesture):
    """The centre of rotation follows the mouse in the plane, at its distance from it."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        super().__init__(view, frame, start)
        self._centre = view.view_model.hand_centre

    def move(self, mouse: QPointF) -> None:
        self._view_model.change(hand_centre=edits.point_of(self._centre + self._frame.step(mouse - self._start)))

    def cancel(self) -> None:
        self._view_model.change(hand_centre=self._before.hand_centre)
