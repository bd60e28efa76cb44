"""The surface of a head as the 3D view keeps it: one small grid of packed numbers, and places on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Points
from fusionviewer.imaging.reduced import ReducedHead, SurfaceKind, reduced_head, smoothed
from fusionviewer.imaging.volume import Volume

RIM: Final = 4
"""Empty voxels around the grid: a ray that leaves it by as much finds nothing, and need not be held back."""

SURFACE: Final = 128
"""The packed value at the surface; more is inside."""

_HU_PER_STEP: Final = 8.0
_NORMALS_SIGMA: Final = np.full(3, 0.9)
_STEEPEST: Final = 400.0
"""A rise in a voxel that fills the packed normal; steeper ones are shortened, and keep their direction."""


@dataclass(frozen=True, eq=False)
class HeadSurface:
    """A surface in an image's own space (LPS mm), ready to be looked at from anywhere."""

    kind: SurfaceKind
    packed: NDArray[np.uint32]
    """(k, j, i) on `grid`: the value (0…255, the surface at 128) and the outward normal along k, j and i (each 0…255,
    nothing at 128), from the highest byte to the lowest."""
    grid: Grid
    """Even, with `RIM` empty voxels on every side."""
    points: NDArray[np.float32]
    """(3, n) places on the surface, LPS mm, a voxel apart."""
    metal: NDArray[np.float32]
    """(3, n) places of metal, LPS mm."""

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.packed.nbytes + self.points.nbytes + self.metal.nbytes

    @cached_property
    def corners(self) -> Points:
        """The corners (8, 3) of the box around it, along the axes of its space."""
        low, high = (np.asarray(self.points.min(axis=1)), np.asarray(self.points.max(axis=1)))
        shares = np.array([[a, b, c] for c in (0, 1) for b in (0, 1) for a in (0, 1)])
        return np.asarray(low + shares * (high - low), dtype=np.float64)

    @property
    def voxel_mm(self) -> float:
        """How far its voxels are apart."""
        return self.grid.spacing[0]


def find_surface(volume: Volume, corners: Points | None = None) -> HeadSurface | None:
    """The skull's surface in a CT, else the head's; None where there is neither. Not for the thread of a window.

    `corners` (8, 3) is the head's box in the image's own space (LPS mm), if it is known.
    """
    reduced = reduced_head(volume, corners)
    return None if reduced is None else surface_of(reduced)


def surface_of(reduced: ReducedHead) -> HeadSurface:
    """The surface of a reduced head."""
    values = np.pad(reduced.values, RIM, constant_values=np.float32(-4000))
    g = reduced.grid
    x, y, z = (float(v) for v in g.points(np.full(3, -RIM)))
    ni, nj, nk = (n + 2 * RIM for n in g.size)
    grid = Grid((ni, nj, nk), g.spacing, (x, y, z), g.direction)
    points = _points(values, grid)
    return HeadSurface(reduced.kind, _packed(values), grid, points, _columns(reduced.metal))


def _columns(points: Points) -> NDArray[np.float32]:
    return np.ascontiguousarray(np.asarray(points).T, dtype=np.float32)


def _points(values: NDArray[np.float32], grid: Grid) -> NDArray[np.float32]:
    """Places just inside the surface: voxels with a neighbour outside."""
    inside = values > 0
    inner = inside[1:-1, 1:-1, 1:-1].copy()
    for axis in range(3):
        for way in (slice(None, -2), slice(2, None)):
            inner &= inside[tuple(way if n == axis else slice(1, -1) for n in range(3))]
    border = inside
    border[1:-1, 1:-1, 1:-1] &= ~inner
    found = np.flatnonzero(border)
    k, j, i = np.unravel_index(found, values.shape)
    return _columns(grid.points(np.stack([i, j, k], axis=1)))


def _packed(values: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Values and normals as `HeadSurface` keeps them, plane by plane: what is worked on fits a processor's memory."""
    soft = smoothed(np.clip(values, -1000, 1000), _NORMALS_SIGMA)  # normals are smooth, and voxels are not seen
    out = np.empty(values.shape, dtype=np.uint32)
    slopes, last = np.zeros((3, *values.shape[1:]), dtype=np.float32), len(values) - 1
    for number, (plane, middle) in enumerate(zip(values, soft, strict=True)):
        np.subtract(soft[max(0, number - 1)], soft[min(last, number + 1)], out=slopes[0])
        np.subtract(middle[:-2], middle[2:], out=slopes[1, 1:-1])
        np.subtract(middle[:, :-2], middle[:, 2:], out=slopes[2, :, 1:-1])
        steepness = np.sqrt((slopes * slopes).sum(axis=0))
        slopes *= np.float32(127) / np.maximum(steepness, np.float32(2 * _STEEPEST))
        slopes += np.float32(128.5)
        k, j, i = slopes.astype(np.uint32)
        level = np.clip(plane * np.float32(1 / _HU_PER_STEP) + np.float32(SURFACE), 0, 255).astype(np.uint32)
        out[number] = level << np.uint32(24) | k << np.uint32(16) | j << np.uint32(8) | i
        slopes[:, [0, -1]], slopes[:, :, [0, -1]] = 0, 0
    return out
