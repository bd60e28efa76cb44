"""The ventricles: a surface inside the brain, where CT and MR both show them. It says what bone cannot: where the brain
lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.second_opinion.edge_fit import WIDTHS_MM, Lines, climb_shift, edges_of
from fusionviewer.quality.second_opinion.sampling import Sampler
from fusionviewer.quality.second_opinion.surface_points import Surface, spread_surface

_DEEP_MM: Final = 25.0
"""Further inside the head than the furrows of the cortex, which hold the same fluid."""
_FLUID_HU: Final = 11.0
"""Fluid is darker than the brain by at least so much once the noise is smoothed: 0 to 15 HU against 25 to 40."""
_DARKEST_HU: Final = -15.0
_BRAIN_HU: Final = (0.0, 60.0)
_VOLUME_ML: Final = (4.0, 250.0)
_CENTRAL_MM: Final = 40.0
"""The ventricles' middle lies no further from the head's centre."""
_SMOOTH_MM: Final = 1.25
_REACH_MM: Final = 4.0
_STEP_MM: Final = 0.5
_LEAST_POINTS: Final = 150
_STEEP_HU: Final = 1.0
"""The least slope (HU per mm, smoothed) of a place on the surface."""

_CLEAR: Final = 0.12
_CHANCE: Final = 4.0
"""Divided by the root of the number of points: what chance reaches, with four numbers to choose (2.7 in noise)."""
_CLEARER: Final = 1.6
"""One sign of the edges must be so much clearer than the other: fluid is dark or bright on an MR, never both."""
_STARTS_MM: Final = 5.0
_STARTS: Final = 7


@dataclass(frozen=True)
class VentricleShift:
    """How the CT's ventricles would have to be shifted to lie on the MR's, and where they are.

    `shift_mm` and `middle` (3,) are LPS of the CT's space; `clearness` is that of the edges there, up to 1.
    """

    shift_mm: tuple[float, float, float]
    middle: tuple[float, float, float]
    clearness: float

    @property
    def distance_mm(self) -> float:
        """The length of the shift."""
        return float(np.linalg.norm(self.shift_mm))


def ventricle_surface(coarse: Sampler, fine: Sampler, depth: Sampler, centre: Points) -> Surface | None:
    """Points of a CT's ventricles, their normals pointing into the brain; None where none are seen.

    `coarse` and `fine` are the CT, `depth` is how deep (mm) a point lies in the head, `centre` (3,) the head's, LPS mm.
    """
    box, start = _middle_of(coarse, depth)
    if min(box.shape) < 8:
        return None
    image = sitk.GetImageFromArray(box)
    image.SetSpacing(coarse.spacing)
    values = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(image, _SMOOTH_MM)).astype(np.float64)
    k, j, i = np.indices(values.shape)
    m = np.linalg.inv(coarse.index_from_point)
    points = (np.stack([i, j, k], axis=-1) + start[::-1]) @ m[:3, :3].T + m[:3, 3]
    deep = np.nan_to_num(depth.at(points), nan=-9.0) > _DEEP_MM
    brain = deep & (values > _BRAIN_HU[0]) & (values < _BRAIN_HU[1])
    if np.count_nonzero(brain) < 1000:
        return None
    level = float(np.median(values[brain]))
    found = _largest(deep & (values < level - _FLUID_HU) & (values > _DARKEST_HU), coarse.spacing)
    if found is None or np.linalg.norm(points[found].mean(axis=0) - centre) > _CENTRAL_MM:
        return None
    slope = np.stack(np.gradient(values), axis=-1)[..., ::-1] / np.asarray(coarse.spacing)
    rim = found & ~_eroded(found)
    normals = slope[rim] @ coarse.direction.T
    steep = np.linalg.norm(normals, axis=1)
    kept = steep > _STEEP_HU
    normals = normals[kept] / steep[kept, None]
    half = 0.5 * (level + float(np.percentile(values[found], 10)))
    at, seen = _at_level(fine, points[rim][kept], normals, half)
    return spread_surface("ventricles", at, normals[seen], _LEAST_POINTS)


def _middle_of(coarse: Sampler, depth: Sampler) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The part of the image that holds what lies deep in the head, and its first voxel (k, j, i)."""
    k, j, i = np.nonzero(depth.values > _DEEP_MM)
    m = np.linalg.inv(depth.index_from_point)
    places = np.stack([i, j, k], axis=1) @ m[:3, :3].T + m[:3, 3]
    index = (places @ coarse.index_from_point[:3, :3].T + coarse.index_from_point[:3, 3])[:, ::-1]
    if not len(index):
        return np.zeros((0, 0, 0), dtype=np.float32), np.zeros(3, dtype=np.int64)
    low = np.maximum(np.floor(index.min(axis=0)).astype(np.int64), 0)
    high = np.minimum(np.ceil(index.max(axis=0)).astype(np.int64) + 1, coarse.values.shape)
    part = coarse.values[tuple(slice(a, max(a, b)) for a, b in zip(low, high, strict=True))]
    return np.ascontiguousarray(np.clip(part, -100.0, 120.0)), low


