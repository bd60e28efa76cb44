"""How the head of the 3D view stands before the viewer: turned and magnified, by the mouse or by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

from fusionviewer.geometry import Points
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.surface.camera import FIRST_BEARING, STANDARD_BEARINGS, Camera
from fusionviewer.rendering.surface.head_picture import whole_head_scale

KEY_STEP_DEG: Final = 15.0
ZOOM_STEP: Final = 1.2
_LEAST_ZOOM, _MOST_ZOOM = 0.5, 12.0


_BELOW_MM, _BESIDE_MM = 40.0, 8.0
"""How far the planes reach beyond the head's box."""

HELP: Final = (
    ("Drag", "Turn the head"),
    ("Wheel, or + and −", "Zoom, with the wheel about the mouse"),
    ("Click", "Put the crosshair on what is seen there"),
    ("Double-click", "Let it fill the window, and back; Esc leads back as well"),
    ("Arrows", "Turn by 15°"),
    ("1 … 6", "Anterior, posterior, left, right, superior, inferior view"),
    ("Home", "The whole head as at first"),
)
"""What mouse and keys do in the 3D view, for the sheet of keys."""


class HeadStand:
    """From which side the head is seen, how large, and what is in the middle. Lasts as long as its window."""

    def __init__(self) -> None:
        self.bearing = FIRST_BEARING
        self.zoom = 1.0
        self._focus: Points | None = None

    def camera(self, corners: Points, width: int, height: int) -> Camera:
        """A picture of so many pixels of a head in a box (8, 3) LPS mm."""
        focus = corners.mean(axis=0) if self._focus is None else self._focus
        plane = self.bearing.plane(focus)
        scale = whole_head_scale(corners, width, height) / self.zoom
        return Camera(plane, Viewport.around(plane.screen(focus), width, height, scale))

    def turn(self, around_deg: float, above_deg: float) -> None:
        """Go so many degrees around the head, to the patient's left, and up."""
        self.bearing = self.bearing.turned(around_deg, above_deg)

    def magnify(self, factor: float, camera: Camera | None = None, at: tuple[float, float] = (0.0, 0.0)) -> None:
        """Magnify by a factor. What a camera shows at a place, in pixels from the middle of its picture, stays there.

        A head that is seen whole stands in the middle.
        """
        before = self.zoom
        self.zoom = min(_MOST_ZOOM, max(_LEAST_ZOOM, before * factor))
        if self.zoom <= 1.0:
            self._focus = None
        elif camera is not None:
            off = np.array(at) * camera.viewport.mm_per_pixel * (1 - before / self.zoom)
            plane = camera.plane
            self._focus = plane.point + off[0] * plane.right + off[1] * plane.down

    def show_whole(self) -> None:
        """Put the whole head in the middle, as it is turned."""
        self.zoom, self._focus = 1.0, None

    def reset(self) -> None:
        """See the whole head as at first."""
        self.show_whole()
        self.bearing = FIRST_BEARING

    def look_from(self, side: str) -> None:
        """See it from one of the six standard sides."""
        self.bearing = STANDARD_BEARINGS[side]

    def step_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does; None: nothing."""
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            return None
        step, key = KEY_STEP_DEG, Qt.Key(event.key())
        turns = {
            Qt.Key.Key_Left: (step, 0.0),
            Qt.Key.Key_Right: (-step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        if key in turns:
            return lambda: self.turn(*turns[key])
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            return lambda: self.magnify(ZOOM_STEP)
        if key is Qt.Key.Key_Minus:
            return lambda: self.magnify(1 / ZOOM_STEP)
        if key is Qt.Key.Key_Home:
            return self.reset
        number = event.key() - Qt.Key.Key_1.value
        sides = list(STANDARD_BEARINGS)
        return (lambda: self.look_from(sides[number])) if 0 <= number < len(sides) else None


def planes_box(image: Points, head: Points | None) -> Points:
    """The corners (8, 3) of the box that the planes take in: the head's, with some of the neck, within the image's.

    Both boxes are (8, 3) LPS mm; without a head's it is the image's.
    """
    head = image if head is None else head
    low = np.maximum(head.min(axis=0) - (_BESIDE_MM, _BESIDE_MM, _BELOW_MM), image.min(axis=0))
    return box_between(low, np.minimum(head.max(axis=0) + _BESIDE_MM, image.max(axis=0)))


def box_between(low: Points, high: Points) -> Points:
    """The eight corners (8, 3) of a box along the LPS axes, from two of them (3,)."""
    shares = np.array([[a, b, c] for c in (0, 1) for b in (0, 1) for a in (0, 1)])
    return np.asarray(low + shares * (high - low))
