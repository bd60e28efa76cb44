"""The drags of the mouse mode Move: the moving image is translated or rotated in a pane's plane, the pivot placed."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, Qt

from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.pane.context import DragFeedback, PaneContext, PaneHost
from fusionviewer.ui.pane.interactions.interaction import Interaction, InteractionKind, Press
from fusionviewer.ui.pane.overlays.rotation_handle import Part, RotationHandle, handle_of

_FINE: Final = 0.1
"""With Shift the image follows by this share of the mouse's way."""

_NO_SHIFT: Final = np.zeros(3)


class ManualDrag(Interaction, ABC):
    """The moving image follows the mouse as a preview; letting go makes it one step of undo.

    Where the study changes meanwhile (undo, a job), the drag is dropped.
    """

    cursor = Qt.CursorShape.ClosedHandCursor
    text = ""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF) -> None:
        super().__init__(host, context, start)
        self._document = host.document
        self._original = self._after = context.state
        self._last = start
        self._over = False

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        """Follow the mouse, with `fine` more slowly."""
        last, self._last = self._last, mouse
        if self._is_over:
            return
        self._after = self._moved(last, mouse, _FINE if self.fine else 1.0)
        self._view_model.set_preview(self._after.alignment.moving_from_fixed, by_hand=True)

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

    @abstractmethod
    def _moved(self, last: QPointF, mouse: QPointF, share: float) -> FusionState:
        """The study after the mouse went from one place to another and the image by a share of that."""


class ShiftDrag(ManualDrag):
    """The moving image sticks to the mouse."""

    text = "Translate manually"
    _way: QPointF = QPointF()

    def _moved(self, last: QPointF, mouse: QPointF, share: float) -> FusionState:
        self._way = self._way + share * (mouse - last)
        if self._way.isNull():
            return self._original
        return edits.nudge(self._original, self._frame.step(self._way), _NO_SHIFT, _NO_SHIFT)


class TurnDrag(ManualDrag):
    """The moving image rotates with the mouse about the pivot: the longer the lever, the finer."""

    text = "Rotate manually"

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, handle: RotationHandle) -> None:
        super().__init__(host, context, start)
        self._handle = handle
        self._from = handle.angle_of(start)
        self._angle = 0.0

    @property
    def feedback(self) -> DragFeedback:
        return DragFeedback(turned=None if self._over else (self._from, self._angle))

    def _moved(self, last: QPointF, mouse: QPointF, share: float) -> FusionState:
        way = self._handle.angle_of(mouse) - self._handle.angle_of(last)
        way = math.remainder(way, 2 * math.pi)  # the short way around
        self._angle += share * way
        if self._angle == 0.0:
            return self._original
        # right × down is the normal that looks away from the viewer, so a positive angle turns clockwise on the screen
        return edits.nudge(
            self._original, _NO_SHIFT, self._angle * self._frame.plane.normal, self._context.rotation_centre
        )


class CentreDrag(Interaction):
    """The pivot follows the mouse in the plane, at its distance from it."""

    cursor = Qt.CursorShape.SizeAllCursor

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        centre = self._context.rotation_centre + self._frame.step(mouse - self._start)
        self._view_model.change(hand_centre=edits.point_of(centre))

    def cancel(self) -> None:
        self._view_model.change(hand_centre=self._before.hand_centre)


def _hit(context: PaneContext, press: Press) -> tuple[RotationHandle, Part] | None:
    handle = handle_of(context)
    return None if handle is None else (handle, "" if press.at is None else handle.part_under(press.at))


def _begin(host: PaneHost, context: PaneContext, at: QPointF, hit: tuple[RotationHandle, Part]) -> Interaction | None:
    """Nothing while a job runs."""
    handle, part = hit
    if context.locked:
        return None
    match part:
        case "centre":
            return CentreDrag(host, context, at)
        case "rim":
            return TurnDrag(host, context, at, handle)
        case _:
            return ShiftDrag(host, context, at)


_CURSORS: Final[dict[Part, Qt.CursorShape]] = {
    "rim": Qt.CursorShape.PointingHandCursor,
    "centre": Qt.CursorShape.SizeAllCursor,
    "": Qt.CursorShape.OpenHandCursor,
}

MANUAL_ALIGNMENT: Final = InteractionKind[tuple[RotationHandle, Part]](
    help=(
        ("Left drag in Move mode (M)", "Translate the moving image; Esc or a right click puts it back"),
        (
            "Drag the rotation handle's rim in Move mode (M)",
            "Rotate the moving image; far from the pivot it is finer",
        ),
        ("Drag the rotation handle's middle in Move mode (M)", "Place the pivot"),
        ("Shift while dragging in Move mode (M)", "Ten times finer"),
    ),
    hit=_hit,
    begin=_begin,
    cursor=lambda context, hit: _CURSORS[hit[1]],
    why_not=lambda context, hit: context.locked,
)
