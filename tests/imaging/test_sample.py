"""The bundled study is there, in a checkout, in an installed package and in a frozen program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging import sample
from fusionviewer.imaging.sample import sample_folder


def fake_sample(root: Path) -> Path:
    folder = root / "resources" / "sample"
    folder.mkdir(parents=True)
    for name in ("t1.nii.gz", "ct.nii.gz"):
        (folder / name).touch()
    return folder


def test_it_is_there_and_whole() -> None:
    truth = json.loads((sample_folder() / "truth.json").read_text())
    RigidTransform.from_matrix(truth["moving_from_fixed_lps_mm"])
    assert len(truth["check_points_fixed_lps_mm"]) == 27


def test_a_frozen_program_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert sample_folder() != fake_sample(tmp_path)
    assert sample_folder() == tmp_path / "resources" / "sample"


def test_an_installed_package_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "__file__", str(tmp_path / "fusionviewer" / "imaging" / "sample.py"))
    with pytest.raises(UnreadableInput, match="missing from this installation"):
        sample_folder()
    folder = fake_sample(tmp_path / "fusionviewer")
    assert sample_folder() == folder
