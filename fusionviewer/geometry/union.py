"""A grid that covers two images."""

from __future__ import annotations

import numpy as np

from fusionviewer.geometry.grid import Grid
from fusionviewer.geometry.rigid import RigidTransform

Spacing = tuple[float, float, float]
"""Of voxels along i, j and k, mm."""

_HARDLY = 1e-6
"""Of a voxel: what a box may stick out without another row of voxels."""


def finer_spacing(fixed: Grid, moving: Grid, moving_from_fixed: RigidTransform) -> Spacing:
    """The finer of two images' spacings along each of the fixed grid's axes.

    Along an axis of the fixed grid, the moving grid's spacing is that of its axis that lies nearest to it.
    """
    seen = np.abs(np.asarray(moving.direction).T @ moving_from_fixed.rotation @ np.asarray(fixed.direction))
    of_moving = [moving.spacing[int(np.argmax(seen[:, axis]))] for axis in range(3)]
    i, j, k = (min(pair) for pair in zip(fixed.spacing, of_moving, strict=True))
    return i, j, k


def finest_spacing(fixed: Grid, moving: Grid) -> Spacing:
    """The smallest of all six spacings, along each axis."""
    finest = min(*fixed.spacing, *moving.spacing)
    return finest, finest, finest


def union_grid(fixed: Grid, moving: Grid, moving_from_fixed: RigidTransform, spacing: Spacing) -> Grid:
    """The grid in fixed space, along the fixed grid's axes, that covers the boxes of both images.

    One of its voxels begins where the fixed image's box does: with the fixed image's spacing its voxels are among
    those of the union.
    """
    axes, steps = np.asarray(fixed.direction), np.asarray(spacing, dtype=np.float64)
    start = fixed.points(np.full(3, -0.5))
    corners = np.concatenate([fixed.corners, (~moving_from_fixed).apply(moving.corners)])
    along = (corners - start) @ axes / steps  # in voxels of the union, from the corner of the fixed box on
    first = np.floor(along.min(axis=0) + _HARDLY)
    last = np.ceil(along.max(axis=0) - _HARDLY)
    si, sj, sk = (int(n) for n in last - first)
    x, y, z = (float(v) for v in start + axes @ ((first + 0.5) * steps))
    return Grid((si, sj, sk), spacing, (x, y, z), fixed.direction)
