"""`fusionviewer scene`: a study as a folder for another viewer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scene_readers import layers_of

from fusionviewer.cli.main import run
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.rendering.blends import Blend
from fusionviewer.session import edits
from fusionviewer.session.study_file import save_study
from fusionviewer.session.view_state import ViewState


@pytest.fixture
def study(tmp_path: Path, phantom_files: tuple[Path, Path], phantom_truth: RigidTransform) -> Path:
    fixed, moving = (read_volume(path) for path in phantom_files)
    state = edits.set_pose(edits.new_study(fixed, moving), phantom_truth, "file")
    save_study(state, replace(ViewState(), blend=Blend(fade=0.8)), tmp_path / "a.fusion.json")
    return tmp_path / "a.fusion.json"


def test_a_scene_has_the_pose_and_the_fade_of_the_study(
    tmp_path: Path, study: Path, phantom_truth: RigidTransform, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "for itksnap"
    names = ["--fixed-name", "t1", "--moving-name", "ct"]
    assert run(["scene", str(study), "--for", "itksnap", "--out", str(out), *names]) == 0
    told = capsys.readouterr().out
    assert told == f"{out / 'scene.itksnap'}: open it in ITK-SNAP. The folder can be moved as a whole.\n"
    _, overlay = layers_of(out / "scene.itksnap")
    np.testing.assert_allclose(overlay.matrix, phantom_truth.matrix, atol=1e-12)
    assert float(overlay.entries["LayerMetaData.Alpha"]) == 0.8
    assert {path.name for path in out.iterdir()} == {"scene.itksnap", "t1.nii.gz", "ct.nii.gz"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--fixed-name", "a/b"], "cannot be the name of an image"),
        (["--fixed-name", "moving"], "the same name"),
        (["--out", "."], "holds other files"),
    ],
)
def test_what_cannot_be_written_is_told_before_an_image_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert run(["scene", "missing.fusion.json", "--for", "slicer", "--out", "out", *more]) == 2
    assert why in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
