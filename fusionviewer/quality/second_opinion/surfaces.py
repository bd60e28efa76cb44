"""The skull's tables and the skin in a CT, as points with normals: where an MR must have its edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Matrix, Points
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.head import solid_head
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.quality.second_opinion.sampling import Floats, Sampler
from fusionviewer.quality.second_opinion.surface_points import Surface, SurfaceName, cell_keys, spread_surface
from fusionviewer.quality.second_opinion.ventricles import ventricle_surface

BONE_HU: Final = 250.0
SKIN_HU: Final = -400.0
METAL_HU: Final = 2500.0

_COARSE_MM: Final = 1.5
_STEP_MM: Final = 0.75
_OUT_MM: Final = 24.0
"""How far along its normal a point is looked at."""
_AIR_WITHIN_MM: Final = 22.0
_TISSUE_FOR_MM: Final = 18.0
_AIR_HU: Final = -400.0
_SOFT_HU: Final = (-120.0, 180.0)
_NEAR_METAL_MM: Final = 6.0
_SEED: Final = 1
_TRIED: Final[dict[str, int]] = {"bone": 24_000, "skin": 10_000}
"""Places at which the profile along the normal is looked at."""


@dataclass(frozen=True, eq=False)
class HeadSurfaces:
    """What was found of the three surfaces of a CT, and the head's centre (3,) and points all over it (n, 3)."""

    surfaces: dict[SurfaceName, Surface]
    centre: Points
    places: Points
    axes: Matrix
    """The CT's axes as columns, (3, 3)."""
    ventricles: Surface | None = None
    """Inside the brain: no part of what says where the skull lies."""


