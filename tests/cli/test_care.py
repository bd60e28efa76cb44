"""What a command must not destroy, and must not pass over in silence."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def registered(program: Any, tmp_path: Path, phantom_files: tuple[Path, Path]) -> Path:
    done = program("register", *phantom_files, "--out", "result", "--start", "header")
    assert done.returncode == 0, done.stderr
    return tmp_path / "result"


def test_a_result_never_takes_the_place_of_an_image(
    program: Any, tmp_path: Path, phantom_files: tuple[Path, Path], registered: Path
) -> None:
    fixed, moving = phantom_files
    own = tmp_path / "own.nii.gz"
    shutil.copy(moving, own)
    before = own.read_bytes()
    done = program("resample", fixed, own, "--transform", registered / "transform.tfm", "--out", own)
    assert done.returncode == 2
    assert "one of the images" in done.stderr
    assert own.read_bytes() == before
    (tmp_path / "scan.zraw").write_bytes(b"somebody's voxels")
    done = program("resample", fixed, own, "--transform", registered / "transform.tfm", "--out", "scan.mhd")
    assert done.returncode == 2
    assert (tmp_path / "scan.zraw").read_bytes() == b"somebody's voxels"


def test_a_study_of_other_images_is_told_and_swapped_ones_are_refused(
    program: Any, phantom_files: tuple[Path, Path], registered: Path
) -> None:
    fixed, moving = phantom_files
    study = registered / "study.fusion.json"
    fits = program("resample", fixed, moving, "--transform", study, "--out", "a.nii.gz")
    assert (fits.returncode, "Warning" in fits.stderr) == (0, False)
    swapped = program("resample", moving, fixed, "--transform", study, "--out", "b.nii.gz")
    assert swapped.returncode == 2
    assert "each other's part" in swapped.stderr
    drawn = program("picture", moving, fixed, "--transform", study, "--out", "b.png")
    assert drawn.returncode == 2
    assert "each other's part" in drawn.stderr
    other = program("register", fixed, fixed, "--out", "c", "--start", study, "--no-volume")
    assert "made with other images" in other.stderr


def test_an_old_volume_does_not_stay_beside_a_new_transform(
    program: Any, phantom_files: tuple[Path, Path], registered: Path
) -> None:
    assert (registered / "moving-on-fixed.nii.gz").is_file()
    done = program("register", *phantom_files, "--out", registered, "--start", "centre", "--no-volume")
    assert done.returncode == 0
    assert not (registered / "moving-on-fixed.nii.gz").exists()
    assert "Removed" in done.stderr


@pytest.mark.parametrize("name", ["a.MHA", "a.MHD", "a.NII", "a.NII.GZ", "a.NRRD"])
def test_large_letters_in_endings_are_fine(
    program: Any, tmp_path: Path, phantom_files: tuple[Path, Path], registered: Path, name: str
) -> None:
    done = program("resample", *phantom_files, "--transform", registered / "transform.tfm", "--out", name)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).is_file()
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name]


def test_a_touched_limit_is_a_warning(program: Any, phantom_files: tuple[Path, Path]) -> None:
    done = program(
        "register", *phantom_files, "--out", "near", "--start", "header", "--max-shift", "1", "--max-rotation", "1",
        "--no-volume", "--json",
    )  # fmt: skip
    assert done.returncode == 0
    assert "Warning: the result is bounded" in done.stderr
