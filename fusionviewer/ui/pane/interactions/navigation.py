"""Getting about in the images: crosshair, pan, zoom, fade, and the wheel."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QWheelEvent

from fusionviewer.ui.pane.context import PaneContext, PaneHost
from fusionviewer.ui.pane.interactions.interaction import Interaction, InteractionKind, always

_ZOOM_UNITS: Final = 120.0
"""A drag of so many pixels magnifies e times."""

_ZOOM_PER_NOTCH: Final = 1.15

_NOTCH: Final = 120
"""What Qt calls one notch of a usual wheel."""

WITHOUT_PRESS: Final = (
    ("Wheel", "Through the slices"),
    ("Double-click", "Enlarge a view, and back"),
)
"""What the mouse does in a pane without a drag, for the shortcut sheet."""


class Wheel:
    """Counts notches. A fine wheel sends small parts of one; they add up, and a change of direction counts at once."""

    def __init__(self) -> None:
        self._rest = 0

    def turn(self, host: PaneHost, event: QWheelEvent) -> int:
        """How many slices towards the head (right, front) this turn completes; with Ctrl it zooms, and completes none.

        Forward is that way, unless the user prefers the other.
        """
        event.accept()
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            zoom_about(host, event.position(), _ZOOM_PER_NOTCH ** (turned / _NOTCH))
            return 0
        self._rest = turned if self._rest * turned < 0 else self._rest + turned
        notches = int(self._rest / _NOTCH)
        self._rest -= notches * _NOTCH
        return -notches if host.view_model.preferences.now.reverse_wheel else notches


class CrosshairDrag(Interaction):
    """The crosshair is under the mouse."""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, _hit: object = None) -> None:
        super().__init__(host, context, start)
        self.move(start, context)

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        # in the frame as it is now: the wheel, a key or a layout may have changed it
        self._view_model.set_cursor(context.space, context.frame.point_under(mouse))


class PanDrag(Interaction):
    """The image sticks to the mouse."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        focus = np.asarray(self._before.space(context.space).focus)
        self._view_model.set_focus(context.space, focus - self._frame.step(mouse - self._start))


def zoom_about(host: PaneHost, mouse: QPointF, factor: float) -> None:
    """Magnify a pane's space; what is under the mouse stays there."""
    before = host.context()
    if before is None:
        return
    host.view_model.zoom(before.space, factor)
    after = host.context()
    if after is not None:
        focus = np.asarray(after.view.space(after.space).focus)
        moved = before.frame.point_under(mouse) - after.frame.point_under(mouse)
        host.view_model.set_focus(after.space, focus + moved)


class ZoomDrag(Interaction):
    """Up magnifies, about the place where the drag began."""

    cursor = Qt.CursorShape.SizeVerCursor

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        wanted = self._before.space(context.space).zoom * math.exp((self._start.y() - mouse.y()) / _ZOOM_UNITS)
        zoom_about(self._host, self._start, wanted / context.view.space(context.space).zoom)


class FadeDrag(Interaction):
    """Up shows more of the moving image, or larger squares …; half the height of the view is the whole range."""

    cursor = Qt.CursorShape.SizeVerCursor

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        part = (self._start.y() - mouse.y()) / (context.size.height() / 2)
        share = self._before.blend.parameter
        if share is not None:
            self._view_model.set_parameter(share + part)


CROSSHAIR: Final = InteractionKind[bool](
    help=(("Left drag", "Move the crosshair"), ("Shift + move", "Crosshair under the mouse, without a click")),
    hit=lambda context, press: True,
    begin=CrosshairDrag,
)
PAN: Final = InteractionKind[bool](
    help=(("Middle drag", "Pan"),),
    hit=lambda context, press: True,
    begin=PanDrag,
    button=Qt.MouseButton.MiddleButton,
)
ZOOM: Final = InteractionKind[bool](
    help=(("Ctrl + wheel, or right drag", "Zoom"),),
    hit=lambda context, press: True,
    begin=ZoomDrag,
    button=Qt.MouseButton.RightButton,
)
FADE: Final = InteractionKind[bool](
    help=(
        ("Ctrl + left drag", "Fade, or the size of checkerboard or spyglass: half a view's height is the whole range"),
    ),
    hit=lambda context, press: press.control or None,
    begin=lambda host, context, at, hit: FadeDrag(host, context, at) if context.shows_pair else None,
    cursor=always(Qt.CursorShape.SizeVerCursor),
)
