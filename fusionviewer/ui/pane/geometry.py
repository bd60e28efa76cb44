"""Which piece of a plane a pane shows, and how its pixels and millimetres belong together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QSize

from fusionviewer.geometry import Orientation, Points, RigidTransform, SideLetters, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume
from fusionviewer.rendering.marks.projection import Projection
from fusionviewer.rendering.scene import whole_image_scale
from fusionviewer.session.view_state import SpaceView

_ACROSS = 0.99999
"""The cosine of a quarter of a degree: slices that lie so nearly across are counted as such."""

_AWAY = np.diag([-1.0, -1.0, 1.0])
"""Turning the wheel away from the user goes towards the patient's right, front and head."""

_SAME = 1e-3
"""Of a slice's distance: so near to its middle is on it."""


@dataclass(frozen=True)
class SliceFrame(Projection):
    """A plane, and the device pixels of a pane that show it; `ratio` device pixels are one of Qt's logical ones.

    A mouse position names a device pixel by its upper left corner, a painter's position is exact; so the middle of
    the pixel under the mouse is half a device pixel right and down of it.
    """

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
        scale = whole_image_scale(volume, width, height) / space.zoom
        viewport = Viewport.around(plane.screen(np.asarray(space.focus)), width, height, scale)
        return SliceFrame(plane, viewport, ratio)

    def coarser(self, factor: int) -> SliceFrame:
        """The same piece in pixels so many times as large, for a picture that must be quick."""
        v, off = self.viewport, (factor - 1) / 2 * self.viewport.mm_per_pixel
        width, height = -(-v.width // factor), -(-v.height // factor)
        coarse = Viewport(width, height, v.left_mm + off, v.top_mm + off, factor * v.mm_per_pixel)
        return SliceFrame(self.plane, coarse, self.ratio / factor)

    def point_under(self, mouse: QPointF) -> Points:
        """The point of the plane in the middle of the pixel under the mouse, (3,) LPS mm."""
        right, down = self.viewport.screen(np.array([mouse.x(), mouse.y()]) * self.ratio)
        return self.plane.points(right, down)

    def position(self, point: Points) -> QPointF:
        """Where a painter finds a point (3,), projected along the normal."""
        return self.positions(point[None, :])[0]

    def positions(self, points: Points) -> list[QPointF]:
        """Where a painter finds points (n, 3), projected along the normal."""
        return [QPointF(*spot) for spot in self.spots(points)]

    def step(self, way: QPointF) -> Points:
        """The way in the patient, (3,) mm, of a way on the screen in logical pixels."""
        return (way.x() * self.plane.right + way.y() * self.plane.down) * self.mm_per_unit


def slices_on(volume: Volume, volume_from_view: RigidTransform, point: Points, way: Points, number: int) -> Points:
    """The point (3,) so many slices of an image further on along a unit vector, both in the space that is looked at.

    Where the image's slices lie across that way, it is brought to the middle of a slice, so that what is seen are the
    voxels themselves and nothing between two slices.
    """
    along = volume_from_view.rotation @ way
    step = number * spacing_along(volume, along)
    shares = np.asarray(along) @ np.asarray(volume.grid.direction)
    axis = int(np.argmax(np.abs(shares)))
    if abs(float(shares[axis])) < _ACROSS:
        return np.asarray(point + step * way)
    index = float(volume.grid.indices(volume_from_view.apply(point))[axis])
    forward = math.copysign(number, number * float(shares[axis]))
    # from between two slices the first step is the rest of the way to the next one
    start = math.floor(index + _SAME) if forward > 0 else math.ceil(index - _SAME)
    rest = abs(start + forward - index) * volume.grid.spacing[axis]
    return np.asarray(point + math.copysign(rest, number) * way)


@dataclass(frozen=True)
class SliceCount:
    """Which of an image's slices lies where, along a way through it: `number` of `count`, from 1."""

    number: int
    count: int
    first_mm: float
    """Where the middle of the first slice lies along the way, in the space that is looked at."""
    step_mm: float

    @staticmethod
    def of(volume: Volume, volume_from_view: RigidTransform, point: Points, way: Points) -> SliceCount:
        """The slice at a point (3,), counted along a unit vector, both in the space that is looked at.

        Where the image's own slices do not lie across that way, steps as long as their distance are counted from one
        end of the image to the other.
        """
        along = volume_from_view.rotation @ way
        step = spacing_along(volume, along)
        shares = np.asarray(along) @ np.asarray(volume.grid.direction)
        axis = int(np.argmax(np.abs(shares)))
        depth = float(point @ way)
        if abs(float(shares[axis])) < _ACROSS:
            ends = (~volume_from_view).apply(volume.grid.corners) @ way
            first, count = float(ends.min()) + step / 2, max(1, round(float(np.ptp(ends)) / step))
        else:
            count = int(volume.grid.size[axis])
            index = float(volume.grid.indices(volume_from_view.apply(point))[axis])
            first = depth - step * (index if shares[axis] > 0 else count - 1 - index)
        number = min(count, max(1, 1 + round((depth - first) / step)))
        return SliceCount(number, count, first, step)

    def depth_mm(self, number: int) -> float:
        """Where the middle of a slice lies along the way; of a number beyond the ends, that of the last one."""
        return self.first_mm + (min(self.count, max(1, number)) - 1) * self.step_mm


def side_place(point: Points | Sequence[float], orientation: Orientation, letters: SideLetters) -> str:
    """Where a standard plane through a point (3,), LPS mm, lies: for example "S 14.2 mm", from the origin of scanner
    space towards that side of the patient."""
    axis = orientation.normal_axis
    at = float(point[axis])
    ends = (("R", "L"), ("A", "P"), (letters[1], letters[0]))[axis]
    return f"{ends[round(at, 1) > 0]} {abs(at):.1f} mm"


def way_in(space: SpaceView, orientation: Orientation) -> Points:
    """The unit vector (3,) in LPS in which slices are counted: towards the patient's right, front or head."""
    return np.asarray(space.tilt @ _AWAY[orientation.normal_axis])


def spacing_along(volume: Volume, direction: Points) -> float:
    """The distance of an image's slices in mm, for the index axis that runs most along a direction (3,) in LPS."""
    across = int(np.argmax(np.abs(np.asarray(direction) @ np.asarray(volume.grid.direction))))
    return volume.grid.spacing[across]
