"""When the distances of the skull are drawn: chosen, known, and of the pose that is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from assessments import assessment_of

from fusionviewer.app.actions.registry import BY_KEY
from fusionviewer.app.commands import display
from fusionviewer.app.state.guard.checked import Checked
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.second_opinion.residual import Patch

PATCHES = [Patch("outer", np.array([70.0, y, 0]), 2.0, 0.5) for y in (-9.0, 0.0, 9.0)]


def test_they_are_drawn_while_they_are_chosen_and_known_and_the_pose_is_at_rest(
    with_phantoms: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, model = with_phantoms, with_phantoms.view_model
    need = BY_KEY["show_edge_distances"].need
    assert need(workspace) == "The fusion has not been checked."
    checked = assessment_of("look", patches=PATCHES)
    monkeypatch.setattr(Workspace, "checked", Checked("done", checked))
    workspace.check.changed.emit()
    assert need(workspace) == ""
    assert model.edges.now is None
    display.flip(workspace, "show_edge_distances")
    assert model.edges.now is not None
    assert model.edges.now.mm.tolist() == [2.0, 2.0, 2.0]
    model.set_preview(RigidTransform.identity(), by_hand=True)
    assert model.edges.now is None
    model.set_preview(None)
    assert model.edges.now is not None
    monkeypatch.setattr(Workspace, "checked", Checked("done", None))
    workspace.check.changed.emit()
    assert model.edges.now is None
    assert need(workspace) == "", "what is on can be put off"


def test_a_check_that_saw_no_skull_has_none(with_phantoms: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    unseen = assessment_of("look")
    monkeypatch.setattr(Workspace, "checked", Checked("done", unseen))
    assert BY_KEY["show_edge_distances"].need(with_phantoms) == "The check saw too little of the skull."
