"""Images and transforms of programs: read, made of arrays, put on other grids, written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import phantoms
import pytest
from dicom_series import Series, oblique_mr

from fusionviewer import (
    Cancelled,
    FusionError,
    Observer,
    RigidTransform,
    Study,
    Volume,
    read_transform,
    read_volume,
    resample,
    union_grid,
    volume_from_array,
    write_transform,
    write_volume,
)
from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.readers import SeveralSeries

TRUTH = phantoms.MOVING_FROM_FIXED
Head = tuple[Volume, Volume]
Files = tuple[Path, Path]


def test_a_file_is_read_by_any_kind_of_path(files: Files) -> None:
    volume = read_volume(str(files[1]))
    assert (volume.modality, volume.name) == ("CT", "ct")
    assert volume.array.shape == phantoms.SIZE[::-1]
    np.testing.assert_array_equal(volume.array, read_volume(files[1]).array)


def test_one_of_several_series_is_chosen_by_its_number(tmp_path: Path) -> None:
    Series(number=1).write(tmp_path / "a")
    oblique_mr(number=2, description="t1").write(tmp_path / "b")
    with pytest.raises(SeveralSeries) as several:
        read_volume(tmp_path)
    assert read_volume(tmp_path, 2).name == "t1"
    assert read_volume(str(tmp_path), several.value.choices[1].uid).name == "t1"
    for none in (0, 3):
        with pytest.raises(BadArgument, match=f"no series #{none}"):
            read_volume(tmp_path, none)


def test_an_array_becomes_an_image(head: Head) -> None:
    fixed, moving = head
    made = volume_from_array(moving.array, moving.grid.spacing, moving.grid.origin, moving.grid.direction)
    np.testing.assert_array_equal(made.array, moving.array)
    assert made.grid == moving.grid
    assert made.modality == "CT"
    assert made.notes == ()
    made = volume_from_array(fixed.array.astype(np.float64), (1, 2, 3), modality="", name="mine")
    assert made.array.dtype == np.float32
    assert (made.modality, made.name) == ("", "mine")
    assert made.grid.spacing == (1, 2, 3)
    assert made.grid.origin == (0, 0, 0)


def test_an_array_is_copied(head: Head) -> None:
    array = np.zeros((4, 5, 6), dtype=np.int16)
    made = volume_from_array(array, (1, 1, 1))
    array[:] = 7
    assert made.array.max() == 0


@pytest.mark.parametrize(
    ("array", "spacing", "more", "sentence"),
    [
        (np.zeros((4, 5)), (1, 1, 1), {}, r"not float64 \(4, 5\)"),
        (np.zeros((4, 5, 6), dtype=complex), (1, 1, 1), {}, "not complex128"),
        (np.zeros((4, 5, 6)), (1, 1), {}, "spacing_mm is not made of 3 finite numbers"),
        (np.zeros((4, 5, 6)), (1, 1, 0), {}, "voxel size of array makes no sense"),
        (np.zeros((1, 5, 6)), (1, 1, 1), {}, "single slice"),
        (np.full((4, 5, 6), np.nan), (1, 1, 1), {}, "not numbers"),
        (np.zeros((4, 5, 6)), (1, 1, 1), {"origin_mm": (0, 0, np.inf)}, "origin_mm is not made of"),
        (np.zeros((4, 5, 6)), (1, 1, 1), {"direction": np.ones((3, 3))}, "not at right angles"),
    ],
)
def test_an_array_that_is_no_image_is_refused(array: Any, spacing: Any, more: Any, sentence: str) -> None:
    with pytest.raises(FusionError, match=sentence):
        volume_from_array(array, spacing, **more)


def test_a_volume_is_written_and_read_again(tmp_path: Path, head: Head) -> None:
    write_volume(head[1], str(tmp_path / "out.nrrd"))
    np.testing.assert_array_equal(read_volume(tmp_path / "out.nrrd").array, head[1].array)
    with pytest.raises(BadArgument, match=r"out\.jpg does not say a format"):
        write_volume(head[1], tmp_path / "out.jpg")


def test_a_transform_is_written_and_read_again(tmp_path: Path) -> None:
    write_transform(TRUTH, str(tmp_path / "pose.tfm"))
    assert read_transform(tmp_path / "pose.tfm").is_close(TRUTH, 1e-12)
    with pytest.raises(BadArgument, match=r"pose\.xyz") as refused:
        write_transform(TRUTH, tmp_path / "pose.xyz")
    assert "fsl" in refused.value.remedy
    with pytest.raises(UnreadableInput):
        read_transform(tmp_path / "pose.xyz")


def test_a_transform_for_another_program(tmp_path: Path, head: Head, files: Files) -> None:
    fixed, moving = files
    off_mm = write_transform(TRUTH, tmp_path / "flirt.mat", "fsl", fixed=fixed, moving=head[1])
    assert 0 <= off_mm < 1e-9
    assert read_transform(tmp_path / "flirt.mat", "fsl", fixed=head[0], moving=moving).is_close(TRUTH, 1e-9)
    with pytest.raises(BadArgument, match="means nothing without the fixed image"):
        read_transform(tmp_path / "flirt.mat", "fsl")
    with pytest.raises(BadArgument, match="no format “flirt”"):
        write_transform(TRUTH, tmp_path / "flirt.mat", "flirt")


def test_the_pose_of_a_study_is_read_as_a_transform(tmp_path: Path, head: Head) -> None:
    Study.of(*head).with_pose(TRUTH).save(tmp_path / "study.fusion.json")
    assert read_transform(str(tmp_path / "study.fusion.json")) == TRUTH


def test_the_moving_image_on_the_fixed_grid(head: Head, files: Files) -> None:
    fixed, moving = head
    on_fixed = resample(moving, fixed, TRUTH)
    assert on_fixed.grid == fixed.grid
    assert on_fixed.array.dtype == moving.array.dtype
    eye = phantoms.centre_of("left eye")
    there = moving.value_at(TRUTH.apply(eye))
    assert there is not None
    assert on_fixed.value_at(eye) == pytest.approx(there, abs=40)
    np.testing.assert_array_equal(resample(files[1], fixed.grid, TRUTH.matrix).array, on_fixed.array)
    np.testing.assert_array_equal(resample(files[1], files[0], TRUTH).array, on_fixed.array)


def test_outside_is_what_was_asked_for(head: Head) -> None:
    far = RigidTransform.from_rotation(np.eye(3), np.array([90.0, 0, 0]))
    assert resample(head[1], head[0], far).array.min() <= -1024
    assert resample(head[1], head[0], far, "nearest", outside=5000).array.max() == 5000


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"interpolation": "best"}, "'best' is no interpolation"),
        ({"image_from_grid": RigidTransform.from_rotation(np.eye(3), np.array([1e4, 0, 0]))}, "do not overlap"),
        ({"image_from_grid": 3}, "no rigid transform"),
    ],
)
def test_what_cannot_be_resampled_is_refused(head: Head, more: Any, sentence: str) -> None:
    with pytest.raises(BadArgument, match=sentence):
        resample(head[1], head[0], **more)


def test_a_union_covers_both_images_and_can_be_resampled_onto(head: Head) -> None:
    fixed, moving = head
    union = union_grid(fixed, moving, TRUTH, 4.0)
    assert union.spacing == (4.0, 4.0, 4.0)
    assert union.contains(fixed.grid.centre)
    assert resample(moving, union, TRUTH, "nearest").grid == union
    assert union_grid(fixed, moving, TRUTH, "isotropic").spacing[0] == min(*fixed.grid.spacing, *moving.grid.spacing)
    for spacing in ("wide", 0.0, (1.0, 2.0)):
        with pytest.raises(FusionError):
            union_grid(fixed, moving, TRUTH, spacing)  # type: ignore[arg-type] # that is what is tried


def test_reading_and_resampling_hear_of_a_cancel(head: Head, files: Files, tmp_path: Path) -> None:
    observer = Observer()
    observer.cancelled.set()
    for work in (
        lambda: read_volume(files[0], observer=observer),
        lambda: resample(head[1], head[0], observer=observer),
        lambda: write_volume(head[1], tmp_path / "never.nii.gz", observer=observer),
    ):
        with pytest.raises(Cancelled):
            work()
    assert not (tmp_path / "never.nii.gz").exists()
