"""Resampling: values where the transform says, in the same pixel type."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import example, given, settings
from hypothesis import strategies as st
from noise_volumes import make_volume
from numpy.typing import NDArray

from fusionviewer.errors import Cancelled
from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.imaging.resample import default_outside, overlap, resample
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.progress import Observer

Array = NDArray[np.float64]

FUNCTION = np.array([2.0, -3.0, 1.5])


def ramp(dtype: Any = np.float32, angles: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Volume:
    """A volume whose values are a linear function of the place: every interpolation but the nearest is exact on it."""
    empty = make_volume(size=(24, 22, 20), angles_deg=angles)
    k, j, i = np.meshgrid(*(np.arange(n) for n in empty.array.shape), indexing="ij")
    values = empty.grid.points(np.stack([i, j, k], axis=-1)) @ FUNCTION + 500
    return Volume(image_on_grid(values.astype(dtype), empty.grid), "ramp", "MR")


def points_of(grid: Grid) -> Array:
    k, j, i = np.meshgrid(*(np.arange(n) for n in grid.size[::-1]), indexing="ij")
    return grid.points(np.stack([i, j, k], axis=-1))


@settings(max_examples=20)
@given(
    angles=st.tuples(*[st.floats(-40, 40)] * 3),
    shift=st.tuples(*[st.floats(-2, 2)] * 3),
    oblique=st.tuples(*[st.floats(-90, 90)] * 3),
)
# rotations by next to nothing, which ITK cannot invert: of the image, of the transform, and of both
@example(angles=(0.0, 0.0, 0.0), shift=(0.0, 0.0, 0.0), oblique=(0.0, 2.2e-308, 1e-310))
@example(angles=(0.0, 1e-160, 5e-324), shift=(0.0, 0.0, 0.0), oblique=(0.0, 0.0, 0.0))
@example(angles=(30.0, 1e-160, 5e-324), shift=(0.0, 0.0, 0.0), oblique=(0.0, 1e-300, 1e-310))
def test_values_are_taken_at_the_mapped_points(
    angles: tuple[float, float, float], shift: tuple[float, float, float], oblique: tuple[float, float, float]
) -> None:
    volume = ramp(angles=oblique)
    volume_from_grid = RigidTransform.from_euler((*angles, *shift), volume.grid.centre)
    grid = Grid.axis_aligned((6, 7, 8), (1.0, 1.2, 0.9), volume.grid.centre)
    mapped = volume_from_grid.apply(points_of(grid))
    inner = volume.grid.indices(mapped)
    assert (inner > 0).all()
    resampled = resample(volume, grid, volume_from_grid, "linear")
    np.testing.assert_allclose(resampled.array, mapped @ FUNCTION + 500, atol=2e-3)
    assert resampled.grid == grid


def test_cubic_is_exact_on_a_ramp_too() -> None:
    volume = ramp()
    grid = Grid.axis_aligned((5, 5, 5), (0.7, 0.7, 0.7), volume.grid.centre + 0.3)
    resampled = resample(volume, grid, RigidTransform.identity(), "cubic")
    np.testing.assert_allclose(resampled.array, points_of(grid) @ FUNCTION + 500, atol=0.5)


@pytest.mark.parametrize("interpolation", ["linear", "nearest", "cubic"])
@pytest.mark.parametrize("dtype", [np.int16, np.uint16, np.float32])
def test_the_same_grid_gives_the_same_voxels(interpolation: Any, dtype: Any) -> None:
    volume = make_volume(dtype if dtype != np.uint16 else np.int16)
    if dtype == np.uint16:
        volume = Volume(image_on_grid(np.abs(volume.array).astype(dtype), volume.grid), "noise")
    resampled = resample(volume, volume.grid, RigidTransform.identity(), interpolation)
    np.testing.assert_allclose(resampled.array, volume.array, atol=2e-3 if dtype == np.float32 else 0)
    assert resampled.array.dtype == dtype


def test_whole_numbers_are_rounded_not_cut() -> None:
    exact, rounded = ramp(), ramp(np.int16)
    grid = Grid.axis_aligned((8, 8, 8), (0.9, 0.8, 0.7), exact.grid.centre)
    difference = (
        resample(rounded, grid, RigidTransform.identity()).array
        - resample(exact, grid, RigidTransform.identity()).array
    )
    # The ramp was cut when it was made into whole numbers (a mean loss of 0.5), but not once more.
    assert abs(float(difference.mean()) + 0.5) < 0.2


def test_agrees_with_itk() -> None:
    volume = make_volume(np.float32, (20, 21, 22))
    t = RigidTransform.from_euler((5, -6, 7, 1, 2, -3), volume.grid.centre)
    grid = Grid.axis_aligned((15, 16, 17), (1.3, 1.3, 1.3), volume.grid.centre)
    theirs_transform = sitk.Euler3DTransform(
        volume.grid.centre.tolist(), *(math.radians(a) for a in (5, -6, 7)), (1.0, 2.0, -3.0)
    )
    reference = image_on_grid(np.zeros(grid.size[::-1], np.float32), grid)
    theirs = sitk.Resample(volume.image, reference, theirs_transform, sitk.sitkLinear, -1024.0)
    ours = resample(volume, grid, t)
    np.testing.assert_allclose(ours.array, sitk.GetArrayViewFromImage(theirs), atol=1e-2)


@pytest.mark.parametrize(
    ("modality", "low", "outside"), [("CT", -1000, -1024), ("MR", 0, 0), ("MR", 7, 0), ("", -50, -50)]
)
def test_what_lies_outside(modality: Any, low: int, outside: float) -> None:
    array = np.full((4, 4, 4), 100, np.int16)
    array[0, 0, 0] = low
    grid = Grid.axis_aligned((4, 4, 4), (1.0, 1.0, 1.0), np.zeros(3))
    volume = Volume(image_on_grid(array, grid), "a", modality)
    assert default_outside(volume) == outside
    far = RigidTransform.from_rotation(np.eye(3), np.array([100.0, 0, 0]))
    assert (resample(volume, grid, far).array == outside).all()
    assert (resample(volume, grid, far, outside=55).array == 55).all()


def test_a_value_that_the_pixel_type_has_not_is_held_inside() -> None:
    grid = Grid.axis_aligned((4, 4, 4), (1.0, 1.0, 1.0), np.zeros(3))
    volume = Volume(image_on_grid(np.full((4, 4, 4), 40_000, np.uint16), grid), "a", "CT")
    far = RigidTransform.from_rotation(np.eye(3), np.array([100.0, 0, 0]))
    assert (resample(volume, grid, far).array == 0).all()
    assert (resample(volume, grid, RigidTransform.identity()).array == 40_000).all()


def test_slab_by_slab_is_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    volume = make_volume(np.float32, (12, 13, 14))
    grid = Grid.axis_aligned((11, 12, 13), (1.0, 1.1, 1.7), volume.grid.centre)
    t = RigidTransform.from_euler((10, 20, -15, 1, 2, 3), volume.grid.centre)
    at_once = resample(volume, grid, t)
    monkeypatch.setattr("fusionviewer.imaging.resample._SLAB_VOXELS", 300)
    fractions: list[float] = []
    slabs = resample(volume, grid, t, observer=Observer(lambda p: fractions.append(p.fraction)))
    np.testing.assert_allclose(slabs.array, at_once.array, atol=1e-2)
    assert len(fractions) == 7


def test_cancel() -> None:
    cancelled = threading.Event()
    cancelled.set()
    volume = make_volume()
    for interpolation in ("linear", "cubic"):
        with pytest.raises(Cancelled):
            resample(
                volume, volume.grid, RigidTransform.identity(), interpolation, observer=Observer(cancelled=cancelled)
            )


def test_overlap_is_the_share_inside() -> None:
    grid = Grid.axis_aligned((40, 40, 40), (1.0, 1.0, 1.0), np.zeros(3))
    assert overlap(grid, grid, RigidTransform.identity()) == 1
    half = RigidTransform.from_rotation(np.eye(3), np.array([20.0, 0, 0]))
    assert overlap(grid, grid, half) == pytest.approx(0.5, abs=0.03)
    far = RigidTransform.from_rotation(np.eye(3), np.array([41.0, 0, 0]))
    assert overlap(grid, grid, far) == 0
