"""`fusionviewer register`: starts, bounds, landmarks, what is written and what is printed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, get_args

import numpy as np
import phantoms
import pytest
import SimpleITK as sitk
from phantoms import error_mm

from fusionviewer import __version__, registration
from fusionviewer.cli import register as command
from fusionviewer.cli.main import run
from fusionviewer.errors import Cancelled
from fusionviewer.exchange.points.landmarks_csv import write_landmarks
from fusionviewer.exchange.transforms.itk import read_itk_transform, write_itk_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.resample import resample
from fusionviewer.registration import ReasonCode
from fusionviewer.session.study_file import load_study

Capture = pytest.CaptureFixture[str]
Files = tuple[Path, Path]

TRUTH = phantoms.MOVING_FROM_FIXED
PLACES = ("left eye", "right eye", "nose", "lesion", "sinus")


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory, phantom_files: Files) -> Path:
    """The folder of a run with all defaults."""
    out = tmp_path_factory.mktemp("run") / "new" / "result"
    assert run(["register", *map(str, phantom_files), "--out", str(out)]) == 0
    return out


def test_three_files_that_agree(registered: Path, phantom_files: Files) -> None:
    assert set(os.listdir(registered)) == {"transform.tfm", "moving-on-fixed.nii.gz", "study.fusion.json"}
    pose = read_itk_transform(registered / "transform.tfm")
    assert error_mm(pose) < 1.5
    theirs = sitk.ReadTransform(str(registered / "transform.tfm"))
    point = phantoms.centre_of("nose")
    np.testing.assert_allclose(theirs.TransformPoint(point.tolist()), pose.apply(point), atol=1e-9)
    fixed, moving = (read_volume(path) for path in phantom_files)
    written = read_volume(registered / "moving-on-fixed.nii.gz")
    np.testing.assert_array_equal(written.array, resample(moving, fixed.grid, pose, "linear").array)
    np.testing.assert_allclose(written.grid.corners, fixed.grid.corners, atol=1e-4)
    study = load_study(registered / "study.fusion.json")
    assert study.without_images.alignment.moving_from_fixed.is_close(pose, 1e-12)
    assert study.without_images.alignment.run is not None
    for reference, path in ((study.fixed, phantom_files[0]), (study.moving, phantom_files[1])):
        assert reference is not None
        assert reference.locate(study.path) is not None
        assert os.path.samefile(reference.locate(study.path) or "", path)
        assert reference.fingerprint == read_volume(path).fingerprint


def test_json_without_a_volume(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["--start", "header", "--seed", "7", "--no-volume", "--json"]
    assert run(["register", *map(str, phantom_files), "--out", str(tmp_path / "a"), *arguments]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) == {
        "moving_from_fixed",
        "seconds",
        "seed",
        "ending",
        "reason",
        "bounds",
        "evidence",
        "landmarks",
        "only",
        "findings",
        "version",
    }
    told = {finding["code"]: finding for finding in facts["findings"]}
    reasons = [one for code, one in told.items() if code in get_args(ReasonCode)]
    assert " ".join(one["sentence"] for one in reasons) == facts["reason"]
    assert {one["level"] for one in reasons} == {"fact" if facts["ending"] == "converged" else "warning"}
    assert told["not_reviewed"]["level"] == "note"
    assert all(set(one) == {"code", "level", "sentence", "values", "where"} for one in facts["findings"])
    assert [one["values"]["side"] for one in facts["findings"] if one["code"] == "image_remark"] == ["fixed", "moving"]
    pose = RigidTransform.from_matrix(facts["moving_from_fixed"])
    assert pose.is_close(read_itk_transform(tmp_path / "a" / "transform.tfm"), 1e-12)
    assert error_mm(pose) < 1.5
    assert facts["bounds"] is None
    assert facts["seed"] == 7
    assert facts["version"] == __version__
    assert facts["ending"] in {"converged", "doubtful"}
    assert 0 < facts["seconds"] < 120
    assert set(os.listdir(tmp_path / "a")) == {"transform.tfm", "study.fusion.json"}
    assert load_study(tmp_path / "a" / "study.fusion.json").without_images.alignment.settings.seed == 7


def refined(files: Files, folder: Path, capsys: Capture, *arguments: str) -> dict[str, Any]:
    assert run(["register", *map(str, files), "--out", str(folder / "out"), "--no-volume", "--json", *arguments]) == 0
    facts: dict[str, Any] = json.loads(capsys.readouterr().out)
    return facts


def test_wide_bounds_around_a_file(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    near = RigidTransform.from_euler((2, -1, 2, 2, -2, 1), np.zeros(3)) @ TRUTH
    write_itk_transform(near, tmp_path / "near.tfm")
    facts = refined(
        phantom_files,
        tmp_path,
        capsys,
        "--start",
        str(tmp_path / "near.tfm"),
        "--max-shift",
        "8",
        "--max-rotation",
        "8",
    )
    assert error_mm(RigidTransform.from_matrix(facts["moving_from_fixed"])) < 1.5
    bounds = facts["bounds"]
    assert (bounds["max_shift_mm"], bounds["max_rotation_deg"]) == (8, 8)
    assert bounds["touched"] == []
    pose, centre = RigidTransform.from_matrix(facts["moving_from_fixed"]), np.array(bounds["centre_lps_mm"])
    assert np.linalg.norm(pose.apply(centre) - near.apply(centre)) == pytest.approx(bounds["shift_mm"], abs=1e-6)
    assert (pose @ ~near).angle_deg == pytest.approx(bounds["rotation_deg"], abs=1e-5)


def test_narrow_bounds_hold_and_what_was_touched_is_named(
    phantom_files: Files, tmp_path: Path, capsys: Capture
) -> None:
    facts = refined(phantom_files, tmp_path, capsys, "--start", "header", "--max-shift", "1", "--max-rotation", "1")
    bounds = facts["bounds"]
    assert bounds["shift_mm"] <= 1 + 1e-6
    assert bounds["rotation_deg"] <= 1 + 1e-6
    assert bounds["touched"] == ["shift", "rotation"]
    assert facts["ending"] in {"bounded", "doubtful"}


def test_one_bound_alone_gives_the_other_ten(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    facts = refined(phantom_files, tmp_path, capsys, "--start", "centre", "--max-rotation", "0")
    assert facts["bounds"]["max_shift_mm"] == 10
    assert facts["bounds"]["rotation_deg"] == pytest.approx(0, abs=1e-6)


def test_a_study_is_a_start(registered: Path, phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    start = str(registered / "study.fusion.json")
    facts = refined(phantom_files, tmp_path, capsys, "--start", start, "--max-shift", "0", "--max-rotation", "0")
    pose = RigidTransform.from_matrix(facts["moving_from_fixed"])
    assert pose.is_close(read_itk_transform(registered / "transform.tfm"), 1e-6)


def landmarks(folder: Path) -> list[str]:
    fixed = {name: phantoms.centre_of(name) for name in PLACES}
    moving = {name: TRUTH.apply(point) for name, point in fixed.items()}
    write_landmarks(folder / "f.csv", {**fixed, "only here": np.zeros(3)})
    write_landmarks(folder / "m.csv", dict(reversed(moving.items())))
    return [str(folder / "f.csv"), str(folder / "m.csv")]


def test_landmarks_are_a_start_and_kept_in_the_study(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    tables = landmarks(tmp_path)
    arguments = ["--landmarks", *tables, "--max-shift", "2", "--max-rotation", "2", "--no-volume"]
    assert run(["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), *arguments]) == 0
    out, err = capsys.readouterr()
    assert "only one of the files has them: only here" in err
    assert "Limits: translation" in out
    study = load_study(tmp_path / "out" / "study.fusion.json").without_images
    assert [pair.name for pair in study.landmarks] == list(PLACES)
    assert study.alignment.start.is_close(TRUTH, 1e-6)
    assert study.alignment.run is not None
    assert study.alignment.run.start_kind == "landmarks"
    assert (study.alignment.limits.max_shift_mm, study.alignment.limits.max_rotation_deg) == (2, 2)


def test_a_pair_that_does_not_fit_is_warned_of(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    fixed, moving = landmarks(tmp_path)
    lines = Path(moving).read_text().splitlines()
    name, x, y, z = lines[1].split(",")
    lines[1] = f"{name},{float(x) + 15},{y},{z}"
    Path(moving).write_text("\n".join(lines))
    arguments = ["--landmarks", fixed, moving, "--no-volume", "--preset", "fast"]
    assert run(["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), *arguments]) == 0
    err = capsys.readouterr().err
    assert re.search(rf"Warning: “{name}” lies \d+\.\d mm from where the others expect it: look", err)
    assert err.count("the others expect it") == 1


@pytest.mark.parametrize("start", ["landmarks", "header"])
def test_landmarks_hold_the_result(start: str, phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["--landmarks", *landmarks(tmp_path), "--landmark-weight", "2", "--start", start, "--no-volume"]
    command = ["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), *arguments]
    assert run([*command, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)["landmarks"]
    assert (facts["weight"], facts["pairs"]) == (2, len(PLACES))
    assert facts["after_mean_mm"] <= facts["after_max_mm"] < 1
    assert (facts["before_mean_mm"] > 5) == (start == "header")
    study = load_study(tmp_path / "out" / "study.fusion.json").without_images
    assert study.alignment.landmark_weight == 2
    assert study.alignment.run is not None
    assert study.alignment.run.start_kind == start
    assert study.alignment.run.landmarks is not None
    assert study.alignment.run.landmarks.after_mean_mm == facts["after_mean_mm"]


def test_the_summary_says_what_the_landmarks_did(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["--landmarks", *landmarks(tmp_path), "--landmark-weight", "1", "--no-volume", "--preset", "fast"]
    assert run(["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), *arguments]) == 0
    assert "Landmarks (weight 1, 5 pairs) disagree by 0." in capsys.readouterr().out


def test_the_summary_and_the_warning_about_a_doubtful_result(
    phantom_files: Files, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from fusionviewer import registration

    real, told = registration.register, registration.Reason("told", {"text": "The starts disagree."})

    def doubt(*args: Any, **kwargs: Any) -> Any:
        return replace(real(*args, **kwargs), ending=registration.Ending.DOUBTFUL, reasons=(told,))

    monkeypatch.setattr(registration, "register", doubt)
    out = tmp_path / "out"
    assert run(["register", *map(str, phantom_files), "--out", str(out), "--start", "header"]) == 0
    text, err = capsys.readouterr()
    assert "Warning: Low confidence. The starts disagree." in err
    for words in ("Low confidence", " mm (mean ", "from the start", str(out / "transform.tfm"), "Not a medical"):
        assert words in text
    assert "Reading" in err
    assert "taken for CT" in err


def test_a_failure_leaves_nothing(
    phantom_files: Files, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fusionviewer import registration
    from fusionviewer.errors import RegistrationFailed

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise RegistrationFailed("There is no head in the image.", "Use landmarks.")

    monkeypatch.setattr(registration, "register", fail)
    assert run(["register", *map(str, phantom_files), "--out", str(tmp_path / "a" / "b"), "--json"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out)["ending"] == "failed"
    assert "There is no head in the image. Use landmarks." in err
    assert not list(tmp_path.iterdir())


def test_the_images_are_not_overwritten(tmp_path: Path, phantom_files: Files, capsys: Capture) -> None:
    moving = tmp_path / command.VOLUME
    moving.write_bytes(phantom_files[1].read_bytes())
    assert run(["register", str(phantom_files[0]), str(moving), "--out", str(tmp_path)]) == 2
    assert "is one of the images" in capsys.readouterr().err
    assert moving.read_bytes() == phantom_files[1].read_bytes()


def test_an_older_result_survives_a_run_that_cannot_write(
    registered: Path, phantom_files: Files, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    from fusionviewer.errors import CannotWrite
    from fusionviewer.session import study_file

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise CannotWrite("The disk is full.", "Make room.")

    before = {path.name: path.read_bytes() for path in registered.iterdir()}
    monkeypatch.setattr(study_file, "save_study", refuse)
    assert run(["register", *map(str, phantom_files), "--out", str(registered), "--start", "header"]) == 2
    assert "The disk is full. Make room." in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in registered.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--max-shift", "5"], "an automatic start is none"),
        (["--start", "auto", "--max-rotation", "5"], "an automatic start is none"),
        (["--start", "header", "--max-shift", "-1"], "maximum shift is not a number of millimetres"),
        (["--start", "header", "--max-shift", "nan"], "maximum shift is not a number of millimetres"),
        (["--start", "header", "--max-rotation", "181"], "between 0 and 180 degrees"),
        (["--seed", "-3"], "The setting seed is not right"),
        (["--start", "middle"], "neither a file nor one of auto, header, centre"),
        (["--start", "header", "--landmarks", "f.csv", "m.csv"], "Both --start and --landmarks"),
        (["--landmarks", "f.csv", "m.csv"], "There is no file"),
        (["--landmark-weight", "1"], "There are no landmarks"),
        (["--start", "landmarks"], "There are no landmarks"),
        (["--landmarks", "f.csv", "m.csv", "--landmark-weight", "-1"], "does not lie between 0 and 100"),
        (["--landmarks", "f", "m", "--landmark-weight", "1", "--start", "auto", "--max-shift", "5"], "automatic start"),
    ],
)
def test_arguments_are_looked_at_before_anything_is_read(
    tmp_path: Path, arguments: list[str], why: str, capsys: Capture
) -> None:
    assert run(["register", "missing", "missing", "--out", str(tmp_path / "out"), *arguments]) == 2
    err = capsys.readouterr().err
    assert why in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("fixed", "why"),
    [
        ("name,x,y,z\nA,0,0,0\nB,50,0,0\n", "2 pairs of landmarks"),
        ("name,x,y,z\nP,0,0,0\nQ,50,0,0\n", "No name of f.csv stands in m.csv"),
        ("name,x,y,z\nA,0,0,0\nB,50,0,0\nC,99,0,0\n", "line"),
        ("name,x,y,z\nA,0,0,0\nB,fifty,0,0\n", "Line 3 of f.csv"),
    ],
)
def test_landmarks_that_fix_no_pose(tmp_path: Path, fixed: str, why: str, capsys: Capture) -> None:
    (tmp_path / "f.csv").write_text(fixed)
    (tmp_path / "m.csv").write_text("name,x,y,z\nA,0,0,0\nB,50,0,0\nC,0,60,0\n")
    tables = [str(tmp_path / "f.csv"), str(tmp_path / "m.csv")]
    assert run(["register", "a", "b", "--out", str(tmp_path / "out"), "--landmarks", *tables]) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_box_and_a_mask_alone_count(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    fixed = sitk.ReadImage(str(phantom_files[0]))
    array = np.zeros(fixed.GetSize()[::-1], np.uint8)
    array[:, :, 10:] = 5
    mask = sitk.GetImageFromArray(array)
    mask.CopyInformation(fixed)
    sitk.WriteImage(mask, str(tmp_path / "mask.nii.gz"))
    command_line = ["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), "--no-volume"]
    command_line += ["--start", "header"]
    box = ["--roi", "80", "-90", "-70.5", "-80", "90", "70"]
    assert run([*command_line, *box, "--mask", str(tmp_path / "mask.nii.gz"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["only"] == "a box of 160 × 180 × 140 mm about (0, 0, 0) and the mask"
    assert facts["ending"] in {"converged", "doubtful"}
    assert error_mm(RigidTransform.from_matrix(facts["moving_from_fixed"])) < 1.5
    evidence = facts["evidence"]
    assert evidence["agreement"] == evidence["agreeing"] / evidence["starts"]
    assert evidence["spread_mm"] >= 0
    stored = load_study(tmp_path / "out" / "study.fusion.json")
    assert stored.without_images.region is not None
    assert stored.without_images.region.box == ((-80, -90, -70.5), (80, 90, 70))
    assert stored.mask is not None
    assert stored.mask.locate(stored.path) is not None

    assert run([*command_line, *box]) == 0
    said = capsys.readouterr().out
    assert "Restricted to a box of 160 × 180 × 140 mm about (0, 0, 0)." in said
    assert "starts converged here" in said
    assert "none of this measures accuracy" in said


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--roi", "0", "0", "0", "5", "50", "50"], "thinner than 10 mm"),
        (["--roi", "0", "0", "0", "nan", "50", "50"], "six finite numbers"),
        (["--roi", "300", "300", "300", "400", "400", "400"], "too little of the head"),
        (["--roi", "1", "2", "3"], "--roi"),
        (["--roi", "-3.2e-05", "-6e1", "-.3", "-inf", "11.", "5e1"], "six finite numbers"),
        (["--seed", "3000000000"], "2147483647"),
        (["--mask", "nowhere.nii.gz"], "nowhere.nii.gz"),
        (["--mask", "EMPTY"], "is empty"),
    ],
)
def test_regions_that_are_none(
    phantom_files: Files, tmp_path: Path, capsys: Capture, more: list[str], why: str
) -> None:
    empty = tmp_path / "empty.nii.gz"
    sitk.WriteImage(sitk.Image(8, 8, 8, sitk.sitkUInt8), str(empty))
    more = [str(empty) if word == "EMPTY" else word for word in more]
    out = tmp_path / "out"
    assert run(["register", *map(str, phantom_files), "--out", str(out), *more]) == 2
    assert why in capsys.readouterr().err
    assert not out.exists()


def test_the_mask_is_not_written_over(phantom_files: Files, tmp_path: Path, capsys: Capture) -> None:
    mask = tmp_path / "moving-on-fixed.nii.gz"
    mask.write_bytes(phantom_files[0].read_bytes())
    assert run(["register", *map(str, phantom_files), "--out", str(tmp_path), "--mask", str(mask)]) == 2
    assert "is one of the images" in capsys.readouterr().err
    assert mask.read_bytes() == phantom_files[0].read_bytes()


def test_json_of_a_run_that_is_cancelled(
    phantom_files: Files, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(*_: object, **__: object) -> None:
        raise Cancelled

    monkeypatch.setattr(registration, "register", cancelled)
    assert run(["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), "--json"]) == 130
    facts = json.loads(capsys.readouterr().out)
    assert facts["ending"] == "cancelled"
    assert facts["moving_from_fixed"] is None
    assert not (tmp_path / "out").exists()


def test_a_touched_limit_is_a_warning(program: Any, phantom_files: tuple[Path, Path]) -> None:
    done = program(
        "register", *phantom_files, "--out", "near", "--start", "header", "--max-shift", "1", "--max-rotation", "1",
        "--no-volume", "--json",
    )  # fmt: skip
    assert done.returncode == 0
    assert "Warning: The limit" in done.stderr
