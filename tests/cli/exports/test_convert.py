"""`fusionviewer convert`, and transforms of other programs wherever a command takes one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer import registration
from fusionviewer.cli.main import run
from fusionviewer.errors import RegistrationFailed
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import format_of, read_transform, write_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume

Words = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def pair(phantom_files: tuple[Path, Path]) -> Pair:
    return Pair.of(*map(read_volume, phantom_files))


@pytest.fixture
def given(tmp_path: Path, phantom_truth: RigidTransform, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the same transform as `pose.tfm`, and for FLIRT as `flirt.mat`."""
    monkeypatch.chdir(tmp_path)
    write_itk_transform(phantom_truth, tmp_path / "pose.tfm")
    write_transform(phantom_truth, tmp_path / "flirt.mat", format_of("fsl"), pair)
    return tmp_path


def images(files: tuple[Path, Path]) -> list[str]:
    return ["--fixed", str(files[0]), "--moving", str(files[1])]


def test_there_and_back(given: Path, phantom_files: tuple[Path, Path], phantom_truth: Any, capsys: Words) -> None:
    assert run(["convert", "pose.tfm", "out.mat", "--to", "fsl", *images(phantom_files)]) == 0
    said = capsys.readouterr().out.splitlines()
    fixed, moving = (path.name for path in phantom_files)
    assert said[0].startswith(
        f"out.mat: FLIRT: moves {moving} onto {fixed} (read back by a second path, agrees within 0.0"
    )
    assert said[1].startswith(f"flirt -in {moving} -ref {fixed} -applyxfm -init out.mat")
    assert said[2].startswith("It belongs to the voxels")
    np.testing.assert_allclose(np.loadtxt("out.mat"), np.loadtxt("flirt.mat"), atol=1e-12)
    assert run(["convert", "out.mat", "back.json", "--from", "fsl", *images(phantom_files)]) == 0
    assert read_transform(Path("back.json")).is_close(phantom_truth, 1e-9)


