"""Points all over a surface, with normals and neighbours: what an MR's edges are looked for along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points
from fusionviewer.geometry.types import frozen

SurfaceName: TypeAlias = Literal["inner", "outer", "skin", "ventricles"]
SURFACES: Final[tuple[SurfaceName, ...]] = ("inner", "outer", "skin")

USUAL_OFFSETS_MM: Final[dict[str, float]] = {"inner": 0.75, "outer": 0.45, "skin": -0.78}
"""How far an MR's edges usually lie from the surfaces, along their normals: the dura and partial volume."""

MOST_POINTS: Final = 3000
"""Of each surface; more do not make a fit surer, for neighbours say nearly the same."""

LEAST_POINTS: Final = 300
"""A surface with fewer has no say."""

_CELL_MM: Final = 4.0
_NEAR_MM: Final = 10.0
_SEED: Final = 1


@dataclass(frozen=True, eq=False)
class Surface:
    """Points (n, 3) of a surface in the CT's space (LPS mm), and unit normals (n, 3).

    Normals of the tables point out of the bone: of the outer one to the scalp, of the inner one to the brain. Those of
    the skin point into the air, those of the ventricles into the brain. `neighbours` (n, k) are indices of points
    nearby whose normals agree.
    """

    name: SurfaceName
    points: Points
    normals: Points
    neighbours: NDArray[np.intp]


def spread_surface(name: SurfaceName, points: Points, normals: Points, least: int = LEAST_POINTS) -> Surface | None:
    """Evenly spread points with their neighbours; None if there are too few."""
    if len(points) < least:
        return None
    rng = np.random.default_rng(_SEED)
    order = rng.permutation(len(points))
    cells = cell_keys(np.floor(points[order] / _CELL_MM).astype(np.int64))
    _, one = np.unique(cells, return_index=True)
    if len(one) > MOST_POINTS:
        one = rng.choice(one, MOST_POINTS, replace=False)
    chosen = order[np.sort(one)]
    points, normals = points[chosen], normals[chosen]
    if len(points) < least:
        return None
    return Surface(name, frozen(points), frozen(normals), _neighbours(points, normals))


def _neighbours(points: Points, normals: Points, count: int = 7) -> NDArray[np.intp]:
    """For each point itself and the nearest others whose normals agree, (n, count)."""
    order = np.argsort(points[:, 2], kind="stable")  # neighbours are near in height as well: few need be looked at
    p, n = points[order].astype(np.float32), normals[order].astype(np.float32)
    out = np.empty((len(p), count), dtype=np.intp)
    for first in range(0, len(p), 250):
        part = slice(first, min(first + 250, len(p)))
        low, high = np.searchsorted(p[:, 2], [p[part.start, 2] - _NEAR_MM, p[part.stop - 1, 2] + _NEAR_MM])
        low, high = max(0, min(low, part.start - count)), min(len(p), max(high, part.stop + count))
        near = slice(low, high)
        apart = (p[part] ** 2).sum(axis=1)[:, None] + (p[near] ** 2).sum(axis=1) - 2 * p[part] @ p[near].T
        apart += np.where(n[part] @ n[near].T < 0.8, np.float32(1e4), np.float32(0))
        out[order[part]] = order[low + np.argpartition(apart, count, axis=1)[:, :count]]
    return out


def cell_keys(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each cell (n, 3) of a lattice, another for another cell."""
    return np.asarray((cells[:, 0] + 5000) * 10**8 + (cells[:, 1] + 5000) * 10**4 + cells[:, 2] + 5000)