def _largest(mask: NDArray[np.bool_], spacing: tuple[float, float, float]) -> NDArray[np.bool_] | None:
    """The largest piece of a mask without thin bridges; None unless its volume is that of ventricles."""
    image = sitk.BinaryMorphologicalOpening(sitk.GetImageFromArray(mask.astype(np.uint8)), [1, 1, 1])
    labels = sitk.GetArrayFromImage(sitk.ConnectedComponent(image))
    counts = np.bincount(labels.ravel())
    counts[0] = 0
    volume_ml = float(counts.max() * np.prod(spacing) / 1000)
    return labels == counts.argmax() if _VOLUME_ML[0] <= volume_ml <= _VOLUME_ML[1] else None


def _eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    image = sitk.BinaryErode(sitk.GetImageFromArray(mask.astype(np.uint8)), [1, 1, 1], sitk.sitkCross)
    return np.asarray(sitk.GetArrayFromImage(image), dtype=np.bool_)


def _at_level(fine: Sampler, points: Points, normals: Points, level: float) -> tuple[Points, NDArray[np.bool_]]:
    """The points moved along their normals to where the values rise through a level, and which do within reach."""
    steps = np.arange(-_REACH_MM, _REACH_MM + 1e-6, _STEP_MM)
    profile = fine.at(points[:, None] + steps[:, None] * normals[:, None])
    rises = (profile[:, :-1] < level) & (profile[:, 1:] >= level)
    nearest = np.argmin(np.where(rises, np.abs(steps[:-1] + 0.5 * _STEP_MM), 99.0), axis=1)
    rows = np.arange(len(points))
    low, high = profile[rows, nearest], profile[rows, nearest + 1]
    seen = np.asarray(rises.any(axis=1))
    at = steps[nearest] + _STEP_MM * (level - low) / np.maximum(high - low, 1e-6)
    return np.asarray(points + at[:, None] * normals)[seen], seen


def ventricle_shift(surface: Surface, mr: Sampler, mr_from_ct: RigidTransform, centre: Points) -> VentricleShift | None:
    """The shift at a pose; None where the MR does not show the ventricles clearly.

    Three numbers, and one offset along the normals, since ventricles are seen narrower or wider on one of the images.
    Fluid is dark on a T1 and bright on a T2: both are tried.
    """
    edges = edges_of(surface, mr, mr_from_ct, centre, _LEAST_POINTS)
    if edges is None:
        return None
    lever = np.column_stack([edges.normals, np.ones(len(edges.normals))])
    rng = np.random.default_rng(0)
    starts = np.zeros((_STARTS + 1, 4))
    starts[1:, :3] = rng.uniform(-_STARTS_MM, _STARTS_MM, (_STARTS, 3))
    tops = []
    for sign in (1.0, -1.0):
        signed = edges.signed(sign)
        coarse = [Lines(signed, WIDTHS_MM[0], lever)]
        u = max((climb_shift(coarse, start) for start in starts), key=lambda end: end[1])[0]
        for width in WIDTHS_MM[1:]:
            u, worth = climb_shift([Lines(signed, width, lever)], u)
        tops.append((worth, u))
    (other, _), (worth, u) = sorted(tops, key=lambda top: top[0])
    if worth < max(_CLEAR, _CHANCE / np.sqrt(len(lever))) or worth < _CLEARER * other:
        return None
    x, y, z = (float(v) for v in u[:3])
    a, b, c = (float(v) for v in surface.points.mean(axis=0))
    return VentricleShift((x, y, z), (a, b, c), float(worth))
