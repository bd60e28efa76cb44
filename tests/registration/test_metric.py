from __future__ import annotations

import numpy as np
import pytest

from fusionviewer.geometry import RigidTransform
from fusionviewer.registration.metric import CodedImage, JointInformation, Samples
from fusionviewer.registration.optimizer import Chart

BINS = 16


@pytest.fixture(scope="module")
def metric() -> JointInformation:
    """A smooth made-up image against bins that follow it."""
    k, j, i = np.indices((30, 34, 38))
    bumps = np.sin(i / 5) + np.cos(j / 4) * np.sin(k / 6) + 0.05 * i
    codes = ((bumps - bumps.min()) / np.ptp(bumps) * (BINS - 1)).astype(np.float32)
    index_from_point = np.diag([0.5, 0.5, 0.4, 1.0])
    index_from_point[:3, 3] = [19, 17, 15]
    points = np.random.default_rng(0).uniform(-22, 22, (3, 4000)).astype(np.float32)
    at = np.rint(index_from_point[:3, :3] @ points + index_from_point[:3, 3:]).astype(int)
    bins = (BINS - 1 - np.rint(codes[at[2], at[1], at[0]])).astype(np.int64)  # contrast upside down
    return JointInformation(Samples(points, bins, BINS), CodedImage(codes, index_from_point, BINS))


def test_is_best_where_the_images_agree(metric: JointInformation) -> None:
    here = metric.evaluate(np.eye(4), np.zeros(3))
    assert here.overlap == 1.0
    for shift in np.eye(3) * 3:
        moved = RigidTransform.from_rotation(np.eye(3), shift)
        assert metric.evaluate(moved.matrix, np.zeros(3)).metric < here.metric - 0.003


@pytest.mark.parametrize("seed", range(6))
def test_gradient_is_that_of_the_metric(metric: JointInformation, seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = RigidTransform.from_rotation_vector(rng.normal(0, 0.1, 3), np.zeros(3), rng.normal(0, 2, 3))
    chart = Chart(start, rng.normal(0, 10, 3))
    u = rng.normal(0, 2, 6)

    def value(v: np.ndarray) -> float:
        return metric.evaluate(chart.pose(v), chart.moved_centre(v)).metric

    exact = chart.gradient(u, metric.evaluate(chart.pose(u), chart.moved_centre(u)).gradient)
    steps = np.eye(6) * 0.05
    numeric = np.array([(value(u + d) - value(u - d)) / 0.1 for d in steps])
    np.testing.assert_allclose(exact, numeric, atol=0.05 * np.abs(exact).max())


def test_nothing_in_common_is_zero_and_points_outside_do_not_count(metric: JointInformation) -> None:
    far = RigidTransform.from_rotation(np.eye(3), np.array([500.0, 0, 0]))
    assert metric.evaluate(far.matrix, np.zeros(3)).overlap == 0.0
    assert metric.evaluate(far.matrix, np.zeros(3)).metric == 0.0
    half = RigidTransform.from_rotation(np.eye(3), np.array([35.0, 0, 0]))
    assert 0.2 < metric.evaluate(half.matrix, np.zeros(3)).overlap < 0.8
