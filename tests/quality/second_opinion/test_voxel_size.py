"""A voxel size that is wrong, by axis and share."""

from __future__ import annotations

import numpy as np
import phantoms
import pytest

from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality.guard.assessment import assess
from fusionviewer.quality.second_opinion.opinion import PreparedPair, prepared_pair, second_opinion, voxel_size

pytestmark = pytest.mark.usefixtures("edges_on_the_surfaces", "quick_opinion")


def stretched(axis: int, share: float) -> Volume:
    """The phantom's MR with a voxel size that is larger by a share than it should be."""
    mr = phantoms.phantom_mr()
    spacing = list(mr.grid.spacing)
    spacing[axis] *= 1 + share
    grid = Grid.axis_aligned(mr.grid.size, (spacing[0], spacing[1], spacing[2]), np.zeros(3))
    return Volume(image_on_grid(mr.array.copy(), grid), "mr", "MR")


@pytest.mark.parametrize(("axis", "share"), [(0, 0.04), (1, -0.04), (2, 0.04)])
def test_axis_and_share_are_named(axis: int, share: float) -> None:
    mr, ct = stretched(axis, share), phantoms.phantom_ct()
    pair = prepared_pair(mr, ct)
    assert pair is not None
    found = second_opinion(pair, phantoms.MOVING_FROM_FIXED)
    assert found is not None
    size = voxel_size(pair, phantoms.MOVING_FROM_FIXED, found)
    assert size is not None
    assert size.number == axis
    assert size.share == pytest.approx(share, abs=0.012)  # the phantom's voxels are 3 mm, 1 % of a head's radius 0.8 mm
    assert size.gain > 0.01


def test_right_sizes_gain_nothing(phantom_pair: PreparedPair) -> None:
    found = second_opinion(phantom_pair, phantoms.MOVING_FROM_FIXED)
    assert found is not None
    size = voxel_size(phantom_pair, phantoms.MOVING_FROM_FIXED, found)
    assert size is not None
    assert size.gain < 0.01


def test_a_check_says_it() -> None:
    got = assess(stretched(0, 0.06), phantoms.phantom_ct(), phantoms.MOVING_FROM_FIXED)
    assert got.verdict != "fine"
    assert "voxel_size_wrong" in [reason.code for reason in got.reasons]
