"""The joint histogram: which values lie on which, the same places at each pose."""

from __future__ import annotations

import numpy as np
import pytest
from phantoms import MOVING_FROM_FIXED

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality.review.joint_histogram import BINS, joint_histograms


def test_it_is_sharper_where_the_images_are_aligned(phantom_mr: Volume, phantom_ct: Volume) -> None:
    poses = (RigidTransform.identity(), MOVING_FROM_FIXED)
    before, after = joint_histograms(phantom_mr, phantom_ct, poses, None)
    assert after.information_bits > before.information_bits + 0.1
    assert after.counts.shape == (BINS, BINS)
    assert after.moving_range == (-1000.0, 1500.0)


def test_rows_are_moving_and_columns_are_fixed_values() -> None:
    grid = Grid.axis_aligned((20, 20, 20), (3, 3, 3), np.zeros(3))
    values = np.zeros((20, 20, 20), np.float32)
    values[:, :, 10:] = 100.0
    fixed = Volume(image_on_grid(values, grid), "fixed", "MR")
    moving = Volume(image_on_grid(100.0 - values, grid), "moving", "MR")
    (found,) = joint_histograms(fixed, moving, (RigidTransform.identity(),), np.array([[-20.0] * 3, [20.0] * 3]))
    fullest = np.argsort(found.counts.ravel())[-2:]
    assert {divmod(int(n), BINS) for n in fullest} == {(0, BINS - 1), (BINS - 1, 0)}
    assert found.information_bits == pytest.approx(1.2, abs=0.4)


def test_where_the_images_do_not_meet_there_is_nothing_to_count(phantom_mr: Volume, phantom_ct: Volume) -> None:
    away = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([900.0, 0, 0]))
    (found,) = joint_histograms(phantom_mr, phantom_ct, (away,), None)
    assert found.counts.sum() == 0
    assert found.information_bits == 0.0
