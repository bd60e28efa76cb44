"""Snapping to spots and edges: between the voxels of any grid, never too far, and refused where there is nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid, Points
from fusionviewer.geometry.rigid import rotation_from_vector
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.spots import SNAP_MM, SpotKind, snap
from fusionviewer.imaging.volume import Volume, image_on_grid

erf = np.vectorize(math.erf)

turns = st.tuples(*[st.integers(-60, 60).map(lambda n: n / 100)] * 3)
spacings = st.sampled_from([(1.0, 1.0, 1.0), (0.5, 0.5, 1.2), (0.8, 0.8, 1.6), (1.2, 0.7, 0.9), (0.96, 0.96, 1.5)])
parts = st.tuples(*[st.floats(-0.5, 0.5)] * 3)
ways = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.2)


def volume(
    turn: tuple[float, ...], spacing: tuple[float, float, float], value: Callable[[Points], NDArray[np.float64]]
) -> Volume:
    """What a function of points (n, 3) looks like on an oblique grid about the origin, averaged over nothing."""
    size = tuple(int(24 / s) for s in spacing)
    direction = rotation_from_vector(np.array(turn))
    corner = -direction @ (np.array(spacing) * (np.array(size) - 1) / 2)
    grid = Grid(size, spacing, tuple(corner.tolist()), frozen(direction))  # type: ignore[arg-type]
    k, j, i = np.indices(size[::-1])
    points = grid.points(np.stack([i, j, k], axis=-1).reshape(-1, 3).astype(np.float64))
    return Volume(image_on_grid(value(points).reshape(size[::-1]).astype(np.float32), grid), "made up")


def voxels_apart(image: Volume, one: Points, other: Points) -> float:
    """The largest distance along an axis of the grid, in voxels."""
    return float(np.abs(image.grid.indices(one) - image.grid.indices(other)).max())


@settings(max_examples=25)
@given(turns, spacings, parts, ways, st.floats(0, 1.9), st.sampled_from(["bright", "dark"]))
def test_a_blob_is_found_between_the_voxels(
    turn: tuple[float, ...], spacing: Any, part: Any, way: Any, far_mm: float, kind: SpotKind
) -> None:
    middle = np.array(part)
    sign = 1 if kind == "bright" else -1
    image = volume(turn, spacing, lambda p: 100 + sign * 300 * np.exp(-((p - middle) ** 2).sum(axis=1) / (2 * 1.4**2)))
    start = middle + far_mm * np.array(way) / np.linalg.norm(way)
    found = snap(image, start, kind)
    assert voxels_apart(image, found, middle) < 0.1
    assert np.linalg.norm(found - start) <= SNAP_MM
    other: SpotKind = "dark" if kind == "bright" else "bright"
    with pytest.raises(BadArgument, match=f"no {other} spot within 3 mm"):
        snap(image, start, other)


@settings(max_examples=25)
@given(turns, spacings, ways, st.floats(-2.5, 2.5))
def test_the_edge_of_a_plane_is_found_between_the_voxels(
    turn: tuple[float, ...], spacing: Any, way: Any, far_mm: float
) -> None:
    normal = np.array(way) / np.linalg.norm(way)
    image = volume(turn, spacing, lambda p: 500 * erf((p @ normal - 0.3) / (np.sqrt(2) * 0.8)))
    start = (0.3 + far_mm) * normal + np.cross(normal, [0.3, 0.2, 0.1])
    found = snap(image, start, "edge")
    assert voxels_apart(image, found, found + (0.3 - found @ normal) * normal) < 0.1
    assert np.linalg.norm(found - start) <= SNAP_MM
    assert np.linalg.norm(found - start) < abs(far_mm) + 0.1  # straight to it, not along it


@settings(max_examples=15)
@given(turns, ways, st.floats(8.0, 11.9))
def test_the_edge_of_a_ball_lies_on_its_surface(turn: tuple[float, ...], way: Any, start_mm: float) -> None:
    image = volume(turn, (0.8, 0.8, 1.0), lambda p: 500 * erf((10 - np.linalg.norm(p, axis=1)) / (np.sqrt(2) * 0.7)))
    outward = np.array(way) / np.linalg.norm(way)
    start = start_mm * outward
    if not image.grid.contains(start):
        return
    found = snap(image, start, "edge")
    assert abs(np.linalg.norm(found) - 10) < 0.15
    assert np.linalg.norm(found / np.linalg.norm(found) - outward) < 0.06


@settings(max_examples=30)
@given(st.integers(0, 1000), parts, st.sampled_from(get_args(SpotKind)), st.floats(0.5, 4))
def test_whatever_the_image_a_point_never_moves_too_far(seed: int, part: Any, kind: SpotKind, radius: float) -> None:
    rng = np.random.default_rng(seed)
    image = volume((0.1, 0.2, 0.3), (1.0, 1.0, 1.5), lambda p: rng.normal(size=len(p)) + 3 * np.sin(p).sum(axis=1))
    start = 4 * np.array(part)
    try:
        found = snap(image, start, kind, radius)
    except BadArgument:
        return
    assert np.linalg.norm(found - start) <= radius + 1e-9


@pytest.mark.parametrize("kind", get_args(SpotKind))
def test_what_is_too_far_is_not_taken(kind: SpotKind) -> None:
    def blob(p: Points) -> NDArray[np.float64]:
        return np.asarray(100 * np.exp(-(((p - np.array([6.0, 0, 0])) / 0.9) ** 2).sum(axis=1) / 2))

    with pytest.raises(BadArgument, match="within 2 mm") as caught:
        snap(volume((0, 0, 0), (1.0, 1.0, 1.0), blob), np.zeros(3), kind, 2.0)
    assert caught.value.remedy


@pytest.mark.parametrize("kind", get_args(SpotKind))
def test_flat_and_noise_have_neither_spot_nor_edge(kind: SpotKind) -> None:
    rng = np.random.default_rng(4)
    for value in (lambda p: np.full(len(p), 7.0), lambda p: rng.normal(100, 10, len(p))):
        with pytest.raises(BadArgument):
            snap(volume((0, 0.1, 0), (1.0, 1.0, 1.2), value), np.array([0.3, 0.2, 0.1]), kind)


def test_noise_beside_a_blob_does_little_harm() -> None:
    rng = np.random.default_rng(5)
    middle = np.array([0.4, -0.3, 0.2])
    image = volume(
        (0.2, 0, 0.1), (1.0, 1.0, 1.0),
        lambda p: 300 * np.exp(-((p - middle) ** 2).sum(axis=1) / (2 * 1.5**2)) + rng.normal(0, 10, len(p)),
    )  # fmt: skip
    assert np.linalg.norm(snap(image, middle + 1, "bright") - middle) < 0.2


def test_a_spot_at_the_images_rim_is_found() -> None:
    image = volume((0, 0, 0), (1.0, 1.0, 1.0), lambda p: np.exp(-((p - np.array([10.4, 0, 0])) ** 2).sum(axis=1) / 4))
    assert np.linalg.norm(snap(image, np.array([9.5, 0.5, 0]), "bright") - [10.4, 0, 0]) < 0.15


@pytest.mark.parametrize(("point", "radius"), [([100.0, 0, 0], 3.0), ([0.0, 0, 0], 0.0), ([0.0, 0, 0], math.nan)])
def test_nonsense_is_refused(point: list[float], radius: float) -> None:
    image = volume((0, 0, 0), (1.0, 1.0, 1.0), lambda p: p[:, 0])
    with pytest.raises(BadArgument):
        snap(image, np.array(point), "bright", radius)
