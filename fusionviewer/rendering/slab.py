"""Thick slices: the mean, largest or smallest value across a plane, for vessels, electrodes and noisy images."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points, RigidTransform, SlicePlane
from fusionviewer.imaging.volume import Volume

SlabKind: TypeAlias = Literal["mean", "maximum", "minimum"]

THICKEST_MM: Final = 30.0

Plane: TypeAlias = NDArray[np.float32]
"""Values (height, width), NaN where the image does not reach."""


@dataclass(frozen=True)
class Slab:
    """What is made of a thick slice, half of which lies on each side of the plane.

    Raises ValueError for a thickness that is not above 0 and at most `THICKEST_MM`.
    """

    kind: SlabKind
    thickness_mm: float

    def __post_init__(self) -> None:
        if not 0 < self.thickness_mm <= THICKEST_MM:
            raise ValueError(f"not a slab: {self}")


def slab_words(slab: Slab) -> str:
    """What it is, in a few words."""
    return f"{slab.kind} over {slab.thickness_mm:g} mm"


def slab_planes(slab: Slab, depth_mm: float, step_mm: float) -> range:
    """Which planes a slab around a depth is made of, as multiples of the step; at least one.

    They lie where they lie whatever the depth: a slab a slice further on shares all but one of them with this one.
    """
    middle, half = depth_mm / step_mm, slab.thickness_mm / 2 / step_mm
    first, last = math.ceil(middle - half - 1e-6), math.floor(middle + half + 1e-6)
    return range(first, last + 1) if first <= last else range(round(middle), round(middle) + 1)


def step_across(volume: Volume, plane: SlicePlane, volume_from_view: RigidTransform) -> float:
    """The distance of a volume's voxels in mm along the index axis that runs most across a plane."""
    normal: Points = volume_from_view.rotation @ plane.normal
    axis = int(np.argmax(np.abs(normal @ np.asarray(volume.grid.direction))))
    return float(volume.grid.spacing[axis])


def combined(kind: SlabKind, planes: Iterable[Plane]) -> Plane:
    """One plane (height, width) of several: what does not lie in the image is left out; NaN where none does."""
    if kind == "mean":
        return _mean(planes)
    combine: Callable[..., Plane] = np.fmax if kind == "maximum" else np.fmin
    out: Plane | None = None
    for plane in planes:
        out = plane.copy() if out is None else combine(out, plane, out=out)
    assert out is not None
    return out


def _mean(planes: Iterable[Plane]) -> Plane:
    total: Plane | None = None
    count: NDArray[np.float32] | None = None
    for plane in planes:
        inside = ~np.isnan(plane)
        if total is None or count is None:
            total, count = np.zeros_like(plane), np.zeros_like(plane)
        np.add(total, plane, out=total, where=inside)
        count += inside
    assert total is not None
    assert count is not None
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN, as it should be
        return total / count
