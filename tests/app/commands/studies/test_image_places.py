"""A study may name any place; the user is asked before an unusual one is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from answers import Answers

from fusionviewer.app.commands.open_save import open_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import save_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study both of whose images and whose mask lie on a network."""
    path = tmp_path / "s.fusion.json"
    save_study(FusionState(), None, path)
    document = json.loads(path.read_text())
    for name in ("fixed", "moving", "mask"):
        place = f"//server/share/{name}.nii"
        record = {"path": place, "absolute_path": place, "series_uid": "", "fingerprint": "", "name": name}
        (document["region"] if name == "mask" else document["images"])[name] = record
    path.write_text(json.dumps(document))
    return path


def test_a_network_is_asked_about_once_with_the_path(workspace: Workspace, study: Path, answers: Answers) -> None:
    said: list[str] = []
    workspace.said.connect(said.append)
    before = workspace.document.state
    open_study(workspace, study)
    places = "; ".join(f"//server/share/{name}.nii lies on a network" for name in ("fixed", "moving", "mask"))
    assert answers.asked == ["discard", f"touch for s.fusion.json: {places}"]
    assert workspace.document.state is before
    assert not workspace.runner.busy
    assert said == ["The study was not opened: //server/share/fixed.nii lies on a network."]


def test_what_may_be_touched_is_looked_for(workspace: Workspace, study: Path, answers: Answers) -> None:
    answers.touch = True
    open_study(workspace, study)
    assert answers.asked[2:] == ["find fixed image"]  # there is no such server here
