"""How far a pose has moved the head, and how much of the head the moving image holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusionviewer.geometry import Grid, Points, RigidTransform

_LATTICE = 9
"""Points along each edge of the head's box when its overlap is measured: 729, to about one percent."""


@dataclass(frozen=True)
class Displacement:
    """How far the corners of the head's box have moved between two poses, in mm.

    A rigid motion moves no point of the box further than its furthest corner, so `max_mm` holds for the whole head.
    """

    max_mm: float
    mean_mm: float


@dataclass(frozen=True)
class Overlap:
    """How much of the head's box lies inside the moving image, 0…1, and the middle of what does not (fixed space)."""

    share: float
    missing_point: tuple[float, float, float] | None


def corner_displacements(head_corners: Points, start: RigidTransform, current: RigidTransform) -> Points:
    """Distances in mm, (n,), that points (n, 3) of fixed space lie apart under two `moving_from_fixed`."""
    distances: Points = np.linalg.norm(current.apply(head_corners) - start.apply(head_corners), axis=-1)
    return distances


def displacement(head_corners: Points, start: RigidTransform, current: RigidTransform) -> Displacement:
    """The largest and the mean of `corner_displacements`."""
    distances = corner_displacements(head_corners, start, current)
    return Displacement(float(distances.max()), float(distances.mean()))


def overlap(head_corners: Points, moving_grid: Grid, moving_from_fixed: RigidTransform) -> Overlap:
    """How much of the head's box (corners (8, 3) in fixed space, i varying fastest) the moving image holds."""
    points = _lattice(np.asarray(head_corners, dtype=np.float64))
    inside = moving_grid.contains(moving_from_fixed.apply(points))
    if inside.all():
        return Overlap(1.0, None)
    x, y, z = (float(v) for v in points[~inside].mean(axis=0))
    return Overlap(float(inside.mean()), (x, y, z))


def _lattice(corners: Points) -> Points:
    """Evenly spread points (n, 3) of a box: the middles of equal parts, so that each stands for the same volume."""
    steps = (np.arange(_LATTICE) + 0.5) / _LATTICE
    shares = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    edges = corners[[1, 2, 4]] - corners[0]
    points: Points = corners[0] + shares @ edges
    return points
