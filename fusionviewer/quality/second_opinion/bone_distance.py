"""How far the skull of a CT lies from that of an MR, by region of the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.geometry import Points
from fusionviewer.quality.second_opinion.residual import Patch, Residual

Region: TypeAlias = Literal["frontal", "occipital", "left", "right", "vertex", "base"]

_TOWARDS: Final[dict[Region, tuple[int, int]]] = {
    "left": (0, 1), "right": (0, -1), "frontal": (1, -1), "occipital": (1, 1), "vertex": (2, 1), "base": (2, -1),
}  # fmt: skip
"""The axis of LPS and the sign of the direction from the head's centre."""

_CLEAR: Final = 0.1
"""A patch whose edges are less clear has no say."""


@dataclass(frozen=True, eq=False)
class BoneDistance:
    """Over the skull's tables, mm: the mean and the median of the patches' absolute distances, and by region the median
    of the signed ones (positive: the MR's skull lies further out). `worst_place` (3,) is in the CT's space.

    The median grows in step with how far a pose is off; the mean does not near the truth, for a few patches lie nearer
    to another edge than to their own.
    """

    mean_mm: float
    median_mm: float
    by_region: dict[Region, float]
    worst: Region
    worst_place: Points


def region_of(direction: Points) -> Region:
    """The region of a direction (3,) from the head's centre, LPS."""
    axis = int(np.argmax(np.abs(direction)))
    sign = 1 if direction[axis] > 0 else -1
    return next(region for region, towards in _TOWARDS.items() if towards == (axis, sign))


def _outwards(patch: Patch) -> float:
    """A patch's distance away from the middle of the head: the normals of the inner table point towards it."""
    return -patch.distance_mm if patch.surface == "inner" else patch.distance_mm


def bone_distance(found: Residual) -> BoneDistance | None:
    """The distances at the pose that is judged; None where no table is seen. Air, metal, flaps and what lies outside of
    the MR are not among the points."""
    tables = [p for p in found.patches_before if p.surface != "skin" and p.clearness > _CLEAR]
    if not tables:
        return None
    by_region: dict[Region, list[Patch]] = {}
    for patch in tables:
        by_region.setdefault(region_of(patch.middle - found.centre), []).append(patch)
    medians: dict[Region, float] = {
        region: float(np.median([_outwards(p) for p in own])) for region, own in by_region.items()
    }
    worst = max(medians, key=lambda region: abs(medians[region]))
    place = max(by_region[worst], key=lambda patch: abs(patch.distance_mm)).middle
    apart = np.abs([p.distance_mm for p in tables])
    return BoneDistance(float(np.mean(apart)), float(np.median(apart)), medians, worst, place)
