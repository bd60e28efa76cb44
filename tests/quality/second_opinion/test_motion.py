"""Six numbers in mm and the transform that they mean."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.quality.second_opinion.motion import along_normals, columns, motion_of, moved_mm, rigid_of

NUMBERS = st.lists(st.floats(-20, 20), min_size=6, max_size=6).map(np.array)
PLACE = st.lists(st.floats(-120, 120), min_size=3, max_size=3).map(np.array)


@given(NUMBERS, PLACE)
def test_numbers_and_transform_say_the_same(motion: np.ndarray, centre: np.ndarray) -> None:
    np.testing.assert_allclose(motion_of(rigid_of(motion, centre), centre), motion, atol=1e-6)


@given(NUMBERS, PLACE, PLACE)
def test_a_small_motion_moves_places_as_its_columns_say(
    motion: np.ndarray, centre: np.ndarray, place: np.ndarray
) -> None:
    small = motion * 1e-3
    moved = rigid_of(small, centre).apply(place) - place
    by_columns = columns((place - centre)[None])[0] @ small
    np.testing.assert_allclose(by_columns, moved, atol=1e-4)  # what is left is of second order: (20e-3/80)² · 240 mm
    assert abs(moved_mm(small, centre, place[None])[0] - np.linalg.norm(by_columns)) < 1e-9


@given(NUMBERS, PLACE, PLACE)
def test_along_a_normal_it_is_the_part_of_the_motion_in_that_direction(
    motion: np.ndarray, centre: np.ndarray, place: np.ndarray
) -> None:
    normal = np.array([0.6, 0.0, -0.8])
    lever = along_normals(place[None], normal[None], centre)[0]
    assert abs(lever @ motion - normal @ (columns((place - centre)[None])[0] @ motion)) < 1e-9
