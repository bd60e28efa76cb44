"""A small made-up head as CT and as T1-like MR, with a known answer.

The head is a sum of ellipsoids in its own frame (LPS mm, centre at the origin): skin, skull, brain, ventricles, eyes, a
nose and an ear on one side only, and a lesion, so that no mirror image of it looks the same. Edges are soft over about
one voxel, so that the alignment of the two volumes is defined to a fraction of a voxel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Points, RigidTransform
from fusionviewer.imaging.volume import Modality, Volume, image_on_grid

SIZE = (62, 72, 64)
SPACING = (3.0, 3.0, 3.0)
MOVING_FROM_FIXED = RigidTransform.from_rotation_vector(np.deg2rad([4.0, -6.0, 9.0]), np.zeros(3), np.array([7, -5, 4]))
"""The truth: it maps points of the MR's space (fixed) to the CT's (moving)."""


@dataclass(frozen=True)
class Ellipsoid:
    """A piece of the head: centre and half axes in mm, and what it looks like. Later pieces cover earlier ones."""

    name: str
    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    hounsfield: float
    t1: float


HEAD = (
    Ellipsoid("nose", (0, -88, -22), (10, 14, 14), 30, 330),
    Ellipsoid("left ear", (74, 6, -18), (8, 10, 16), 20, 300),
    Ellipsoid("skin", (0, 0, 0), (72, 86, 84), 40, 420),
    Ellipsoid("skull", (0, 1, 3), (67, 81, 78), 1100, 40),
    Ellipsoid("brain", (0, 2, 5), (60, 74, 70), 34, 300),
    Ellipsoid("white matter", (0, 4, 12), (42, 54, 46), 30, 380),
    Ellipsoid("left ventricle", (12, -2, 16), (7, 26, 10), 6, 90),
    Ellipsoid("right ventricle", (-11, 0, 15), (5, 20, 8), 6, 90),
    Ellipsoid("left eye", (30, -68, -16), (12, 12, 12), 10, 110),
    Ellipsoid("right eye", (-30, -68, -16), (12, 12, 12), 10, 110),
    Ellipsoid("sinus", (-4, -70, -4), (9, 8, 10), -950, 5),
    Ellipsoid("lesion", (-30, 30, 28), (9, 7, 8), 62, 210),
)
AIR = (-1000.0, 0.0)
"""What surrounds the head, in HU and in MR units."""


def centre_of(name: str) -> Points:
    """Where a piece of the head lies in the fixed (MR) space, (3,) LPS mm."""
    return np.asarray(next(e.centre for e in HEAD if e.name == name), dtype=np.float64)


@cache
def phantom_mr() -> Volume:
    """The fixed volume: float32, T1-like, on a grid along the axes, in the head's own frame."""
    values = _values(_grid(), RigidTransform.identity(), AIR[1], [e.t1 for e in HEAD])
    return _volume(values + _noise(3.0), "phantom-mr", "MR")


@cache
def phantom_ct() -> Volume:
    """The moving volume: int16 Hounsfield units; the head lies in it as `MOVING_FROM_FIXED` says."""
    values = _values(_grid(), ~MOVING_FROM_FIXED, AIR[0], [e.hounsfield for e in HEAD])
    return _volume(np.rint(values + _noise(8.0)).astype(np.int16), "phantom-ct", "CT")


def _grid() -> Grid:
    return Grid.axis_aligned(SIZE, SPACING, np.zeros(3))


def _values(grid: Grid, head_from_space: RigidTransform, outside: float, inside: list[float]) -> NDArray[np.float32]:
    k, j, i = np.indices(grid.size[::-1], dtype=np.float64)
    points = head_from_space.apply(grid.points(np.stack([i, j, k], axis=-1)).reshape(-1, 3))
    values = np.full(len(points), outside)
    for piece, value in zip(HEAD, inside, strict=True):
        radii = np.asarray(piece.radii)
        depth_mm = (1.0 - np.linalg.norm((points - piece.centre) / radii, axis=1)) * radii.min()
        share = np.clip(depth_mm / min(grid.spacing) + 0.5, 0.0, 1.0)
        values += share * (value - values)
    return values.reshape(grid.size[::-1]).astype(np.float32)


def _noise(deviation: float) -> NDArray[np.float32]:
    """Always the same noise, other in each modality because its size is."""
    generator = np.random.default_rng(round(deviation * 1000))
    return generator.normal(0.0, deviation, SIZE[::-1]).astype(np.float32)


def _volume(array: NDArray[np.float32] | NDArray[np.int16], name: str, modality: Modality) -> Volume:
    return Volume(image_on_grid(array, _grid()), name, modality)


def error_mm(pose: RigidTransform) -> float:
    """How far off a `moving_from_fixed` is, at worst, at places of the head."""
    places = np.stack([centre_of(name) for name in ("left eye", "right eye", "nose", "lesion", "sinus")])
    return float(np.linalg.norm(pose.apply(places) - MOVING_FROM_FIXED.apply(places), axis=1).max())
