"""Pairs of grids on which formats of transforms can go wrong: oblique, anisotropic, of either hand, of odd size."""

from __future__ import annotations

from typing import Final

import numpy as np
import SimpleITK as sitk

from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.volume import Volume, place_on_grid

OBLIQUE: Final = RigidTransform.from_euler((11.0, -17.0, 23.0, 0.0, 0.0, 0.0), np.zeros(3)).rotation
POSE: Final = RigidTransform.from_euler((5.0, -7.0, 12.0, 9.0, -21.0, 14.0), np.array([3.0, -8.0, 20.0]))


def grid(
    size: tuple[int, int, int],
    spacing: tuple[float, float, float],
    origin: tuple[float, float, float],
    axes: tuple[int, int, int],
    *,
    oblique: bool = False,
) -> Grid:
    """A grid whose i, j and k run along LPS axes (1, 2, 3; negative: against them), turned if it is oblique."""
    direction = np.zeros((3, 3))
    for column, axis in enumerate(axes):
        direction[abs(axis) - 1, column] = np.sign(axis)
    return Grid(size, spacing, origin, frozen(OBLIQUE @ direction if oblique else direction))


LPS: Final = grid((12, 11, 9), (1.0, 1.0, 1.0), (-60.0, -50.0, -40.0), (1, 2, 3))
RAS: Final = grid((11, 10, 13), (0.9, 1.1, 3.3), (70.0, 61.0, -33.0), (-1, -2, 3))
LAS: Final = grid((9, 14, 8), (0.5, 0.7, 2.5), (-81.0, 92.5, -17.0), (1, -2, 3))
RPS: Final = grid((7, 9, 11), (1.3, 0.6, 0.8), (88.0, -70.0, 12.0), (-1, 2, 3))
OBLIQUE_LPS: Final = grid((13, 9, 7), (0.45, 0.5, 4.0), (-90.0, -104.0, -72.0), (1, 2, 3), oblique=True)
OBLIQUE_LEFT: Final = grid((8, 15, 11), (2.0, 0.8, 1.1), (95.0, -88.0, 41.0), (-3, 1, 2), oblique=True)

PAIRS: Final = {
    "both alike": (LPS, LPS),
    "right- and right-handed": (LPS, RAS),
    "left- and right-handed": (LAS, RAS),
    "right- and left-handed": (LPS, RPS),
    "left- and left-handed": (LAS, RPS),
    "oblique and oblique": (OBLIQUE_LPS, OBLIQUE_LEFT),
    "oblique, turned axes and straight": (OBLIQUE_LEFT, LAS),
}


def volume_on(where: Grid) -> Volume:
    """A little volume of random numbers on a grid."""
    i, j, k = where.size
    voxels = np.random.default_rng(0).integers(-1000, 1000, (k, j, i)).astype(np.int16)
    return Volume(place_on_grid(sitk.GetImageFromArray(voxels), where), "little", "CT")


def pair_on(fixed: Grid, moving: Grid) -> Pair:
    """Such volumes on two grids."""
    return Pair.of(volume_on(fixed), volume_on(moving))
