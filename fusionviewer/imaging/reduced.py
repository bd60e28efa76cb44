"""The head of an image made small for the 3D view: an even, smooth grid of what is bone or skin, and its metal."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import Grid, Points
from fusionviewer.imaging.head import head_mask, looks_like_ct, solid_head
from fusionviewer.imaging.volume import Volume, grid_of, image_on_grid, itk_matrix

SurfaceKind: TypeAlias = Literal["bone", "skin"]

BONE_HU: Final = 230.0
"""Bone's surface after averaging: at 300 HU thin walls of sinuses and orbits would be lost."""

METAL_HU: Final = 2800
"""Above it is metal, which scanners put at 3071 or more; a tooth's enamel reaches 2500 to 2700."""

SPACING_MM: Final = 1.25
MOST_VOXELS: Final = 4_500_000
"""A larger head gets a coarser grid: the 3D view keeps four bytes a voxel."""

MOST_METAL: Final = 30_000

_MARGIN_MM: Final = 10.0
_BELOW_MM: Final = 40.0
"""So much of jaw and neck, below the head's box, is shown with it."""
_METAL_CELL_MM: Final = 0.8
_SKIN_AT_MM: Final = 2.0
_HEAD_AT_MM: Final = 4.0
_NEAR_VOXELS: Final = 3
"""Of 4 mm: the wall before a frontal sinus is so thin that it is not found with what is solid behind it."""
_LEAST_BONE_ML: Final = 10.0
"""Less is no skull: a CT that was windowed, or set to 8 bits, has none."""
_LEAST_PIECE_ML: Final = 0.7
"""Smaller pieces beside the largest are left out: they belong to a table, a holder or a cushion, or are noise."""


@dataclass(frozen=True, eq=False)
class ReducedHead:
    """What a head's surface is made from, in the image's own space (LPS mm)."""

    kind: SurfaceKind
    values: NDArray[np.float32]
    """(k, j, i) on `grid`; the surface lies where they pass through 0, inside it they are positive."""
    grid: Grid
    metal: Points
    """(n, 3) places of metal, at most one in 0.8 mm."""


def reduced_head(volume: Volume, corners: Points | None = None) -> ReducedHead | None:
    """The skull of a CT, else the skin of the head; None where there is neither.

    `corners` (8, 3) is the head's box in the image's own space, if it is known. Takes half a second: not for the
    thread of a window.
    """
    box = _box_of(volume, corners)
    return (_bone(volume, box) if looks_like_ct(volume) else None) or _skin(volume, box)


def _box_of(volume: Volume, corners: Points | None) -> tuple[Points, Points]:
    """The lowest and the highest index (3,) of the part of an image that is shown."""
    size = np.asarray(volume.grid.size)
    if corners is None:
        try:
            corners = head_mask(volume).corners
        except UnreadableInput:
            return np.zeros(3, dtype=np.int64), size - 1
    low, high = corners.min(axis=0) - _MARGIN_MM, corners.max(axis=0) + _MARGIN_MM
    low[2] -= _BELOW_MM
    shares = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    indices = volume.grid.indices(low + shares * (high - low))
    first = np.clip(np.floor(indices.min(axis=0)), 0, size - 1).astype(np.int64)
    last = np.clip(np.ceil(indices.max(axis=0)), first, size - 1).astype(np.int64)
    return first, last


def _bone(volume: Volume, box: tuple[Points, Points]) -> ReducedHead | None:
    step = _step_mm(volume.grid.spacing, box[1] - box[0] + 1)
    small = _shrunk(volume.image, step)  # before it is cut: copying a part of a large image takes as long
    first, last = _within(grid_of(small), volume.grid.points(np.stack(box)))
    part = sitk.RegionOfInterest(small, (last - first + 1).tolist(), first.tolist())
    values, grid = _even(part, step)
    values -= np.float32(BONE_HU)
    _keep_head(values, grid, replace(volume, image=small, modality="CT"))
    if not _keep_large_pieces(values, grid):
        return None
    return ReducedHead("bone", values, grid, _metal(volume, box))


