"""`fusionviewer fuse`: both images as one volume, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.cli.main import run
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume


@pytest.fixture
def transform(tmp_path: Path, phantom_truth: RigidTransform) -> Path:
    write_itk_transform(phantom_truth, tmp_path / "truth.tfm")
    return tmp_path / "truth.tfm"


@pytest.mark.parametrize("suffix", [".nii.gz", ".nii", ".nrrd", ".mha"])
@pytest.mark.parametrize("grid", ["fixed", "moving"])
@pytest.mark.parametrize("kind", ["rgb", "scalar"])
def test_every_format_lies_on_the_grid_that_was_asked_for(
    tmp_path: Path, phantom_files: tuple[Path, Path], transform: Path, suffix: str, grid: str, kind: str
) -> None:
    out = tmp_path / f"fused{suffix}"
    arguments = ["--transform", str(transform), "--out", str(out), "--grid", grid, "--kind", kind]
    assert run(["fuse", *map(str, phantom_files), *arguments]) == 0
    image = sitk.ReadImage(str(out))
    expected = read_volume(phantom_files[0 if grid == "fixed" else 1]).grid
    assert image.GetSize() == expected.size
    assert image.GetNumberOfComponentsPerPixel() == (3 if kind == "rgb" else 1)
    np.testing.assert_allclose(image.GetOrigin(), expected.origin, atol=1e-4)
    np.testing.assert_allclose(np.reshape(image.GetDirection(), (3, 3)), expected.direction, atol=1e-5)
    assert np.ptp(sitk.GetArrayViewFromImage(image)) > 100


def test_the_program_itself_writes_it_and_says_so(
    program: Any, tmp_path: Path, phantom_files: Any, transform: Path
) -> None:
    done = program("fuse", *phantom_files, "--transform", transform, "--out", "fused.nii.gz")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "fused.nii.gz: both images, fused, on the grid of the fixed image.\n"
    assert (tmp_path / "fused.nii.gz").is_file()


LOOKS = [
    ["--fade", "0.2"],
    ["--fade", "0.2", "--swap"],
    ["--mode", "two-colour"],
    ["--mode", "two-colour", "--pair", "magenta-green"],
    ["--mode", "checkerboard"],
    ["--mode", "checkerboard", "--swap"],
    ["--mode", "checkerboard", "--square-mm", "10"],
    ["--fixed-window", "-100,900"],
    ["--moving-window", "40,80,1300"],
    ["--moving-colours", "hot"],
    ["--fixed-colours", "inverted"],
    ["--nearest"],
]


def test_every_option_shows(tmp_path: Path, phantom_files: tuple[Path, Path], transform: Path) -> None:
    seen = {}
    for look in [[], *LOOKS]:
        out = tmp_path / "fused.nii"
        assert run(["fuse", *map(str, phantom_files), "--transform", str(transform), "--out", str(out), *look]) == 0
        seen[" ".join(look)] = out.read_bytes()
    assert len(set(seen.values())) == len(seen)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--mode", "edges"], "invalid choice"),
        (["--mode", "difference"], "invalid choice"),
        (["--kind", "cmyk"], "invalid choice"),
        (["--grid", "both"], "invalid choice"),
        (["--fade", "1.5"], "not a fade"),
        (["--fade", "-0.5"], "not a fade"),
        (["--square-mm", "0"], "not a length"),
        (["--fixed-window", "100"], "not a window"),
        (["--moving-window", "100,0"], "not a window"),
        (["--kind", "scalar", "--mode", "two-colour"], "no colours"),
        (["--kind", "scalar", "--moving-colours", "hot"], "no colours"),
        (["--out", "fused.mhd"], "does not say a format"),
        (["--out", "fused.png"], "does not say a format"),
        (["--out", "nowhere/fused.nii"], "no such folder"),
        (["--transform", "nothing.tfm"], "nothing.tfm"),
    ],
)
def test_what_can_be_known_is_refused_before_anything_is_read(
    tmp_path: Path, transform: Path, more: list[str], word: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert run(["fuse", "missing", "missing", "--transform", str(transform), "--out", "fused.nii.gz", *more]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert word in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_it_never_takes_the_place_of_an_image(
    phantom_files: tuple[Path, Path], transform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = phantom_files[0].read_bytes()
    assert run(["fuse", *map(str, phantom_files), "--transform", str(transform), "--out", str(phantom_files[0])]) == 2
    assert "is one of the images" in capsys.readouterr().err
    assert phantom_files[0].read_bytes() == before


def test_images_that_do_not_overlap(
    tmp_path: Path, phantom_files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    far = RigidTransform.from_rotation(np.eye(3), np.array([900.0, 0, 0]))
    write_itk_transform(far, tmp_path / "far.tfm")
    out = tmp_path / "out.nii"
    assert run(["fuse", *map(str, phantom_files), "--transform", str(tmp_path / "far.tfm"), "--out", str(out)]) == 2
    assert "do not overlap anywhere" in capsys.readouterr().err
    assert not out.exists()


def test_a_fused_volume_is_no_input(
    tmp_path: Path, phantom_files: tuple[Path, Path], transform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "fused.nii.gz"
    assert run(["fuse", *map(str, phantom_files), "--transform", str(transform), "--out", str(out)]) == 0
    assert run(["info", str(out)]) == 2
    assert "holds 3 values for each voxel" in capsys.readouterr().err
