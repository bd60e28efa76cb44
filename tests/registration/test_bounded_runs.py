"""Bounded runs from random starts: never outside, touched limits named, the truth found where it lies inside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fusionviewer.errors import Cancelled
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.progress import Observer
from fusionviewer.registration import Ending, register

Error = Callable[[RigidTransform], float]


@pytest.mark.parametrize("runs", [2, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_random_bounded_runs(
    sample_pair: Any, sample_truth: RigidTransform, sample_points: Points, sample_error: Error, runs: int
) -> None:
    rng = np.random.default_rng(runs)
    inside = found = 0
    for _ in range(runs):
        mm, deg = np.exp(rng.uniform(np.log(0.5), np.log(20), 2))
        turn, shift = rng.normal(size=3), rng.normal(size=3)
        turn *= np.deg2rad(deg) * rng.uniform(0, 1.4) / np.linalg.norm(turn)
        shift *= mm * rng.uniform(0, 1.4) / np.linalg.norm(shift)
        middle = sample_truth.apply(sample_points.mean(axis=0))
        start = RigidTransform.from_rotation_vector(turn, middle, shift) @ sample_truth
        result = register(sample_pair.fixed, sample_pair.moving, start, max_shift_mm=mm, max_rotation_deg=deg)
        assert result.bounds is not None
        assert result.bounds.contains(result.moving_from_fixed, 1e-6)
        reached = result.bounds.reached(result.moving_from_fixed)
        assert ("shift" in result.touched) == (reached[0] >= 0.99 * mm)
        assert ("rotation" in result.touched) == (reached[1] >= 0.99 * deg)
        assert (result.ending is Ending.BOUNDED) == bool(result.touched)
        if result.bounds.contains(sample_truth):
            inside += 1
            found += sample_error(result.moving_from_fixed) < 0.8
    assert inside > 0
    assert found >= 0.95 * inside


@pytest.mark.parametrize("after", [0.02, 0.3, 0.9])
def test_a_run_that_is_cancelled_from_outside_ends_at_once(sample_pair: Any, after: float) -> None:
    observer = Observer()
    timer = threading.Timer(after, observer.cancelled.set)
    began = time.monotonic()
    timer.start()
    with pytest.raises(Cancelled):
        register(sample_pair.fixed, sample_pair.moving, observer=observer)
    timer.join()
    assert time.monotonic() - began - after < 2.0
