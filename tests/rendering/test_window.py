"""Windows: which values become black and white."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Modality, Volume, image_on_grid
from fusionviewer.rendering.window import CT_PRESETS, Window, auto_window


def volume_of(array, modality: Modality = "MR") -> Volume:
    grid = Grid.axis_aligned(array.shape[::-1], (1.0, 1.0, 1.0), np.zeros(3))
    return Volume(image_on_grid(array, grid), "made up", modality)


@given(st.floats(-5000, 5000), st.floats(1e-3, 1e4))
def test_greys_go_from_black_to_white_and_outside_is_black(level, width):
    window = Window(level, width)
    values = np.array([window.low - width, level, window.high + width, np.nan], dtype=np.float32)
    black, middle, white, outside = window.greys(values)
    assert (black, white, outside) == (0, 255, 0)
    assert abs(int(middle) - 127.5) <= 0.5 + 255 * 1e-3 * (1 + abs(level)) / width  # float32 at a large offset


def test_greys_are_rounded_and_leave_the_values_alone():
    values = np.array([0, 1, 2, 254, 255], dtype=np.float32)
    assert Window(127.5, 255).greys(values).tolist() == [0, 1, 2, 254, 255]
    assert values.tolist() == [0, 1, 2, 254, 255]


@pytest.mark.parametrize("bad", [(0, 0), (0, -1), (float("nan"), 1), (0, float("inf"))])
def test_what_is_no_window_is_refused(bad):
    with pytest.raises(ValueError, match="not a window"):
        Window(*bad)


def test_between_equal_values_is_a_window_all_the_same():
    for value in (0.0, 1e6, -3e-7):
        assert Window.between(value, value).width > 0


def test_presets_are_well_known_and_in_order():
    names = [name for name, _ in CT_PRESETS]
    assert len(set(names)) == len(names)
    assert dict(CT_PRESETS)["Brain"] == Window(40, 80)
    highs = [window.white_at or window.high for _, window in CT_PRESETS]
    assert highs == sorted(highs)


def head_in_air(air_share: float, seed: int = 0):
    """Noise of air, and a head of brightness 100 to 500, with a few absurdly bright voxels."""
    rng = np.random.default_rng(seed)
    array = np.abs(rng.normal(0, 6, (64, 64, 64))).astype(np.float32)
    head = slice(0, round(64 * (1 - air_share)))
    array[head] = rng.uniform(100, 500, array[head].shape)
    array[0, :4, :4] = 20000
    return array


@pytest.mark.parametrize("air_share", [0.0, 0.3, 0.8])
def test_an_mr_starts_with_the_whole_head_between_black_and_white_however_much_air(air_share):
    window = auto_window(volume_of(head_in_air(air_share)))
    assert window.low < 110
    assert 480 < window.high < 560


def test_an_unknown_image_is_windowed_by_its_values_and_a_ct_by_what_it_is():
    array = head_in_air(0.5).astype(np.int16)
    assert auto_window(volume_of(array, "")).high < 600
    ct = auto_window(volume_of(array, "CT"))
    assert ct.low < 0  # water
    assert ct.high > 80  # blood


@pytest.mark.parametrize("value", [0, -1000, 30000])
@pytest.mark.parametrize("modality", ["", "CT", "MR"])
def test_a_constant_image_has_a_window(value, modality):
    window = auto_window(volume_of(np.full((5, 6, 7), value, np.int16), modality))
    assert window.width > 0
    window.greys(np.full((2, 2), value, np.float32))


def test_the_automatic_window_is_quick():
    volume = volume_of(np.random.default_rng(0).integers(0, 900, (256, 256, 256)).astype(np.int16))
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        auto_window(volume)
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.05
