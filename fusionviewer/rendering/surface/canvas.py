"""A picture with depths, on which the parts of a 3D view are drawn: what is nearer to the viewer hides the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points
from fusionviewer.rendering.colours import rgb
from fusionviewer.rendering.surface.camera import Camera
from fusionviewer.rendering.surface.fields import Floats
from fusionviewer.rendering.surface.ray_casting import Hits
from fusionviewer.rendering.surface.shading import Material, lit

_BLACK: Final = 0xFF000000

_JUMP_MM: Final = 2.0
_BEYOND_MM: Final = 1e4
"""Farther than anything: a depth for where nothing is."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """Colours (h, w) of 0xFFRRGGBB, and depths (h, w) in mm, inf where nothing is."""

    camera: Camera
    colours: NDArray[np.uint32]
    depths: Floats

    @staticmethod
    def empty(camera: Camera) -> Canvas:
        """Black, and nothing on it."""
        depths = np.full(camera.shape, np.inf, dtype=np.float32)
        return Canvas(camera, np.full(camera.shape, _BLACK, dtype=np.uint32), depths)

    def put_surface(self, hits: Hits, material: Material) -> None:
        """Draw what rays have met, lit."""
        self.depths.ravel()[hits.pixels] = hits.depths
        self.colours.ravel()[hits.pixels] = lit(hits, self.depths, self.camera.viewport.mm_per_pixel, material)

    def put_balls(self, points: Floats, radius_mm: float, material: Material, through: float) -> None:
        """Draw balls at points (3, n) on the screen in mm; what hides them lets so much of them through (0…1)."""
        v = self.camera.viewport
        scale = v.mm_per_pixel
        order = np.argsort(-points[2])  # the nearest comes last, and stays
        column = (points[0][order] - np.float32(v.left_mm)) / np.float32(scale)
        row = (points[1][order] - np.float32(v.top_mm)) / np.float32(scale)
        reach = max(1, int(radius_mm / scale + 0.5))
        depths = np.full(self.depths.shape, np.inf, dtype=np.float32)
        colours = np.zeros(self.depths.shape, dtype=np.uint32)
        for across, down in np.ndindex(2 * reach + 1, 2 * reach + 1):
            x, y = (across - reach) * scale / radius_mm, (down - reach) * scale / radius_mm
            out = 1.0 - x * x - y * y
            if out <= 0 and (across, down) != (reach, reach):
                continue
            z = np.sqrt(max(out, 0.0))
            c, r = np.rint(column + (across - reach)).astype(np.intp), np.rint(row + (down - reach)).astype(np.intp)
            inside = (c >= 0) & (c < v.width) & (r >= 0) & (r < v.height)
            at = r[inside] * v.width + c[inside]
            depth = points[2][order][inside] - np.float32(z * radius_mm)
            nearer = depth <= depths.ravel()[at]
            depths.ravel()[at[nearer]] = depth[nearer]
            colours.ravel()[at[nearer]] = material.colour_of((x, y, -z))
        seen = np.flatnonzero(np.isfinite(depths))
        free = depths.ravel()[seen] <= self.depths.ravel()[seen]
        self.depths.ravel()[seen[free]] = depths.ravel()[seen[free]]
        self._mix(seen, colours.ravel()[seen], np.where(free, 1.0, through))

    def put_lines(self, ends: Points, colour: str, opacity: float, hidden: float, width_mm: float) -> None:
        """Draw lines between points (n, 2, 3) of the space that is looked at, LPS mm; `hidden`: their opacity behind
        what is nearer."""
        v = self.camera.viewport
        seen = self.camera.project(ends)
        dots = []
        for start, end in seen:
            count = int(max(2, np.abs(end - start)[:2].max() * 1.5))
            dots.append(start + np.linspace(0, 1, count)[:, None] * (end - start))
        places = np.concatenate(dots)
        wide = max(1, round(width_mm / v.mm_per_pixel))
        thin = math.sqrt(min(1.0, width_mm / v.mm_per_pixel))  # in large pixels a line is wider, and so it is fainter
        spread = np.arange(wide) - (wide - 1) / 2
        c = np.rint(places[:, 0, None, None] + spread[None, :, None]).astype(np.intp)
        r = np.rint(places[:, 1, None, None] + spread[None, None, :]).astype(np.intp)
        c, r, depth = np.broadcast_arrays(c, r, places[:, 2, None, None] - 0.8)
        inside = (c >= 0) & (c < v.width) & (r >= 0) & (r < v.height)
        at, once = np.unique(r[inside] * v.width + c[inside], return_index=True)
        free = depth[inside][once] <= self.depths.ravel()[at]
        red, green, blue = rgb(colour)
        painted = np.full(at.size, _BLACK | red << 16 | green << 8 | blue, dtype=np.uint32)
        self._mix(at, painted, thin * np.where(free, opacity, hidden))

    def _mix(self, at: NDArray[np.intp], colours: NDArray[np.uint32], share: NDArray[np.float64]) -> None:
        """Lay colours over pixels, so much of them (0…1)."""
        flat = self.colours.ravel()
        under = flat[at].view(np.uint8).reshape(-1, 4).astype(np.float32)
        over = np.ascontiguousarray(colours).view(np.uint8).reshape(-1, 4)
        under += (over - under) * share.astype(np.float32)[:, None]
        flat[at] = (under + np.float32(0.5)).astype(np.uint8).view(np.uint32).ravel()

    def tint(self, mask: NDArray[np.bool_], colour: str, share: float) -> None:
        """Lay a colour over pixels (h, w), so much of it (0…1)."""
        at = np.flatnonzero(mask)
        red, green, blue = rgb(colour)
        painted = np.full(at.size, _BLACK | red << 16 | green << 8 | blue, dtype=np.uint32)
        self._mix(at, painted, np.full(at.size, share))

    def soften_edges(self) -> None:
        """Mix the pixels at jumps in depth with their neighbours: what is made of one ray a pixel has no steps there.

        Far quicker than `halved`, and not quite as good.
        """
        near = np.minimum(self.depths, np.float32(_BEYOND_MM))
        jump = np.float32(max(_JUMP_MM, 4 * self.camera.viewport.mm_per_pixel))
        edge = np.zeros(near.shape, dtype=np.bool_)
        for first, second in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
            jumps = np.abs(near[first] - near[second]) > jump
            edge[first] |= jumps
            edge[second] |= jumps
        height, width = self.camera.shape
        rows, columns = np.nonzero(edge)
        total = np.full((rows.size, 4), 3, dtype=np.uint16)
        for down, across, share in ((0, 0, 2), (-1, 0, 1), (1, 0, 1), (0, -1, 1), (0, 1, 1)):
            beside = np.clip(rows + down, 0, height - 1), np.clip(columns + across, 0, width - 1)
            total += np.uint16(share) * self.colours[beside].view(np.uint8).reshape(-1, 4)
        self.colours[edge] = (total // 6).astype(np.uint8).view(np.uint32)[:, 0]

    def halved(self, camera: Camera) -> Canvas:
        """Two by two pixels as one, for a camera with half as many a side: their mean colour, and the nearest depth."""
        height, width = (n // 2 for n in self.depths.shape)
        parts = self.colours.view(np.uint8).reshape(height, 2, width, 2, 4)
        total = parts[:, 0, :, 0].astype(np.uint16)
        for y, x in ((0, 1), (1, 0), (1, 1)):
            total += parts[:, y, :, x]
        colours = ((total + 2) >> 2).astype(np.uint8).view(np.uint32)[..., 0]
        rows = np.minimum(self.depths[::2], self.depths[1::2])
        return Canvas(camera, colours, np.minimum(rows[:, ::2], rows[:, 1::2]))
