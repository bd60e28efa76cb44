from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.progress import Observer
from fusionviewer.registration import Ending, register
from fusionviewer.registration.levels import IntensityCode, Subject, coded_image, samples


def with_array(volume: Volume, array: np.ndarray) -> Volume:
    return Volume(image_on_grid(np.ascontiguousarray(array), volume.grid), "made up", volume.modality)


def test_codes_rise_with_the_values_and_fill_the_bins() -> None:
    values = np.random.default_rng(0).normal(30, 10, 5000)
    code = IntensityCode.of(values, 48, -1000, 2000)
    codes = code(np.linspace(-3000, 5000, 500).astype(np.float32))
    assert (np.diff(codes) >= 0).all()
    assert codes[0] == 0
    assert codes[-1] == pytest.approx(47, abs=1e-4)
    spread = code(np.array([10, 50], np.float32))
    assert spread[1] - spread[0] > 15  # the brain has bins of its own in a range of 3000 HU


def test_samples_lie_in_and_around_the_head_and_tell_its_values(sample_pair: Any) -> None:
    subject = Subject.of(sample_pair.fixed, 2.0)
    points = samples(subject, 2.0, 32, 5000, rng=np.random.default_rng(0), observer=Observer())
    assert 4500 < points.bins.size <= 5000
    assert points.bins.min() >= 0
    assert points.bins.max() <= 31
    low, high = subject.head.corners.min(axis=0), subject.head.corners.max(axis=0)
    np.testing.assert_array_less(low - 14, points.points.min(axis=1))
    np.testing.assert_array_less(points.points.max(axis=1), high + 14)
    centred = np.linalg.norm(points.points.T - subject.head.centre_point, axis=1) < 50
    assert np.median(points.bins[centred]) > np.median(points.bins[~centred])


def test_the_coils_field_is_divided_out(sample_pair: Any) -> None:
    fixed = sample_pair.fixed
    ramp = np.exp(np.linspace(-0.8, 0.8, fixed.array.shape[2])).astype(np.float32)
    plain = Subject.of(fixed, 4.0).copy(4.0)[0]
    subject = Subject.of(with_array(fixed, np.array(fixed.array) * ramp), 4.0)
    mended = subject.copy(4.0)[0]
    ratio = np.log(mended[subject.head.mask] / plain[subject.head.mask])
    assert np.std(ratio) < 0.2 < np.std(np.log(ramp))


def test_copies_lie_where_the_image_lies(phantom_ct: Volume) -> None:
    image = coded_image(Subject.of(phantom_ct, 3.0), 9.0, 32, Observer())
    middle = phantom_ct.grid.centre
    index = image.index_from_point[:3, :3] @ middle + image.index_from_point[:3, 3]
    np.testing.assert_allclose(index, (np.array(image.codes.shape[::-1]) - 1) / 2, atol=0.6)


def test_values_around_zero_or_not_finite_change_nothing(
    sample_pair: Any, sample_error: Callable[[RigidTransform], float]
) -> None:
    values = np.array(sample_pair.fixed.array, dtype=np.float32)
    values = (values - values.mean()) / values.std()
    values[:4] = np.nan
    result = register(with_array(sample_pair.fixed, values), sample_pair.moving, "header")
    assert sample_error(result.moving_from_fixed) < 0.7


def test_few_thick_slices_are_enough_to_run(sample_pair: Any) -> None:
    slab = Volume(sample_pair.fixed.image[:, :, 90:190:6], "every sixth slice", "MR")
    assert register(slab, sample_pair.moving).ending in {Ending.CONVERGED, Ending.DOUBTFUL}
