"""`fusionviewer report`: its files, its refusals, and that no patient stands in them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import PATIENT, PATIENT_ID, Series

from fusionviewer.cli.main import run
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair, Target
from fusionviewer.session.study_file import save_study


def test_a_registration_is_reported_as_a_page_and_in_numbers(
    registered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, numbers = tmp_path / "report.html", tmp_path / "report.json"
    study = registered / "study.fusion.json"
    assert run(["report", str(study), "--out", str(page), "--out", str(numbers), "--tolerance", "2.5"]) == 0
    told = json.loads(numbers.read_text("utf-8"))
    kept = json.loads(study.read_text("utf-8"))
    assert told["report_version"] == 1
    assert told["alignment"]["moving_from_fixed"] == kept["moving_from_fixed"]
    assert told["replay"]["settings"] == kept["settings"]
    assert told["run"]["ending"] == kept["run"]["ending"]
    assert told["tolerances"][-1]["mm"] == 2.5
    assert told["study"] in capsys.readouterr().out
    text = page.read_text("utf-8")
    assert "fusionviewer replay REPORT.json" in text
    for secret in (str(tmp_path), "mr.nii", "ct.nii"):
        assert secret not in text + numbers.read_text("utf-8")


@pytest.fixture
def named_study(tmp_path: Path) -> Path:
    """A study of DICOM series of a patient, whose name stands wherever users can type one."""
    images = []
    for modality in ("MR", "CT"):
        folder = tmp_path / f"{PATIENT} {modality}"
        header: dict[str, Any] = {"SeriesDescription": f"{PATIENT} head", "StudyDescription": PATIENT_ID}
        Series(modality=modality, rows=24, columns=24, n=12, header=header).write(folder)
        images.append(read_volume(folder))
    state = edits.new_study(*images)
    pairs = tuple(
        LandmarkPair(
            f"{PATIENT} {n}", (-20.0 + 5 * n, 35.0 + n * n, -30.0 - n), (-20.0 + 5 * n, 35.0 + n * n, -30.0 - n)
        )
        for n in range(5)
    )
    state = replace(state, landmarks=pairs, targets=(Target(PATIENT_ID, (-15.0, 40.0, -30.0)),))
    state = edits.set_pose(state, RigidTransform.from_rotation(np.eye(3), np.array([1.0, 0, 0])), "hand")
    save_study(edits.set_review(state, "rejected", f"{PATIENT} moved", by="AB"), None, tmp_path / "named.fusion.json")
    return tmp_path / "named.fusion.json"


def test_no_patient_stands_in_it_unless_asked_for(named_study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, numbers, paper = (named_study.with_name(name) for name in ("r.html", "r.json", "r.pdf"))
    arguments = ["report", str(named_study), *(f"--out={path}" for path in (page, numbers, paper))]
    assert run(arguments) == 0
    said = capsys.readouterr().out.replace(str(page.parent), "")
    written = re.sub(r"base64,[^\"]*", "", page.read_text("utf-8")) + numbers.read_text("utf-8") + said
    assert len(written) > 10_000
    assert paper.read_bytes().startswith(b"%PDF")
    for secret in ("Doe", "Jane", PATIENT_ID, "moved</"):
        assert secret not in written
        assert secret.encode() not in paper.read_bytes()
    assert run([*arguments, "--names"]) == 0
    assert f"{PATIENT} moved" in page.read_text("utf-8")
    assert f"{PATIENT} 1" in numbers.read_text("utf-8")


@pytest.mark.parametrize(("arguments", "words"), [
    (["a.fusion.json", "--out", "r.txt"], "cannot be written as r.txt. Choose a name that ends in .html, .pdf, .json."),
    (["a.fusion.json", "--out", "nowhere/r.html"], "no such folder"),
    (["a.fusion.json", "--out", "r.html", "--tolerance", "-1"], "is not a length"),
    (["missing.fusion.json", "--out", "r.html"], "missing.fusion.json"),
    (["a.fusion.json", "--out", "b.fusion.json"], "is the name of a study"),
])  # fmt: skip
def test_what_it_cannot_do_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("a.fusion.json").write_text("{}")
    assert run(["report", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.fusion.json"]


def test_an_image_that_is_gone_is_named_with_a_remedy(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = registered / "study.fusion.json"
    study.write_text(study.read_text("utf-8").replace("ct.nii.gz", "gone.nii.gz"), "utf-8")
    assert run(["report", str(study), "--out", str(registered / "r.json")]) == 2
    assert "is not where it was. Put the image back" in capsys.readouterr().err
