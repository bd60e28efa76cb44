"""A resliced plane is what an independent interpolation gives, where it lies, and the right way round."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fusionviewer.geometry import (
    AXIAL,
    CORONAL,
    ORIENTATIONS,
    SAGITTAL,
    Grid,
    Orientation,
    Points,
    RigidTransform,
    SlicePlane,
)
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.reslice import Viewport, reslice
from fusionviewer.imaging.volume import Volume, image_on_grid

IDENTITY = RigidTransform.identity()
three_angles = st.tuples(*[st.floats(-180, 180)] * 3)


def trilinear(array: NDArray[np.int16], indices: Points) -> Points:
    """By hand: the weighted mean of the eight voxels around each continuous index (i, j, k), held at the border."""
    size = np.array(array.shape[::-1])
    held = np.clip(indices, 0, size - 1)
    low = np.minimum(np.floor(held).astype(int), np.maximum(size - 2, 0))
    part = held - low
    total = np.zeros(len(indices))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, part, 1 - part), axis=1)
        i, j, k = np.minimum(low + corner, size - 1).T
        total += weight * array[k, j, i]
    return total


def pixel_points(plane: SlicePlane, viewport: Viewport) -> Points:
    columns, rows = np.meshgrid(np.arange(viewport.width), np.arange(viewport.height))
    screen = viewport.screen(np.stack([columns, rows], axis=-1))
    return plane.points(screen[..., 0], screen[..., 1]).reshape(-1, 3)


@settings(max_examples=25)
@given(three_angles, three_angles, st.sampled_from(ORIENTATIONS), st.booleans())
def test_values_and_outline_are_exact_for_any_grid_and_pose(
    grid_deg: tuple[float, float, float],
    pose_deg: tuple[float, float, float],
    orientation: Orientation,
    radiological: bool,
) -> None:
    turn = RigidTransform.from_euler((*grid_deg, 0, 0, 0), np.zeros(3)).rotation
    grid = Grid((13, 11, 5), (1.0, 1.5, 4.0), (-20.0, 35.0, 3.0), frozen(turn))
    array = np.random.default_rng(1).integers(-1000, 3000, grid.size[::-1]).astype(np.int16)
    volume = Volume(image_on_grid(array, grid), "noise")
    volume_from_view = RigidTransform.from_euler((*pose_deg, 40.0, -7.0, 12.5), np.array([5.0, 6.0, 7.0]))

    plane = SlicePlane.through((~volume_from_view).apply(grid.centre + 0.3), orientation, radiological)
    viewport = Viewport.around(plane.screen(plane.point), 47, 41, 0.61)
    values = reslice(volume, plane, viewport, volume_from_view).ravel()

    points = volume_from_view.apply(pixel_points(plane, viewport))
    indices = grid.indices(points)
    from_face = np.abs(np.stack([indices + 0.5, np.array(grid.size) - 0.5 - indices])).min(axis=(0, 2))
    clear = from_face > 1e-6  # on the face itself rounding decides
    inside = grid.contains(points)
    assert np.array_equal(~np.isnan(values)[clear], inside[clear])
    assert np.allclose(values[inside & clear], trilinear(array, indices[inside & clear]), atol=0.01)
    assert inside.any()
    assert not inside.all()


def ball(centre: tuple[float, float, float]) -> Volume:
    grid = Grid.axis_aligned((60, 60, 60), (2.0, 2.0, 2.0), np.zeros(3))
    k, j, i = np.indices(grid.size[::-1])
    distance = np.linalg.norm(grid.points(np.stack([i, j, k], axis=-1)) - centre, axis=-1)
    return Volume(image_on_grid((100 * (distance < 8)).astype(np.int16), grid), "ball")


@pytest.mark.parametrize(
    ("centre", "orientation", "radiological", "side"),
    [
        ((30, 0, 0), AXIAL, True, "right"),  # the patient's left is on the screen's right
        ((30, 0, 0), AXIAL, False, "left"),
        ((30, 0, 0), CORONAL, True, "right"),
        ((30, 0, 0), CORONAL, False, "left"),
        ((0, -30, 0), AXIAL, True, "top"),  # the nose is up
        ((0, -30, 0), AXIAL, False, "top"),
        ((0, 0, 30), CORONAL, True, "top"),
        ((0, 0, 30), SAGITTAL, True, "top"),
        ((0, -30, 0), SAGITTAL, True, "left"),
        ((0, -30, 0), SAGITTAL, False, "left"),
    ],
)
def test_sides_are_certain(
    centre: tuple[int, int, int], orientation: Orientation, radiological: bool, side: str
) -> None:
    plane = SlicePlane.through(np.zeros(3), orientation, radiological)
    values = reslice(ball(centre), plane, Viewport.around(np.zeros(2), 101, 101, 1.0), IDENTITY)
    rows, columns = np.nonzero(values > 50)
    right, down = columns.mean() - 50, rows.mean() - 50
    expected = {"left": (-30, 0), "right": (30, 0), "top": (0, -30), "bottom": (0, 30)}[side]
    assert (right, down) == pytest.approx(expected, abs=0.6)


def slabs() -> Volume:
    """Three slices 4 mm thick with the values 0, 100 and 400, centres at z = 0, 4 and 8."""
    grid = Grid((10, 10, 3), (1.0, 1.0, 4.0), (0.0, 0.0, 0.0), frozen(np.eye(3)))
    array = np.repeat(np.array([0, 100, 400], dtype=np.int16), 100).reshape(3, 10, 10)
    return Volume(image_on_grid(array, grid), "slabs")


@pytest.mark.parametrize(
    ("z", "value"),
    [(-1.99, 0), (0, 0), (1, 25), (4, 100), (6, 250), (8, 400), (9.99, 400), (-2.1, None), (10.1, None)],
)
def test_thick_slices_interpolate_and_the_border_goes_on_to_the_face_of_the_box(z: float, value: int | None) -> None:
    plane = SlicePlane.through(np.array([5.0, 5.0, z]), AXIAL)
    values = reslice(slabs(), plane, Viewport(10, 10, 0, 0, 1.0), IDENTITY)
    assert np.isnan(values).all() if value is None else np.allclose(values, value)


def test_the_picture_is_as_large_as_the_box() -> None:
    plane = SlicePlane.through(np.array([5.0, 5.0, 4.0]), AXIAL)
    values = reslice(slabs(), plane, Viewport(140, 140, -2, -2, 0.1), IDENTITY)
    assert (~np.isnan(values)).sum() == 100**2


def test_nearest_gives_only_values_that_are_there() -> None:
    plane = SlicePlane.through(np.array([5.0, 5.0, 4.0]), CORONAL)
    values = reslice(slabs(), plane, Viewport(10, 90, 0, -9.9, 0.13), IDENTITY, "nearest")
    assert set(np.unique(values[~np.isnan(values)])) == {0, 100, 400}
    assert values.dtype == np.float32
    assert values.shape == (90, 10)


@settings(max_examples=25)
@given(three_angles, three_angles, st.sampled_from(ORIENTATIONS))
def test_nearest_gives_each_pixel_the_voxel_it_lies_in(
    grid_deg: tuple[float, float, float], pose_deg: tuple[float, float, float], orientation: Orientation
) -> None:
    turn = RigidTransform.from_euler((*grid_deg, 0, 0, 0), np.zeros(3)).rotation
    grid = Grid((13, 11, 5), (1.0, 1.5, 4.0), (-20.0, 35.0, 3.0), frozen(turn))
    array = np.random.default_rng(1).integers(-1000, 3000, grid.size[::-1]).astype(np.int16)
    volume_from_view = RigidTransform.from_euler((*pose_deg, 40.0, -7.0, 12.5), np.array([5.0, 6.0, 7.0]))
    plane = SlicePlane.through((~volume_from_view).apply(grid.centre + 0.3), orientation)
    viewport = Viewport.around(plane.screen(plane.point), 47, 41, 0.61)
    volume = Volume(image_on_grid(array, grid), "noise")
    values = reslice(volume, plane, viewport, volume_from_view, "nearest").ravel()

    indices = grid.indices(volume_from_view.apply(pixel_points(plane, viewport))) + 0.5
    clear = np.abs(indices - np.rint(indices)).min(axis=1) > 1e-6  # on a face rounding decides
    i, j, k = np.floor(indices).astype(int).T
    inside = np.all((indices >= 0) & (indices < grid.size), axis=1)
    assert np.array_equal(~np.isnan(values)[clear], inside[clear])
    here = inside & clear
    assert np.array_equal(values[here], array[k[here], j[here], i[here]])
    assert inside.any()
    assert not inside.all()


@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
@pytest.mark.parametrize("array_type", [np.uint8, np.int16, np.uint16, np.float32, np.float64])
def test_every_pixel_type_gives_float32_with_nan_outside(array_type: Any, interpolation: Any) -> None:
    grid = Grid.axis_aligned((4, 4, 4), (1, 1, 1), np.zeros(3))
    volume = Volume(image_on_grid(np.full((4, 4, 4), 7, array_type), grid), "seven")
    plane, viewport = SlicePlane.through(np.zeros(3), AXIAL), Viewport.around(np.zeros(2), 8, 8, 1.0)
    values = reslice(volume, plane, viewport, IDENTITY, interpolation)
    assert values.dtype == np.float32
    assert np.nansum(values) == 7 * 16
    assert np.isnan(values[0]).all()


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(0.01, 10), st.integers(1, 999), st.integers(1, 999))
def test_a_viewport_is_around_its_middle_and_goes_there_and_back(
    x: float, y: float, scale: float, width: int, height: int
) -> None:
    viewport = Viewport.around(np.array([x, y]), width, height, scale)
    assert viewport.screen(np.array([(width - 1) / 2, (height - 1) / 2])) == pytest.approx([x, y], abs=1e-6)
    assert viewport.pixels(viewport.screen(np.array([3.25, -8.0]))) == pytest.approx([3.25, -8.0], abs=1e-6)


@pytest.mark.parametrize("bad", [(0, 5, 1.0), (5, 0, 1.0), (5, 5, 0.0), (5, 5, -1.0), (5, 5, float("nan"))])
def test_what_is_no_viewport_is_refused(bad: tuple[int, int, float]) -> None:
    width, height, scale = bad
    with pytest.raises(ValueError, match="not a viewport"):
        Viewport(width, height, 0.0, 0.0, scale)


def test_nearest_leaves_the_voxels_where_they_are_while_a_filter_reads_the_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second view that is taken meanwhile would move them, and the array would read what was freed."""
    grid = Grid.axis_aligned((4, 5, 6), (1.0, 1.0, 1.0), np.zeros(3))
    volume = Volume(image_on_grid(np.arange(120, dtype=np.float32).reshape(6, 5, 4), grid), "t")
    before = volume.array
    monkeypatch.setattr(sitk, "GetArrayViewFromImage", None)
    plane = SlicePlane.through(np.zeros(3), AXIAL)
    shown = reslice(volume, plane, Viewport.around(np.zeros(2), 4, 5, 1.0), IDENTITY, "nearest")
    assert np.isin(shown, before).all()
