"""The nearest bright or dark spot, or edge, between the voxels: for a point that was set by eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid, Points, as_point
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.volume import Volume, place_on_grid

SpotKind: TypeAlias = Literal["bright", "dark", "edge"]

SNAP_MM: Final = 3.0
"""How far a point is moved at most."""

_SMOOTH_VOXELS: Final = 0.7
"""Width (sigma) of the smoothing along each axis: less leaves noise, more moves what is small."""

_CLEAR: Final = 3.0
"""A spot stands out by so many deviations of what the smoothing took away there, the noise: of 160 balls of mere noise
none had more than 2.5."""

_LEAST_SHARE: Final = 0.05
"""And a spot by this share of what the image varies by within reach: splines ripple a little."""

_STEEP: Final = 3.0
"""An edge rises by so many of these deviations in a voxel: of 160 balls of mere noise none had more than 2.9."""

_SHARE: Final = 0.35
"""An edge is at least so steep as a share of the steepest place within reach."""

_SLOPE_VOXELS: Final = 0.7
"""Width (sigma) of a second smoothing, of the slope along its own line: the slope of a spline between coarse voxels
leans to the nearest of them, by up to 0.13 voxels in steps of 1.6 mm without it and 0.04 with it."""

_RIPPLE: Final = 1e-5
_TRIED: Final = 200
"""So many of the nearest places on an edge are looked at more closely."""

_ADVICE: Final = "Place it nearer by eye."


def snap(volume: Volume, point: Points, kind: SpotKind, radius_mm: float = SNAP_MM) -> Points:
    """The place of the nearest bright or dark spot, or of the edge nearest to a point, (3,) LPS mm of the volume.

    A spot is the highest (lowest) local extremum of the lightly smoothed image within `radius_mm`; the edge is where
    the image is steepest along its own slope. Both lie between the voxels. Raises BadArgument where there is none.
    """
    centre = as_point(point)
    patch = _Patch.around(volume, centre, radius_mm)
    if kind == "edge":
        return frozen(_edge(patch, centre, radius_mm))
    return frozen(_spot(patch, centre, radius_mm, kind))


@dataclass(frozen=True, eq=False)
class _Patch:
    """The smoothed image on a fine cubic lattice along the axes of LPS, with the point in the middle.

    `values` (k, j, i) go on beyond the image's box like its border; `noise` is the deviation of what was smoothed away.
    """

    values: NDArray[np.float64]
    step_mm: float
    noise: float
    voxel_mm: float
    """The shortest side of a voxel."""
    smooth: sitk.Image
    """The smoothed image itself, about the point."""

    @staticmethod
    def around(volume: Volume, point: Points, radius_mm: float) -> _Patch:
        """Raises BadArgument for a point outside the image or a radius that makes no sense."""
        if not 0.2 <= radius_mm <= 20:
            raise BadArgument("A point is snapped by 0.2 to 20 mm.", "Give for example 3.")
        if not bool(volume.grid.contains(point)):
            raise BadArgument("The point lies outside its image.", "Place it inside.")
        grid = volume.grid
        margin = np.ceil((radius_mm + 2 * max(grid.spacing)) * np.sqrt(3) / np.array(grid.spacing)).astype(int) + 4
        low = np.maximum(0, np.floor(grid.indices(point)).astype(int) - margin)
        high = np.minimum(np.array(grid.size), np.ceil(grid.indices(point)).astype(int) + margin + 1)
        size, start = (high - low).tolist(), low.tolist()
        crop = sitk.Cast(sitk.RegionOfInterest(volume.image, size, start), sitk.sitkFloat64)
        crop = _padded(crop)
        smooth = sitk.DiscreteGaussian(crop, [_SMOOTH_VOXELS**2] * 3, 32, 0.001, False)
        gone = sitk.GetArrayFromImage(crop) - sitk.GetArrayFromImage(smooth)
        noise = 1.4826 * float(np.median(np.abs(gone - np.median(gone))))
        step = float(np.clip(min(grid.spacing) / 3, radius_mm / 25, 0.5))
        half = int(np.ceil(radius_mm / step)) + 3
        lattice = Grid.axis_aligned((2 * half + 1,) * 3, (step,) * 3, point)
        like = place_on_grid(sitk.Image([2 * half + 1] * 3, sitk.sitkUInt8), lattice)
        found = sitk.Resample(smooth, like, sitk.Transform(3, sitk.sitkIdentity), sitk.sitkBSpline, 0.0)
        return _Patch(sitk.GetArrayFromImage(found), step, noise, min(grid.spacing), smooth)

    def voxel_along(self, way: Points) -> float:
        """The length of a voxel along a direction (3,), mm."""
        direction = np.array(self.smooth.GetDirection()).reshape(3, 3)
        return float(1 / np.linalg.norm(direction.T @ way / np.array(self.smooth.GetSpacing())))

    @property
    def offsets_mm(self) -> NDArray[np.float64]:
        """(k, j, i, 3): x, y, z from the middle."""
        side = (np.arange(self.values.shape[0]) - self.values.shape[0] // 2) * self.step_mm
        z, y, x = np.meshgrid(side, side, side, indexing="ij")
        return np.stack([x, y, z], axis=-1)


def _padded(crop: sitk.Image) -> sitk.Image:
    """With four more voxels on each side, like the border: a point may lie near to it, and splines want neighbours."""
    return sitk.ZeroFluxNeumannPad(crop, [4] * 3, [4] * 3)


def _spot(patch: _Patch, centre: Points, radius_mm: float, kind: SpotKind) -> Points:
    values = patch.values if kind == "bright" else -patch.values
    inner = values[1:-1, 1:-1, 1:-1]
    n = values.shape[0]
    top = np.ones(inner.shape, dtype=np.bool_)
    for k, j, i in np.ndindex(3, 3, 3):
        if (k, j, i) != (1, 1, 1):
            top &= inner > values[k : n - 2 + k, j : n - 2 + j, i : n - 2 + i]
    offsets = patch.offsets_mm
    near = np.linalg.norm(offsets, axis=-1) <= radius_mm + patch.step_mm
    places = sorted((np.argwhere(top & near[1:-1, 1:-1, 1:-1]) + 1).tolist(), key=lambda p: -values[tuple(p)])
    varies = float(np.ptp(values[np.linalg.norm(offsets, axis=-1) <= radius_mm]))
    clear = max(_CLEAR * patch.noise, _LEAST_SHARE * varies, _RIPPLE * float(np.abs(values).max()))
    for k, j, i in places:
        exact = offsets[k, j, i] + patch.step_mm * _summit(values[k - 1 : k + 2, j - 1 : j + 2, i - 1 : i + 2])
        around = np.abs(np.linalg.norm(offsets - exact, axis=-1) - min(radius_mm, 2.5)) < patch.step_mm
        if np.linalg.norm(exact) <= radius_mm and values[k, j, i] - float(np.median(values[around])) > clear:
            return np.asarray(centre + exact)
    raise BadArgument(f"There is no {kind} spot within {radius_mm:g} mm of this point.", _ADVICE)


def _summit(cube: NDArray[np.float64]) -> Points:
    """Where a quadric through 3×3×3 values has its top, (x, y, z) in steps from the middle, at most one along each."""

    def at(*steps: int) -> float:
        return float(cube[1 + steps[2], 1 + steps[1], 1 + steps[0]])

    unit = np.eye(3, dtype=np.int64)
    slope, bend = np.zeros(3), np.zeros((3, 3))
    for a, e in enumerate(unit):
        slope[a] = (at(*e) - at(*-e)) / 2
        bend[a, a] = at(*e) - 2 * at(0, 0, 0) + at(*-e)
        for b, f in enumerate(unit[:a]):
            bend[a, b] = bend[b, a] = (at(*(e + f)) + at(*(-e - f)) - at(*(e - f)) - at(*(f - e))) / 4
    if float(np.linalg.eigvalsh(bend)[-1]) >= 0:
        return np.zeros(3)
    return np.clip(-np.linalg.solve(bend, slope), -1, 1)


def _edge(patch: _Patch, centre: Points, radius_mm: float) -> Points:
    step, offsets = patch.step_mm, patch.offsets_mm
    slopes = np.stack([np.gradient(patch.values, step, axis=axis) for axis in (2, 1, 0)], axis=-1)
    away, steep = np.linalg.norm(offsets, axis=-1), np.linalg.norm(slopes, axis=-1)
    ripple = _RIPPLE * float(np.abs(patch.values).max())
    least = max(_SHARE * float(steep[away <= radius_mm].max()), max(_STEEP * patch.noise, ripple) / patch.voxel_mm)
    places = np.argwhere((steep >= least) & (away <= radius_mm + step) & (steep > 0))
    ways = slopes[tuple(places.T)] / steep[tuple(places.T)][:, None]
    beside = np.rint(ways[:, ::-1]).astype(np.int64)  # the lattice's neighbour up the slope; the other way, down
    highest = np.maximum(steep[tuple((places + beside).T)], steep[tuple((places - beside).T)])
    on_edge = steep[tuple(places.T)] >= highest
    places, ways = places[on_edge], ways[on_edge]
    order = np.argsort(away[tuple(places.T)], kind="stable")[:_TRIED]
    for (k, j, i), way in zip(places[order], ways[order], strict=True):
        here = offsets[k, j, i]
        foot = way * float(way @ here)  # straight from the point; where the edge bends away, at the place itself
        for line in (foot, here):
            shift = _steepest(patch, centre + line, way)
            if shift is not None and np.linalg.norm(line + shift * way) <= radius_mm:
                return np.asarray(centre + line + shift * way)
    raise BadArgument(f"There is no edge within {radius_mm:g} mm of this point.", _ADVICE)


def _steepest(patch: _Patch, place: Points, way: Points) -> float | None:
    """How far along a direction the image is steepest, mm, if that is within a voxel; None elsewhere."""
    fine = patch.voxel_mm / 20
    width = _SLOPE_VOXELS * patch.voxel_along(way) / fine
    rim = int(np.ceil(3 * width))
    bell = np.exp(-0.5 * (np.arange(-rim, rim + 1) / width) ** 2)
    half = 40 + rim
    side = np.linalg.svd(way[None])[2][1:]
    axes = np.column_stack([way, side[0], np.cross(way, side[0])])
    line = sitk.Resample(
        patch.smooth, [2 * half + 1, 1, 1], sitk.Transform(3, sitk.sitkIdentity), sitk.sitkBSpline,
        (place - half * fine * way).tolist(), [fine] * 3, axes.ravel().tolist(), 0.0,
    )  # fmt: skip
    slope = np.abs(np.convolve(np.diff(sitk.GetArrayFromImage(line)[0, 0]), bell / bell.sum(), mode="valid"))
    top = int(np.argmax(slope))
    if not 20 <= top < slope.size - 20:
        return None
    before, here, after = (float(v) for v in slope[top - 1 : top + 2])
    bend = before - 2 * here + after
    return fine * (top + 0.5 - slope.size / 2 + ((before - after) / (2 * bend) if bend < 0 else 0.0))
