from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.head import head_mask, looks_like_ct
from fusionviewer.imaging.volume import Volume, image_on_grid


def with_array(volume: Volume, array: np.ndarray, modality: Any = "") -> Volume:
    return Volume(image_on_grid(array, volume.grid), "made up", modality)


def test_the_samples_heads(sample_pair: Any) -> None:
    for volume in sample_pair:
        head = head_mask(volume)
        assert 2.5 < head.litres < 4.0
        assert head.mask.shape == head.grid.size[::-1]
        assert head.corners.shape == (8, 3)
        np.testing.assert_array_less(np.ptp(head.corners, axis=0), [200, 245, 190])  # no table, no headrest
        assert (head.corners.min(axis=0) < head.centre_point).all()
        assert (head.centre_point < head.corners.max(axis=0)).all()


def test_the_mask_is_solid(sample_pair: Any) -> None:
    for volume in sample_pair:
        head = head_mask(volume)
        i, j, k = np.rint(head.grid.indices(head.centre_point)).astype(int)
        middle = head.mask[k, j, i - 8 : i + 9]
        assert middle.all()


def test_modalities_are_told_apart_by_their_values(sample_pair: Any, phantom_mr: Volume, phantom_ct: Volume) -> None:
    for mr, ct in ((sample_pair.fixed, sample_pair.moving), (phantom_mr, phantom_ct)):
        assert not looks_like_ct(Volume(mr.image, "mr"))
        assert looks_like_ct(Volume(ct.image, "ct"))
    assert looks_like_ct(Volume(phantom_mr.image, "said", "CT"))


@pytest.mark.parametrize("which", ["mr", "ct"])
def test_bed_and_frame_do_not_count(phantom_mr: Volume, phantom_ct: Volume, which: str) -> None:
    volume = phantom_mr if which == "mr" else phantom_ct
    bare = head_mask(volume)
    array = np.array(volume.array)
    bright = np.percentile(array, 99)
    array[:, -2:, :] = bright  # a board of 6 mm behind the head
    array[20:24, 2:4, 2:60] = bright  # a bar in front of it
    clothed = head_mask(with_array(volume, array, volume.modality))
    assert abs(clothed.litres - bare.litres) < 0.08 * bare.litres
    assert np.linalg.norm(clothed.centre_point - bare.centre_point) < 4


def test_a_strong_bias_field_does_not_hide_half_the_head(phantom_mr: Volume) -> None:
    bare = head_mask(phantom_mr)
    ramp = np.exp(np.linspace(-1, 1, phantom_mr.array.shape[2])).astype(np.float32)
    biased = head_mask(with_array(phantom_mr, np.array(phantom_mr.array) * ramp, "MR"))
    assert np.linalg.norm(biased.centre_point - bare.centre_point) < 5


def test_the_neck_is_cut_off(phantom_ct: Volume) -> None:
    array = np.full((130, 72, 62), -1000, np.int16)
    array[-64:] = phantom_ct.array
    array[:80, 26:46, 20:42] = 40  # 240 mm of neck
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((3.0, 3.0, 3.0))
    head = head_mask(Volume(image, "long", "CT"))
    assert np.ptp(head.corners[:, 2]) <= 190


@pytest.mark.parametrize("value", [0.0, -1000.0, 500.0])
@pytest.mark.parametrize("modality", ["CT", "MR", ""])
def test_an_image_without_contrast_has_no_head(phantom_ct: Volume, value: float, modality: Any) -> None:
    flat = np.full(phantom_ct.array.shape, value, np.float32)
    with pytest.raises(UnreadableInput, match="No head"):
        head_mask(with_array(phantom_ct, flat, modality))


def test_values_that_are_not_finite_do_no_harm(phantom_mr: Volume) -> None:
    array = np.array(phantom_mr.array)
    array[:3] = np.nan
    assert abs(head_mask(with_array(phantom_mr, array, "MR")).litres - head_mask(phantom_mr).litres) < 0.1


def test_a_skull_is_filled_where_only_it_is_bright(phantom_ct: Volume) -> None:
    whole = head_mask(phantom_ct)
    array = np.where(phantom_ct.array > 600, phantom_ct.array, 0).astype(np.float32)
    shell = head_mask(Volume(image_on_grid(array, phantom_ct.grid), "skull"))
    assert shell.litres > 0.7 * whole.litres
    assert np.linalg.norm(shell.centre_point - whole.centre_point) < 8.0


def test_a_ct_with_zero_around_the_head(phantom_ct: Volume) -> None:
    whole = head_mask(phantom_ct)
    array = np.where(phantom_ct.array < -300, 0, phantom_ct.array)
    zero = head_mask(Volume(image_on_grid(array, phantom_ct.grid), "zero outside", "CT"))
    assert zero.litres == pytest.approx(whole.litres, rel=0.25)
    assert np.linalg.norm(zero.centre_point - whole.centre_point) < 8.0


def test_a_ct_whose_field_of_view_lies_inside_the_head_is_all_head(phantom_ct: Volume) -> None:
    inner = phantom_ct.image[22:40, 26:46, 24:42]
    assert head_mask(Volume(inner, "inner", "CT")).mask.all()
