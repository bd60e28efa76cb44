"""Commands that ask before they act, with the answers given: no window, no dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from answers import Answers
from command_context import GivenAnswers, Pane, context_of
from PIL import Image
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.app.commands import choose_files
from fusionviewer.app.commands.export_pictures import FusedChoice, PictureChoice, Screen
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.formats import FORMATS, read_points
from fusionviewer.exchange.transforms.itk import read_itk_transform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.resampling.choice import VolumeChoice
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.study_file import load_study

ASKING = (
    "open_fixed", "open_moving", "open_fixed_folder", "open_moving_folder", "open_study", "open_transform", "save",
    "save_as",
    "export_transform", "export_moving", "export_fixed", "export_fused", "export_picture", "export_view",
    "scene_slicer", "scene_itksnap",
    "region_mask", "open_pairs",
    "open_fixed_points", "open_moving_points", "save_pairs", "save_fixed_points", "save_moving_points",
)  # fmt: skip
COMMANDS = {action.key: action.command for action in ACTIONS}


@pytest.fixture
def dialogs(tmp_path: Path) -> GivenAnswers:
    return GivenAnswers(file=tmp_path / "chosen")


@pytest.fixture
def do(with_phantoms: Workspace, dialogs: GivenAnswers, qtbot: QtBot, phantom_mr: Volume) -> Callable[[str], Workspace]:
    """Does what an action does, to the end of what it begins; the answer is the workspace."""

    def act(key: str) -> Workspace:
        COMMANDS[key](context_of(with_phantoms, Pane(screen_shown=Screen((700, 500))), dialogs))
        wait_until_idle(with_phantoms, qtbot)
        return with_phantoms

    return act


@pytest.fixture
def failures(with_phantoms: Workspace) -> list[str]:
    told: list[str] = []
    with_phantoms.failed.connect(lambda error: told.append(str(error)))
    return told


@pytest.mark.parametrize("key", ASKING)
def test_a_dialog_that_is_left_changes_nothing(
    key: str, do: Callable[[str], Workspace], with_phantoms: Workspace, dialogs: GivenAnswers, tmp_path: Path
) -> None:
    dialogs.file = None
    before, path = with_phantoms.document.state, with_phantoms.document.path
    told: list[object] = []
    with_phantoms.said.connect(told.append)
    with_phantoms.failed.connect(told.append)
    do(key)
    assert len(dialogs.asked) == 1
    assert with_phantoms.document.state is before
    assert with_phantoms.document.path == path
    assert not with_phantoms.document.undo_stack.count()
    assert not list(tmp_path.iterdir())
    assert told == []


@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_an_image_is_opened_as_the_one_that_was_asked_for(
    side: str, do: Callable[[str], Workspace], with_phantoms: Workspace, dialogs: GivenAnswers, phantom_ct: Volume
) -> None:
    assert dialogs.file is not None
    dialogs.file = dialogs.file.with_name("other.nii.gz")
    write_volume(phantom_ct, dialogs.file)
    before = with_phantoms.document.state
    after = do(f"open_{side}").document.state
    other = "moving" if side == "fixed" else "fixed"
    opened = after.fixed if side == "fixed" else after.moving
    assert opened is not None
    assert opened.name == "other"
    assert getattr(after, other) is getattr(before, other)
    assert dialogs.asked == [f"Open the {side} image"]
    assert {".nii.gz", ".nrrd", ".dcm"} <= set(dialogs.kinds[0].endings)


def test_a_folder_is_asked_for_as_a_folder(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path, failures: list[str]
) -> None:
    dialogs.file = tmp_path
    do("open_moving_folder")
    assert dialogs.asked == ["Open a DICOM folder as the moving image"]
    assert len(failures) == 1  # it is empty
    assert tmp_path.name in failures[0]


def test_a_study_is_saved_where_it_was_chosen_and_then_where_it_lies(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, phantom_mr: Volume, phantom_ct: Volume, tmp_path: Path
) -> None:
    images = {"fixed": (phantom_mr, tmp_path / "mr.nii.gz"), "moving": (phantom_ct, tmp_path / "ct.nii.gz")}
    for side, (volume, path) in images.items():
        write_volume(volume, path)
        dialogs.file = path
        do(f"open_{side}")
    dialogs.asked.clear()
    dialogs.file = tmp_path / "mine.fusion.json"
    workspace = do("save")
    assert dialogs.asked == ["Save study: study.fusion.json"]
    assert workspace.document.path == dialogs.file
    mark_landmarks.new_pair(workspace)
    do("save")  # asks no more
    assert len(load_study(dialogs.file).without_images.landmarks) == 1
    assert not workspace.document.modified
    first, dialogs.file = dialogs.file, tmp_path / "copy.fusion.json"
    assert choose_files.save_as(context_of(workspace, dialogs=dialogs))
    assert len(dialogs.asked) == 2
    assert workspace.document.path == dialogs.file
    dialogs.file = first
    assert len(do("open_study").document.state.landmarks) == 1
    assert workspace.document.path == first


@pytest.mark.parametrize("key", [
    "save_pairs", "save_fixed_points", "export_transform", "export_moving", "export_fused", "export_picture",
])  # fmt: skip
def test_nothing_else_takes_the_place_of_a_study(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path, failures: list[str], key: str
) -> None:
    """Not even by a link to it, though the dialog was told to replace."""
    study = tmp_path / "study.fusion.json"
    study.write_text("a study")
    dialogs.file = tmp_path / "link"
    dialogs.file.symlink_to(study)
    dialogs.points = (dialogs.file, FORMATS[0])
    dialogs.transform, dialogs.volume = "json", VolumeChoice()
    dialogs.fused, dialogs.picture = FusedChoice(), PictureChoice("planes")
    do(key)
    assert study.read_text() == "a study"
    assert "link leads to a study" in failures[-1]


def test_a_study_is_not_saved_if_the_name_is_not_chosen(with_phantoms: Workspace) -> None:
    assert choose_files.save(context_of(with_phantoms)) is False


def test_a_mask_is_asked_for_and_then_let_go_unasked(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, phantom_mr: Volume, tmp_path: Path
) -> None:
    dialogs.file = tmp_path / "mask.nii.gz"
    write_volume(Volume(phantom_mr.image > 100, "mask"), dialogs.file)
    region = do("region_mask").document.state.region
    assert region is not None
    assert region.mask is not None
    assert do("region_mask").document.state.region is None
    assert len(dialogs.asked) == 1


def test_a_transform_is_written_where_it_was_chosen(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path
) -> None:
    dialogs.file, dialogs.transform = tmp_path / "a.tfm", "itk"
    workspace = do("export_transform")
    assert read_itk_transform(dialogs.file) == workspace.document.state.alignment.moving_from_fixed
    assert dialogs.asked == ["transform format", "Transform: moving_from_fixed.tfm"]


@pytest.mark.parametrize(
    ("key", "choice", "asked"),
    [
        ("moving", VolumeChoice("moving", "fixed"), "Moving on the fixed grid: moving-on-fixed.nii.gz"),
        ("fixed", VolumeChoice("fixed", "moving"), "Fixed on the moving grid: fixed-on-moving.nii.gz"),
        ("moving", VolumeChoice("fixed", "union", (4.0,) * 3), "Fixed on a grid of both: fixed-on-both.nii.gz"),
    ],
)
def test_an_image_is_put_onto_the_grid_that_was_chosen(
    key: str, choice: VolumeChoice, asked: str, do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path
) -> None:
    dialogs.file, dialogs.volume = tmp_path / "a.nrrd", choice
    state = do(f"export_{key}").document.state
    assert state.fixed is not None
    assert state.moving is not None
    grid = choice.grid_of(state.fixed.grid, state.moving.grid, state.alignment.moving_from_fixed)
    assert read_volume(dialogs.file).grid.size == grid.size
    assert dialogs.asked == [f"volume of {key}", asked]


def test_a_fused_volume_is_made_as_it_was_chosen(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path
) -> None:
    dialogs.file, dialogs.fused = tmp_path / "a.nrrd", FusedChoice("scalar", "moving", BlendMode.FADE)
    state = do("export_fused").document.state
    assert state.moving is not None
    assert read_volume(dialogs.file).grid.size == state.moving.grid.size
    assert dialogs.asked == ["fused volume", "Fused volume: fused.nii.gz"]


@pytest.mark.parametrize("program", ["slicer", "itksnap"])
def test_a_scene_goes_into_the_folder_that_was_chosen(
    program: str, do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path
) -> None:
    dialogs.file = tmp_path / "new"
    dialogs.file.mkdir()
    do(f"scene_{program}")
    title = "3D Slicer" if program == "slicer" else "ITK-SNAP"
    assert dialogs.asked == [f"A folder for {title}"]
    assert {"fixed.nii.gz", "moving.nii.gz"} < {path.name for path in dialogs.file.iterdir()}


def test_a_picture_is_drawn_as_it_was_chosen(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path
) -> None:
    dialogs.file, dialogs.picture = tmp_path / "a.png", PictureChoice("axial", factor=2, annotated=False)
    do("export_picture")
    with Image.open(dialogs.file) as image:
        assert image.size == (1400, 1000)
    nothing = "There are no landmarks, targets or distances yet."
    assert dialogs.asked == [f"picture (700, 500) {nothing}", "Screenshot: fused.png"]


def test_a_choice_whose_file_is_not_chosen_writes_nothing(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, tmp_path: Path
) -> None:
    dialogs.file, dialogs.picture, dialogs.fused = None, PictureChoice(), FusedChoice()
    do("export_picture")
    do("export_fused")
    assert len(dialogs.asked) == 4
    assert not list(tmp_path.iterdir())


def test_what_is_copied_is_what_the_window_shows(with_phantoms: Workspace, dialogs: GivenAnswers) -> None:
    context = context_of(with_phantoms, dialogs=dialogs)
    for change in ({}, {"layout": "mosaic"}, {"enlarged": "fused.axial"}):
        with_phantoms.view_model.change(**change)
        choose_files.copy_picture(context)
        with_phantoms.runner.cancel()
    choose_files.copy_view(context)
    with_phantoms.runner.cancel()
    assert dialogs.asked == [f"remembered {what}" for what in ("planes", "mosaic", "active", "active")]


def test_points_go_out_in_the_format_that_was_chosen_and_come_back(
    do: Callable[[str], Workspace], dialogs: GivenAnswers, with_phantoms: Workspace, tmp_path: Path,
    answers: Answers, phantom_mr: Volume,
) -> None:  # fmt: skip
    middle = phantom_mr.grid.corners.mean(axis=0)
    state = landmark_edits.add_pair(with_phantoms.document.state)
    for side in ("fixed", "moving"):
        state = landmark_edits.place_point(state, 0, side, middle)
    with_phantoms.document.apply("a pair", state)
    name = state.landmarks[0].name
    for number, side in enumerate(("fixed", "moving")):
        path = tmp_path / f"{side}.any"
        dialogs.points = (path, FORMATS[number])
        do(f"save_{side}_points")
        assert dialogs.asked[-1] == f"Save the points of the {side} image: {side}-points"
    dialogs.file = tmp_path / "pairs.csv"
    do("save_pairs")
    assert dialogs.asked[-1] == "Save landmark pairs: landmarks.csv"
    with_phantoms.document.apply("none", replace(state, landmarks=()))
    after = do("open_pairs").document.state
    assert after.landmarks == state.landmarks
    dialogs.points = (tmp_path / "fixed.csv", FORMATS[0])
    do("save_fixed_points")
    assert read_points(tmp_path / "fixed.csv").names == (name,)
    with_phantoms.document.apply("none", replace(state, landmarks=()))
    answers.pairing = "all"
    dialogs.file = tmp_path / "fixed.csv"
    after = do("open_fixed_points").document.state
    assert [(pair.name, pair.fixed_point) for pair in after.landmarks] == [(name, edits.point_of(middle))]
    assert after.landmarks[0].moving_point is None
