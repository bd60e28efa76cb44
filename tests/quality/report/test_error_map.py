"""The map of errors over a head: where it is coloured, in which colours, and where its lines run."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.report.error_map import SIZE, draw_error_map


def _right_of_the_middle(places: Points) -> Points:
    """Millimetres: 1 at the patient's right, 3 at the left."""
    return np.asarray(2.0 + places[:, 0] / 70.0)


@pytest.fixture(scope="module")
def graded(phantom_mr: Volume) -> NDArray[np.uint8]:
    return draw_error_map(phantom_mr, _right_of_the_middle)


@pytest.fixture(scope="module")
def even(phantom_mr: Volume) -> NDArray[np.uint8]:
    return draw_error_map(phantom_mr, lambda places: np.full(len(places), 0.7))


def colour(picture: NDArray[np.uint8], column: int) -> NDArray[np.float64]:
    """The mean colour of a few rows of the axial plane, away from lines."""
    return np.asarray(picture[150:160, column - 3 : column + 3].reshape(-1, 3).mean(axis=0))


def saturation(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    return np.asarray(np.ptp(picture.astype(np.int16), axis=2))


def test_the_colour_follows_the_error_and_ends_with_the_head(graded: NDArray[np.uint8]) -> None:
    assert graded.shape == (SIZE[1], SIZE[0], 3)
    right, left = colour(graded, 90), colour(graded, 270)  # radiological: the patient's right on the left
    assert right[2] > right[1]  # violet to blue
    assert left[1] > left[2]  # green
    assert saturation(graded[140:280, 130:170]).min() > 10
    assert saturation(graded[60:-60, 2:12]).max() == 0


def test_lines_run_where_the_error_is_a_round_number(graded: NDArray[np.uint8], even: NDArray[np.uint8]) -> None:
    bright = (graded[150:280, 80:290].min(axis=2) > 170).mean(axis=0)  # of each column of the axial plane
    columns = 80 + np.flatnonzero(bright > 0.6)
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 2) + 1)
    assert len(groups) == 3, "1.5, 2 and 2.5 mm"
    assert np.ptp(np.diff([group.mean() for group in groups])) < 2
    assert not ((even[150:280, 80:290].min(axis=2) > 170).mean(axis=0) > 0.6).any()


def test_small_errors_look_small(even: NDArray[np.uint8], phantom_mr: Volume) -> None:
    more = draw_error_map(phantom_mr, lambda places: np.full(len(places), 1.9))
    assert colour(even, 190)[2] > colour(even, 190)[1]
    assert colour(more, 190)[1] > colour(more, 190)[2]
