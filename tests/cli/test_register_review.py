"""`fusionviewer register` from a study that was reviewed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import phantoms
import pytest

from fusionviewer.cli.main import run
from fusionviewer.exchange.points.landmarks_csv import write_landmarks
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, LandmarkPair, Target
from fusionviewer.session.study_file import load_study, save_study

Files: TypeAlias = tuple[Path, Path]
Capture: TypeAlias = pytest.CaptureFixture[str]
PLACES = {name: phantoms.centre_of(name) for name in ("left eye", "right eye", "nose", "lesion")}


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_the_review_of_a_study_that_is_begun_from_is_kept_and_out_of_date(
    verdict: Any, phantom_files: Files, tmp_path: Path, capsys: Capture
) -> None:
    fixed, moving = (read_volume(path) for path in phantom_files)
    state = edits.nudge(edits.new_study(fixed, moving), np.array([2.0, 0, 0]), np.zeros(3), np.zeros(3))
    study = tmp_path / "before.fusion.json"
    save_study(edits.set_review(state, verdict, "looked"), None, study)
    arguments = ["--start", str(study), "--preset", "fast", "--no-volume"]
    command = ["register", *map(str, phantom_files), "--out", str(tmp_path / "out"), *arguments]
    assert run([*command, "--json"]) == 0
    told = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["code"] == "review_out_of_date"]
    assert [(one["level"], one["values"]["verdict"], one["values"]["changed"]) for one in told] == [
        ("warning", verdict, ["pose"])
    ]
    assert told[0]["sentence"].startswith(f"Out of date: {verdict} on ")
    assert run(command) == 0
    assert f"WARNING: {told[0]['sentence']}" in capsys.readouterr().out.splitlines()
    review = load_study(tmp_path / "out" / "study.fusion.json").without_images.alignment.review
    assert review is not None
    assert (review.verdict, review.note) == (verdict, "looked")
    assert review.of.moving_from_fixed == state.alignment.moving_from_fixed


def _accepted_study(phantom_files: Files, path: Path) -> FusionState:
    """A study with landmarks and a target whose pose was accepted, written to the path."""
    fixed, moving = (read_volume(file) for file in phantom_files)
    truth: RigidTransform = phantoms.MOVING_FROM_FIXED
    pairs = [LandmarkPair(n, edits.point_of(at), edits.point_of(truth.apply(at))) for n, at in PLACES.items()]
    aside = np.array([30.0, 0.0, 0.0])
    pairs.append(LandmarkPair("check", edits.point_of(aside), edits.point_of(truth.apply(aside)), "check"))
    state = replace(edits.new_study(fixed, moving), landmarks=tuple(pairs), fle_mm=1.5)
    state = replace(edits.set_pose(state, truth, "file"), targets=(Target("tumour", (1.0, 2.0, 3.0)),))
    state = edits.set_review(state, "accepted", "looked")
    save_study(state, None, path)
    return state


def test_a_review_holds_where_pose_images_and_landmarks_are_those_of_the_start(
    phantom_files: Files, tmp_path: Path, capsys: Capture
) -> None:
    before = _accepted_study(phantom_files, tmp_path / "a.fusion.json")
    limits = ["--max-shift", "0", "--max-rotation", "0", "--preset", "fast", "--no-volume"]
    command = ["register", *map(str, phantom_files), "--start", str(tmp_path / "a.fusion.json"), *limits]
    assert run([*command, "--out", str(tmp_path / "out"), "--json"]) == 0
    codes = {finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert "accepted" in codes
    assert "review_out_of_date" not in codes
    after = load_study(tmp_path / "out" / "study.fusion.json").without_images
    assert after.landmarks == before.landmarks
    assert (after.fle_mm, after.targets) == (before.fle_mm, before.targets)
    assert after.alignment.review == before.alignment.review


def test_landmarks_that_are_given_replace_those_of_the_start(
    phantom_files: Files, tmp_path: Path, capsys: Capture
) -> None:
    before = _accepted_study(phantom_files, tmp_path / "a.fusion.json")
    write_landmarks(tmp_path / "f.csv", PLACES)
    write_landmarks(tmp_path / "m.csv", {n: phantoms.MOVING_FROM_FIXED.apply(at) for n, at in PLACES.items()})
    given = ["--landmarks", str(tmp_path / "f.csv"), str(tmp_path / "m.csv"), "--landmark-weight", "1"]
    limits = ["--max-shift", "0", "--max-rotation", "0", "--preset", "fast", "--no-volume"]
    command = ["register", *map(str, phantom_files), "--start", str(tmp_path / "a.fusion.json"), *given, *limits]
    assert run([*command, "--out", str(tmp_path / "out"), "--json"]) == 0
    told = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["code"] == "review_out_of_date"]
    assert [one["values"]["changed"] for one in told] == [["landmarks"]]
    after = load_study(tmp_path / "out" / "study.fusion.json").without_images
    assert [pair.name for pair in after.landmarks] == list(PLACES)
    assert (after.fle_mm, after.targets) == (None, before.targets)
