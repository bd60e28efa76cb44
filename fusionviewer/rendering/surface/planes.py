"""The three planes in a 3D view, with the same pictures on them as the panes show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import ORIENTATIONS, Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.rendering.scene import Scene
from fusionviewer.rendering.slices import SliceRenderer
from fusionviewer.rendering.surface.canvas import Canvas
from fusionviewer.rendering.surface.fields import TWO_BYTES, Floats, averaged, interpolated_bytes

MM_PER_PIXEL: Final = 0.9
ROUGH_MM_PER_PIXEL: Final = 1.8

_AIR: Final = 20
"""Greys up to this at the edges of a picture are air, and are left out."""
_THIN: Final = 2
"""Pixels: what is nowhere so many times four and one wide stands by itself, and is left out."""
_EDGE_ON: Final = 0.02
_NEARER_MM: Final = 0.6
"""A plane lies so much before a surface that it cuts: the surface's voxels would show through."""


@dataclass(frozen=True, eq=False)
class PlanePicture:
    """A plane's picture, (h, w) of 0xFFRRGGBB, where it is seen (h, w), and its place on the plane."""

    name: str
    plane: SlicePlane
    viewport: Viewport
    colours: NDArray[np.uint32]
    seen: NDArray[np.bool_]

    @cached_property
    def seen_colours(self) -> NDArray[np.uint32]:
        """The picture with 255 in the highest byte where it is seen, and 0 elsewhere."""
        return np.where(self.seen, self.colours | np.uint32(0xFF000000), self.colours & np.uint32(0xFFFFFF))

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return 2 * self.colours.nbytes + self.seen.nbytes

    @property
    def frame(self) -> Points:
        """Its four edges, (4, 2, 3) LPS mm from end to end."""
        v = self.viewport
        right = v.left_mm + np.array([-0.5, v.width - 0.5, v.width - 0.5, -0.5]) * v.mm_per_pixel
        down = v.top_mm + np.array([-0.5, -0.5, v.height - 0.5, v.height - 0.5]) * v.mm_per_pixel
        corners = self.plane.points(right, down)
        return np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)

    @property
    def colour(self) -> str:
        """The plane's own colour."""
        return PLANE_COLOURS[self.name]


class PlanePictures:
    """Makes the three pictures, and of each only what has changed. For one thread at a time."""

    def __init__(self) -> None:
        self._renderers = {(o.name, rough): SliceRenderer() for o in ORIENTATIONS for rough in (False, True)}

    def make(self, scene: Scene, corners: Points, *, rough: bool = False) -> tuple[PlanePicture, ...]:
        """The planes through the scene's crosshair, as far as a box (8, 3) LPS mm reaches.

        Rough ones show the nearest voxels in larger pixels: a running job has to wait for whatever is done beside it.
        """
        step = ROUGH_MM_PER_PIXEL if rough else MM_PER_PIXEL
        out = []
        for orientation in ORIENTATIONS:
            plane = scene.plane(orientation)
            ends = plane.screen(corners)
            low, high = ends.min(axis=0), ends.max(axis=0)
            width, height = (max(1, round(float(n) / step)) for n in high - low)
            viewport = Viewport(width, height, float(low[0]) + step / 2, float(low[1]) + step / 2, step)
            request = replace(scene.request(plane, viewport), halo=None)
            if rough:
                request = replace(request, interpolation="nearest")
            picture = self._renderers[orientation.name, rough].render(request).view(np.uint32)[..., 0]
            out.append(PlanePicture(orientation.name, plane, viewport, picture, _within(picture)))
        return tuple(out)


def _within(picture: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """What is no air: everything that has something bright on both sides, and is no thin piece such as a table."""
    bright = (picture & 0xFF0000) > _AIR << 16
    bright |= (picture & 0xFF00) > _AIR << 8
    bright |= (picture & 0xFF) > _AIR
    bright[1:-1, 1:-1] &= bright[:-2, 1:-1] | bright[2:, 1:-1]  # a single bright pixel in the air is noise
    sides = []
    for axis in (0, 1):
        before = np.logical_or.accumulate(bright, axis=axis)
        after = np.flip(np.logical_or.accumulate(np.flip(bright, axis), axis=axis), axis)
        sides.append(before & after)
    inside = sides[0] & sides[1]
    thick = averaged(inside.astype(np.float32), _THIN) > 0.99
    return np.asarray(inside & (averaged(thick.astype(np.float32), _THIN + 1) > 1e-4))


def put_plane(canvas: Canvas, picture: PlanePicture) -> None:
    """Draw a plane where nothing is nearer. It is affine on the screen, as the rays are parallel."""
    camera, plane = canvas.camera, picture.plane
    axes = camera.plane.axes()
    towards = plane.normal @ axes
    if abs(towards[2]) < _EDGE_ON:
        return
    frame = camera.project(picture.frame[:, 0])
    first = np.clip(np.floor(frame[:, :2].min(axis=0)), 0, None).astype(int)
    last = np.ceil(frame[:, :2].max(axis=0)).astype(int) + 1
    rows, columns = slice(first[1], last[1]), slice(first[0], last[0])
    right, down = camera.columns_mm[:, columns], camera.rows_mm[rows]
    if not right.size or not down.size:
        return
    slopes, start = -towards[:2] / towards[2], plane.depth_mm / towards[2]
    depth = np.float32(slopes[0]) * right + (np.float32(slopes[1]) * down + np.float32(start - _NEARER_MM))
    v = picture.viewport
    part = canvas.depths[rows, columns]
    at = np.flatnonzero(depth < part)
    lines, texels = np.divmod(at, part.shape[1])
    places = []
    for row, edge in zip(np.stack([plane.right, plane.down]) @ axes, (v.left_mm, v.top_mm), strict=True):
        across, along = (float(row[n] + row[2] * slopes[n]) / v.mm_per_pixel for n in (0, 1))
        begin = (float(row[2]) * start - edge) / v.mm_per_pixel
        by_column, by_line = right[0] * np.float32(across), down[:, 0] * np.float32(along) + np.float32(begin)
        places.append(by_column[texels] + by_line[lines])
    colours = _sampled(picture, *places)
    seen = colours >= np.uint32(0x80000000)
    at = at[seen]
    where = lines[seen], texels[seen]
    part[where] = depth.ravel()[at]
    canvas.colours[rows, columns][where] = colours[seen] | np.uint32(0xFF000000)


def _sampled(picture: PlanePicture, column: Floats, row: Floats) -> NDArray[np.uint32]:
    """The colours at places of a picture, with how much of them is seen in place of the highest byte."""
    v = picture.viewport
    inside = (column > 0) & (column < v.width - 1) & (row > 0) & (row < v.height - 1)
    c, r = np.where(inside, column, 0).astype(np.int32), np.where(inside, row, 0).astype(np.int32)
    shares = [((place - whole) * np.float32(256)).astype(np.uint32) for place, whole in ((column, c), (row, r))]
    first, data = r * np.int32(v.width) + c, picture.seen_colours.ravel()
    corners = [data.take(first + np.int32(further), mode="clip") for further in (0, 1, v.width, v.width + 1)]
    low = interpolated_bytes([corner & TWO_BYTES for corner in corners], shares)
    high = interpolated_bytes([(corner >> np.uint32(8)) & TWO_BYTES for corner in corners], shares)
    return np.asarray(np.where(inside, low | high << np.uint32(8), np.uint32(0)))
