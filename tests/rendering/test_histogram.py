"""Histograms: which values are shown, and how high."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.histogram import histogram_of


def volume_of(array: np.ndarray) -> Volume:
    grid = Grid.axis_aligned(array.shape[::-1], (1.0, 1.0, 1.0), np.zeros(3))
    return Volume(image_on_grid(array, grid), "made up", "CT")


def ct(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    array = np.full((40, 50, 50), -1000.0)
    array[8:, 8:42, 8:42] = rng.normal(40, 10, (32, 34, 34))
    array[8:12] = rng.uniform(300, 1500, (4, 50, 50))
    return array.astype(np.int16)


def test_extreme_values_and_padding_do_not_stretch_the_range() -> None:
    array = ct()
    array[20, 20, :20] = 32000
    array[:, 0] = -3024
    histogram = histogram_of(volume_of(array))
    assert -1100 <= histogram.low <= -900
    assert 1300 <= histogram.high <= 1600
    assert histogram.edges[0] >= histogram.low - (histogram.high - histogram.low) - 1
    assert histogram.counts.sum() >= 0.99 * (array != -3024).sum()


def test_each_whole_number_is_a_bin_of_its_own_where_there_are_few() -> None:
    array = np.random.default_rng(2).integers(10, 210, (40, 40, 40)).astype(np.int16)
    array[0, 0, 0] = 9  # the smallest value is no padding: there is one of it
    histogram = histogram_of(volume_of(array))
    assert np.diff(histogram.edges) == pytest.approx(1.0)
    assert histogram.edges[0] == 8.5
    assert histogram.counts.tolist() == np.bincount(array.ravel())[9:].tolist()


def test_the_peak_of_air_leaves_the_others_to_be_seen() -> None:
    histogram = histogram_of(volume_of(ct()))
    heights = histogram.heights(-1100, 1600, 300)
    values = np.linspace(-1100, 1600, 301)[:-1]
    brain = heights[(values > 20) & (values < 60)].max()
    bone = heights[(values > 500) & (values < 1400)].min()
    nothing = heights[(values > -900) & (values < -100)].max()
    assert heights.max() == 1.0
    assert brain > 0.6
    assert bone > 0.3
    assert nothing == 0


@given(st.integers(1, 400), st.floats(-2000, 2000), st.floats(1e-3, 4000))
def test_heights_are_shares_for_any_piece_and_width(columns: int, low: float, width: float) -> None:
    heights = HISTOGRAM.heights(low, low + width, columns)
    assert heights.shape == (columns,)
    assert heights.min() >= 0
    assert heights.max() <= 1


HISTOGRAM = histogram_of(volume_of(ct()))


@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.float32])
@pytest.mark.parametrize("value", [0, 7, 30000])
def test_a_constant_image_has_a_histogram(kind: Any, value: int) -> None:
    histogram = histogram_of(volume_of(np.full((5, 6, 7), value, kind)))
    assert histogram.low < value < histogram.high
    assert histogram.counts.sum() == 210


def test_fractions_from_nought_to_one_fill_many_bins() -> None:
    array = np.random.default_rng(0).random((30, 30, 30)).astype(np.float32)
    histogram = histogram_of(volume_of(array))
    assert np.count_nonzero(histogram.counts) > 1000
    assert histogram.heights(0.05, 0.95, 100).min() > 0.8
