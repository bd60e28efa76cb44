"""The outer surface of a skull or a head, as the distance from it at every place around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Points
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.head import solid_bone, solid_head, without_neck
from fusionviewer.imaging.volume import Volume, image_on_grid, itk_matrix

KNOWN_MM: Final = 56.0
"""How far around the surface its distance is known."""

_FOUND_AT_MM: Final = 2.0
_SPACING_MM: Final = 2.5
_LEAST_LITRES: Final = 0.05
"""Smaller things are no skull: a tube, a bit of a table."""

_BIAS: Final = 0.61
_OUTSIDE: Final = (0.40, 2.0)
_INSIDE: Final = (0.88, 3.1)
"""Maurer measures to the nearest voxel, not to the surface between the voxels: by so many voxels too much at the
surface, and by so much less outside, and more inside, from about so many voxels away on. As measured on balls of 60 and
80 mm; what is left has a standard deviation of 0.1 voxels."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The outer surface of what is solid in an image, in that image's own space (LPS mm)."""

    distance: sitk.Image
    """Float32: mm from the surface, negative inside. Its grid reaches `KNOWN_MM` around the surface."""
    low: Points
    high: Points
    """(3,) mm from the grid's origin along its axes: beyond there the image, or the head, ends, and the surface has no
    more to do with it. Infinite where the surface closes by itself."""

    @property
    def grid(self) -> Grid:
        """Where the distances lie."""
        size, spacing, origin = (getattr(self.distance, f"Get{name}")() for name in ("Size", "Spacing", "Origin"))
        return Grid(size, spacing, origin, frozen(np.reshape(self.distance.GetDirection(), (3, 3))))

    def places(self) -> tuple[Points, Points]:
        """Places on the surface (n, 3), about 2.5 mm apart, and the unit vectors out of it there (n, 3), both LPS."""
        distance: NDArray[np.float32] = sitk.GetArrayFromImage(self.distance)
        grid, spacing = self.grid, self.grid.spacing[0]
        found = np.argwhere(np.abs(distance) <= spacing / 2)
        along = found[:, ::-1] * spacing
        found = found[((along >= self.low) & (along <= self.high)).all(axis=1)]
        slopes = np.stack([slope[tuple(found.T)] for slope in np.gradient(distance, spacing)[::-1]], axis=1)
        normals = slopes @ np.asarray(grid.direction).T
        normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-6)[:, None]
        return grid.points(found[:, ::-1].astype(np.float64)) - distance[tuple(found.T)][:, None] * normals, normals


def outline_of(volume: Volume, bone_hu: float) -> Outline | None:
    """The outer surface of the skull in a CT, above `bone_hu`; of the head against the air in any other image.

    None where there is neither. Takes half a second: not for the thread of a window.
    """
    solid, grid = solid_bone(volume, bone_hu, _FOUND_AT_MM) if volume.modality == "CT" else _nothing(volume)
    if _litres(solid, grid) < _LEAST_LITRES:
        solid, grid = solid_head(volume, _FOUND_AT_MM)
    if _litres(solid, grid) < _LEAST_LITRES:
        return None
    return _around(solid, grid)


def _nothing(volume: Volume) -> tuple[NDArray[np.bool_], Grid]:
    return np.zeros((1, 1, 1), dtype=np.bool_), volume.grid


def _litres(solid: NDArray[np.bool_], grid: Grid) -> float:
    return float(solid.sum() * np.prod(grid.spacing)) / 1e6


def _around(solid: NDArray[np.bool_], grid: Grid) -> Outline:
    """The distances from the surface of a solid (k, j, i), on an even grid around it with the same axes."""
    ends = _ends(solid, grid)
    solid = without_neck(solid, grid)
    found = [(int(axis.min()), int(axis.max())) for axis in solid.nonzero()[::-1]]
    # where the head is cut off it goes on as it is there, or the cut would be a surface; elsewhere it is closed
    first = np.array([low - (not end) for (low, _), (end, _) in zip(found, ends, strict=True)])
    last = np.array([high + (not end) for (_, high), (_, end) in zip(found, ends, strict=True)])
    (i, j, k), (ni, nj, nk) = first, last + 1
    part = Grid((ni - i, nj - j, nk - k), grid.spacing, _tuple(grid.points(first)), grid.direction)
    spacing = np.array(grid.spacing)
    length = (last - first + 1) * spacing
    count = np.ceil((length + 2 * KNOWN_MM) / _SPACING_MM).astype(int)
    before = KNOWN_MM - _SPACING_MM / 2  # mm from the first voxel's centre to the edge of the part
    origin = part.points(-0.5 - before / spacing)
    wide = Grid(tuple(count.tolist()), (_SPACING_MM,) * 3, _tuple(origin), grid.direction)
    filled = sitk.Resample(
        image_on_grid(solid[k:nk, j:nj, i:ni].astype(np.float32), part), list(wide.size),
        sitk.Transform(3, sitk.sitkIdentity), sitk.sitkLinear, list(wide.origin), list(wide.spacing),
        itk_matrix(wide.direction), 0.0, sitk.sitkFloat32, True,
    )  # fmt: skip
    distance = sitk.SignedMaurerDistanceMap(
        filled > 0.5, insideIsPositive=False, squaredDistance=False, useImageSpacing=True
    )
    smooth = sitk.SmoothingRecursiveGaussian(sitk.Cast(distance, sitk.sitkFloat32), _SPACING_MM)
    low = np.where([end for end, _ in ends], before, -np.inf)
    high = np.where([end for _, end in ends], before + length, np.inf)
    values: NDArray[np.float32] = sitk.GetArrayFromImage(smooth)
    return Outline(image_on_grid(_without_bias(values), wide), frozen(low), frozen(high))


def _without_bias(distance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Maurer's distances of voxels, smoothed, as distances from the surface between the voxels, mm."""
    voxels = distance / np.float32(_SPACING_MM)
    slope, within = (np.where(voxels > 0, *both).astype(np.float32) for both in zip(_OUTSIDE, _INSIDE, strict=True))
    voxels += slope * voxels / np.sqrt(voxels**2 + within**2) - np.float32(_BIAS)
    return np.asarray(voxels * np.float32(_SPACING_MM))


def _ends(solid: NDArray[np.bool_], grid: Grid) -> list[tuple[bool, bool]]:
    """For each axis, whether a solid is cut off at its low and at its high end: by the image, or at the neck."""
    found = [(int(axis.min()), int(axis.max())) for axis in solid.nonzero()[::-1]]
    ends = [(low == 0, high == n - 1) for (low, high), n in zip(found, grid.size, strict=True)]
    if without_neck(solid, grid).sum() < solid.sum():
        upright = grid.direction[2]
        axis = int(np.argmax(np.abs(upright)))
        ends[axis] = (True, ends[axis][1]) if upright[axis] > 0 else (ends[axis][0], True)
    return ends


def _tuple(point: Points) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in point)
    return x, y, z
