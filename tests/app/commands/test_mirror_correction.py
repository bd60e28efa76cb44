from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from answers import Answers
from histories import all_but_history
from pytestqt.qtbot import QtBot

from fusionviewer.app.actions.alignment import HAND
from fusionviewer.app.commands import export as export_commands
from fusionviewer.app.commands import mirror_correction, open_save
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.errors import BadArgument
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Axis, Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.view_state import Distance

BY_KEY = {action.key: action for action in HAND}


def _mirror(workspace: Workspace, qtbot: QtBot, axis: Axis) -> None:
    mirror_correction.mirror_moving(workspace, axis)
    qtbot.waitUntil(lambda: not workspace.runner.busy)


def _moving(workspace: Workspace) -> Volume:
    volume = workspace.document.state.moving
    assert volume is not None
    return volume


@pytest.fixture
def willing(answers: Answers) -> Answers:
    answers.mirror = True
    return answers


def test_it_is_asked_first_and_no_is_no(with_phantoms: Workspace, answers: Answers, qtbot: QtBot) -> None:
    before = with_phantoms.document.state
    _mirror(with_phantoms, qtbot, "x")
    assert answers.asked == ["mirror x"]
    assert with_phantoms.document.state is before


def test_a_mirror_is_one_step_said_loudly_and_undone(
    with_phantoms: Workspace, willing: Answers, qtbot: QtBot, phantom_ct: Volume
) -> None:
    workspace = with_phantoms
    warnings: list[str] = []
    workspace.warned.connect(warnings.append)
    mark_landmarks.new_pair(workspace)
    mark_landmarks.click(workspace, "moving", np.array([30.0, 10.0, -5.0]))
    review_commands.review(workspace, "accepted", "", "AB")
    workspace.view_model.change(
        distances=(Distance("moving", (0, 0, 0), (1, 1, 1)), Distance("fixed", (0, 0, 0), (2, 2, 2)))
    )
    state, count = workspace.document.state, workspace.document.undo_stack.count()
    head = workspace.head_in(phantom_ct)
    assert head is not None
    _mirror(workspace, qtbot, "x")
    after = workspace.document.state
    assert workspace.document.undo_stack.count() == count + 1
    assert _moving(workspace).mirrored == ("x",)
    assert _moving(workspace).fingerprint == mirror(phantom_ct, "x").fingerprint
    assert after.landmarks[0].moving_point == pytest.approx((-30.0, 10.0, -5.0))
    assert (after.alignment.run, after.alignment.accepted) == (None, None)
    assert after.alignment.review is state.alignment.review
    assert changed_since_review(after) == ("images",)  # the pair has no fixed point yet
    assert after.alignment.moving_from_fixed is state.alignment.moving_from_fixed
    assert [d.side for d in workspace.view_model.view.distances] == ["fixed"]
    mirrored_head = workspace.head_in(_moving(workspace))
    assert mirrored_head is not None
    np.testing.assert_allclose(mirrored_head * (-1, 1, 1), head, atol=1e-9)
    assert "mirrored left–right now" in warnings[-1]
    assert any("transforms made now belong to the mirrored image only" in note for note in _moving(workspace).notes)
    checked = BY_KEY["mirror_x"].checked
    assert checked is not None
    assert checked(workspace)
    workspace.document.undo_stack.undo()
    assert all_but_history(workspace.document.state) == all_but_history(state)
    assert not checked(workspace)


def test_mirroring_again_is_not_asked_about_and_the_note_goes(
    with_phantoms: Workspace, willing: Answers, qtbot: QtBot, phantom_ct: Volume
) -> None:
    workspace = with_phantoms
    for axis in ("x", "z", "x", "z"):
        _mirror(workspace, qtbot, axis)
    assert willing.asked == ["mirror x", "mirror z"]
    assert _moving(workspace).fingerprint == phantom_ct.fingerprint
    assert _moving(workspace).notes == phantom_ct.notes
    assert mirror_correction.mirror_warning(workspace.document.state) == ""


def test_another_image_that_came_meanwhile_is_left_alone(
    with_phantoms: Workspace, willing: Answers, qtbot: QtBot
) -> None:
    workspace = with_phantoms
    mirror_correction.mirror_moving(workspace, "y")
    open_save.swap_images(workspace)
    qtbot.waitUntil(lambda: not workspace.runner.busy)
    assert all(not volume.mirrored for volume in (workspace.document.state.fixed, _moving(workspace)) if volume)


def test_an_exported_transform_says_whose_it_is(
    with_phantoms: Workspace, willing: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    workspace = with_phantoms
    said: list[str] = []
    warned: list[str] = []
    export_commands.export_transform(workspace, tmp_path / "before.tfm")
    workspace.said.connect(said.append)
    workspace.warned.connect(warned.append)
    _mirror(workspace, qtbot, "x")
    warned.clear()
    export_commands.export_transform(workspace, tmp_path / "t.tfm")
    assert said == []
    assert "belongs to the moving image mirrored left–right: export that image, too" in warned[0]
    open_save.swap_images(workspace)
    assert "the fixed image mirrored" in mirror_correction.mirror_warning(workspace.document.state)


def _saved(workspace: Workspace, qtbot: QtBot, tmp_path: Path, volumes: tuple[Volume, Volume]) -> Path:
    """A study of two files, saved with the moving one mirrored."""
    for name, volume in zip(("mr", "ct"), volumes, strict=True):
        write_volume(volume, tmp_path / f"{name}.nii.gz")
    open_save.open_images(
        workspace, {"fixed": Wanted(tmp_path / "mr.nii.gz"), "moving": Wanted(tmp_path / "ct.nii.gz")}
    )
    qtbot.waitUntil(lambda: not workspace.runner.busy)
    _mirror(workspace, qtbot, "y")
    path = tmp_path / "s.fusion.json"
    assert save_study(workspace, path)
    return path


def test_a_study_reopens_with_its_image_mirrored(
    workspace: Workspace, willing: Answers, qtbot: QtBot, tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume
) -> None:
    path = _saved(workspace, qtbot, tmp_path, (phantom_mr, phantom_ct))
    mirrored = _moving(workspace)
    open_save.open_study(workspace, path)
    qtbot.waitUntil(lambda: not workspace.runner.busy)
    again = _moving(workspace)
    assert again is not mirrored
    assert (again.fingerprint, again.mirrored, again.notes) == (mirrored.fingerprint, ("y",), mirrored.notes)
    assert "changed moving image" not in willing.asked


def test_the_command_line_refuses_the_pose_of_a_mirrored_image(
    workspace: Workspace, willing: Answers, qtbot: QtBot, tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume
) -> None:
    from fusionviewer.cli.inputs import check_study
    from fusionviewer.cli.terminal import Terminal

    path = _saved(workspace, qtbot, tmp_path, (phantom_mr, phantom_ct))
    as_read = read_volume(tmp_path / "mr.nii.gz"), read_volume(tmp_path / "ct.nii.gz")
    with pytest.raises(BadArgument, match="an image was mirrored"):
        check_study(path, *as_read, Terminal())