def test_json_says_what_was_done_and_how_well_it_was_proved(given: Path, phantom_truth: Any, capsys: Words) -> None:
    assert run(["convert", "pose.tfm", "out.xfm", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) == {
        "in", "out", "from", "to", "inverted", "moving_from_fixed", "matrix", "matrix_maps", "command",
        "command_in", "note", "proof", "version",
    }  # fmt: skip
    assert (facts["from"], facts["to"], facts["inverted"]) == ("itk", "xfm", False)
    assert facts["proof"]["points"] == 1000
    assert 0 <= facts["proof"]["max_mm"] < 1e-3
    np.testing.assert_allclose(facts["moving_from_fixed"], phantom_truth.matrix, atol=1e-12)
    assert facts["command"] == "mincresample -transformation out.xfm -like FIXED MOVING MOVING-on-FIXED.mnc"


def test_the_inverse_is_between_the_images_the_other_way_round(
    given: Path, phantom_files: tuple[Path, Path], phantom_truth: Any, pair: Pair, capsys: Words
) -> None:
    fixed, moving = (path.name for path in phantom_files)
    assert run(["convert", "flirt.mat", "out.lta", "--from", "fsl", "--invert", *images(phantom_files)]) == 0
    assert f"moves {fixed} onto {moving}" in capsys.readouterr().out
    assert read_transform(Path("out.lta")).is_close(~phantom_truth, 1e-9)
    assert run(["convert", "pose.tfm", "moved.nii.gz", "--invert", *images(phantom_files)]) == 0
    assert read_volume(Path("moved.nii.gz")).grid.size == read_volume(phantom_files[0]).grid.size
    assert read_transform(Path("moved.nii.gz"), pair=pair.swapped).is_close(~phantom_truth, 1e-4)


def test_a_study_is_a_transform_too(registered: Path, monkeypatch: pytest.MonkeyPatch, capsys: Words) -> None:
    monkeypatch.chdir(registered)
    assert run(["convert", "study.fusion.json", "out.txt", "--to", "mrtrix", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["from"] == "study"
    assert read_transform(Path("out.txt"), "mrtrix").is_close(read_transform(Path("transform.tfm")), 1e-9)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("flirt.mat a.tfm", "may be of FLIRT or c3d and greedy: its numbers do not say which"),
        ("flirt.mat a.tfm --from fsl", "FLIRT means nothing without the fixed image"),
        ("pose.tfm a.mat", "with --to KEY, as one of: ants, fsl, spm, c3d"),
        ("pose.tfm a.mat --to flirt", "There is no format “flirt”"),
        ("pose.tfm a.tfm --from itk-h6", "There is no format “itk-h6”"),
        ("pose.tfm a.lta", "FreeSurfer (LTA) means nothing without the fixed image"),
        ("pose.tfm a.lta --to xfm", "does not end as files of MINC do"),
        ("pose.tfm a.fusion.json", "not as a study's"),
        ("pose.tfm ./pose.tfm", "is the file that is read"),
        ("missing.lta a.tfm", "There is no file missing.lta"),
        ("pose.tfm nowhere/a.xfm", "no such folder"),
        ("pose.tfm a.tfm --from c3d", "pose.tfm is damaged: not all of its matrix is numbers"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(given: Path, words: str, why: str, capsys: Words) -> None:
    before = sorted(path.name for path in given.iterdir())
    assert run(["convert", *words.split()]) == 2
    assert why in capsys.readouterr().err
    assert sorted(path.name for path in given.iterdir()) == before


def test_an_image_is_never_replaced(given: Path, phantom_files: tuple[Path, Path], capsys: Words) -> None:
    fixed, moving = map(str, phantom_files)
    assert run(["convert", "pose.tfm", moving, "--to", "nifti", "--fixed", fixed, "--moving", moving]) == 2
    assert "is one of the images" in capsys.readouterr().err


def test_a_command_takes_the_matrix_of_another_program(
    given: Path, phantom_files: tuple[Path, Path], capsys: Words
) -> None:
    """Also one that means nothing before the images are read."""
    both = list(map(str, phantom_files))
    for name, more in (("a", ["--transform", "pose.tfm"]), ("b", ["--transform", "flirt.mat"])):
        key = ["--transform-format", "fsl"] if name == "b" else []
        assert run(["resample", *both, *more, *key, "--out", f"{name}.nrrd"]) == 0
        assert run(["picture", *both, *more, *key, "--out", f"{name}.png", "--layout", "axial"]) == 0
    a, b = (read_volume(Path(f"{name}.nrrd")).array for name in "ab")
    assert np.mean(a != b) < 1e-3  # rounding to whole numbers
    assert Path("a.png").read_bytes()[:100] == Path("b.png").read_bytes()[:100]
    capsys.readouterr()
    assert run(["resample", *both, "--transform", "flirt.mat", "--out", "c.nrrd"]) == 2
    assert "--transform-format KEY" in capsys.readouterr().err


def test_a_registration_starts_from_it(
    given: Path, phantom_files: tuple[Path, Path], phantom_truth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[RigidTransform] = []

    def register(fixed: Any, moving: Any, start: Any, **_: Any) -> Any:
        starts.append(start)
        raise RegistrationFailed("Enough.")

    monkeypatch.setattr(registration, "register", register)
    more = ["--start", "flirt.mat", "--transform-format", "fsl", "--out", "result"]
    assert run(["register", *map(str, phantom_files), *more]) == 3
    assert starts[0].is_close(phantom_truth, 1e-9)


def test_of_the_images_the_headers_alone_are_read(given: Path, phantom_files: tuple[Path, Path], capsys: Words) -> None:
    """Files whose voxels are cut off give the same transform as whole ones."""
    both = {}
    for name, path in zip(("fixed", "moving"), phantom_files, strict=True):
        sitk.WriteImage(sitk.ReadImage(str(path)), str(given / f"{name}.nii"))
        both[name] = (given / f"{name}.nii").read_bytes()
    whole = [word for name in both for word in (f"--{name}", f"{name}.nii")]
    assert run(["convert", "flirt.mat", "a.lta", "--from", "fsl", *whole]) == 0
    for name, content in both.items():
        (given / f"{name}.nii").write_bytes(content[:1000])
    assert run(["convert", "flirt.mat", "b.lta", "--from", "fsl", *whole]) == 0
    a, b = (Path(f"{name}.lta").read_text().partition("mean")[2] for name in "ab")
    assert a == b
    assert run(["convert", "flirt.mat", "moved.nii.gz", "--from", "fsl", *whole]) == 2  # which holds the voxels
    assert "cut short" in capsys.readouterr().err
