"""`fusionviewer replay`: the run of a report again, and what is missing for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fusionviewer.cli.arguments.study_images import open_study
from fusionviewer.cli.main import run
from fusionviewer.progress import Observer
from fusionviewer.quality.report.facts import FORMAT, REPORT_VERSION, versions
from fusionviewer.quality.report.replay import replay_record
from fusionviewer.session.study_file import load_study

Change = Callable[[dict[str, Any]], None]


def write_report(study: Path) -> Path:
    """What of a study's report a replay reads; `test_report` looks at reports themselves."""
    state, mask = open_study(study, Observer()), load_study(study).mask
    images = {
        side: {"fingerprint": volume.fingerprint_on_disk, "mirrored": []} for side, volume in state.volumes().items()
    }
    head = {"format": FORMAT, "report_version": REPORT_VERSION, "versions": versions(), "images": images}
    kept = replay_record(state, mask.fingerprint if mask else "")
    study.with_name("report.json").write_text(json.dumps(head | {"replay": kept}))
    return study.with_name("report.json")


@pytest.fixture
def reported(registered: Path) -> Path:
    """The report of the registered phantoms."""
    return write_report(registered / "study.fusion.json")


def change(reported: Path, how: Change) -> None:
    told = json.loads(reported.read_text())
    how(told)
    reported.write_text(json.dumps(told))


def test_the_run_is_made_again_with_the_studys_images(reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(reported), "--study", str(reported.with_name("study.fusion.json"))]) == 0
    assert capsys.readouterr().out.startswith("The same: the transform was found again to within 0 mm")


def test_a_transform_that_differs_has_a_code_of_its_own(
    reported: Path, phantom_files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    change(reported, lambda told: told["replay"]["moving_from_fixed"][0].__setitem__(3, 9.0))
    assert run(["replay", str(reported), *map(str, phantom_files), "--json"]) == 5
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {
        "same", "same_build", "max_matrix_difference", "max_mm", "kind", "moving_from_fixed",
        "reported_moving_from_fixed", "seconds", "versions", "reported_versions",
    }  # fmt: skip
    assert (told["same"], told["same_build"], told["kind"]) == (False, True, "registration")
    assert told["max_mm"] == pytest.approx(told["max_matrix_difference"])
    assert told["max_mm"] == pytest.approx(abs(told["moving_from_fixed"][0][3] - 9.0))


def test_other_images_are_refused(
    reported: Path, phantom_files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["replay", str(reported), *map(str, reversed(phantom_files))]) == 2
    assert "The fixed image is not the one of the report" in capsys.readouterr().err


def _by_hand(told: dict[str, Any]) -> None:
    told["replay"] |= {"kind": None, "why_not": "The pose was adjusted manually: no registration gives it again."}


def _newer(told: dict[str, Any]) -> None:
    told["report_version"] = 2


def _of_another_kind(told: dict[str, Any]) -> None:
    told["format"] = "fusionviewer study"


@pytest.mark.parametrize(("how", "arguments", "words"), [
    (None, [], "does not say where its images lie"),
    (None, ["one.nii"], "one image only"),
    (None, ["one.nii", "two.nii", "--study", "s.fusion.json"], "Images and a study are given"),
    (None, ["one.nii", "two.nii"], "one.nii"),
    (_by_hand, ["one.nii", "two.nii"], "Nothing can be replayed. The pose was adjusted manually"),
    (_newer, ["one.nii", "two.nii"], "a report of version 2; this program knows 1"),
    (_of_another_kind, ["one.nii", "two.nii"], "is not a report in numbers"),
])  # fmt: skip
def test_what_is_missing_is_one_sentence(
    reported: Path, capsys: pytest.CaptureFixture[str], how: Change | None, arguments: list[str], words: str
) -> None:
    if how is not None:
        change(reported, how)
    assert run(["replay", str(reported), *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err


def test_a_page_is_no_report_in_numbers(reported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reported.write_text("<!DOCTYPE html>")
    assert run(["replay", str(reported), "a.nii", "b.nii"]) == 2
    assert "fusionviewer report STUDY --out REPORT.json" in capsys.readouterr().err


def test_the_mask_of_a_study_is_used_again(
    phantom_files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = [str(path) for path in phantom_files]
    study = tmp_path / "masked" / "study.fusion.json"
    register = ["register", *images, "--out", str(study.parent), "--start", "header", "--mask", images[0]]
    assert run([*register, "--preset", "fast", "--no-volume"]) == 0
    report = str(write_report(study))
    assert run(["replay", report, "--study", str(study)]) == 0
    capsys.readouterr()
    assert run(["replay", report, *images]) == 2
    assert "restricted to a mask" in capsys.readouterr().err
