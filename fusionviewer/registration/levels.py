"""What the engine looks at instead of the images: coarse copies with coded intensities, and sample points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid, Points
from fusionviewer.imaging.head import HeadMask, head_mask, looks_like_ct, shrink
from fusionviewer.imaging.volume import Volume, grid_of, image_on_grid
from fusionviewer.progress import Observer
from fusionviewer.registration.metric import CodedImage, Floats, Samples
from fusionviewer.registration.region import FOCUS_SHARE, LEAST_MM3, Region

RIM_MM = 10.0
"""Points are taken from the head and this much around it: the skin against air tells more than anything inside."""

FIELD_MM = 30.0
"""Width (sigma) of the smooth field that an MR's intensities are divided by: coils vary slowly, anatomy does not."""

CT_RANGE_HU = (-1000.0, 2000.0)
"""Outside it are padding and metal, which look like air and like dense bone from there on."""

EVEN_SHARE = 0.5
"""How far intensities are spread into bins by rank (1) and not by value (0): half by rank gives bins to the brain."""


@dataclass(frozen=True, eq=False)
class IntensityCode:
    """Maps intensities to continuous bin numbers 0 … n_bins − 1: straight lines between knots."""

    values: NDArray[np.float64]
    codes: NDArray[np.float64]

    @staticmethod
    def of(values: NDArray[Any], n_bins: int, low: float, high: float) -> IntensityCode:
        """The code for a head's intensities, between low and high: half by value, half by rank."""
        knots = np.linspace(low, high, 257)
        counts, _ = np.histogram(np.clip(values, low, high), bins=knots)
        rank = np.concatenate([[0.0], np.cumsum(counts)]) / max(1, counts.sum())
        even = np.linspace(0.0, 1.0, knots.size)
        return IntensityCode(knots, (EVEN_SHARE * rank + (1 - EVEN_SHARE) * even) * (n_bins - 1))

    def __call__(self, values: NDArray[Any]) -> Floats:
        """Codes of an array, in float32, same shape."""
        knots = self.values
        scale = 4096 / (knots[-1] - knots[0])
        table = np.interp(np.linspace(knots[0], knots[-1], 4097), knots, self.codes).astype(np.float32)
        place = (np.clip(values, knots[0], knots[-1]) - knots[0]) * scale
        return np.asarray(np.take(table, place.astype(np.int32)))


