"""Where the ventricles of CT and MR lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import phantoms
import pytest
from numpy.typing import NDArray

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality.guard.assessment import assess_prepared
from fusionviewer.quality.second_opinion.motion import rigid_of
from fusionviewer.quality.second_opinion.opinion import PreparedPair, prepared_pair, ventricles

MIDDLES = ((11.0, 0.0, 8.0), (-11.0, 4.0, 8.0))
RADII = (13.0, 28.0, 12.0)
"""Two pieces that touch, 18 ml each, mm from the brain's middle: the phantom's own are too small for its voxels."""


def _with_ventricles(volume: Volume, head_from_space: RigidTransform, value: float) -> Volume:
    """A phantom with two ventricles of one value."""
    grid = volume.grid
    k, j, i = np.indices(grid.size[::-1], dtype=np.float64)
    points = head_from_space.apply(grid.points(np.stack([i, j, k], axis=-1)).reshape(-1, 3))
    array: NDArray[np.float64] = volume.array.astype(np.float64).ravel()
    centre = phantoms.centre_of("brain")
    for middle in MIDDLES:
        depth_mm = (1.0 - np.linalg.norm((points - centre - middle) / RADII, axis=1)) * min(RADII)
        share = np.clip(depth_mm / min(grid.spacing) + 0.5, 0.0, 1.0)
        array += share * (value - array)
    made = array.reshape(grid.size[::-1]).astype(volume.array.dtype)
    return Volume(image_on_grid(made, grid), volume.name, volume.modality)


def _pair(phantom_mr: Volume, phantom_ct: Volume, mr_value: float) -> PreparedPair:
    mr = _with_ventricles(phantom_mr, RigidTransform.identity(), mr_value)
    pair = prepared_pair(mr, _with_ventricles(phantom_ct, ~phantoms.MOVING_FROM_FIXED, 6.0))
    assert pair is not None
    return pair


@pytest.fixture(scope="module")
def dark(phantom_mr: Volume, phantom_ct: Volume) -> PreparedPair:
    """Fluid is dark on a T1."""
    return _pair(phantom_mr, phantom_ct, 12.0)


def _moved(pair: PreparedPair, *shift_mm: float) -> RigidTransform:
    return rigid_of(np.array([*shift_mm, 0, 0, 0]), pair.head.centre) @ phantoms.MOVING_FROM_FIXED


@pytest.mark.parametrize("shift_mm", [(0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (0.0, -4.0, 0.0), (0.0, 0.0, 4.0)])
def test_the_shift_is_what_the_pose_is_off(dark: PreparedPair, shift_mm: tuple[float, float, float]) -> None:
    found = ventricles(dark, _moved(dark, *shift_mm))
    assert found is not None
    assert np.allclose(found.shift_mm, shift_mm, atol=1.0)  # voxels of 3 mm


def test_bright_fluid_does_as_well(phantom_mr: Volume, phantom_ct: Volume) -> None:
    bright = _pair(phantom_mr, phantom_ct, 240.0)
    found = ventricles(bright, _moved(bright, 3.0, 0.0, 0.0))
    assert found is not None
    assert np.allclose(found.shift_mm, (3.0, 0.0, 0.0), atol=1.0)


def test_without_ventricles_nothing_is_said(phantom_mr: Volume, phantom_ct: Volume, dark: PreparedPair) -> None:
    plain = prepared_pair(phantom_mr, phantom_ct)
    assert plain is not None
    assert plain.head.ventricles is None, "those of the CT are too small to tell"
    noise = np.random.default_rng(1).normal(300.0, 30.0, dark.mr.values.shape).astype(np.float32)
    hidden = replace(dark, mr=replace(dark.mr, values=noise))
    assert ventricles(hidden, phantoms.MOVING_FROM_FIXED) is None, "the MR shows nothing"


def test_a_check_says_it_and_never_more_than_look(dark: PreparedPair, monkeypatch: pytest.MonkeyPatch) -> None:
    near = assess_prepared(dark, phantoms.MOVING_FROM_FIXED)
    told = next(one for one in near.reasons if one.code == "ventricles_near")
    assert told.where == pytest.approx(phantoms.centre_of("brain") + np.array([0, 2, 8]), abs=4)
    monkeypatch.setattr("fusionviewer.quality.guard.assessment.VENTRICLES_MM", -1.0)
    far = assess_prepared(dark, phantoms.MOVING_FROM_FIXED)
    assert (near.verdict, far.verdict) == ("fine", "look")
