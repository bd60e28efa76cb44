"""How far the MR's skull lies from the CT's all over the head, smoothed, to be shown on the CT's contours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points
from fusionviewer.geometry.types import frozen
from fusionviewer.quality.second_opinion.bone_distance import Region, region_of
from fusionviewer.quality.second_opinion.residual import Patch, Residual

_CLEAR: Final = 0.1
"""A patch whose edges are less clear has no say (as in `bone_distance`)."""

_FURTHEST_MM: Final = 8.5
"""Beyond it the search for an edge ended at its reach: there was no edge of this surface."""

_AROUND_MM: Final = 38.0
"""Patches so near to each other have one distance, the median: a single one may have met another edge."""

_LEAST: Final = 3


@dataclass(frozen=True, eq=False)
class EdgeDistances:
    """Distances of the skull at places (n, 3) of the CT's space, LPS mm; `outwards_mm` (n,) is positive where the MR's
    skull lies further from the middle of the head than the CT's."""

    places: Points
    outwards_mm: NDArray[np.float64]
    regions: tuple[Region, ...]


def edge_distances(found: Residual) -> EdgeDistances | None:
    """The distances at the pose that was judged, from both tables of the skull; None where too little of it is seen."""
    tables = [patch for patch in found.patches_before if _counts(patch)]
    if len(tables) < _LEAST:
        return None
    middles = np.array([patch.middle for patch in tables])
    single = np.array([-p.distance_mm if p.surface == "inner" else p.distance_mm for p in tables])
    near = np.linalg.norm(middles[:, None] - middles[None], axis=2) < _AROUND_MM
    enough = near.sum(axis=1) >= _LEAST
    if not enough.any():
        return None
    smooth = np.array([np.median(single[row]) for row in near[enough]])
    regions = tuple(region_of(middle - found.centre) for middle in middles[enough])
    return EdgeDistances(frozen(middles[enough]), frozen(smooth), regions)


def _counts(patch: Patch) -> bool:
    return patch.surface != "skin" and patch.clearness > _CLEAR and abs(patch.distance_mm) < _FURTHEST_MM