def head_surfaces(volume: Volume, observer: Observer | None = None) -> HeadSurfaces | None:
    """The surfaces of a CT's head; those with too few points are left out. None where no head is seen.

    Raises Cancelled.
    """
    observer = observer or Observer()
    solid, grid = solid_head(volume, 3.0)
    observer.report(0.2)
    if not solid.any():
        return None
    k, j, i = np.nonzero(solid)
    inside = grid.points(np.stack([i, j, k], axis=1).astype(np.float64))
    centre = inside.mean(axis=0)
    coarse = Sampler.of(volume, _COARSE_MM, 0.5 * _COARSE_MM)
    observer.check()
    fine = Sampler.of(volume, 1.0)
    observer.report(0.4)
    depth = _depths(solid, grid)
    metal = _metal_places(fine)
    found: dict[SurfaceName, Surface] = {}
    bone_hu = _bone_level(coarse, depth)
    levels: tuple[tuple[float, tuple[SurfaceName, ...]], ...] = ((bone_hu, ("inner", "outer")), (SKIN_HU, ("skin",)))
    for level, names in levels:
        observer.report(0.5 if "outer" in names else 0.8)
        points, normals = _crossings(coarse, depth, level, _TRIED["skin" if "skin" in names else "bone"])
        if metal.size:
            clear = _far_from(points, metal, _NEAR_METAL_MM)
            points, normals = points[clear], normals[clear]
        observer.check()
        points, profile, kept = _refined(fine, points, normals, level)
        normals = normals[kept]
        for name in names:
            chosen = _CHOICES[name](points, normals, profile, depth, centre)
            surface = spread_surface(name, points[chosen], normals[chosen])
            if surface is not None:
                found[name] = surface
    places = frozen(inside[:: max(1, len(inside) // 1500)])
    observer.check()
    inside_brain = ventricle_surface(coarse, fine, depth, centre) if found else None
    return HeadSurfaces(found, frozen(centre), places, volume.grid.direction, inside_brain)


def _bone_level(coarse: Sampler, depth: Sampler) -> float:
    """The level at bone's surface: lower in a CT whose values were cut off."""
    top = float(np.percentile(coarse.values, 99.9))
    return min(BONE_HU, 0.5 * (40.0 + top))


def _depths(solid: NDArray[np.bool_], grid: Grid) -> Sampler:
    """How deep (mm) a point lies in the solid head; negative outside."""
    image = sitk.GetImageFromArray(np.pad(solid, 1, mode="edge").astype(np.uint8))
    image.SetSpacing(grid.spacing)
    distance = sitk.SignedMaurerDistanceMap(image, True, False, True)  # inside positive, mm
    values: Floats = sitk.GetArrayFromImage(distance)[1:-1, 1:-1, 1:-1].astype(np.float32)
    return Sampler(np.ascontiguousarray(values), grid.index_from_point, grid.direction, grid.spacing)


def _metal_places(fine: Sampler) -> Points:
    """A point (n, 3) in each patch of metal, LPS mm."""
    k, j, i = np.nonzero(fine.values >= METAL_HU)
    if not i.size:
        return np.zeros((0, 3))
    cells = np.unique(np.stack([i, j, k], axis=1) // 3, axis=0) * 3 + 1
    m = np.linalg.inv(fine.index_from_point)
    points = cells @ m[:3, :3].T + m[:3, 3]
    return np.asarray(points[:: 1 + len(points) // 3000])


def _far_from(points: Points, others: Points, mm: float) -> NDArray[np.bool_]:
    """Which of the points lie further than so from all others; by cells, which is exact to a cell's half."""
    cell = mm / 1.5
    reach = np.array([(a, b, c) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)])
    near = np.unique((np.floor(others / cell).astype(np.int64)[:, None] + reach).reshape(-1, 3), axis=0)
    keys = cell_keys(near)
    return np.asarray(~np.isin(cell_keys(np.floor(points / cell).astype(np.int64)), keys))


def _crossings(coarse: Sampler, depth: Sampler, level: float, most: int) -> tuple[Points, Points]:
    """Places (n, 3) where the coarse image passes through a level near the head, and unit normals to lower values."""
    values = coarse.values - np.float32(level)
    above = values > 0
    m = np.linalg.inv(coarse.index_from_point)
    found = []
    for axis in range(3):
        a, b = (np.take(above, np.arange(s, above.shape[axis] - 1 + s), axis=axis) for s in (0, 1))
        at = np.argwhere(a != b)
        after = at.copy()
        after[:, axis] += 1
        low, high = values[tuple(at.T)], values[tuple(after.T)]
        place = at.astype(np.float64)
        place[:, axis] += low / (low - high)
        found.append(place[:, ::-1])
    index = np.concatenate(found)
    points = index @ m[:3, :3].T + m[:3, 3]
    near = depth.at(points)
    points = points[np.nan_to_num(near, nan=-99.0) > -3.0]
    rng = np.random.default_rng(_SEED)
    if len(points) > most:
        points = points[np.sort(rng.choice(len(points), most, replace=False))]
    normals = -_gradient(coarse, points)
    length = np.linalg.norm(normals, axis=1)
    good = np.isfinite(length) & (length > 30.0)  # HU per mm
    return points[good], normals[good] / length[good, None]


def _gradient(image: Sampler, points: Points, step_mm: float = 1.0) -> Points:
    steps = step_mm * np.eye(3)
    ahead, behind = image.at(points[:, None] + steps), image.at(points[:, None] - steps)
    return np.asarray((ahead - behind) / (2 * step_mm), dtype=np.float64)


_PLACES: Final = np.arange(-4.0, _OUT_MM + 1e-6, _STEP_MM)


def _refined(fine: Sampler, points: Points, normals: Points, level: float) -> tuple[Points, Floats, NDArray[np.intp]]:
    """The points moved along their normals to the half of the step there, their profiles from there on, and which.

    Half of the step: halfway from the plateau within 3 mm inside to the one outside. Where a cortex is thinner than the
    scanner resolves, a fixed level would lie further in.
    """
    profile = fine.at(points[:, None] + _PLACES[:, None] * normals[:, None])
    zero = round(4.0 / _STEP_MM)
    inner = np.nanmax(np.where(np.isfinite(profile[:, :zero]), profile[:, :zero], -2000), axis=1)
    outer = np.nanmin(np.where(np.isfinite(profile[:, zero : zero + 5]), profile[:, zero : zero + 5], 4000), axis=1)
    half = 0.5 * (np.minimum(inner, 1500.0) + np.maximum(outer, -1000.0))
    window = profile[:, : zero + 5]
    over = window > half[:, None]
    last = window.shape[1] - 1 - np.argmax(over[:, ::-1], axis=1)
    ok = over.any(axis=1) & (last < window.shape[1] - 1) & (inner - outer > 150.0)
    rows = np.arange(len(points))
    nxt = np.minimum(last + 1, window.shape[1] - 1)
    a, b = window[rows, last], window[rows, nxt]
    share = np.clip((a - half) / np.maximum(a - b, 1e-3), 0, 1)
    moved = _PLACES[last] + share * _STEP_MM
    ok &= np.isfinite(moved) & (np.abs(moved) < 3.0)
    kept = np.flatnonzero(ok)
    at = points[kept] + moved[kept, None] * normals[kept]
    return at, profile[kept], kept


def _first_beyond(profile: Floats, low_hu: float) -> NDArray[np.float64]:
    """How far out (mm) each profile first falls below a value; infinite where it does not."""
    zero = round(4.0 / _STEP_MM)
    below = profile[:, zero:] < low_hu
    first = np.argmax(below, axis=1) * _STEP_MM
    return np.where(below.any(axis=1), first, np.inf)


def _outer(points: Points, normals: Points, profile: Floats, depth: Sampler, centre: Points) -> NDArray[np.bool_]:
    """Bone whose next air is that around the head."""
    zero = round(4.0 / _STEP_MM)
    air_mm = _first_beyond(profile, _AIR_HU)
    places = _PLACES[zero:]
    soft = np.where(places < air_mm[:, None] - 1.0, profile[:, zero:], -100.0)[:, 4:]
    no_bone = ~(soft > BONE_HU).any(axis=1)
    thick = air_mm >= 2.5
    beyond = depth.at(points + (np.minimum(air_mm, _OUT_MM)[:, None] + 3.0) * normals)
    outside = np.nan_to_num(beyond, nan=-9.0) < 0.0
    outwards = ((points - centre) * normals).sum(axis=1) > 0
    return np.asarray((air_mm <= _AIR_WITHIN_MM) & no_bone & thick & outside & outwards)


def _inner(points: Points, normals: Points, profile: Floats, depth: Sampler, centre: Points) -> NDArray[np.bool_]:
    """Bone that is followed by soft tissue for long, towards the middle of the head."""
    zero = round(4.0 / _STEP_MM)
    first, last = zero + int(3.0 / _STEP_MM), zero + int(_TISSUE_FOR_MM / _STEP_MM) + 1
    soft = profile[:, first:last]
    calm = np.mean((soft > _SOFT_HU[0]) & (soft < _SOFT_HU[1]), axis=1) > 0.95
    inwards = ((points - centre) * normals).sum(axis=1) < 0
    deep = np.nan_to_num(depth.at(points), nan=-9.0) > 2.0
    return np.asarray(calm & inwards & deep)


def _skin(points: Points, normals: Points, profile: Floats, depth: Sampler, centre: Points) -> NDArray[np.bool_]:
    """Tissue against the air around the head, with nothing near that presses on it."""
    zero = round(4.0 / _STEP_MM)
    air = (profile[:, zero + 3 : zero + 3 + int(10.0 / _STEP_MM)] < -600.0).mean(axis=1) > 0.95
    outside = np.nan_to_num(depth.at(points + 8.0 * normals), nan=-9.0) < -1.0
    outwards = ((points - centre) * normals).sum(axis=1) > 0
    return np.asarray(air & outside & outwards)


_CHOICES: Final = {"inner": _inner, "outer": _outer, "skin": _skin}