@dataclass(frozen=True, eq=False)
class Subject:
    """An image that takes part in a registration: its head, and coarse copies of it as they are asked for."""

    volume: Volume
    head: HeadMask
    is_ct: bool
    finest_mm: float
    """The voxel size of the finest copy that will be asked for."""
    region: Region | None = None

    @staticmethod
    def of(volume: Volume, finest_mm: float, region: Region | None = None) -> Subject:
        """Find the head. Raises UnreadableInput if there is none."""
        return Subject(volume, head_mask(volume), looks_like_ct(volume), finest_mm, region)

    @cached_property
    def surroundings(self) -> NDArray[np.bool_]:
        """The head and RIM_MM around it, on the head mask's grid."""
        radius = [max(1, round(RIM_MM / s)) for s in self.head.grid.spacing]
        mask = sitk.GetImageFromArray(self.head.mask.astype(np.uint8))
        return np.asarray(sitk.GetArrayFromImage(sitk.BinaryDilate(mask, radius, sitk.sitkBall)) > 0)

    @cached_property
    def sampled(self) -> NDArray[np.bool_]:
        """Where points are taken, on the head mask's grid: the head's surroundings inside the region.

        Raises BadArgument for a region that holds too little of them.
        """
        if self.region is None:
            return self.surroundings
        sampled = self.surroundings.copy()
        k, j, i = np.nonzero(sampled)
        asked = self.region.holds(self.head.grid.points(np.stack([i, j, k], axis=1).astype(np.float64)))
        sampled[k, j, i] = asked
        if sampled.sum() * np.prod(self.head.grid.spacing) < LEAST_MM3:
            raise BadArgument("The region holds too little of the head.", "Make it larger, or move it onto the head.")
        return sampled

    @property
    def focused(self) -> bool:
        """Whether the region is a small part of the head: enough to say how it lies exactly, but not where."""
        return bool(self.sampled.sum() < FOCUS_SHARE * self.surroundings.sum())

    @cached_property
    def field(self) -> sitk.Image | None:
        """The logarithm of an MR's smooth brightness, on the head mask's grid; None for a CT."""
        if self.is_ct:
            return None
        grid = self.head.grid
        values = _finite(sitk.GetArrayFromImage(shrink(self.volume, 4.0))) - self._air
        inside = self.head.mask & (values > 0)
        floor = max(float(np.percentile(values[inside], 5)), 1e-6)
        logs = np.where(inside, np.log(np.maximum(values, floor)), 0.0).astype(np.float32)
        both = [
            sitk.SmoothingRecursiveGaussian(image_on_grid(a, grid), FIELD_MM) for a in (logs, inside.astype(np.float32))
        ]
        top, weight = (sitk.GetArrayFromImage(b) for b in both)
        mean = float(logs[inside].mean())
        smooth = (top + 0.01 * mean) / (weight + 0.01) - mean
        return image_on_grid(smooth.astype(np.float32), grid)

    @cached_property
    def _finest(self) -> sitk.Image:
        """The finest copy, from which the coarser ones are made."""
        return shrink(self.volume, self.finest_mm)

    @cached_property
    def _air(self) -> float:
        """What an MR's intensities count from: its files may hold any scale, also one around zero."""
        return float(_finite(sitk.GetArrayFromImage(self._finest)).min())

    def copy(self, spacing_mm: float) -> tuple[NDArray[np.float32], Grid]:
        """A block-averaged copy (k, j, i) with the smooth field divided out."""
        factors = [max(1, round(spacing_mm / s)) for s in self._finest.GetSpacing()]
        factors = [min(f, max(1, n // 2)) for f, n in zip(factors, self._finest.GetSize(), strict=True)]
        image = sitk.BinShrink(self._finest, factors) if max(factors) > 1 else self._finest
        values = _finite(sitk.GetArrayFromImage(image))
        if self.field is not None:
            field = sitk.Resample(self.field, image, sitk.Transform(), sitk.sitkLinear, 0.0)
            values = (values - np.float32(self._air)) * np.exp(-sitk.GetArrayFromImage(field))
        return values, grid_of(image)

    def code(self, values: NDArray[np.float32], grid: Grid, n_bins: int) -> IntensityCode:
        """How this image's intensities become bins."""
        mask = image_on_grid(self.head.mask.astype(np.uint8), self.head.grid)
        like = image_on_grid(np.zeros(values.shape, np.uint8), grid)
        on_grid = sitk.Resample(mask, like, sitk.Transform(), sitk.sitkNearestNeighbor)
        inside = values[sitk.GetArrayFromImage(on_grid) > 0]
        if self.is_ct:
            return IntensityCode.of(inside, n_bins, *CT_RANGE_HU)
        low, high = float(values.min()), float(np.percentile(inside, 99.5))
        return IntensityCode.of(inside, n_bins, low, max(high, low + 1e-6))


def coded_image(subject: Subject, spacing_mm: float, n_bins: int, observer: Observer) -> CodedImage:
    """The moving image of a pyramid level."""
    values, grid = subject.copy(spacing_mm)
    observer.check()
    codes = subject.code(values, grid, n_bins)(values)
    return CodedImage(np.ascontiguousarray(codes), grid.index_from_point, n_bins)


def samples(
    subject: Subject,
    spacing_mm: float,
    n_bins: int,
    count: int,
    *,
    rng: np.random.Generator,
    observer: Observer,
    whole: bool = False,
) -> Samples:
    """About `count` points of the fixed image, in and around the head, jittered between voxel centres.

    They lie in the subject's region, if it has one and not the `whole` head is asked for."""
    values, grid = subject.copy(spacing_mm)
    observer.check()
    code = subject.code(values, grid, n_bins)
    coarse = subject.head.grid
    k, j, i = np.nonzero(subject.surroundings if whole else subject.sampled)
    pick = ((np.arange(count) + rng.uniform()) * (i.size / count)).astype(np.int64)  # evenly: chance leaves holes
    index = np.stack([i, j, k], axis=1)[pick] + rng.uniform(-0.5, 0.5, (count, 3))
    points = coarse.points(index)
    found, inside = _linear(values, grid.indices(points))
    if subject.region is not None and not whole:
        inside &= subject.region.holds(points)  # the jitter has carried some of them out
    points, found = points[inside], found[inside]
    bins = np.rint(code(found)).astype(np.int64)
    return Samples(np.ascontiguousarray(points.T.astype(np.float32)), bins, n_bins)


def _finite(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values, with the smallest finite one where there is none."""
    known = np.isfinite(values)
    if known.all():
        return values
    return np.where(known, values, values[known].min() if known.any() else np.float32(0))


def _linear(values: NDArray[np.float32], index: Points) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Trilinear values at continuous indices (n, 3), and which of them lie in the image."""
    size = np.array(values.shape[::-1])
    inside = np.all((index >= 0) & (index <= size - 1), axis=1)
    low = np.clip(np.floor(index).astype(np.int64), 0, np.maximum(size - 2, 0))
    share = index - low
    out = np.zeros(len(index))
    for corner in range(8):
        bit = np.array([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
        at = np.minimum(low + bit, size - 1)
        out += np.prod(np.where(bit, share, 1 - share), axis=1) * values[at[:, 2], at[:, 1], at[:, 0]]
    return out, inside
