"""Slice planes: points and screen, and which side of the screen is which side of the patient."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fusionviewer.geometry import AXIAL, CORONAL, ORIENTATIONS, SAGITTAL, Orientation, SlicePlane, rotation_from_vector

Array = NDArray[np.float64]

points = st.tuples(*[st.floats(-200, 200)] * 3).map(np.array)
planes = st.builds(SlicePlane.through, points, st.sampled_from(ORIENTATIONS), st.booleans())


@pytest.mark.parametrize(
    ("orientation", "radiological", "sides"),
    [
        (AXIAL, True, ("R", "L", "A", "P")),
        (AXIAL, False, ("L", "R", "A", "P")),
        (CORONAL, True, ("R", "L", "H", "F")),
        (CORONAL, False, ("L", "R", "H", "F")),
        (SAGITTAL, True, ("A", "P", "H", "F")),
        (SAGITTAL, False, ("A", "P", "H", "F")),
    ],
)
def test_sides_of_the_screen(orientation: Orientation, radiological: bool, sides: tuple[str, ...]) -> None:
    assert SlicePlane.through(np.zeros(3), orientation, radiological).sides() == sides


def test_the_long_axis_has_letters_of_either_kind() -> None:
    plane = SlicePlane.through(np.zeros(3), CORONAL)
    assert plane.sides("SI") == ("R", "L", "S", "I")
    assert plane.sides("HF") == ("R", "L", "H", "F")
    leaning = rotation_from_vector(np.deg2rad([30.0, 0.0, 0.0]))
    assert SlicePlane.through(np.zeros(3), CORONAL, tilt=leaning).sides("SI")[2:] == ("SA", "IP")


@settings(max_examples=30)
@given(planes, points)
def test_a_point_is_its_screen_place_plus_its_distance(plane: SlicePlane, point: Array) -> None:
    right, down = plane.screen(point)
    projected = plane.points(np.asarray(right), np.asarray(down))
    np.testing.assert_allclose(projected + plane.distance(point) * plane.normal, point, atol=1e-9)
    assert plane.distance(projected) == pytest.approx(0, abs=1e-9)


@settings(max_examples=25)
@given(planes)
def test_a_plane_goes_through_its_point(plane: SlicePlane) -> None:
    assert plane.distance(plane.point) == pytest.approx(0, abs=1e-9)
    axes = plane.axes()
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(axes[:, 2], plane.normal)


@pytest.mark.parametrize(("orientation", "axis"), [(AXIAL, 2), (CORONAL, 1), (SAGITTAL, 0)])
def test_the_axis_that_a_view_looks_along(orientation: Orientation, axis: int) -> None:
    assert orientation.normal_axis == axis
    assert abs(SlicePlane.through(np.zeros(3), orientation).normal[axis]) == 1
