"""Where the head is in an image: without table, headrest, frame, air, and most of the neck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid, Points
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.volume import Volume, grid_of

CT_TISSUE_HU = -300.0
"""Above it is skin, brain or bone; below it are air and the foam of headrests."""

DETACH_MM = 8.0
"""Things that are thinner than twice this (table tops, headrests, frames, noise) are not part of the head."""

HEAD_LENGTH_MM = 230.0
"""No head is longer from the vertex to the chin; a longer mask has a neck or a chest in it."""

SKULL_MM = 180.0
"""What is kept of such a mask, from the top: jaw and neck lie otherwise from one examination to the next."""

FULL_SHARE = 0.98
"""More tissue than this in a CT means that there is no air in it to tell the head from."""

SMALL_LITRES = 0.5
"""Less than a newborn's head: perhaps only its bright part was found."""


@dataclass(frozen=True, eq=False)
class HeadMask:
    """The voxels of a head on a coarse grid of its own, in the space of the image that it was found in."""

    mask: NDArray[np.bool_]
    """(k, j, i) on `grid`."""
    grid: Grid
    centre_point: Points
    """The mask's centre of mass, (3,) LPS mm."""
    corners: Points
    """The corners of the mask's box along the grid's axes, (8, 3) LPS mm."""

    @property
    def litres(self) -> float:
        """The mask's volume."""
        return float(self.mask.sum() * np.prod(self.grid.spacing)) / 1e6


def looks_like_ct(volume: Volume) -> bool:
    """Whether an image holds Hounsfield units: by what its file says, else by air near −1000 beside tissue near 0."""
    if volume.modality:
        return volume.modality == "CT"
    low, high = volume.value_range
    if low > -500 or high < 200:
        return False
    some = np.asarray(volume.array[::4, ::4, ::4], dtype=np.float32)
    air, tissue = np.mean(some < -700), np.mean((some > -200) & (some < 200))
    return bool(air > 0.02 and tissue > 0.02)


def shrink(volume: Volume, spacing_mm: float) -> sitk.Image:
    """The image block-averaged to about `spacing_mm` per axis (never finer than it is), in float32."""
    factors = [max(1, round(spacing_mm / s)) for s in volume.grid.spacing]
    factors = [min(f, n) for f, n in zip(factors, volume.grid.size, strict=True)]
    image = volume.image if max(factors) == 1 else sitk.BinShrink(volume.image, factors)
    return sitk.Cast(image, sitk.sitkFloat32)


def head_mask(volume: Volume, spacing_mm: float = 4.0) -> HeadMask:
    """Find the head in a CT or MR.

    The mask is solid: sinuses, ventricles and airways are inside. Raises UnreadableInput if there is nothing like a
    head: an image without contrast, or with nothing thick enough.
    """
    image = shrink(volume, spacing_mm)
    grid = grid_of(image)
    mask = _head_in(_finite(image), grid, looks_like_ct(volume))
    if not mask.any():
        raise UnreadableInput(
            f"No head can be seen in {volume.name}.", "Check that the image shows a head and is not empty."
        )
    mask = without_neck(mask, grid)
    k, j, i = np.nonzero(mask)
    points = grid.points(np.stack([i, j, k], axis=1))
    low = np.array([i.min(), j.min(), k.min()]) - 0.5
    high = np.array([i.max(), j.max(), k.max()]) + 0.5
    corner = np.array([[a, b, c] for c in (0, 1) for b in (0, 1) for a in (0, 1)])
    return HeadMask(mask, grid, frozen(points.mean(axis=0)), frozen(grid.points(low + corner * (high - low))))


def solid_head(volume: Volume, spacing_mm: float) -> tuple[NDArray[np.bool_], Grid]:
    """The head with all of its neck in a CT or MR, solid: (k, j, i) on a grid; empty if there is none."""
    image = shrink(volume, spacing_mm)
    grid = grid_of(image)
    return _head_in(_finite(image), grid, looks_like_ct(volume)), grid


def solid_bone(volume: Volume, bone_hu: float, spacing_mm: float) -> tuple[NDArray[np.bool_], Grid]:
    """The largest piece of bone in a CT with all that it surrounds, (k, j, i) on a grid; empty if there is none.

    A table or a head holder is another piece, and stays out; orbits, sinuses and the brain are inside.
    """
    image = shrink(volume, spacing_mm)
    bone = _largest(sitk.BinaryThreshold(image, bone_hu, 1e9), corners=True)
    # what the air around does not reach through a gap of two voxels is inside, too; where the image ends bone goes on
    walls = np.pad(solid(sitk.GetArrayFromImage(bone) > 0), 4, mode="edge").astype(np.uint8)
    closed = sitk.BinaryMorphologicalClosing(sitk.GetImageFromArray(walls), [1, 1, 1], sitk.sitkBall)
    outside = _largest(closed == 0, corners=False)
    return _unpadded(outside == 0), grid_of(image)


