"""A volume's voxels, values and fingerprint."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest
from noise_volumes import make_volume

from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.volume import Volume, grid_of, image_on_grid


def test_the_voxels_outlive_the_volume() -> None:
    expected = np.array(make_volume().array)
    voxels = [make_volume().array for _ in range(20)]
    gc.collect()
    _ = [np.full((5, 6, 7), 7, np.int16) for _ in range(200)]  # what was freed would now be overwritten
    for array in voxels:
        np.testing.assert_array_equal(array, expected)


def test_the_voxels_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        make_volume().array[0, 0, 0] = 1


def test_a_value_is_that_of_the_voxel_around_a_point() -> None:
    volume = make_volume()
    assert volume.value_at(volume.grid.points(np.array([2.4, 3.4, 1.4]))) == volume.array[1, 3, 2]
    assert volume.value_at(volume.grid.points(np.array([-0.49, 0, 0]))) == volume.array[0, 0, 0]
    assert volume.value_at(volume.grid.points(np.array([-0.51, 0, 0]))) is None


def test_an_image_on_a_grid_has_that_grid() -> None:
    volume = make_volume(mirrored=True)
    assert grid_of(image_on_grid(np.array(volume.array), volume.grid)) == volume.grid
    with pytest.raises(ValueError, match="does not fit"):
        image_on_grid(np.zeros((2, 3, 4)), volume.grid)


def test_the_fingerprint_is_of_voxels_and_grid() -> None:
    volume = make_volume()
    moved = replace(volume.grid, origin=(0.0, 0.0, 0.0), direction=frozen(volume.grid.direction))
    other_place = Volume(image_on_grid(np.array(volume.array), moved), "noise")
    other_name = Volume(volume.image, "another name", "MR")
    assert volume.fingerprint == other_name.fingerprint
    assert volume.fingerprint != other_place.fingerprint
    assert len(volume.fingerprint) == 32


def test_files_call_it_by_its_neutral_name_unless_descriptions_are_wanted() -> None:
    shown = replace(make_volume(), name="t1 of the head", neutral_name="MR series 3")
    fingerprint = shown.fingerprint
    assert shown.written_name == "MR series 3"
    neutral, described = (shown.for_files(descriptions=wanted) for wanted in (False, True))
    assert (neutral.name, neutral.written_name) == ("MR series 3", "MR series 3")
    assert (described.name, described.written_name) == ("t1 of the head", "t1 of the head")
    assert vars(neutral)["fingerprint"] == fingerprint, "it is not worked out again"
    assert neutral.for_files(descriptions=True) is neutral
    of_a_file = make_volume()
    assert of_a_file.written_name == of_a_file.name
