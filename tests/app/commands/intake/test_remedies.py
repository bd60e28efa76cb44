"""An image that is read otherwise after it was opened: one step of undo, kept in the study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
from answers import Answers
from histories import all_but_history
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.intake.remedies import apply_remedy
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.cli.main import run
from fusionviewer.errors import FusionError
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.reading.remedies import Remedy, remedies_of
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import LandmarkPair, Side, Target

SIZE = (14, 12, 10)


def affine(angle: float, shift: float) -> np.ndarray:
    out = np.eye(4)
    out[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    out[:3, :3] *= 2.0
    out[:3, 3] = shift, -shift, 2 * shift
    return out


def placed_twice(path: Path) -> Path:
    values = np.random.default_rng(0).integers(0, 900, SIZE).astype(np.int16)
    made = nibabel.Nifti1Image(values, None)
    made.set_sform(affine(0.2, 3.0), 1)
    made.set_qform(affine(-0.1, 7.0), 1)
    nibabel.save(made, path)
    return path


def four(path: Path) -> Path:
    values = np.random.default_rng(1).integers(0, 900, (*SIZE, 4)).astype(np.int16)
    made = nibabel.Nifti1Image(values, affine(0.1, 5.0))
    made.header.set_zooms((2.0, 2.0, 2.0, 1.5))
    made.header.set_xyzt_units("mm", "sec")
    nibabel.save(made, path)
    path.with_name("b.bval").write_text("1000 0 1000 5\n")
    return path


@pytest.fixture
def files(tmp_path: Path) -> dict[Side, Path]:
    return {"fixed": placed_twice(tmp_path / "a.nii"), "moving": four(tmp_path / "b.nii.gz")}


@pytest.fixture
def opened(workspace: Workspace, answers: Answers, qtbot: QtBot, files: dict[Side, Path]) -> Workspace:
    """Both images, of the moving file its volume 2."""
    answers.volume = 2
    open_save.open_images(workspace, {side: Wanted(path) for side, path in files.items()})
    wait_until_idle(workspace, qtbot)
    qtbot.waitUntil(lambda: workspace.document.state.has_pair)
    return workspace


def volume(workspace: Workspace, side: Side) -> Volume:
    found = workspace.document.state.volume(side)
    assert found is not None
    return found


def remedy(workspace: Workspace, side: Side) -> Remedy:
    (found,) = remedies_of(volume(workspace, side))
    return found


def do(workspace: Workspace, qtbot: QtBot, side: Side) -> None:
    apply_remedy(workspace, side, remedy(workspace, side))
    wait_until_idle(workspace, qtbot)
    qtbot.waitUntil(lambda: not workspace.runner.busy)


def test_a_4d_file_is_asked_about_with_the_likeliest_first(opened: Workspace, answers: Answers) -> None:
    assert "volume of b.nii.gz: 4, 2" in answers.asked  # the first without diffusion weighting
    assert volume(opened, "moving").name == "b, volume 2"
    assert volume(opened, "moving").source.series_uid == "#2"  # type: ignore[union-attr]


def test_who_chooses_none_keeps_what_was_open(
    workspace: Workspace, answers: Answers, qtbot: QtBot, files: dict[Side, Path]
) -> None:
    open_save.open_paths(workspace, [files["moving"]])  # dropped
    wait_until_idle(workspace, qtbot)
    assert answers.asked[-1] == "volume of b.nii.gz: 4, 2"
    assert not workspace.document.state.volumes()
    assert not workspace.runner.busy


def test_another_volume_is_one_step_and_keeps_pose_and_landmarks(
    opened: Workspace, answers: Answers, qtbot: QtBot
) -> None:
    pair = LandmarkPair("a", (1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
    pose = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([1.0, 2.0, 3.0]))
    state = edits.set_pose(opened.document.state, pose, "hand")
    opened.document.apply("x", replace(state, landmarks=(pair,)))
    before, count = opened.document.state, opened.document.undo_stack.count()
    answers.volume = 4
    do(opened, qtbot, "moving")
    after = opened.document.state
    assert opened.document.undo_stack.count() == count + 1
    assert volume(opened, "moving").name == "b, volume 4"
    assert volume(opened, "moving").fingerprint != before.moving.fingerprint  # type: ignore[union-attr]
    assert opened.head_in(volume(opened, "moving")) is not None or opened.head_in(before.moving) is None  # type: ignore[arg-type]
    assert after.landmarks == (pair,)
    assert after.alignment.moving_from_fixed == pose
    opened.document.undo_stack.undo()
    assert all_but_history(opened.document.state) == all_but_history(before)
    answers.volume = 2  # the one that is open
    do(opened, qtbot, "moving")
    assert all_but_history(opened.document.state) == all_but_history(before)


@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_the_other_place_takes_along_what_was_marked_and_what_is_seen(
    opened: Workspace, qtbot: QtBot, side: Side
) -> None:
    """Either side: the images are swapped for the moving one."""
    if side == "moving":
        open_save.swap_images(opened)
    image = volume(opened, side)
    at = point_of(image.grid.points(np.array([3.0, 4.0, 5.0])))
    pose = RigidTransform.from_rotation_vector(np.array([0.1, 0.0, 0.2]), np.zeros(3), np.array([1.0, 2.0, 3.0]))
    pair = LandmarkPair("a", at, (4.0, 5.0, 6.0)) if side == "fixed" else LandmarkPair("a", (4.0, 5.0, 6.0), at)
    state = edits.set_pose(opened.document.state, pose, "hand")
    opened.document.apply("x", replace(state, landmarks=(pair,), targets=(Target("t", at),)))
    opened.view_model.change(**{side: replace(opened.view_model.view.space(side), cursor=at)})
    apart = pose.apply(np.asarray(pair.fixed_point)) - np.asarray(pair.moving_point)
    do(opened, qtbot, side)
    after, now = opened.document.state, volume(opened, side)
    assert now.source is not None
    assert now.source.series_uid == "#qform"
    there = now.grid.points(np.array([3.0, 4.0, 5.0]))
    assert np.linalg.norm(there - np.asarray(at)) > 5
    (pair,) = after.landmarks
    assert pair.point(side) == pytest.approx(tuple(there), abs=1e-6)
    assert opened.view_model.view.space(side).cursor == pytest.approx(tuple(there))
    still = after.alignment.moving_from_fixed.apply(np.asarray(pair.fixed_point)) - np.asarray(pair.moving_point)
    assert np.linalg.norm(still) == pytest.approx(np.linalg.norm(apart), abs=1e-4)
    np.testing.assert_allclose(after.targets[0].point, there if side == "fixed" else at, atol=1e-6)
    assert remedy(opened, side).title == "Use the sform"
    do(opened, qtbot, side)
    assert opened.document.state.landmarks[0].point(side) == pytest.approx(at, abs=1e-4)


def test_scanner_alignment_stays_scanner_alignment(opened: Workspace, qtbot: QtBot) -> None:
    do(opened, qtbot, "fixed")
    assert opened.document.state.alignment.moving_from_fixed == RigidTransform.identity()
    assert opened.document.state.alignment.origin == "header"


def test_a_study_keeps_what_was_decided(
    opened: Workspace, answers: Answers, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do(opened, qtbot, "fixed")
    prints = [volume(opened, side).fingerprint for side in ("fixed", "moving")]
    assert save_study(opened, tmp_path / "s.fusion.json")
    open_save.close_study(opened)
    answers.asked.clear()
    open_save.open_study(opened, tmp_path / "s.fusion.json")
    wait_until_idle(opened, qtbot)
    assert [volume(opened, side).fingerprint for side in ("fixed", "moving")] == prints
    assert answers.asked == ["discard"]
    arguments = [f"{tmp_path}/a.nii#qform", f"{tmp_path}/b.nii.gz#2", "--transform", f"{tmp_path}/s.fusion.json"]
    assert run(["resample", *arguments, "--out", f"{tmp_path}/out.nii.gz"]) == 0
    assert "Warning" not in capsys.readouterr().err


def test_a_file_that_has_gone_changes_nothing(opened: Workspace, qtbot: QtBot, files: dict[Side, Path]) -> None:
    errors: list[FusionError] = []
    opened.failed.connect(errors.append)
    before = opened.document.state
    files["fixed"].unlink()
    do(opened, qtbot, "fixed")
    assert opened.document.state is before
    assert "There is no file" in errors[0].message


def test_an_absurd_voxel_size_is_asked_for_and_said_for_ever_after(
    workspace: Workspace, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    path = placed_twice(tmp_path / "a.nii")
    head = bytearray(path.read_bytes())
    head[80:84] = np.float32(0.0).tobytes()
    path.write_bytes(bytes(head))
    open_save.open_as(workspace, path, "fixed")
    wait_until_idle(workspace, qtbot)
    assert answers.asked[-1] == "spacing of a.nii: (0.0, 2.0, 2.0)"
    assert not workspace.document.state.volumes()
    answers.spacing = (1.5, 2.0, 2.0)
    open_save.open_as(workspace, path, "fixed")
    wait_until_idle(workspace, qtbot)
    qtbot.waitUntil(lambda: bool(workspace.document.state.volumes()))
    image = volume(workspace, "fixed")
    assert image.grid.spacing == (1.5, 2.0, 2.0)
    assert any("Its voxel size was typed (1.5 × 2 × 2 mm), not read" in note for note in image.oddities)
    (again,) = (one for one in remedies_of(image) if one.kind == "spacing")
    answers.spacing = (3.0, 2.0, 2.0)
    apply_remedy(workspace, "fixed", again)
    wait_until_idle(workspace, qtbot)
    assert volume(workspace, "fixed").grid.spacing == (3.0, 2.0, 2.0)
    assert save_study(workspace, tmp_path / "s.fusion.json")
    answers.asked.clear()
    open_save.open_study(workspace, tmp_path / "s.fusion.json")
    wait_until_idle(workspace, qtbot)
    assert answers.asked == ["discard"]
    assert any("was typed (3 × 2 × 2 mm)" in note for note in volume(workspace, "fixed").oddities)