def _largest(mask: sitk.Image, *, corners: bool) -> sitk.Image:
    """The largest connected part; voxels that touch in a corner are connected or not."""
    return sitk.RelabelComponent(sitk.ConnectedComponent(mask, corners)) == 1


def _finite(image: sitk.Image) -> NDArray[Any]:
    values: NDArray[Any] = sitk.GetArrayFromImage(image)
    if not np.isfinite(values).all():
        values = np.nan_to_num(values, nan=float(np.nanmin(values)), posinf=0.0, neginf=0.0)
    return values


def _head_in(values: NDArray[Any], grid: Grid, is_ct: bool) -> NDArray[np.bool_]:
    """The solid head in an array (k, j, i), empty if there is none."""
    tissue = values > (CT_TISSUE_HU if is_ct else _tissue_threshold(values))
    if is_ct and tissue.mean() > FULL_SHARE:
        brighter = values > _tissue_threshold(values)
        inner = brighter[1:-1, 1:-1, 1:-1]
        if brighter.sum() - inner.sum() < 0.5 * (
            brighter.size - inner.size
        ):  # the rim is dark: it was set to 0, or clipped
            tissue = brighter
    head = solid(_largest_thick(tissue, grid))
    litre = 1e6 / float(np.prod(grid.spacing))
    if head.sum() >= SMALL_LITRES * litre:
        return head
    # of a windowed CT only the skull may be bright: a shell, thinner than a head, but solid when it is filled
    filled = _largest_thick(solid(tissue), grid)
    return filled if filled.sum() > head.sum() else head


def _tissue_threshold(values: NDArray[Any]) -> float:
    """What is brighter than the air of an MR, from the air's own level and spread.

    Otsu's threshold of the square roots parts air from tissue; it lies too high where the coil's field fades, so the
    threshold proper is set just above the air.
    """
    roots = np.sqrt(np.clip(values - values.min(), 0, None))
    top = float(np.percentile(roots, 99.5))
    if top <= 0:
        return float("inf")
    split = _otsu(np.clip(roots, 0, top), top)
    air = roots[roots < split]
    if air.size < 0.02 * roots.size:  # the field of view lies inside the head
        return float(values.min()) + 0.25 * split**2
    level = float(np.median(air))
    spread = 1.4826 * float(np.median(np.abs(air - level)))
    threshold = min(split, max(level + 6 * spread, level + 0.25 * (split - level)))
    return float(values.min()) + threshold**2


def _otsu(values: NDArray[Any], top: float) -> float:
    """Otsu's threshold of values in 0…top: the largest variance between the two classes."""
    counts, edges = np.histogram(values, bins=128, range=(0.0, top))
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts).astype(np.float64)
    sums = np.cumsum(counts * middles)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][int(np.nanargmax(np.where(np.isfinite(between), between, -1.0)))])


def _largest_thick(tissue: NDArray[np.bool_], grid: Grid) -> NDArray[np.bool_]:
    """The largest connected part that an opening leaves, with its own rim back."""
    image = _padded(tissue)
    radius = [max(1, round(DETACH_MM / s)) for s in grid.spacing]
    opened = sitk.BinaryMorphologicalOpening(image, radius, sitk.sitkBall)
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(opened))
    core = sitk.BinaryDilate(parts == 1, radius, sitk.sitkBall)
    return _unpadded(sitk.And(core, image))


def solid(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask (k, j, i) with everything that it surrounds in slices along two of the three axes: sinuses, ventricles."""
    between = [_between(mask, axis) for axis in range(3)]
    return np.asarray(
        mask | (between[1] & between[2]) | (between[0] & between[2]) | (between[0] & between[1]), dtype=np.bool_
    )


def _between(mask: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """Voxels with tissue on both sides along an axis."""
    before = np.logical_or.accumulate(mask, axis=axis)
    after = np.flip(np.logical_or.accumulate(np.flip(mask, axis), axis=axis), axis)
    return np.asarray(before & after)


def without_neck(mask: NDArray[np.bool_], grid: Grid) -> NDArray[np.bool_]:
    """The upper part of a mask that is longer than a head; others as they are."""
    height = grid.point_from_index[2]
    k, j, i = np.nonzero(mask)
    z = height[0] * i + height[1] * j + height[2] * k + height[3]
    if z.max() - z.min() <= HEAD_LENGTH_MM:
        return mask
    low = z.max() - SKULL_MM
    out = mask.copy()
    out[k[z < low], j[z < low], i[z < low]] = False
    return out


def _padded(mask: NDArray[np.bool_]) -> sitk.Image:
    return sitk.GetImageFromArray(np.pad(mask, 4).astype(np.uint8))


def _unpadded(image: sitk.Image) -> NDArray[np.bool_]:
    return np.asarray(sitk.GetArrayFromImage(image)[4:-4, 4:-4, 4:-4] > 0)