def _step_mm(spacing: tuple[float, ...], size: Points | tuple[int, ...]) -> float:
    """How far apart the voxels are to be on the even grid of what has this spacing (mm) and size (voxels)."""
    room_mm3 = float(np.prod(spacing) * np.prod(size))
    return max(SPACING_MM, math.cbrt(room_mm3 / MOST_VOXELS))


def _shrunk(image: sitk.Image, step: float) -> sitk.Image:
    """An image averaged over blocks, where a step spans several of its voxels."""
    factors = np.clip(np.floor(step / np.array(image.GetSpacing()) + 0.25), 1, image.GetSize()).astype(int)
    return image if factors.max() == 1 else sitk.BinShrink(image, factors.tolist())


def _within(grid: Grid, ends: Points) -> tuple[Points, Points]:
    """The lowest and the highest index (3,) of what lies between two points (2, 3)."""
    indices, most = grid.indices(ends), np.asarray(grid.size) - 1
    first = np.clip(np.floor(indices[0]), 0, most).astype(np.int64)
    return first, np.clip(np.ceil(indices[1]), first, most).astype(np.int64)


def _even(image: sitk.Image, step: float) -> tuple[NDArray[np.float32], Grid]:
    """An image's values (k, j, i) on an even grid with the same axes, smoothed as that grid needs it, and the grid."""
    spacing, size = np.array(image.GetSpacing()), np.array(image.GetSize())
    count = np.floor(spacing * (size - 1) / step).astype(int) + 1
    out = sitk.Resample(
        image, count.tolist(), sitk.Transform(3, sitk.sitkIdentity), sitk.sitkLinear, image.GetOrigin(),
        [step] * 3, itk_matrix(np.reshape(image.GetDirection(), (3, 3))), float(_lowest(image)), sitk.sitkFloat32, True,
    )  # fmt: skip
    values = smoothed(sitk.GetArrayViewFromImage(out), np.maximum(0.5, 0.4 * spacing / step))
    return values, grid_of(out)


def smoothed(values: NDArray[np.float32], sigmas: Points) -> NDArray[np.float32]:
    """Values (k, j, i) mixed with their neighbours, about as by a Gaussian of these sigmas along i, j and k (voxels).

    Plane by plane, so that what is worked on stays in a processor's own memory: ITK's recursive filter takes eight
    times as long.
    """
    times = max(1, math.ceil(2 * float(np.max(sigmas)) ** 2))
    shares = [np.float32(sigma**2 / (2 * times)) for sigma in sigmas]
    for _ in range(times):
        values = _mixed(values, shares)
    return values


def _mixed(values: NDArray[np.float32], shares: list[np.float32]) -> NDArray[np.float32]:
    """Each value with so much of both its neighbours along i, j and k; at an end it is its own neighbour."""
    last = len(values) - 1
    out = np.empty_like(values)
    plane, sides = np.empty_like(values[0]), np.empty_like(values[0])
    for number, middle in enumerate(values):
        np.add(values[max(0, number - 1)], values[min(last, number + 1)], out=plane)
        plane *= shares[2]
        plane += np.multiply(middle, 1 - 2 * shares[2], out=sides)
        _add_sides(plane, sides, shares[1])
        _add_sides(plane.T, sides.T, shares[0])
        out[number] = plane
    return out


def _add_sides(rows: NDArray[np.float32], room: NDArray[np.float32], share: np.float32) -> None:
    """Mix rows with those before and after them, in place; `room` is worked in."""
    room[:-1], room[-1] = rows[1:], rows[-1]
    room[1:] += rows[:-1]
    room[0] += rows[0]
    room *= share
    rows *= 1 - 2 * share
    rows += room


