"""The bone contours in the colours of distances."""

from __future__ import annotations

import numpy as np
import pytest

from fusionviewer.geometry import AXIAL, Grid, RigidTransform, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.marks.edge_field import SCALE_MM, UNKNOWN, EdgeField, distance_table
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window

FIELD = EdgeField(np.array([[-20.0, 0, 0], [20.0, 0, 0]]), np.array([-SCALE_MM, SCALE_MM]))


def bony_ct() -> Volume:
    """A cube of bone, 40 mm wide, in soft tissue."""
    values = np.full((20, 60, 60), 40, np.int16)
    values[:, 10:50, 10:50] = 1000
    return Volume(image_on_grid(values, Grid.axis_aligned((60, 60, 20), (1, 1, 1), np.zeros(3))), "ct", "CT")


def test_distances_are_smooth_between_places_and_unknown_far_from_all() -> None:
    mm = FIELD.at(np.array([[-20.0, 0, 0], [0.0, 0, 0], [20.0, 0, 0], [0, 90.0, 0]]))
    assert mm[0] == pytest.approx(-SCALE_MM, abs=0.2)
    assert mm[1] == pytest.approx(0, abs=1e-6)
    assert mm[2] == pytest.approx(SCALE_MM, abs=0.2)
    assert np.isnan(mm[3])
    assert tuple(FIELD.colours(np.array([[0, 90.0, 0]]))[0]) == UNKNOWN


def test_the_contour_has_the_colour_of_each_side_also_under_a_pose() -> None:
    shift = RigidTransform.from_rotation_vector(
        np.zeros(3), np.zeros(3), np.array([-5.0, 0, 0])
    )  # seen 5 mm to the left
    request = SliceRequest(
        SlicePlane.through(np.zeros(3), AXIAL), Viewport.around(np.zeros(2), 101, 101, 1.0), None,
        Layer(bony_ct(), Window(0, 4000), shift), edge_field=FIELD,
    )  # fmt: skip
    picture = SliceRenderer().render(request)[50, :, 2::-1].astype(int)
    line = np.flatnonzero(np.ptp(picture, axis=1) > 60)
    inwards, outwards = distance_table()[0].astype(int), distance_table()[-1].astype(int)
    left, right = picture[line.min()], picture[line.max()]
    assert abs(line.min() - 34.5) < 2.1
    assert abs(line.max() - 74.5) < 2.1
    assert left[0] > left[1] < left[2], inwards
    assert right[0] < right[1] > right[2], outwards


def test_the_scale_can_be_told_apart_without_red_and_green() -> None:
    low, middle, high = (distance_table()[n].astype(float) for n in (0, 128, 255))
    blue = [colour[2] for colour in (low, high)]
    assert blue[0] - blue[1] > 120, "what is left to the red-green blind"
    assert middle.min() > 240
