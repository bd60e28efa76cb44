"""Pictures and fused volumes from the window: as the views show them, and without names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image
from pixels import clipboard
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import export_pictures
from fusionviewer.app.commands.export_pictures import FusedChoice, PictureChoice, Screen, ViewOnScreen
from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.cli.main import run as run_program
from fusionviewer.errors import BadArgument, FusionError
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.geometry import CORONAL, RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.registration.points.error_theory import predict_error
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.scene import whole_image_scale
from fusionviewer.rendering.window import Window, auto_window
from fusionviewer.session import edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.scene import scene_of
from fusionviewer.session.state import LandmarkPair, Target
from fusionviewer.session.study_file import save_study
from fusionviewer.session.view_state import Distance

SCREEN = Screen((700, 500))


@pytest.fixture
def study(workspace: Workspace, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform) -> Workspace:
    state = edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file")
    workspace.document.replace(state)
    workspace.view_model.show(opening_view(state))
    return workspace


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_picture_has_the_side_letters_that_are_preferred(study: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    def drawn(what: export_pictures.What) -> np.ndarray:
        export_pictures.export_picture(study, tmp_path / "a.png", PictureChoice(what), SCREEN)
        wait_until_idle(study, qtbot)
        return pixels(tmp_path / "a.png")

    axial, coronal = drawn("axial"), drawn("coronal")
    study.preferences.change(side_letters="SI")
    try:
        assert np.array_equal(drawn("axial"), axial)
        assert not np.array_equal(drawn("coronal"), coronal)
    finally:
        study.preferences.restore_defaults()


@pytest.mark.parametrize("what", ["planes", "axial", "sagittal", "coronal", "mosaic"])
def test_the_window_and_the_command_line_make_the_same_picture(
    study: Workspace, qtbot: QtBot, tmp_path: Path, what: export_pictures.What
) -> None:
    state, view = study.document.state, study.view_model.view
    assert state.fixed is not None
    assert state.moving is not None
    for side, volume in (("mr", state.fixed), ("ct", state.moving)):
        write_volume(volume, tmp_path / f"{side}.nrrd")
    write_itk_transform(state.alignment.moving_from_fixed, tmp_path / "pose.tfm")
    study.view_model.change(fixed=replace(view.fixed, focus=view.fixed.cursor))  # the middle of the mosaic
    study.view_model.set_blend(mode=BlendMode.CHECKERBOARD, checker_mm=17.0)
    study.view_model.change(
        moving_colours="hot", moving_window=Window(40, 80, 1300), radiological=False, bone_edges=True
    )
    study.view_model.set_window("fixed", auto_window(state.fixed))
    export_pictures.export_picture(study, tmp_path / "window.png", PictureChoice(what), SCREEN)
    wait_until_idle(study, qtbot)
    picture = pixels(tmp_path / "window.png")
    x, y, z = view.fixed.cursor
    layout = ["--layout", what] + (["--step-mm", str(view.mosaic_step_mm)] if what == "mosaic" else [])
    command = [
        "picture", tmp_path / "mr.nrrd", tmp_path / "ct.nrrd", "--transform", tmp_path / "pose.tfm",
        "--out", tmp_path / "cli.png", f"--at={x!r},{y!r},{z!r}", "--mode", "checkerboard", "--square-mm", "17",
        "--moving-colours", "hot", "--moving-window", "40,80,1300", "--neurological", "--bone-edges",
        "--size", f"{picture.shape[1]}x{picture.shape[0]}", *layout,
    ]  # fmt: skip
    assert run_program([str(word) for word in command]) == 0
    assert np.array_equal(pixels(tmp_path / "cli.png"), picture)


def test_a_picture_follows_the_zoom_of_the_window_if_asked(study: Workspace) -> None:
    view = replace(study.view_model.view, fixed=replace(study.view_model.view.fixed, zoom=3.0, focus=(1.0, 2.0, 3.0)))
    whole = export_pictures.form_of(PictureChoice("axial"), view, SCREEN)
    seen = export_pictures.form_of(PictureChoice("axial", "window"), view, SCREEN)
    assert whole.framing is None
    assert seen.framing is not None
    assert (seen.framing.zoom, seen.framing.focus) == (3.0, (1.0, 2.0, 3.0))


def test_sizes_are_those_of_the_screen_and_small_views_grow(study: Workspace) -> None:
    view = study.view_model.view
    bare = PictureChoice("axial", annotated=False)
    assert export_pictures.form_of(bare, view, SCREEN).size == (700, 500)
    assert export_pictures.form_of(replace(bare, factor=4), view, SCREEN).size == (2800, 2000)
    with_words = export_pictures.form_of(PictureChoice("axial"), view, SCREEN).size
    assert with_words[0] == 700
    assert with_words[1] > 500
    tiny = ViewOnScreen((200, 150), "fixed", ("fixed",), CORONAL, view.fixed.cursor)
    assert export_pictures.form_of(PictureChoice("active"), view, Screen((700, 500), tiny)).size[0] == 400
    with pytest.raises(BadArgument, match="pixels"):
        export_pictures.form_of(PictureChoice("axial", factor=4), view, Screen((3840, 2160)))


def test_what_is_copied_names_no_patient(study: Workspace, qtbot: QtBot, phantom_truth: RigidTransform) -> None:
    said: list[str] = []
    study.said.connect(said.append)
    pictures = []
    for name in ("Doe_Jane", "other"):
        state = study.document.state
        assert state.fixed is not None
        assert state.moving is not None
        renamed = edits.new_study(replace(state.fixed, name=name), replace(state.moving, name=name))
        study.document.replace(edits.set_pose(renamed, phantom_truth, "file"))
        export_pictures.copy_picture(study, PictureChoice(names=True), SCREEN)
        wait_until_idle(study, qtbot)
        pictures.append(clipboard())
    assert pictures[0].shape == (500, 700, 3)
    assert np.ptp(pictures[0]) > 200
    assert np.array_equal(pictures[0], pictures[1])
    assert said[-1] == "Copied a screenshot of 700 × 500 pixels, without names."
    board = QGuiApplication.clipboard()
    assert board is not None
    data = board.mimeData()
    assert data is not None
    assert not data.hasText()


def test_a_view_of_one_image_is_copied_as_that_image(study: Workspace, qtbot: QtBot) -> None:
    state, view = study.document.state, study.view_model.view
    only = ViewOnScreen((640, 480), "moving", ("moving",), CORONAL, view.moving.cursor)
    scene = scene_of(state, view, space=only.space, sides=only.sides)
    assert scene.back is None
    assert scene.front is not None
    assert scene.front.volume is state.moving
    assert scene.front.volume_from_view.is_close(RigidTransform.identity(), 1e-12)
    export_pictures.copy_picture(study, PictureChoice("active", "window", annotated=False), Screen((900, 700), only))
    wait_until_idle(study, qtbot)
    assert clipboard().shape == (480, 640, 3)


def test_a_picture_that_cannot_be_drawn_says_so(study: Workspace, qtbot: QtBot, tmp_path: Path) -> None:
    errors: list[FusionError] = []
    study.failed.connect(errors.append)
    study.view_model.set_blend(mode=BlendMode.DIFFERENCE)
    export_pictures.export_picture(study, tmp_path / "a.png")
    wait_until_idle(study, qtbot)
    export_pictures.export_picture(study, tmp_path / "nowhere" / "a.png")
    wait_until_idle(study, qtbot)
    assert "same kind" in str(errors[0])
    assert len(errors) == 2
    assert not list(tmp_path.iterdir())


def test_cancelled_pictures_and_volumes_leave_nothing(study: Workspace, tmp_path: Path) -> None:
    for export, name in ((export_pictures.export_picture, "a.png"), (export_pictures.export_fused, "a.nii.gz")):
        export(study, tmp_path / name)
        study.runner.cancel()
        assert study.runner.wait_for_threads(10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("grid", ["fixed", "moving"])
@pytest.mark.parametrize("kind", ["rgb", "scalar"])
def test_a_fused_volume_is_what_the_command_line_writes(
    study: Workspace, qtbot: QtBot, tmp_path: Path, kind: str, grid: str
) -> None:
    state = study.document.state
    assert state.fixed is not None
    assert state.moving is not None
    for name, volume in (("mr", state.fixed), ("ct", state.moving)):
        write_volume(volume, tmp_path / f"{name}.nrrd")
    write_itk_transform(state.alignment.moving_from_fixed, tmp_path / "pose.tfm")
    study.view_model.change(blend=Blend(BlendMode.CURTAIN, fade=0.3), moving_window=Window(40, 80))
    choice = FusedChoice(kind, grid, export_pictures.default_fused_mode(study.view_model.view))  # type: ignore[arg-type]
    assert choice.mode is BlendMode.FADE
    export_pictures.export_fused(study, tmp_path / "window.nii", choice)
    wait_until_idle(study, qtbot)
    command = ["fuse", "mr.nrrd", "ct.nrrd", "--transform", "pose.tfm", "--out", "cli.nii", "--fade", "0.3"]
    command = [str(tmp_path / word) if "." in word and not word[0].isdigit() else word for word in command]
    assert run_program([*command, "--moving-window", "40,80", "--kind", kind, "--grid", grid]) == 0
    assert (tmp_path / "window.nii").read_bytes() == (tmp_path / "cli.nii").read_bytes()
    assert sitk.ReadImage(str(tmp_path / "cli.nii")).GetSize() == getattr(state, grid).grid.size


def test_a_grey_volume_has_no_colours(study: Workspace) -> None:
    view = study.view_model.view
    assert not export_pictures.why_no_fused_volume(FusedChoice("scalar"), view)
    assert export_pictures.why_no_fused_volume(FusedChoice("scalar", mode=BlendMode.TWO_COLOUR), view)
    coloured = view.with_colours("moving", "hot")
    assert export_pictures.why_no_fused_volume(FusedChoice("scalar"), coloured)
    assert not export_pictures.why_no_fused_volume(FusedChoice("rgb"), coloured)


# What is marked


def marked(study: Workspace) -> Workspace:
    """Four pairs about the crosshair, one of them half; a target and a distance in each image."""
    state, view = study.document.state, study.view_model.view
    at, pose = np.asarray(view.fixed.cursor), state.alignment.moving_from_fixed
    places = [at + way for way in ((-20, 0, 1), (30, 20, -2), (0, -40, 20), (10, 40, 30))]
    pairs = [LandmarkPair(f"Doe {n}", point_of(p), point_of(pose.apply(p + 2))) for n, p in enumerate(places)]
    pairs.append(LandmarkPair("half Doe", None, point_of(pose.apply(at + np.array([5, 30, 0])))))
    study.document.apply("Marks", replace(state, landmarks=tuple(pairs), targets=(Target("Roe", point_of(at + 9)),)))
    ends = at + np.array([[-20, -30, 0], [40, -30, 0]])
    found = [Distance("fixed", point_of(ends[0]), point_of(ends[1]))]
    found.append(Distance("moving", *(point_of(end) for end in pose.apply(ends + np.array([0, 60, 0])))))
    study.view_model.change(distances=tuple(found))
    return study


def shot(workspace: Workspace, qtbot: QtBot, path: Path, choice: PictureChoice, screen: Screen = SCREEN) -> np.ndarray:
    export_pictures.export_picture(workspace, path, choice, screen)
    wait_until_idle(workspace, qtbot)
    return pixels(path)


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("what", ["planes", "axial", "mosaic"])
def test_the_window_and_the_command_line_mark_the_same(
    study: Workspace, qtbot: QtBot, tmp_path: Path, what: export_pictures.What, names: bool
) -> None:
    """A saved study on the command line, its lines of predicted error as well."""
    state = study.document.state
    assert state.fixed is not None
    assert state.moving is not None
    for name, volume in (("mr", state.fixed), ("ct", state.moving)):
        write_volume(volume, tmp_path / f"{name}.nrrd")
    fixed, moving = (read_volume(tmp_path / f"{name}.nrrd") for name in ("mr", "ct"))
    study.document.replace(replace(state, fixed=fixed, moving=moving))
    marked(study)
    view = study.view_model.view
    study.view_model.change(show_error_lines=True, fixed=replace(view.fixed, focus=view.fixed.cursor))
    study.view_model.set_window("fixed", auto_window(fixed))
    study.view_model.set_window("moving", auto_window(moving))
    save_study(study.document.state, study.view_model.view, tmp_path / "a.fusion.json")
    choice = PictureChoice(what, names=names)
    picture = shot(study, qtbot, tmp_path / "window.png", choice)
    assert not np.array_equal(shot(study, qtbot, tmp_path / "bare.png", replace(choice, marks=False)), picture)
    x, y, z = view.fixed.cursor
    layout = ["--layout", what] + (["--step-mm", str(view.mosaic_step_mm)] if what == "mosaic" else [])
    command = [
        "picture", tmp_path / "mr.nrrd", tmp_path / "ct.nrrd", "--transform", tmp_path / "a.fusion.json",
        "--out", tmp_path / "cli.png", f"--at={x!r},{y!r},{z!r}", "--error-lines",
        "--size", f"{picture.shape[1]}x{picture.shape[0]}", *layout, *(["--names"] if names else []),
    ]  # fmt: skip
    assert run_program([str(word) for word in command]) == 0
    assert np.array_equal(pixels(tmp_path / "cli.png"), picture)


def test_lines_of_equal_error_are_drawn_while_the_window_shows_them(study: Workspace) -> None:
    state = marked(study).document.state
    view = study.view_model.view
    assert export_pictures.marks_seen(state, view).error is None
    seen = export_pictures.marks_seen(state, replace(view, show_error_lines=True)).error
    assert seen is not None
    assert state.fixed is not None
    assert seen.grid is state.fixed.grid
    fit = predict_error(state.used_points()[0], state.used_fle())
    points = np.random.default_rng(1).normal(size=(9, 3)) * 50
    assert np.allclose(seen.tre_mm(points), fit.tre_mm(points))
    swapped = [replace(one, moving_point=state.landmarks[n - 1].moving_point) for n, one in enumerate(state.landmarks)]
    contradicted = replace(state, landmarks=tuple(swapped))
    assert export_pictures.marks_seen(contradicted, replace(view, show_error_lines=True)).error is None
    no_fit = replace(state, landmarks=state.landmarks[:2])
    assert export_pictures.marks_seen(no_fit, replace(view, show_error_lines=True)).error is None


def test_one_view_of_the_moving_image_has_its_points_where_it_shows_them(
    study: Workspace, qtbot: QtBot, tmp_path: Path
) -> None:
    state = marked(study).document.state
    point = state.landmarks[0].moving_point
    assert point is not None
    only = ViewOnScreen((640, 480), "moving", ("moving",), CORONAL, point)
    screen, choice = Screen((900, 700), only), PictureChoice("active", "window")
    with_marks = shot(study, qtbot, tmp_path / "a.png", choice, screen).astype(int)
    without = shot(study, qtbot, tmp_path / "b.png", replace(choice, marks=False), screen)
    rows, columns = np.nonzero(np.abs(with_marks - without).max(axis=2) > 30)
    form = export_pictures.form_of(choice, study.view_model.view, screen)
    scene = scene_of(state, study.view_model.view, space=only.space, sides=only.sides, at=only.at)
    assert form.framing is not None
    plane = scene.plane(CORONAL)
    scale = whole_image_scale(scene.volume, 640, 480) / form.framing.zoom
    port = Viewport.around(plane.screen(np.asarray(form.framing.focus)), 640, 480, scale)
    x, y = port.pixels(plane.screen(np.asarray(point)))
    near = np.hypot(columns - x, rows - y)
    assert near.min() < 1.5  # and the others lie more than 5 mm from this plane, or are the distance's and target's
    red, _, blue = with_marks[round(y), round(x)]
    assert red > blue + 60  # amber


def test_what_is_copied_names_no_landmark_and_no_target(study: Workspace, qtbot: QtBot) -> None:
    marked(study)
    pictures = []
    for name in ("Doe, Jane 1970", "x"):
        state = study.document.state
        pairs = tuple(replace(pair, name=f"{name}{n}") for n, pair in enumerate(state.landmarks))
        study.document.apply("Names", replace(state, landmarks=pairs, targets=(replace(state.targets[0], name=name),)))
        export_pictures.copy_picture(study, PictureChoice(names=True), SCREEN)
        wait_until_idle(study, qtbot)
        pictures.append(clipboard())
    assert np.array_equal(pictures[0], pictures[1])
    export_pictures.copy_picture(study, PictureChoice(marks=False), SCREEN)
    wait_until_idle(study, qtbot)
    assert not np.array_equal(clipboard(), pictures[0])


def test_the_pair_that_is_marked_again_is_not_on_pictures_either(
    study: Workspace, qtbot: QtBot, tmp_path: Path
) -> None:
    marked(study)
    state = study.document.state
    study.view_model.repeats.begin(0)
    hidden = shot(study, qtbot, tmp_path / "a.png", PictureChoice())
    study.view_model.repeats.end()
    assert not np.array_equal(shot(study, qtbot, tmp_path / "b.png", PictureChoice()), hidden)
    gone = (replace(state.landmarks[0], fixed_point=None, moving_point=None), *state.landmarks[1:])
    study.document.apply("Clear", replace(state, landmarks=gone))
    assert np.array_equal(shot(study, qtbot, tmp_path / "c.png", PictureChoice()), hidden)


def test_it_is_said_why_nothing_can_be_marked(study: Workspace) -> None:
    assert export_pictures.why_no_marks(study) == "There are no landmarks, targets or distances yet."
    assert export_pictures.why_no_marks(marked(study)) == ""