def _lowest(image: sitk.Image) -> float:
    found = sitk.MinimumMaximumImageFilter()
    found.Execute(image)
    return float(found.GetMinimum())


def _keep_head(values: NDArray[np.float32], grid: Grid, volume: Volume) -> None:
    """Put what lies outside of the head below the surface: table, holder, frame. All of it stays if no head is seen."""
    solid, coarse = solid_head(volume, _HEAD_AT_MM)
    if not solid.any():
        return
    near = sitk.BinaryDilate(image_on_grid(solid.astype(np.uint8), coarse), [_NEAR_VOXELS] * 3)
    outside = sitk.GetArrayViewFromImage(near) == 0
    # both grids have the same axes, so that the nearest coarse voxel is found along each of them by itself
    ends = coarse.indices(grid.points(np.stack([np.zeros(3), np.asarray(grid.size) - 1])))
    i, j, k = (
        np.clip(np.rint(np.linspace(ends[0, n], ends[1, n], grid.size[n])), 0, coarse.size[n] - 1).astype(np.intp)
        for n in range(3)
    )
    wide = outside.take(i, axis=2).take(j, axis=1)
    for plane, number in zip(values, k, strict=True):
        np.minimum(plane, -1, out=plane, where=wide[number])


def _keep_large_pieces(values: NDArray[np.float32], grid: Grid) -> bool:
    """Whether there is a skull; pieces of a table, of a holder and of noise are put below the surface."""
    mask = sitk.GetImageFromArray((values > 0).astype(np.uint8))
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(mask, True))
    labels: NDArray[np.uint32] = sitk.GetArrayViewFromImage(parts)
    counts = np.bincount(labels.ravel())[1:] * (float(np.prod(grid.spacing)) / 1000)
    if not counts.size or counts[0] < _LEAST_BONE_ML:
        return False
    kept = int((counts >= _LEAST_PIECE_ML).sum())
    np.minimum(values, -1, out=values, where=labels > kept)
    return True


def _metal(volume: Volume, box: tuple[Points, Points]) -> Points:
    """Places of metal (n, 3), found at full resolution: averaging hides an electrode's 1.3 mm."""
    (i, j, k), (ni, nj, nk) = box[0], box[1] + 1
    found = [np.zeros((0, 3), dtype=np.int64)]
    for number, plane in enumerate(volume.array[k:nk, j:nj, i:ni]):
        bright = plane >= METAL_HU
        if bright.any():  # seldom, and quickly seen
            down, across = np.nonzero(bright)
            found.append(np.stack([across + i, down + j, np.full_like(down, number + k)], axis=1))
    points = volume.grid.points(np.concatenate(found).astype(np.float64))
    cells = np.floor(points / _METAL_CELL_MM).astype(np.int32)
    _, one_of_each = np.unique(cells, axis=0, return_index=True)
    return np.asarray(points[one_of_each[:: 1 + one_of_each.size // MOST_METAL]])


def _skin(volume: Volume, box: tuple[Points, Points]) -> ReducedHead | None:
    """The head against the air."""
    solid, grid = solid_head(volume, _SKIN_AT_MM)
    if not solid.any():
        return None
    ends = np.rint(grid.indices(volume.grid.points(np.stack(box)))).astype(int)
    first = np.clip(ends[0], 0, np.asarray(grid.size) - 1)
    (i, j, k), (ni, nj, nk) = first, np.clip(ends[1], first, np.asarray(grid.size) - 1) + 1
    x, y, z = (float(v) for v in grid.points(first))
    part = Grid((int(ni - i), int(nj - j), int(nk - k)), grid.spacing, (x, y, z), grid.direction)
    image = image_on_grid(solid[k:nk, j:nj, i:ni].astype(np.float32), part)
    step = _step_mm(part.spacing, part.size)
    values, even = _even(_shrunk(image, step), step)
    return ReducedHead("skin", (values - np.float32(0.5)) * np.float32(1000), even, np.zeros((0, 3)))
