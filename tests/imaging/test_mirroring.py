from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.geometry import Grid, rotation_from_vector
from fusionviewer.imaging.mirroring import AXES, index_axis, mirror, mirror_note, mirror_points
from fusionviewer.imaging.volume import Axis, Volume, image_on_grid

ORDERS = [
    np.diag(signs) @ np.eye(3)[list(order)] for order in permutations(range(3)) for signs in ((1, 1, 1), (-1, 1, -1))
]


def _volume(direction: np.ndarray) -> Volume:
    grid = Grid((4, 5, 6), (1.0, 1.5, 2.0), (10.0, -20.0, 30.0), direction)
    values = np.arange(4 * 5 * 6, dtype=np.int16).reshape(6, 5, 4)
    return Volume(image_on_grid(values, grid), "made up", "CT", notes=("Its slices were uneven.",))


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("direction", [*ORDERS, rotation_from_vector(np.array([0.3, -0.2, 0.4]))])
def test_each_value_lies_where_its_point_was_mirrored_to(axis: Axis, direction: np.ndarray) -> None:
    volume = _volume(direction)
    mirrored = mirror(volume, axis)
    assert mirrored.grid == volume.grid
    index = np.array([1, 1, 4])
    point = volume.grid.points(index)
    there = mirror_points(volume.grid, axis, point)
    assert mirrored.value_at(there) == volume.value_at(point)
    way = there - point
    assert np.abs(way).argmax() == AXES.index(axis)  # it went along that axis of the patient, more than any other


@pytest.mark.parametrize("axis", AXES)
def test_the_same_again_gives_the_image_back(axis: Axis) -> None:
    volume = _volume(ORDERS[3])
    back = mirror(mirror(volume, axis), axis)
    assert back.fingerprint == volume.fingerprint
    assert (back.notes, back.mirrored, back.fingerprint_as_read) == (volume.notes, (), "")


def test_two_mirrors_in_either_order_are_the_same_and_the_note_names_both() -> None:
    volume = _volume(ORDERS[0])
    one, other = mirror(mirror(volume, "x"), "z"), mirror(mirror(volume, "z"), "x")
    assert one.fingerprint == other.fingerprint != volume.fingerprint
    assert one.mirrored == other.mirrored == ("x", "z")
    assert one.notes == other.notes == ("Its slices were uneven.", mirror_note(("x", "z")))
    assert one.fingerprint_on_disk == volume.fingerprint
    assert "mirrored left–right and head–foot" in one.notes[-1]
    assert volume.notes == ("Its slices were uneven.",)


@given(st.tuples(*[st.floats(-3.0, 3.0)] * 3))
def test_each_axis_of_the_patient_has_an_index_axis_of_its_own(turn: tuple[float, float, float]) -> None:
    grid = Grid((4, 5, 6), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), rotation_from_vector(np.array(turn)))
    assert sorted(index_axis(grid, axis) for axis in AXES) == [0, 1, 2]
