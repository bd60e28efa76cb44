"""Grids: index to point and back, the box and what lies in it, against SimpleITK's own arithmetic."""

from __future__ import annotations

import math

import numpy as np
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.geometry.types import frozen

Array = NDArray[np.float64]


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Oblique, permuted and mirrored grids, too."""
    angles = [math.degrees(draw(st.floats(-3, 3))) for _ in range(3)]
    rotation = RigidTransform.from_euler((*angles, 0, 0, 0), np.zeros(3)).rotation
    flips = np.diag(draw(st.tuples(*[st.sampled_from([-1.0, 1.0])] * 3)))
    size = draw(st.tuples(*[st.integers(2, 40)] * 3))
    spacing = draw(st.tuples(*[st.floats(0.2, 6)] * 3))
    origin = draw(st.tuples(*[st.floats(-200, 200)] * 3))
    return Grid(size, spacing, origin, frozen(rotation @ flips))


indices = st.tuples(*[st.floats(-5, 45)] * 3).map(np.array)


@settings(max_examples=30)
@given(grids(), indices)
def test_points_are_where_itk_puts_them(grid: Grid, index: Array) -> None:
    image = sitk.Image(list(grid.size), sitk.sitkUInt8)
    image.SetSpacing(grid.spacing)
    image.SetOrigin(grid.origin)
    image.SetDirection(np.asarray(grid.direction).ravel().tolist())
    theirs = image.TransformContinuousIndexToPhysicalPoint(index.tolist())
    np.testing.assert_allclose(grid.points(index), theirs, atol=1e-9)


@settings(max_examples=30)
@given(grids(), indices)
def test_indices_come_back(grid: Grid, index: Array) -> None:
    np.testing.assert_allclose(grid.indices(grid.points(index)), index, atol=1e-8)


@settings(max_examples=30)
@given(grids(), st.tuples(*[st.floats(-1, 1)] * 3).map(np.array))
def test_the_box_reaches_half_a_voxel_beyond_the_centres(grid: Grid, place: Array) -> None:
    half = np.asarray(grid.size) / 2
    inside = grid.points(half - 0.5 + place * (half - 1e-6))
    assert bool(grid.contains(inside))
    axis = int(np.argmax(np.abs(place)))
    beyond = place.copy()
    beyond[axis] = 1.0 if place[axis] >= 0 else -1.0
    assert not bool(grid.contains(grid.points(half - 0.5 + beyond * (half + 1e-6))))


@settings(max_examples=25)
@given(grids())
def test_corners_centre_and_extent_agree(grid: Grid) -> None:
    corners = grid.corners
    np.testing.assert_allclose(corners.mean(axis=0), grid.centre, atol=1e-8)
    edges = np.linalg.norm(corners[[1, 2, 4]] - corners[0], axis=1)
    np.testing.assert_allclose(edges, grid.extent_mm, rtol=1e-9)
    np.testing.assert_allclose(corners[7] - corners[0], grid.direction @ grid.extent_mm, atol=1e-8)


def test_many_points_at_once() -> None:
    grid = Grid.axis_aligned((4, 5, 6), (1.0, 2.0, 3.0), np.array([10.0, 20.0, 30.0]))
    many = np.array([[[10.0, 20.0, 30.0], [1000.0, 0, 0]]])
    assert grid.contains(many).tolist() == [[True, False]]
    np.testing.assert_allclose(grid.centre, [10, 20, 30])
    assert grid.indices(many).shape == (1, 2, 3)


def test_grids_are_values() -> None:
    one, same = (Grid.axis_aligned((4, 5, 6), (1.0, 1.0, 1.0), np.zeros(3)) for _ in range(2))
    other = Grid.axis_aligned((4, 5, 6), (1.0, 1.0, 1.5), np.zeros(3))
    assert one == same
    assert len({one, same, other}) == 2
