"""Windowed sinc: against a sum over all voxels that shares nothing with it, and against what is known exactly."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from grids import LAS, OBLIQUE_LEFT, OBLIQUE_LPS, POSE, volume_on
from numpy.typing import NDArray

from fusionviewer.errors import Cancelled
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.resample import resample
from fusionviewer.imaging.resampling.windowed_sinc import windowed_sinc
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.progress import Observer

NOWHERE = RigidTransform.identity()


def summed(volume: Volume, point: NDArray[np.float64]) -> float:
    """Lanczos' sum of three voxels to each side, written down as its definition has it, for one point."""
    at = volume.grid.indices(point)
    total, weights = 0.0, 0.0
    first = np.floor(at).astype(int) - 2
    for di, dj, dk in np.ndindex(6, 6, 6):
        index = first + np.array([di, dj, dk])
        x = at - index
        weight = float(np.prod(np.sinc(x) * np.sinc(x / 3) * (np.abs(x) < 3)))
        i, j, k = np.clip(index, 0, np.asarray(volume.grid.size) - 1)
        total += weight * float(volume.array[k, j, i])
        weights += weight
    return total / weights


@pytest.mark.parametrize("grid", [LAS, OBLIQUE_LPS, OBLIQUE_LEFT], ids=["left-handed", "oblique", "turned"])
def test_it_is_lanczos_sum(grid: Grid) -> None:
    volume = volume_on(grid)
    onto = Grid((5, 4, 6), (3.1, 2.3, 2.9), tuple((~POSE).apply(grid.centre - 5)), OBLIQUE_LPS.direction)
    made = windowed_sinc(volume, onto, POSE, -5000.0)
    k, j, i = np.meshgrid(*(np.arange(n) for n in onto.size[::-1]), indexing="ij")
    points = POSE.apply(onto.points(np.stack([i, j, k], axis=-1)).reshape(-1, 3))
    expected = [summed(volume, p) if volume.grid.contains(p) else -5000.0 for p in points]
    assert len(set(expected)) > 20
    assert -5000.0 in expected
    np.testing.assert_allclose(made.ravel(), expected, atol=1e-3)


def test_water_stays_water_up_to_the_edge() -> None:
    grid = Grid.axis_aligned((20, 21, 22), (1.0, 1.2, 1.5), np.zeros(3))
    water = Volume(image_on_grid(np.full(grid.size[::-1], 1000, np.float32), grid), "water", "MR")
    onto = Grid.axis_aligned((30, 30, 30), (0.63, 0.7, 0.9), np.full(3, 0.11))
    made = resample(water, onto, NOWHERE, "sinc", outside=-7).array
    assert set(np.unique(np.round(made, 3)).tolist()) <= {-7.0, 1000.0}


def test_fine_structure_is_kept_that_linear_interpolation_loses() -> None:
    grid = Grid.axis_aligned((60, 20, 20), (1.0, 1.0, 1.0), np.zeros(3))
    wave = np.broadcast_to(100 * np.cos(np.arange(60) * 2 * np.pi / 3.5), grid.size[::-1]).astype(np.float32)
    volume = Volume(image_on_grid(np.ascontiguousarray(wave), grid), "wave", "MR")
    onto = Grid.axis_aligned((99, 3, 3), (0.5, 1.0, 1.0), np.array([0.25, 0, 0]))
    exact = 100 * np.cos(grid.indices(onto.points(np.stack([np.arange(99), np.ones(99), np.ones(99)], 1)))[:, 0] * 2
                         * np.pi / 3.5)  # fmt: skip

    def error(interpolation: Any) -> float:
        return float(np.abs(resample(volume, onto, NOWHERE, interpolation).array[1, 1, 5:-5] - exact[5:-5]).max())

    assert error("sinc") < 6
    assert error("linear") > 25


def test_bricks_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    volume = volume_on(OBLIQUE_LEFT)
    onto = Grid.axis_aligned((11, 12, 13), (1.0, 1.1, 1.7), OBLIQUE_LEFT.centre)
    whole = windowed_sinc(volume, onto, NOWHERE, 0.0)
    monkeypatch.setattr("fusionviewer.imaging.resampling.windowed_sinc._BRICK", (4, 5, 3))
    np.testing.assert_allclose(windowed_sinc(volume, onto, NOWHERE, 0.0), whole, atol=1e-3)


def test_progress_is_told_brick_by_brick() -> None:
    grid = Grid.axis_aligned((50, 50, 30), (0.1, 0.1, 0.1), LAS.centre)
    told: list[float] = []
    resample(volume_on(LAS), grid, NOWHERE, "sinc", observer=Observer(lambda progress: told.append(progress.fraction)))
    assert len(set(told)) == 8
    assert told == sorted(told)


def test_a_cancel_is_heard_between_two_bricks() -> None:
    cancelled = threading.Event()
    cancelled.set()
    volume = volume_on(LAS)
    with pytest.raises(Cancelled):
        windowed_sinc(volume, volume.grid, NOWHERE, 0.0, Observer(cancelled=cancelled))
