"""From where a head is seen: places on the screen and back, the six sides, and the corner that faces the viewer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fusionviewer.geometry import Points
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.surface.camera import FIRST_BEARING, STANDARD_BEARINGS, Bearing, Camera, Corner

MM = st.floats(-200, 200)
POINT = st.tuples(MM, MM, MM).map(np.array)
BEARING = st.builds(Bearing, st.floats(-180, 180), st.floats(-90, 90))

SLANTED = st.builds(
    lambda quarter, around, sign, above: Bearing(90 * quarter + around - 180, sign * above),
    st.integers(0, 3), st.floats(2.8, 87.2), st.sampled_from([-1, 1]), st.floats(2.8, 87.2),
)  # fmt: skip
"""All that look along no axis plane by less than 2.8°: 0.05 is the sine of 2.9°."""


def camera_at(bearing: Bearing, middle: Points, width: int = 300, height: int = 200, scale: float = 0.8) -> Camera:
    plane = bearing.plane(middle)
    return Camera(plane, Viewport.around(plane.screen(middle), width, height, scale))


@given(BEARING, POINT, POINT)
def test_a_place_that_was_projected_comes_back(bearing: Bearing, middle: Points, point: Points) -> None:
    camera = camera_at(bearing, middle)
    column, row, depth = camera.project(point)
    np.testing.assert_allclose(camera.point(column, row, depth), point, atol=1e-9)


@given(BEARING)
def test_the_screens_axes_are_a_rotation_and_the_head_stands_upright(bearing: Bearing) -> None:
    axes = bearing.plane(np.zeros(3)).axes()
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1)
    assert axes[2, 0] == pytest.approx(0)  # level
    assert axes[2, 1] <= 1e-12  # the head is up


@pytest.mark.parametrize(
    ("side", "letters"),
    [
        ("anterior", ("R", "L", "H", "F")),
        ("posterior", ("L", "R", "H", "F")),
        ("left", ("A", "P", "H", "F")),
        ("right", ("P", "A", "H", "F")),
        ("superior", ("L", "R", "A", "P")),
        ("inferior", ("R", "L", "A", "P")),
    ],
)
def test_the_standard_views_show_the_sides_where_they_belong(side: str, letters: tuple[str, ...]) -> None:
    assert STANDARD_BEARINGS[side].plane(np.zeros(3)).sides() == letters


def test_what_is_nearer_has_the_smaller_depth() -> None:
    camera = camera_at(STANDARD_BEARINGS["anterior"], np.zeros(3))
    nose, nape = camera.project(np.array([[0, -90.0, 0], [0, 90.0, 0]]))
    assert nose[2] < nape[2]


def test_turning_stops_above_and_below_the_head() -> None:
    assert Bearing(0, 60).turned(0, 60).above_deg == 90
    assert Bearing(170, 0).turned(20, 0) == Bearing(-170, 0)


@given(SLANTED, POINT)
def test_the_corner_faces_the_viewer_and_its_rays_leave_it_where_its_points_end(
    bearing: Bearing, middle: Points
) -> None:
    camera = camera_at(bearing, middle, 30, 20, 8.0)
    corner = Corner.facing(camera.plane, middle, np.eye(3))
    assume(np.abs(camera.plane.normal @ corner.axes).min() > 0.05)  # else rays graze a plane, and 32 bits decide
    assert (camera.plane.normal @ corner.axes <= 0.0201).all()
    ends = corner.depths(camera)
    for row, column in ((0, 0), (10, 15), (19, 29), (5, 22)):
        end = float(ends[row, column])
        at = np.arange(-400.0, 400.0, 7.0) + camera.plane.depth_mm
        places = np.stack([camera.point(column, row, depth) for depth in at])
        seen = (places @ camera.screen_from_view.T).T.astype(np.float32)
        inside = corner.holds(seen, camera.screen_from_view)
        sure = (np.abs(at - end) > 1) & (np.abs((places - middle) @ corner.axes).min(axis=1) > 0.5)
        assert (inside == (at < end))[sure].all() or not np.isfinite(end)


def test_the_eighth_at_the_left_the_face_and_the_vertex_is_cut_away_at_first() -> None:
    corner = Corner.facing(FIRST_BEARING.plane(np.zeros(3)), np.zeros(3), np.eye(3))
    np.testing.assert_allclose(corner.axes.sum(axis=1), [1, -1, 1])


def test_a_scaled_camera_shows_the_same_piece() -> None:
    camera = camera_at(FIRST_BEARING, np.array([3.0, 4, 5]))
    half = camera.scaled(0.5)
    assert half.shape == (100, 150)
    ends = np.array([[-0.5, -0.5], [149.5, 99.5]])
    np.testing.assert_allclose(half.viewport.screen(ends), camera.viewport.screen(2 * ends + 0.5))
