"""`fusionviewer check`: the verdict as words, as JSON and as an exit code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fewer_points import fewer_points

from fusionviewer.cli.main import run
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.geometry import RigidTransform


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with fewer_points():
        yield


def moved(folder: Path, truth: RigidTransform, mm: float) -> str:
    """A transform file that is off by so much along y of the moving image's space."""
    write_itk_transform(RigidTransform.from_rotation(np.eye(3), np.array([0, mm, 0])) @ truth, folder / f"{mm:g}.tfm")
    return str(folder / f"{mm:g}.tfm")


@pytest.mark.parametrize(("mm", "code", "title"), [(0, 0, "Fine:"), (6, 4, "Wrong:")])
def test_the_exit_code_is_the_verdict(
    tmp_path: Path, phantom_files: tuple[Path, Path], phantom_truth: RigidTransform,
    capsys: pytest.CaptureFixture[str], mm: float, code: int, title: str,
) -> None:  # fmt: skip
    arguments = [*map(str, phantom_files), "--transform", moved(tmp_path, phantom_truth, mm)]
    assert run(["check", *arguments]) == code
    out = capsys.readouterr().out
    assert out.startswith(title)
    assert "Expected error, calibrated on simulations" in out
    assert "accuracy" not in out
    assert "Not a medical device" in out


def test_the_other_way_round_is_registered_if_asked_for(
    tmp_path: Path, phantom_files: tuple[Path, Path], phantom_truth: RigidTransform, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*map(str, phantom_files), "--transform", moved(tmp_path, phantom_truth, 0)]
    assert run(["check", *arguments, "--inverse", "--json"]) == 0
    told = {one["code"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert told["inverse_near"]["values"]["apart_mm"] < 2
    assert told["inverse_near"]["unit"] == "mm"


def test_one_json_object_with_all_of_it(
    tmp_path: Path, phantom_files: tuple[Path, Path], phantom_truth: RigidTransform, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*map(str, phantom_files), "--transform", moved(tmp_path, phantom_truth, 6)]
    targets = ["--target", "0,0,10", "--target=-30.5,2e1,5"]
    assert run(["check", *arguments, *targets, "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"verdict", "expected_tre_mm", "residual", "findings", "seconds", "version"}
    assert told["verdict"] == "wrong"
    expected = told["expected_tre_mm"]
    assert expected["median"] <= expected["p95"] <= expected["p95_upper"]
    assert [target["point_lps_mm"] for target in expected["targets"]] == [[0, 0, 10], [-30.5, 20, 5]]
    assert all(0 < target["expected"] < target["upper"] for target in expected["targets"])
    assert len(told["residual"]["shift_mm"]) == len(told["residual"]["rotation_deg"]) == 3
    first = told["findings"][0]
    assert set(first) == {"code", "level", "sentence", "values", "unit", "where"}
    assert (first["code"], first["level"], first["unit"]) == ("residual_far", "warning", "mm")
    corrected = RigidTransform.from_matrix(told["residual"]["corrected_moving_from_fixed"])
    write_itk_transform(corrected, tmp_path / "corrected.tfm")
    assert run(["check", *map(str, phantom_files), "--transform", str(tmp_path / "corrected.tfm")]) == 0


def test_a_study_is_checked_with_its_targets(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = registered / "study.fusion.json"
    assert run(["check", str(study), "--json"]) in {0, 5}
    told = json.loads(capsys.readouterr().out)
    assert told["expected_tre_mm"]["p95"] < 1.5
    assert told["expected_tre_mm"]["targets"] == []


def test_a_study_whose_image_is_gone_or_has_changed(
    registered: Path, phantom_files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = json.loads((registered / "study.fusion.json").read_text())
    text = json.dumps(study)
    copies = [shutil.copy(path, tmp_path / f"copy-{path.name}") for path in phantom_files]
    for path in phantom_files:
        text = text.replace(path.name, f"copy-{path.name}")
    (tmp_path / "moved.fusion.json").write_text(text)
    Path(copies[1]).write_bytes(Path(copies[0]).read_bytes())
    assert run(["check", str(tmp_path / "moved.fusion.json")]) == 2
    assert "Give both images and --transform moved.fusion.json" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "words"), [
    (["only.nii"], "is no study"),
    (["a.nii", "b.nii"], "not clear what to check"),
    (["a.nii", "b.nii", "c.nii", "--transform", "t.tfm"], "not clear what to check"),
    (["a.fusion.json", "--target", "1,2"], "is no point"),
    (["a.fusion.json", "--target", "1,2,nan"], "lies nowhere"),
    (["missing.fusion.json"], "missing.fusion.json"),
])  # fmt: skip
def test_what_it_does_not_understand_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(["check", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err


def test_two_cts_are_to_be_looked_at(
    phantom_files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_itk_transform(RigidTransform.identity(), tmp_path / "none.tfm")
    ct = str(phantom_files[1])
    assert run(["check", ct, ct, "--transform", str(tmp_path / "none.tfm"), "--json"]) in {4, 5}
    told = json.loads(capsys.readouterr().out)
    assert told["expected_tre_mm"] is None
    assert told["residual"] is None
