"""`fusionviewer register` from a study that was reviewed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

from fusionviewer.cli.main import run
from fusionviewer.imaging.readers import read_volume
from fusionviewer.session import edits
from fusionviewer.session.study_file import load_study, save_study

Files: TypeAlias = tuple[Path, Path]
Capture: TypeAlias = pytest.CaptureFixture[str]


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
