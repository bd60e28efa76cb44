from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from answers import Answers
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import export as export_commands
from fusionviewer.app.commands import export_pictures, open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.review import review_text
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.errors import FusionError
from fusionviewer.exchange.transforms.itk import read_itk_transform, write_itk_transform
from fusionviewer.exchange.transforms.recognition import holds_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.resampling.choice import VolumeChoice
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState


class Files:
    def __init__(self, folder: Path, fixed: Volume, moving: Volume) -> None:
        self.folder = folder
        self.fixed = folder / "mr.nii.gz"
        self.moving = folder / "ct.nrrd"
        write_volume(fixed, self.fixed)
        write_volume(moving, self.moving)


@pytest.fixture
def files(tmp_path: Path, phantom_mr: Volume, phantom_ct: Volume) -> Files:
    folder = tmp_path / "files"
    folder.mkdir()
    return Files(folder, phantom_mr, phantom_ct)


@pytest.fixture
def errors(workspace: Workspace) -> list[FusionError]:
    heard: list[FusionError] = []
    workspace.failed.connect(heard.append)
    return heard


def _open(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    open_save.open_images(workspace, {"fixed": Wanted(files.fixed), "moving": Wanted(files.moving)})
    wait_until_idle(workspace, qtbot)


def test_images_come_with_a_sensible_view(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    _open(workspace, qtbot, files)
    state, view = workspace.document.state, workspace.view_model.view
    assert state.fixed is not None
    assert state.moving is not None
    assert (state.fixed.name, state.moving.name) == ("mr", "ct")
    index = state.fixed.grid.indices(np.asarray(view.fixed.cursor))  # in a voxel, and not between two
    assert index == pytest.approx((np.array(state.fixed.grid.size) - 1) // 2)
    assert view.fixed.focus == pytest.approx(state.fixed.grid.centre)
    assert view.fixed_window.width > 1
    assert workspace.head_corners is not None
    assert not workspace.document.modified


def test_one_image_after_the_other(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    open_save.open_paths(workspace, [files.fixed])
    wait_until_idle(workspace, qtbot)
    fixed = workspace.document.state.fixed
    assert workspace.document.state.moving is None
    open_save.open_paths(workspace, [files.moving])
    wait_until_idle(workspace, qtbot)
    assert workspace.document.state.fixed is fixed
    assert workspace.document.state.has_pair


def test_a_third_dropped_image_asks_what_it_is(
    workspace: Workspace, qtbot: QtBot, files: Files, answers: Answers
) -> None:
    _open(workspace, qtbot, files)
    before = workspace.document.state
    open_save.open_paths(workspace, [files.fixed])
    assert answers.asked[-1] == "side"
    assert workspace.document.state is before
    answers.side = "moving"
    open_save.open_paths(workspace, [files.fixed])
    wait_until_idle(workspace, qtbot)
    assert workspace.document.state.moving is not None
    assert workspace.document.state.moving.name == "mr"


def test_a_bad_file_changes_nothing_and_says_so(
    workspace: Workspace, qtbot: QtBot, files: Files, errors: list[FusionError]
) -> None:
    _open(workspace, qtbot, files)
    before = workspace.document.state
    bad = files.folder / "text.nii.gz"
    bad.write_text("not an image")
    open_save.open_images(workspace, {"fixed": Wanted(bad)})
    wait_until_idle(workspace, qtbot)
    assert workspace.document.state is before
    assert len(errors) == 1
    assert errors[0].remedy


def test_cancelled_reading_changes_nothing(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    before = workspace.document.state
    open_save.open_images(workspace, {"fixed": Wanted(files.fixed), "moving": Wanted(files.moving)})
    workspace.runner.cancel()
    assert workspace.runner.wait_for_threads(10)
    qtbot.wait(50)
    assert workspace.document.state is before


def test_unsaved_changes_are_asked_about(workspace: Workspace, qtbot: QtBot, files: Files, answers: Answers) -> None:
    _open(workspace, qtbot, files)
    mark_landmarks.new_pair(workspace)
    answers.asked.clear()
    answers.discard = False
    before = workspace.document.state
    ways: tuple[Callable[[], None], ...] = (
        lambda: open_save.open_sample(workspace),
        lambda: open_save.open_study(workspace, files.folder / "x.fusion.json"),
        lambda: open_save.open_images(workspace, {"fixed": Wanted(files.fixed)}),
    )
    for way in ways:
        way()
    assert answers.asked == ["discard"] * 3
    assert not workspace.runner.busy
    assert workspace.document.state is before


def _worked_on(workspace: Workspace, qtbot: QtBot, files: Files) -> FusionState:
    _open(workspace, qtbot, files)
    register_commands.set_start(workspace, "centre")
    mark_landmarks.new_pair(workspace)
    mark_landmarks.click(workspace, "fixed", np.array([1.25, 2.5, 3.75]))
    workspace.view_model.set_fade(0.3)
    return workspace.document.state


def test_a_study_reopens_as_it_was(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    before = _worked_on(workspace, qtbot, files)
    view = workspace.view_model.view
    assert save_study(workspace, files.folder / "study")
    assert workspace.document.path == files.folder / "study.fusion.json"
    assert not workspace.document.modified
    workspace.document.replace(FusionState())
    open_save.open_study(workspace, files.folder / "study.fusion.json")
    wait_until_idle(workspace, qtbot)
    after = workspace.document.state
    assert after.alignment.moving_from_fixed == before.alignment.moving_from_fixed
    assert after.landmarks == before.landmarks
    assert workspace.view_model.view == view
    assert not workspace.document.modified


def test_a_study_that_subtracts_a_ct_from_an_mr_opens_faded(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    _worked_on(workspace, qtbot, files)
    workspace.view_model.set_blend(mode=BlendMode.DIFFERENCE)
    save_study(workspace, files.folder / "study")
    workspace.document.replace(FusionState())
    open_save.open_study(workspace, files.folder / "study.fusion.json")
    wait_until_idle(workspace, qtbot)
    assert workspace.view_model.view.mode is BlendMode.FADE


def test_a_moved_image_is_asked_about(workspace: Workspace, qtbot: QtBot, files: Files, answers: Answers) -> None:
    _worked_on(workspace, qtbot, files)
    path = files.folder / "s.fusion.json"
    save_study(workspace, path)
    workspace.document.replace(FusionState())
    elsewhere = files.fixed.rename(files.folder / "renamed.nii.gz")
    open_save.open_study(workspace, path)
    assert answers.asked[-1] == "find fixed image"
    assert workspace.document.state.fixed is None
    answers.place = elsewhere
    open_save.open_study(workspace, path)
    wait_until_idle(workspace, qtbot)
    assert workspace.document.state.has_pair


def test_a_changed_image_is_asked_about(
    workspace: Workspace, qtbot: QtBot, files: Files, answers: Answers, phantom_ct: Volume
) -> None:
    _worked_on(workspace, qtbot, files)
    path = files.folder / "s.fusion.json"
    save_study(workspace, path)
    workspace.document.replace(FusionState())
    write_volume(phantom_ct, files.fixed)
    open_save.open_study(workspace, path)
    wait_until_idle(workspace, qtbot)
    assert answers.asked[-1] == "changed fixed image"
    assert workspace.document.state.fixed is None
    answers.accept = True
    open_save.open_study(workspace, path)
    wait_until_idle(workspace, qtbot)
    assert workspace.document.state.has_pair


@pytest.mark.parametrize("text", ["", "{", '{"format": "fusionviewer study", "version": 99}'])
def test_a_bad_study_changes_nothing(
    workspace: Workspace, tmp_path: Path, errors: list[FusionError], text: str
) -> None:
    path = tmp_path / "bad.fusion.json"
    path.write_text(text)
    before = workspace.document.state
    open_save.open_study(workspace, path)
    assert workspace.document.state is before
    assert len(errors) == 1


def test_a_study_that_cannot_be_saved_stays_modified(
    workspace: Workspace, qtbot: QtBot, files: Files, errors: list[FusionError]
) -> None:
    _worked_on(workspace, qtbot, files)
    assert not save_study(workspace, files.folder / "no such folder" / "s.fusion.json")
    assert workspace.document.modified
    assert len(errors) == 1


def test_swapping_keeps_what_is_seen(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    before = _worked_on(workspace, qtbot, files)
    open_save.swap_images(workspace)
    after = workspace.document.state
    assert after.fixed is before.moving
    assert (after.alignment.moving_from_fixed @ before.alignment.moving_from_fixed).is_close(
        RigidTransform.identity(), 1e-9
    )


def test_exports_say_the_same_as_the_study(
    workspace: Workspace, qtbot: QtBot, files: Files, phantom_truth: RigidTransform
) -> None:
    _open(workspace, qtbot, files)
    workspace.document.apply("truth", edits.set_pose(workspace.document.state, phantom_truth, "file"))
    export_commands.export_transform(workspace, files.folder / "t.tfm")
    assert read_itk_transform(files.folder / "t.tfm").is_close(phantom_truth, 1e-12)
    out = files.folder / "moving-on-fixed.nii.gz"
    export_commands.export_resampled(workspace, out)
    wait_until_idle(workspace, qtbot)
    state = workspace.document.state
    assert state.fixed is not None
    assert state.moving is not None
    volume = read_volume(out)
    assert np.allclose(volume.grid.point_from_index, state.fixed.grid.point_from_index, atol=1e-4)  # NIfTI is float32
    back = files.folder / "fixed-on-moving.nrrd"
    export_commands.export_resampled(workspace, back, VolumeChoice("fixed", "moving"))
    wait_until_idle(workspace, qtbot)
    assert read_volume(back).grid.size == state.moving.grid.size
    pair = files.folder / "moving-on-fixed.mhd"
    export_commands.export_resampled(workspace, pair)
    wait_until_idle(workspace, qtbot)
    assert np.array_equal(read_volume(pair).array, volume.array)
    assert pair.with_suffix(".zraw").exists()
    assert not list(files.folder.glob("*.part*"))


def test_no_export_takes_the_place_of_an_image(
    workspace: Workspace, qtbot: QtBot, files: Files, errors: list[FusionError]
) -> None:
    """Not even by another name of the same file; the dialog's “replace?” is about earlier results."""
    _open(workspace, qtbot, files)
    state = workspace.document.state
    paths = [volume.source.path for volume in (state.fixed, state.moving) if volume and volume.source]
    before = [path.read_bytes() for path in paths]
    link = files.folder / "link.nii.gz"
    link.symlink_to(paths[1])
    for path in (*paths, link):
        export_commands.export_resampled(workspace, path)
        export_pictures.export_fused(workspace, path)
        export_commands.export_transform(workspace, path)
        assert not workspace.runner.busy
    assert len(errors) == 9
    assert "is one of the study's images" in errors[0].message
    assert [path.read_bytes() for path in paths] == before


def test_a_cancelled_export_leaves_no_file(workspace: Workspace, qtbot: QtBot, files: Files) -> None:
    _open(workspace, qtbot, files)
    before = sorted(files.folder.iterdir())
    export_commands.export_resampled(workspace, files.folder / "late.nii.gz")
    workspace.runner.cancel()
    assert workspace.runner.wait_for_threads(10)
    assert sorted(files.folder.iterdir()) == before


def test_an_export_that_cannot_be_written_says_so(
    workspace: Workspace, qtbot: QtBot, files: Files, errors: list[FusionError]
) -> None:
    _open(workspace, qtbot, files)
    export_commands.export_resampled(workspace, files.folder / "nowhere" / "x.nii.gz")
    wait_until_idle(workspace, qtbot)
    export_commands.export_transform(workspace, files.folder / "nowhere" / "x.tfm")
    assert len(errors) == 2


def test_a_study_of_version_1_opens_with_its_review_which_a_changed_image_makes_out_of_date(
    workspace: Workspace, qtbot: QtBot, files: Files, answers: Answers, phantom_ct: Volume
) -> None:
    old = Path(__file__).parents[2] / "session" / "data" / "version-1" / "accepted.fusion.json"
    document = json.loads(old.read_text("utf-8"))
    for side, path in (("fixed", files.fixed), ("moving", files.moving)):  # the same images on this machine
        document["images"][side] |= {"path": path.name, "fingerprint": read_volume(path).fingerprint}
    study = files.folder / "old.fusion.json"
    study.write_text(json.dumps(document), encoding="utf-8")
    open_save.open_study(workspace, study)
    wait_until_idle(workspace, qtbot)
    assert review_text(workspace.document.state) == "Accepted on 2026-03-04 05:06 UTC."
    assert save_study(workspace, study)
    write_volume(Volume(phantom_ct.image + 1, "ct", "CT"), files.moving)
    answers.accept = True
    open_save.open_study(workspace, study)
    wait_until_idle(workspace, qtbot)
    assert review_text(workspace.document.state) == (
        "Out of date: accepted on 2026-03-04 05:06 UTC; the images have changed since."
    )


@pytest.fixture
def transform(tmp_path: Path) -> Path:
    """A file of ITK that moves by 5 mm, with an ending that files of points have as well."""
    path = tmp_path / "moved.txt"
    five = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([5.0, 0.0, 0.0]))
    write_itk_transform(five, path)
    return path


Opener = Callable[[Workspace, Path], None]
OPENERS: dict[str, Opener] = {
    "menu": open_save.open_transform,
    "dropped on the window": lambda w, path: open_save.open_paths(w, [path]),
    "dropped on a place": lambda w, path: open_save.open_dropped_on(w, [path], "moving"),
    "chosen as an image": lambda w, path: open_save.open_as(w, path, "fixed"),
}


@pytest.mark.parametrize("name", OPENERS)
def test_a_transform_aligns_both_images_however_it_is_opened(
    name: str, with_phantoms: Workspace, transform: Path
) -> None:
    answers = Answers()
    with_phantoms.questions = answers
    same = transform.with_suffix(".tfm")
    same.write_bytes(transform.read_bytes())
    for path in (transform, same):
        before = with_phantoms.document.state
        OPENERS[name](with_phantoms, path)
        alignment = with_phantoms.document.state.alignment
        assert alignment.origin == "file"
        assert alignment.moving_from_fixed == read_itk_transform(path)
        assert with_phantoms.document.undo_stack.undoText() == f"Open {path.name}"
        with_phantoms.document.undo_stack.undo()
        assert with_phantoms.document.state is before
    assert answers.asked == []


@pytest.mark.parametrize("name", OPENERS)
def test_a_transform_without_two_images_is_refused_at_once(
    name: str, workspace: Workspace, transform: Path, errors: list[FusionError]
) -> None:
    OPENERS[name](workspace, transform)
    assert not workspace.runner.busy
    assert [str(error) for error in errors] == [
        "moved.txt is a transform, which needs a fixed and a moving image. Open both images first."
    ]


def test_files_that_are_no_transform_are_refused_and_change_nothing(
    with_phantoms: Workspace, transform: Path, files: Files, errors: list[FusionError]
) -> None:
    damaged = transform.with_name("damaged.mat")
    damaged.write_text("1 0 0 1")
    before = with_phantoms.document.state
    open_save.open_paths(with_phantoms, [damaged])
    open_save.open_paths(with_phantoms, [transform, damaged])
    open_save.open_paths(with_phantoms, [transform, files.fixed])
    assert [error.message for error in errors] == [
        "damaged.mat is not a transform of a kind that fusionviewer knows.",
        "2 transforms were dropped.",
        "Images and a transform were dropped together.",
    ]
    assert with_phantoms.document.state is before


def test_a_text_file_of_points_is_no_transform(tmp_path: Path, transform: Path) -> None:
    points = tmp_path / "points.txt"
    points.write_text("point\n1\n1 2 3\n")
    assert not holds_transform(points)
    assert not holds_transform(tmp_path / "absent.txt")
    assert not holds_transform(tmp_path / "ct.nii.gz")
    (tmp_path / "bare.txt").write_text("1 0 0 0\n0 1 0 0\n0 0 1 0\n")
    assert holds_transform(tmp_path / "bare.txt")
    assert holds_transform(transform)
    assert holds_transform(tmp_path / "absent.tfm")  # it is told then that it is not there
