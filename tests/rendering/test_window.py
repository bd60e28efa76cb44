"""Windows: which values become black and white."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.geometry import Grid
from fusionviewer.imaging.volume import Modality, Volume, image_on_grid
from fusionviewer.rendering.window import (
    CT_PRESETS,
    SHOULDER,
    Window,
    auto_window,
    middle_window,
    some_values,
    whole_range,
)


def volume_of(array: np.ndarray, modality: Modality = "MR") -> Volume:
    grid = Grid.axis_aligned(array.shape[::-1], (1.0, 1.0, 1.0), np.zeros(3))
    return Volume(image_on_grid(array, grid), "made up", modality)


@given(st.floats(-5000, 5000), st.floats(1e-3, 1e4))
def test_greys_go_from_black_to_white_and_outside_is_black(level: float, width: float) -> None:
    window = Window(level, width)
    values = np.array([window.low - width, level, window.high + width, np.nan], dtype=np.float32)
    black, middle, white, outside = window.greys(values)
    assert (black, white, outside) == (0, 255, 0)
    assert abs(int(middle) - 127.5) <= 0.5 + 255 * 1e-3 * (1 + abs(level)) / width  # float32 at a large offset


def test_greys_are_rounded_and_leave_the_values_alone() -> None:
    values = np.array([0, 1, 2, 254, 255], dtype=np.float32)
    assert Window(127.5, 255).greys(values).tolist() == [0, 1, 2, 254, 255]
    assert values.tolist() == [0, 1, 2, 254, 255]


@pytest.mark.parametrize("bad", [(0, 0), (0, -1), (float("nan"), 1), (0, float("inf"))])
def test_what_is_no_window_is_refused(bad: tuple[float, int] | tuple[int, float] | tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not a window"):
        Window(*bad)


def test_between_equal_values_is_a_window_all_the_same() -> None:
    for value in (0.0, 1e6, -3e-7):
        assert Window.between(value, value).width > 0


def test_presets_are_well_known_and_in_order() -> None:
    names = [name for name, _ in CT_PRESETS]
    assert len(set(names)) == len(names)
    assert dict(CT_PRESETS)["Brain"] == Window(40, 80)
    highs = [window.white_at or window.high for _, window in CT_PRESETS]
    assert highs == sorted(highs)


def head_in_air(air_share: float, seed: int = 0) -> np.ndarray:
    """Noise of air, and a head of brightness 100 to 500, with a few absurdly bright voxels."""
    rng = np.random.default_rng(seed)
    array = np.abs(rng.normal(0, 6, (64, 64, 64))).astype(np.float32)
    head = slice(0, round(64 * (1 - air_share)))
    array[head] = rng.uniform(100, 500, array[head].shape)
    array[0, :4, :4] = 20000
    return array


@pytest.mark.parametrize("air_share", [0.0, 0.3, 0.8])
def test_an_mr_starts_with_the_whole_head_between_black_and_white_however_much_air(air_share: float) -> None:
    window = auto_window(volume_of(head_in_air(air_share)))
    assert window.low < 110
    assert 480 < window.high < 560


def test_an_unknown_image_is_windowed_by_its_values_and_a_ct_by_what_it_is() -> None:
    array = head_in_air(0.5).astype(np.int16)
    assert auto_window(volume_of(array, "")).high < 600
    ct = auto_window(volume_of(array, "CT"))
    assert ct.low < 0  # water
    assert ct.high > 80  # blood


@pytest.mark.parametrize("value", [0, -1000, 30000])
@pytest.mark.parametrize("modality", ["", "CT", "MR"])
def test_a_constant_image_has_a_window(value: int, modality: Modality) -> None:
    window = auto_window(volume_of(np.full((5, 6, 7), value, np.int16), modality))
    assert window.width > 0
    window.greys(np.full((2, 2), value, np.float32))


def test_the_automatic_window_looks_at_few_voxels_of_a_large_image() -> None:
    volume = volume_of(np.zeros((256, 256, 256), np.int16))
    assert 100_000 < some_values(volume).size <= 160_000


SHARES = (0.001, 0.02, 0.3, 0.6)


@given(st.sampled_from([0, -1, -1024, -3024]), st.sampled_from(SHARES), st.integers(0, 5))
def test_padding_does_not_change_the_automatic_window_of_an_mr(padding: int, share: float, seed: int) -> None:
    array = head_in_air(0.4, seed)
    plain = auto_window(volume_of(array))
    padded = array.copy()
    padded[64 - round(64 * share * 0.4) :] = padding  # a part of the air
    window = auto_window(volume_of(padded))
    assert window.high == pytest.approx(plain.high, rel=0.05)
    assert -20 < window.low < 100  # neither the padding nor the head is what black aims at


@given(st.floats(3e3, 3e4), st.floats(0.0, 0.02), st.integers(0, 5))
def test_extreme_values_do_not_darken_the_head(extreme: float, share: float, seed: int) -> None:
    array = head_in_air(0.4, seed)
    rng = np.random.default_rng(seed)
    outlying = rng.random(array.shape) < share
    array[outlying] = extreme * rng.uniform(1, 3, int(outlying.sum()))
    window = auto_window(volume_of(array))
    assert window.low < 100
    assert 450 < window.high < 600


def ct_head(seed: int = 0) -> np.ndarray:
    """Air, a skull of some 5 %, brain with noise, some fat; in Hounsfield units, int16."""
    rng = np.random.default_rng(seed)
    array = np.full((60, 64, 64), -1000, np.int16)
    array[10:50, 10:54, 10:54] = rng.uniform(300, 1500, (40, 44, 44))
    array[12:48, 12:52, 12:52] = rng.normal(35, 6, (36, 40, 40))
    array[4:9, 12:52, 12:52] = rng.normal(-90, 10, (5, 40, 40))
    return array


def seen(window: Window, *values: float) -> list[int]:
    return [int(grey) for grey in window.greys(np.array(values, np.float32))]


@pytest.mark.parametrize("padding", [None, -1024, -2000, -3024])
def test_a_ct_starts_the_same_with_any_padding(padding: int | None) -> None:
    array = ct_head()
    if padding is not None:
        array[:, :, :3] = padding
    assert auto_window(volume_of(array, "CT")) == Window(40, 160)


@pytest.mark.parametrize("modality", ["", "MR"])
def test_a_padded_ct_that_is_taken_for_something_else_still_shows_brain_and_bone(modality: Modality) -> None:
    array = ct_head()
    array[:, :, :3] = -3024
    air, brain, bone = seen(auto_window(volume_of(array, modality)), -1000, 35, 1000)
    assert air < 10
    assert 64 < brain < 192
    assert bone > brain + 40


@pytest.mark.parametrize("offset", [1000, 1024])
def test_a_ct_whose_offset_was_lost_is_shown_as_if_it_had_one(offset: int) -> None:
    array = (ct_head() + offset).clip(0)
    window = auto_window(volume_of(array, "CT"))
    air, csf, brain, bone = seen(window, 0, offset + 5, offset + 35, offset + 300)
    assert air == 0
    assert 40 < csf < brain < 220
    assert bone == 255
    for modality in ("", "MR"):  # then it cannot be known; but nothing that matters is black or white
        air, brain, bone = seen(auto_window(volume_of(array, modality)), 0, offset + 35, offset + 1000)
        assert air == 0
        assert 40 < brain < bone


def test_a_ct_from_nought_to_one_is_windowed_by_its_values() -> None:
    array = ((ct_head().clip(-1000, 2000) + 1000) / 3000).astype(np.float32)
    window = auto_window(volume_of(array, "CT"))
    assert window.low < 0.1
    assert 0.4 < window.high < 1.0


def test_a_ct_cropped_to_brain_and_bone_is_still_in_hounsfield_units() -> None:
    cropped = ct_head()[12:48, 12:52, 12:52].clip(0)
    cropped[:, :20] = np.random.default_rng(0).uniform(200, 1500, (36, 20, 40))  # bone, too, has values around 1024
    assert auto_window(volume_of(cropped, "CT")) == Window(40, 160)


@pytest.mark.parametrize("labels", [1, 2, 5])
def test_masks_and_labels_are_told_from_nothing(labels: int) -> None:
    array = np.zeros((40, 40, 40), np.uint8)
    array[10:20] = np.arange(400).reshape(1, 20, 20).repeat(2, 1).repeat(2, 2)[:, :40, :40] % labels + 1
    window = auto_window(volume_of(array, ""))
    greys = seen(window, *range(labels + 1))
    assert greys[0] == 0
    assert greys[-1] == 255
    assert (np.diff(greys) > 0).all()


def test_the_sample_starts_with_everything_between_black_and_white(sample_pair: Any) -> None:
    fixed, moving = (auto_window(volume) for volume in sample_pair)
    assert moving == Window(40, 160)
    assert fixed.low == 0
    brain = np.percentile(sample_pair.fixed.array[sample_pair.fixed.array > 40], (10, 90))
    dark, bright = seen(fixed, *brain)
    assert 20 < dark < bright < 250
    assert bright > 150


def test_the_whole_range_is_that_of_the_values_without_padding() -> None:
    assert whole_range(volume_of(head_in_air(0.4))).high == 20000
    array = ct_head()
    window = whole_range(volume_of(array, "CT"))
    assert window.high == array.max()
    array[:, :, :3] = -3024
    padded = whole_range(volume_of(array, "CT"))
    assert (padded.low, padded.high) == (-1000, array.max())


def test_the_middle_of_the_head_is_neither_air_nor_skull() -> None:
    array = ct_head().astype(np.float32)
    corners = np.array([[x, y, z] for z in (10, 50) for y in (10, 54) for x in (10, 54)], float)
    volume = volume_of(array)
    window = middle_window(volume, volume.grid.points(corners))
    assert 10 < window.low < 30
    assert 40 < window.high < 60
    far_off = volume.grid.points(corners + 500)
    assert middle_window(volume, far_off).width > 0


# Tone mapping


TONED = Window(40, 80, 1300)


@given(st.floats(-200, 200), st.floats(1, 500), st.floats(0, 3000))
def test_brightness_never_falls_and_ends_where_it_says(level: float, width: float, beyond: float) -> None:
    window = Window(level, width, level + width / 2 + beyond)
    values = np.linspace(window.low - 50, window.white + 50, 4001).astype(np.float32)
    greys = window.greys(values).astype(int)
    assert (np.diff(greys) >= 0).all()
    assert greys[0] == 0
    assert greys[-1] == 255


def test_the_shoulder_is_where_it_is_said_and_has_no_step() -> None:
    low, high, white, above = seen(TONED, 0, 80, 1300, 5000)
    assert (low, high, white, above) == (0, round(255 * SHOULDER), 255, 255)
    around = TONED.greys(np.linspace(78, 90, 2000).astype(np.float32)).astype(int)
    assert np.diff(around).max() <= 1
    assert TONED.greys(np.array([[np.nan, 1300], [np.nan, -1e30]], np.float32)).tolist() == [[0, 255], [0, 0]]


def test_within_its_window_the_brain_keeps_its_contrast_and_bone_is_told_apart_above() -> None:
    plain, toned = Window(40, 80), TONED
    values = np.arange(0, 80, 10, dtype=np.float32)
    assert toned.greys(values) / SHOULDER == pytest.approx(plain.greys(values), abs=1.7)
    bone = toned.greys(np.arange(200, 1300, 100, dtype=np.float32)).astype(int)
    assert (np.diff(bone) >= 6).all()
    assert set(plain.greys(np.arange(200, 1300, 100, dtype=np.float32)).tolist()) == {255}


@given(st.floats(-100, 80))
def test_a_white_inside_the_window_changes_nothing(white_at: float) -> None:
    values = np.linspace(-50, 200, 101).astype(np.float32)
    window = Window(40, 80, white_at)
    assert not window.toned
    assert window.white == window.high
    assert window.greys(values).tolist() == Window(40, 80).greys(values).tolist()


def test_a_window_out_of_a_file_that_vanishes_in_its_level_is_drawn_all_the_same() -> None:
    greys = Window(199.0, 1e-15).greys(np.array([0.0, 198.0, 200.0], np.float32))
    assert greys.tolist() == [0, 0, 255]


def test_small_values_fill_their_window() -> None:
    window = Window.between(0.0, 3e-9)  # a diffusion map in m²/s
    assert window.greys(np.array([0.0, 1.5e-9, 3e-9], np.float32)).tolist() == pytest.approx([0, 128, 255], abs=1)
