"""A volume on another grid."""

from __future__ import annotations

import math
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid, Points, RigidTransform
from fusionviewer.imaging.native_calls import run_watched
from fusionviewer.imaging.resampling.windowed_sinc import windowed_sinc
from fusionviewer.imaging.reslice import PlaneInterpolation
from fusionviewer.imaging.volume import Volume, image_on_grid, itk_matrix
from fusionviewer.process.memory import available_bytes
from fusionviewer.progress import Observer

Interpolation: TypeAlias = Literal["linear", "nearest", "cubic", "sinc"]

AIR_HU: Final = -1024.0

_INTERPOLATORS: Final = {
    "linear": sitk.sitkLinear,
    "nearest": sitk.sitkNearestNeighbor,
    "cubic": sitk.sitkBSplineResamplerOrder3,
}

_SLAB_VOXELS: Final = 4_000_000
"""Voxels made at a time: small enough for a prompt cancel and little memory, some 0.1 s."""

_COPIES: Final = 3.4
"""How many times the voxels of a new grid are held at most, until they are written: 2.2 (NRRD) to 3.3 (MetaImage)."""


def resample(
    volume: Volume,
    grid: Grid,
    volume_from_grid: RigidTransform,
    interpolation: Interpolation = "linear",
    *,
    outside: float | None = None,
    observer: Observer = Observer(),  # noqa: B008 - frozen
) -> Volume:
    """The volume's values at the voxel centres of a grid; `volume_from_grid` maps the grid's points to the volume's.

    The pixel type is kept; whole numbers are rounded, not cut, and held within the type. Cubic is a B-spline of third
    order, sinc Lanczos' window of three voxels. Beyond the volume's box the value is `outside`: −1024 for a CT, else 0
    or the volume's smallest value if that is less. Raises Cancelled.
    """
    value = default_outside(volume) if outside is None else outside
    image = volume.image
    if interpolation == "cubic":
        image = run_watched(lambda: sitk.BSplineDecomposition(sitk.Cast(volume.image, sitk.sitkFloat32), 3), observer)
    out = np.empty(grid.size[::-1], volume.array.dtype)
    thickness = max(1, _SLAB_VOXELS // (grid.size[0] * grid.size[1]))
    for first in range(0, grid.size[2], thickness):
        observer.report(first / grid.size[2], f"Resampling {volume.name}")
        slab = slab_of(grid, first, min(thickness, grid.size[2] - first))
        if interpolation == "sinc":
            part = observer.part(first / grid.size[2], (first + slab.size[2]) / grid.size[2])
            values = windowed_sinc(volume, slab, volume_from_grid, value, part)
        else:
            values = _values(image, slab, volume_from_grid, interpolation, value)
        out[first : first + slab.size[2]] = _rounded(values, out.dtype)
    return Volume(image_on_grid(out, grid), volume.name, volume.modality, None, volume.notes)


def bytes_on(volume: Volume, grid: Grid) -> int:
    """How much memory, and unpacked how much of a disk, the volume's voxels take on a grid."""
    return math.prod(grid.size) * int(volume.array.dtype.itemsize)


def check_memory(volume: Volume, grid: Grid) -> None:
    """Raise BadArgument where the memory that is free does not hold what a volume becomes on a grid."""
    needed, free = _COPIES * bytes_on(volume, grid), available_bytes()
    if free is not None and needed > free:
        larger = max(grid.spacing) * (needed / free) ** (1 / 3)
        raise BadArgument(
            f"On this grid {volume.name} has {' × '.join(map(str, grid.size))} voxels and needs {needed / 1e9:.1f} GB "
            f"of memory; {free / 1e9:.1f} GB are free.",
            f"Choose a larger spacing, such as {math.ceil(larger * 10) / 10:.1f} mm, or the grid of one of the images.",
        )


def default_outside(volume: Volume) -> float:
    """The value for what lies beyond a volume: −1024 for a CT, else 0 or its smallest value if that is less."""
    return AIR_HU if volume.modality == "CT" else min(0.0, volume.value_range[0])


def overlap(grid: Grid, volume: Grid, volume_from_grid: RigidTransform) -> float:
    """The share (0…1) of a grid that lies inside a volume's box, judged at up to 64 voxels along each axis."""
    axes = [np.unique(np.linspace(0, n - 1, min(n, 64)).round()) for n in grid.size]
    indices = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    return float(np.mean(volume.contains(volume_from_grid.apply(grid.points(indices)))))


def check_overlap(fixed: Grid, moving: Grid, moving_from_fixed: RigidTransform) -> None:
    """Raise BadArgument where two images have nothing in common under a transform."""
    if overlap(fixed, moving, moving_from_fixed) == 0:
        raise BadArgument(
            "The two images do not overlap anywhere under this transform.",
            "Check that the transform belongs to these images, and which of them is the fixed one.",
        )


def check_inside(point: Points, fixed: Grid, moving: Grid, moving_from_fixed: RigidTransform) -> None:
    """Raise BadArgument for a point (3,) of fixed space, LPS mm, that lies in neither image."""
    if not (fixed.contains(point) or moving.contains(moving_from_fixed.apply(point))):
        x, y, z = fixed.centre
        raise BadArgument(
            f"The point {point[0]:g},{point[1]:g},{point[2]:g} lies outside both images.",
            f"The middle of the fixed image is at {x:.1f},{y:.1f},{z:.1f}.",
        )


def slab_of(grid: Grid, first: int, thickness: int) -> Grid:
    """So many slices of a grid, from k = `first` on."""
    x, y, z = (float(v) for v in grid.points(np.array([0.0, 0.0, first])))
    return Grid((grid.size[0], grid.size[1], thickness), grid.spacing, (x, y, z), grid.direction)


def values_on(
    volume: Volume,
    grid: Grid,
    volume_from_grid: RigidTransform,
    interpolation: PlaneInterpolation = "linear",
) -> NDArray[np.float32]:
    """The volume's values at the voxel centres of a grid: float32 (k, j, i), NaN outside the volume's box.

    The arithmetic is that of `reslice`, so that a plane of the grid is what a picture of that plane shows.
    """
    out: NDArray[np.float32] = sitk.GetArrayFromImage(
        sitk.Resample(
            volume.image,
            list(grid.size),
            sitk.Transform(3, sitk.sitkIdentity),
            _INTERPOLATORS[interpolation],
            volume_from_grid.apply(np.asarray(grid.origin)).tolist(),
            list(grid.spacing),
            itk_matrix(volume_from_grid.rotation @ grid.direction),
            float("nan"),
            sitk.sitkFloat32,
        )
    )
    return out


def _values(
    image: sitk.Image, grid: Grid, volume_from_grid: RigidTransform, interpolation: str, outside: float
) -> NDArray[Any]:
    """Interpolated values as float32 (float64 would be slower and no whole number of 16 bits needs it)."""
    transform = sitk.AffineTransform(itk_matrix(volume_from_grid.rotation), volume_from_grid.translation.tolist())
    resampled = sitk.Resample(
        image,
        list(grid.size),
        transform,
        _INTERPOLATORS[interpolation],
        list(grid.origin),
        list(grid.spacing),
        itk_matrix(grid.direction),
        outside,
        sitk.sitkFloat32,
    )
    return np.asarray(sitk.GetArrayFromImage(resampled))


def _rounded(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    if dtype.kind not in "iu":
        return values.astype(dtype, copy=False)
    limits = np.iinfo(dtype)
    whole: NDArray[Any] = np.clip(np.rint(values), limits.min, limits.max).astype(dtype)
    return whole
