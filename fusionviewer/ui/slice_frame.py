"""Which piece of a plane a pane shows, and how its pixels and millimetres belong together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QSize

from fusionviewer.geometry import Orientation, Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.view_state import SpaceView

_MARGIN = 1.04
"""At zoom 1 the image leaves this much room for the letters at the edges."""


@dataclass(frozen=True)
class SliceFrame:
    """A plane, and the device pixels of a pane that show it; `ratio` device pixels are one of Qt's logical ones.

    A mouse position names a device pixel by its upper left corner, a painter's position is exact; so the middle of
    the pixel under the mouse is half a device pixel right and down of it.
    """

    plane: SlicePlane
    viewport: Viewport
    ratio: float

    @staticmethod
    def of(
        volume: Volume,
        orientation: Orientation,
        space: SpaceView,
        *,
        radiological: bool,
        size: QSize,
        ratio: float,
        beyond_focus: Points | None = None,
    ) -> SliceFrame:
        """How a pane of `size` logical pixels shows a space whose image is `volume`.

        The plane goes through the crosshair, or through what lies so far (3,; mm) beyond the focus.
        """
        tilt = space.tilt if space.oblique else None
        plane = SlicePlane.through(np.asarray(space.cursor), orientation, radiological, tilt)
        if beyond_focus is not None:
            depth = float(plane.distance(np.asarray(space.focus) + beyond_focus))
            plane = SlicePlane(plane.point + depth * plane.normal, plane.right, plane.down)
        width, height = (max(1, math.ceil(n * ratio)) for n in (size.width(), size.height()))
        scale = _whole_image(volume, width, height) / space.zoom
        viewport = Viewport.around(plane.screen(np.asarray(space.focus)), width, height, scale)
        return SliceFrame(plane, viewport, ratio)

    def halved(self) -> SliceFrame:
        """The same piece in pixels twice as large, for a picture that must be quick."""
        v = self.viewport
        half = Viewport(
            (v.width + 1) // 2,
            (v.height + 1) // 2,
            v.left_mm + v.mm_per_pixel / 2,
            v.top_mm + v.mm_per_pixel / 2,
            2 * v.mm_per_pixel,
        )
        return SliceFrame(self.plane, half, self.ratio / 2)

    @property
    def mm_per_unit(self) -> float:
        """Millimetres in a logical pixel."""
        return self.viewport.mm_per_pixel * self.ratio

    def point_under(self, mouse: QPointF) -> Points:
        """The point of the plane in the middle of the pixel under the mouse, (3,) LPS mm."""
        right, down = self.viewport.screen(np.array([mouse.x(), mouse.y()]) * self.ratio)
        return self.plane.points(right, down)

    def position(self, point: Points) -> QPointF:
        """Where a painter finds a point (3,), projected along the normal."""
        return self.positions(point[None, :])[0]

    def positions(self, points: Points) -> list[QPointF]:
        """Where a painter finds points (n, 3), projected along the normal."""
        at = (self.viewport.pixels(self.plane.screen(points)) + 0.5) / self.ratio
        return [QPointF(float(x), float(y)) for x, y in at]

    def step(self, way: QPointF) -> Points:
        """The way in the patient, (3,) mm, of a way on the screen in logical pixels."""
        return (way.x() * self.plane.right + way.y() * self.plane.down) * self.mm_per_unit


def spacing_along(volume: Volume, direction: Points) -> float:
    """The distance of an image's slices in mm, for the index axis that runs most along a direction (3,) in LPS."""
    across = int(np.argmax(np.abs(np.asarray(direction) @ np.asarray(volume.grid.direction))))
    return volume.grid.spacing[across]


def _whole_image(volume: Volume, width: int, height: int) -> float:
    """Millimetres a pixel at which the image fits into so many pixels in each of the three orientations.

    One scale for all of them, so that the crosshair runs on from pane to pane.
    """
    x, y, z = np.ptp(volume.grid.corners, axis=0)
    return float(max(max(x, y) / width, max(y, z) / height)) * _MARGIN
