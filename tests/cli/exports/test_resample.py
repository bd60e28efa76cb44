"""`fusionviewer resample`: either image on the other's grid."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fusionviewer.cli.main import run
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.resample import resample
from fusionviewer.session.study_file import read_pose


@pytest.fixture
def transform(tmp_path: Path, phantom_truth: RigidTransform) -> Path:
    write_itk_transform(phantom_truth, tmp_path / "truth.tfm")
    return tmp_path / "truth.tfm"


@pytest.mark.parametrize("interpolation", ["linear", "nearest", "cubic"])
@pytest.mark.parametrize("grid", ["fixed", "moving"])
def test_both_ways_round(
    tmp_path: Path, phantom_files: tuple[Path, Path], transform: Path, phantom_truth: Any, grid: str, interpolation: Any
) -> None:
    out = tmp_path / "out.nrrd"
    files = [str(path) for path in phantom_files]
    arguments = ["--transform", str(transform), "--out", str(out), "--grid", grid, "--interpolation", interpolation]
    assert run(["resample", *files, *arguments]) == 0
    fixed, moving = (read_volume(path) for path in phantom_files)
    if grid == "fixed":
        expected = resample(moving, fixed.grid, phantom_truth, interpolation)
    else:
        expected = resample(fixed, moving.grid, ~phantom_truth, interpolation)
    result = read_volume(out)
    np.testing.assert_allclose(result.array, expected.array, atol=1e-3)
    np.testing.assert_allclose(result.grid.corners, expected.grid.corners, atol=1e-6)


def test_a_union_covers_both_images(
    tmp_path: Path, phantom_files: tuple[Path, Path], transform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, images = [str(path) for path in phantom_files], [read_volume(path) for path in phantom_files]
    truth = read_pose(transform)
    for image, volume_from_grid in (("fixed", RigidTransform.identity()), ("moving", truth)):
        out = tmp_path / f"{image}.nrrd"
        arguments = ["--transform", str(transform), "--out", str(out), "--grid", "union", "--image", image]
        assert run(["resample", *files, *arguments, "--spacing", "3,3,4", "--interpolation", "sinc"]) == 0
        assert "on a grid that covers both images" in capsys.readouterr().out
        result = read_volume(out)
        assert result.grid.spacing == (3.0, 3.0, 4.0)
        corners = np.concatenate([images[0].grid.corners, (~truth).apply(images[1].grid.corners)])
        indices = result.grid.indices(corners)
        assert (indices >= -0.5001).all()
        assert (indices <= np.asarray(result.grid.size) - 0.4999).all()
        volume = images[0] if image == "fixed" else images[1]
        expected = resample(volume, result.grid, volume_from_grid, "sinc")
        np.testing.assert_allclose(result.array, expected.array, atol=1)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--spacing", "2"], "--spacing is about a grid that covers both images."),
        (["--grid", "union", "--spacing", "0"], "'0' is no spacing."),
        (["--grid", "union", "--spacing", "1,2"], "'1,2' is no spacing."),
        (["--grid", "union", "--spacing", "nan"], "'nan' is no spacing."),
    ],
)
def test_a_spacing_that_means_nothing_is_refused_before_anything_is_read(
    transform: Path, arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["resample", "a", "b", "--transform", str(transform), "--out", "c.nii", *arguments]) == 2
    assert why in capsys.readouterr().err


def test_a_union_that_no_memory_holds_is_told_with_its_size(
    tmp_path: Path,
    phantom_files: tuple[Path, Path],
    transform: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("fusionviewer.imaging.resample.available_bytes", lambda: 10**6)
    out = tmp_path / "out.nii"
    arguments = ["--transform", str(transform), "--out", str(out), "--grid", "union"]
    assert run(["resample", *map(str, phantom_files), *arguments]) == 2
    told = capsys.readouterr().err
    assert "voxels and needs" in told
    assert "Choose a larger spacing, such as" in told
    assert not out.exists()


def test_the_default_is_the_moving_image_on_the_fixed_grid(
    tmp_path: Path, phantom_files: tuple[Path, Path], transform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.nrrd"
    assert run(["resample", *map(str, phantom_files), "--transform", str(transform), "--out", str(out)]) == 0
    assert read_volume(out).grid.size == read_volume(phantom_files[0]).grid.size
    assert read_volume(out).modality == "CT"
    assert "ct on the grid of the fixed image" in capsys.readouterr().out


def test_images_that_do_not_overlap(
    tmp_path: Path, phantom_files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    far = RigidTransform.from_rotation(np.eye(3), np.array([900.0, 0, 0]))
    write_itk_transform(far, tmp_path / "far.tfm")
    out = tmp_path / "out.nrrd"
    assert run(["resample", *map(str, phantom_files), "--transform", str(tmp_path / "far.tfm"), "--out", str(out)]) == 2
    assert "do not overlap anywhere" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(("out", "why"), [("out.png", "does not say a format"), ("nowhere/out.nii", "no such folder")])
def test_the_output_is_looked_at_first(
    tmp_path: Path, transform: Path, out: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["resample", "missing", "missing", "--transform", str(transform), "--out", str(tmp_path / out)]) == 2
    assert why in capsys.readouterr().err


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
    (tmp_path / "scan.zraw").write_bytes(b"another's voxels")
    done = program("resample", fixed, own, "--transform", registered / "transform.tfm", "--out", "scan.mhd")
    assert done.returncode == 2
    assert (tmp_path / "scan.zraw").read_bytes() == b"another's voxels"


@pytest.mark.parametrize("name", ["a.MHA", "a.MHD", "a.NII", "a.NII.GZ", "a.NRRD"])
def test_large_letters_in_endings_are_fine(
    program: Any, tmp_path: Path, phantom_files: tuple[Path, Path], registered: Path, name: str
) -> None:
    done = program("resample", *phantom_files, "--transform", registered / "transform.tfm", "--out", name)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).is_file()
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name]
