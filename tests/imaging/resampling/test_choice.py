"""Either image on either grid or on one that covers both: against SciPy, and against functions of the place."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from grids import LAS, OBLIQUE_LEFT, OBLIQUE_LPS, POSE, RAS, volume_on
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.geometry.types import frozen
from fusionviewer.geometry.union import finer_spacing, finest_spacing, union_grid
from fusionviewer.imaging.resample import Interpolation
from fusionviewer.imaging.resampling.choice import Onto, VolumeChoice, Which
from fusionviewer.imaging.volume import Volume, image_on_grid

GRIDS = {"left-handed": (LAS, RAS), "oblique": (OBLIQUE_LPS, OBLIQUE_LEFT), "mixed": (OBLIQUE_LEFT, LAS)}
NEAR = RigidTransform.from_euler((4.0, -6.0, 9.0, 1.0, -2.0, 3.0), np.zeros(3))

lengths = st.floats(0.3, 5.0)
sizes = st.tuples(*[st.integers(1, 40)] * 3)
spacings = st.tuples(lengths, lengths, lengths)
angles = st.tuples(*[st.floats(-180, 180)] * 3)
places = st.tuples(*[st.floats(-150, 150)] * 3)
grids = st.builds(
    lambda size, spacing, origin, turn, hand: Grid(
        size,
        spacing,
        origin,
        frozen(RigidTransform.from_euler((*turn, 0.0, 0.0, 0.0), np.zeros(3)).rotation @ np.diag([1.0, 1.0, hand])),
    ),
    sizes, spacings, places, angles, st.sampled_from([1.0, -1.0]),
)  # fmt: skip
poses = st.builds(lambda a, s: RigidTransform.from_euler((*a, *s), np.zeros(3)), angles, places)


@settings(max_examples=60)
@given(fixed=grids, moving=grids, pose=poses, spacing=spacings)
def test_a_union_covers_the_corners_of_both_boxes_and_not_much_more(
    fixed: Grid, moving: Grid, pose: RigidTransform, spacing: tuple[float, float, float]
) -> None:
    union = union_grid(fixed, moving, pose, spacing)
    corners = np.concatenate([fixed.corners, (~pose).apply(moving.corners)])
    indices = union.indices(corners)
    assert (indices >= -0.5 - 1e-5).all()
    assert (indices <= np.asarray(union.size) - 0.5 + 1e-5).all()
    assert (indices.min(axis=0) < 0.5 + 1e-5).all()  # not a whole voxel is without a reason
    assert (indices.max(axis=0) > np.asarray(union.size) - 1.5 - 1e-5).all()
    np.testing.assert_array_equal(union.direction, fixed.direction)


@settings(max_examples=30)
@given(fixed=grids, moving=grids, pose=poses)
def test_with_the_fixed_spacing_the_fixed_voxels_are_among_those_of_the_union(
    fixed: Grid, moving: Grid, pose: RigidTransform
) -> None:
    union = union_grid(fixed, moving, pose, fixed.spacing)
    first = union.indices(np.asarray(fixed.origin))
    np.testing.assert_allclose(first, np.round(first), atol=1e-5)


def test_an_image_within_the_other_adds_nothing() -> None:
    small = Grid.axis_aligned((3, 5, 5), (1.0, 1.0, 1.0), LAS.centre)
    assert union_grid(LAS, small, RigidTransform.identity(), LAS.spacing).size == LAS.size


def test_the_finer_spacing_is_looked_for_along_the_axes_as_they_lie() -> None:
    fixed = Grid.axis_aligned((9, 9, 9), (1.0, 1.0, 3.0), np.zeros(3))
    sagittal = Grid((9, 9, 9), (0.7, 0.8, 2.0), (0.0, 0.0, 0.0), frozen(np.eye(3)[:, [1, 2, 0]]))  # k along x
    assert finer_spacing(fixed, sagittal, RigidTransform.identity()) == (1.0, 0.7, 0.8)
    turned = RigidTransform.from_euler((0.0, 0.0, 90.0, 0.0, 0.0, 0.0), np.zeros(3))
    assert finer_spacing(fixed, sagittal, turned) == (0.7, 1.0, 0.8)
    assert finest_spacing(fixed, sagittal) == (0.7, 0.7, 0.7)


def _points(grid: Grid) -> NDArray[np.float64]:
    k, j, i = np.meshgrid(*(np.arange(n) for n in grid.size[::-1]), indexing="ij")
    return grid.points(np.stack([i, j, k], axis=-1))


def _place_in(image: Which, onto: Onto, points: NDArray[np.float64], pose: RigidTransform) -> NDArray[np.float64]:
    """Where points of a grid's space lie in an image's space, step by step."""
    in_fixed = (~pose).apply(points) if onto == "moving" else points
    return pose.apply(in_fixed) if image == "moving" else in_fixed


@pytest.mark.parametrize("onto", get_args(Onto))
@pytest.mark.parametrize("image", get_args(Which))
@pytest.mark.parametrize("pair", GRIDS.values(), ids=GRIDS)
def test_scipy_resamples_the_same(pair: tuple[Grid, Grid], image: Which, onto: Onto) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    fixed, moving = (volume_on(grid) for grid in pair)
    volume = fixed if image == "fixed" else moving
    pose = RigidTransform.about(NEAR.rotation, fixed.grid.centre, moving.grid.centre - fixed.grid.centre)
    order = {"linear": 1, "nearest": 0}
    for interpolation in ("linear", "nearest"):
        choice = VolumeChoice(image, onto, (1.3, 0.9, 1.7), interpolation)
        made = choice.made(fixed, moving, pose)
        points = _place_in(image, onto, _points(made.grid).reshape(-1, 3), pose)
        inner = (np.abs(volume.grid.indices(points) - (np.asarray(volume.grid.size) - 1) / 2)
                 < (np.asarray(volume.grid.size) - 1) / 2 - 1e-3).all(axis=-1)  # fmt: skip
        at = volume.grid.indices(points[inner]).T[::-1]
        theirs = ndimage.map_coordinates(volume.array.astype(float), at, order=order[interpolation])
        assert inner.sum() > 10
        ours = made.array.ravel()[inner]
        if interpolation == "linear":
            np.testing.assert_allclose(ours, theirs, atol=0.51)  # whole numbers
        else:
            fraction = np.abs(at % 1 - 0.5).min(axis=0)
            np.testing.assert_array_equal(ours[fraction > 1e-3], theirs[fraction > 1e-3])


@pytest.mark.parametrize("interpolation", get_args(Interpolation))
@pytest.mark.parametrize("onto", get_args(Onto))
def test_a_ramp_and_a_blob_stay_what_they_are(onto: Onto, interpolation: Any) -> None:
    slope, middle, width = np.array([2.0, -3.0, 1.5]), np.array([3.0, -4.0, 2.0]), 9.0
    fixed = Grid((30, 26, 24), (1.5, 1.4, 2.0), tuple(-OBLIQUE_LEFT.direction @ [22, 18, 24]), OBLIQUE_LEFT.direction)
    moving = Grid((40, 44, 30), (1.1, 1.0, 1.7), tuple(-OBLIQUE_LPS.direction @ [22, 22, 25]), OBLIQUE_LPS.direction)

    def function(points: NDArray[np.float64]) -> NDArray[np.float64]:
        blob: NDArray[np.float64] = 300 * np.exp(-np.square(points - middle).sum(axis=-1) / (2 * width**2))
        return np.asarray(blob + points @ slope)

    def volume_of(grid: Grid) -> Volume:
        return Volume(image_on_grid(function(_points(grid)).astype(np.float32), grid), "a", "MR")

    choice = VolumeChoice("moving", onto, "isotropic", interpolation)
    made = choice.made(volume_of(fixed), volume_of(moving), NEAR)
    points = _place_in("moving", onto, _points(made.grid), NEAR)
    indices = moving.indices(points)
    inner = ((indices > 5) & (indices < np.asarray(moving.size) - 6)).all(axis=-1)
    assert inner.sum() > 1000
    off = np.abs(made.array - function(points))[inner].max()
    assert off < {"linear": 3.5, "cubic": 0.1, "sinc": 1.2, "nearest": 30}[interpolation]


def test_what_the_memory_does_not_hold_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionviewer.imaging.resample.available_bytes", lambda: 2_000_000)
    fixed, moving = volume_on(LAS), volume_on(RAS)
    with pytest.raises(BadArgument) as caught:
        VolumeChoice("moving", "union", (0.5, 0.5, 0.5)).made(fixed, moving, POSE)
    grid = union_grid(LAS, RAS, POSE, (0.5, 0.5, 0.5))
    assert " × ".join(map(str, grid.size)) in caught.value.message
    assert "0.0 GB are free" in caught.value.message
    assert "larger spacing" in caught.value.remedy
    VolumeChoice("moving", "union", (20.0, 20.0, 20.0)).made(fixed, moving, POSE)
