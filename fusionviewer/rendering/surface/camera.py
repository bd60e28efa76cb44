"""Where a head is looked at from: parallel rays through the pixels of a pane, turned like a globe on its stand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points, SlicePlane
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.reslice import Viewport


@dataclass(frozen=True)
class Bearing:
    """From which side a head is seen: degrees to the patient's left from the front, and upwards from the level."""

    around_deg: float
    above_deg: float

    def turned(self, around_deg: float, above_deg: float) -> Bearing:
        """So many degrees further; never past the poles, so that the head stays upright."""
        around = (self.around_deg + around_deg + 180.0) % 360.0 - 180.0
        return replace(self, around_deg=around, above_deg=min(90.0, max(-90.0, self.above_deg + above_deg)))

    def plane(self, point: Points) -> SlicePlane:
        """The plane of the screen through a point (3,) LPS mm; its normal points away from the viewer."""
        around, above = math.radians(self.around_deg), math.radians(self.above_deg)
        right = np.array([math.cos(around), math.sin(around), 0.0])
        level = np.array([-math.sin(around), math.cos(around), 0.0])
        away = math.cos(above) * level - math.sin(above) * np.array([0.0, 0.0, 1.0])
        return SlicePlane(frozen(np.asarray(point)), frozen(right), frozen(np.cross(away, right)))


STANDARD_BEARINGS: Final = {
    "anterior": Bearing(0.0, 0.0),
    "posterior": Bearing(180.0, 0.0),
    "left": Bearing(90.0, 0.0),
    "right": Bearing(-90.0, 0.0),
    "superior": Bearing(180.0, 90.0),
    "inferior": Bearing(0.0, -90.0),
}
"""The six standard views, each named after the side that the viewer is on; in the last two the face is above."""

FIRST_BEARING: Final = Bearing(38.0, 22.0)
"""The face, the left side and the vertex: three sides that are told apart at once."""


@dataclass(frozen=True)
class Camera:
    """A plane of the screen, and the pixels of a picture on it. Depths are mm along the plane's normal, away from the
    viewer, from the LPS origin on."""

    plane: SlicePlane
    viewport: Viewport

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the picture."""
        return self.viewport.height, self.viewport.width

    @property
    def columns_mm(self) -> NDArray[np.float32]:
        """(1, w): how far right the pixels of each column lie."""
        v = self.viewport
        return (v.left_mm + v.mm_per_pixel * np.arange(v.width))[None, :].astype(np.float32)

    @property
    def rows_mm(self) -> NDArray[np.float32]:
        """(h, 1): how far down the pixels of each row lie."""
        v = self.viewport
        return (v.top_mm + v.mm_per_pixel * np.arange(v.height))[:, None].astype(np.float32)

    @property
    def screen_from_view(self) -> Matrix:
        """3×3 that maps points of the space that is looked at to (right, down, depth) in mm."""
        return self.plane.axes().T

    def project(self, points: Points) -> Points:
        """(column, row, depth in mm) of points (…, 3); whole columns and rows are the middles of pixels."""
        seen = np.asarray(points, dtype=np.float64) @ self.plane.axes()
        seen[..., :2] = self.viewport.pixels(seen[..., :2])
        return seen

    def point(self, column: float, row: float, depth_mm: float) -> Points:
        """The point (3,) LPS mm at a place of the picture and a depth: `project` and back."""
        right, down = self.viewport.screen(np.array([column, row]))
        return np.asarray(self.plane.axes() @ np.array([right, down, depth_mm]))

    def scaled(self, factor: float) -> Camera:
        """The same piece of the screen in so many times as many pixels a side, or about as many."""
        v = self.viewport
        width, height = (max(1, round(n * factor)) for n in (v.width, v.height))
        scale = v.mm_per_pixel * v.width / width
        left, top = (edge + (scale - v.mm_per_pixel) / 2 for edge in (v.left_mm, v.top_mm))
        return Camera(self.plane, Viewport(width, height, left, top, scale))


@dataclass(frozen=True, eq=False)
class Corner:
    """The eighth of space, about a point, that is nearest to the viewer, and can be cut away."""

    middle: Points
    """(3,) of the space that is looked at, LPS mm."""
    axes: Matrix
    """3×3, whose columns are unit vectors from the middle along its three edges."""

    @staticmethod
    def facing(camera_plane: SlicePlane, middle: Points, axes: Matrix) -> Corner:
        """Of the eight about a point along three axes (the columns of a 3×3), the one that the viewer sees whole.

        What lies edge-on is decided for the patient's left, front and head.
        """
        towards = -camera_plane.normal @ axes
        usual = np.array([1.0, -1.0, 1.0]) @ axes
        signs = np.where(np.abs(towards) > 0.02, np.sign(towards), np.where(usual < 0, -1.0, 1.0))
        return Corner(frozen(np.asarray(middle)), frozen(axes * signs))

    def holds(self, points: NDArray[np.float32], screen_from_view: Matrix) -> NDArray[np.bool_]:
        """Which of points (3, n), in mm on the screen and in depth, lie in it."""
        ways = (screen_from_view @ self.axes).T
        edges = ways @ (screen_from_view @ self.middle)
        inside = np.ones(points.shape[1], dtype=np.bool_)
        for way, edge in zip(ways.astype(np.float32), edges.astype(np.float32), strict=True):
            inside &= points[0] * way[0] + points[1] * way[1] + points[2] * way[2] > edge
        return inside

    def depths(self, camera: Camera) -> NDArray[np.float32]:
        """(h, w): the depth at which the ray of each pixel leaves it; -inf where it never enters."""
        ways = (camera.screen_from_view @ self.axes).T
        edges = ways @ (camera.screen_from_view @ self.middle)
        out = np.full(camera.shape, np.inf, dtype=np.float32)
        for way, edge in zip(ways, edges, strict=True):
            before = np.float32(way[0]) * camera.columns_mm + np.float32(way[1]) * camera.rows_mm - np.float32(edge)
            if way[2] < -1e-3:
                np.minimum(out, before / np.float32(-way[2]), out=out)
            else:
                out[before <= 0] = -np.inf
        out[out == np.inf] = -np.inf
        return out
