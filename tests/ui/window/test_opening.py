"""Other images in place of those that are shown: opened, swapped, and what ends with the study."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from answers import Answers
from PyQt6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, OpenWindow, child, error_told, picture, show_images, written

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.tasks import image_reading
from fusionviewer.errors import FusionError
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.process import uncaught
from fusionviewer.session import edits
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.study_file import save_study
from fusionviewer.ui import application
from fusionviewer.ui.widgets.drops import dropped_paths
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def test_swapping_and_back_leaves_no_trace(window: MainWindow) -> None:
    workspace = window.workspace
    register_commands.set_start(workspace, "centre")
    workspace.view_model.set_fade(0.3)
    facts, view = review_commands.known_facts(workspace), workspace.view_model.view
    open_save.swap_images(workspace)
    swapped = workspace.view_model.view
    assert (swapped.fixed_window, swapped.moving_window) == (view.moving_window, view.fixed_window)
    assert swapped.fade == pytest.approx(0.7)
    seen = (~workspace.document.state.alignment.moving_from_fixed).apply(np.asarray(view.fixed.cursor))
    assert swapped.fixed.cursor == pytest.approx(seen)
    for _ in range(3):
        workspace.document.undo_stack.undo()
        assert review_commands.known_facts(workspace) == facts
        assert workspace.view_model.view.fixed.cursor == pytest.approx(view.fixed.cursor)
        workspace.document.undo_stack.redo()


def test_changes_made_while_images_are_read_are_asked_about(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    answers = Answers()
    workspace.questions = answers
    open_save.open_sample(workspace)
    assert answers.asked == ["discard"]
    mark_landmarks.new_pair(workspace)
    answers.discard = False
    kept = workspace.document.state
    wait_until_idle(workspace, qtbot)
    assert answers.asked == ["discard", "discard"]
    assert workspace.document.state is kept


def test_flicker_and_window_tool_end_with_the_study(window: MainWindow, phantom_mr: Volume, phantom_ct: Volume) -> None:
    view_model = window.workspace.view_model
    view_model.interlude.set_flicker(True)
    view_model.set_tool("window")
    show_images(window, phantom_ct, phantom_mr)
    assert not view_model.interlude.flickering
    assert view_model.tool == "crosshair"


def drop(window: MainWindow, qtbot: QtBot, *paths: Path) -> None:
    """Let files fall on the window, and wait until they have been read."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    assert dropped_paths(event) == list(paths)
    window.dropEvent(event)
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.runner.wait_for_threads(5)
    QApplication.processEvents()


def test_dropping_two_files_opens_them(open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path]) -> None:
    window = open_window(EMPTY)
    drop(window, qtbot, *phantom_files)
    assert window.workspace.document.state.has_pair
    fixed, moving = (path.name for path in phantom_files)
    told = f"{fixed} was opened as the fixed image, {moving} as the moving one. Shift+S swaps them."
    assert written(window, "status") == told


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file that is called an image and is none."""
    path = tmp_path / "bad.nii.gz"
    path.write_text("not an image")
    return path


@pytest.mark.parametrize("bad_side", SIDES)
def test_of_two_files_the_good_one_is_kept_and_the_bad_one_named(
    open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path], bad: Path, bad_side: Side
) -> None:
    window = open_window(EMPTY)
    failed: list[FusionError] = []
    window.workspace.failed.connect(failed.append)
    fixed, moving = phantom_files
    nothing = picture(window)
    drop(window, qtbot, *((bad, moving) if bad_side == "fixed" else (fixed, bad)))
    good_side = "moving" if bad_side == "fixed" else "fixed"
    assert list(window.workspace.document.state.volumes()) == [good_side]
    assert picture(window) != nothing
    (error,) = failed
    assert error.message.startswith(f"The {bad_side} image bad.nii.gz was not opened; the {good_side} image was. ")
    assert error.remedy
    assert error_told(window) == str(error)
    drop(window, qtbot, fixed if bad_side == "fixed" else moving)  # the free place takes the right one
    assert window.workspace.document.state.has_pair
    assert len(failed) == 1


def test_two_files_of_which_none_is_an_image_are_both_named(open_window: OpenWindow, qtbot: QtBot, bad: Path) -> None:
    window = open_window()
    before = window.workspace.document.state
    other = bad.with_name("other.nii.gz")
    other.write_text("none either")
    drop(window, qtbot, bad, other)
    assert window.workspace.document.state is before
    told = error_told(window)
    assert told.startswith("Neither image was opened. ")
    assert "bad.nii.gz" in told
    assert "other.nii.gz" in told


def test_a_new_image_is_never_put_beside_another_patients(
    open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path], bad: Path
) -> None:
    """Both images were to be replaced: the moving one that was open does not belong to the new fixed one."""
    window = open_window()
    drop(window, qtbot, phantom_files[0], bad)
    assert list(window.workspace.document.state.volumes()) == ["fixed"]


def test_a_defect_in_reading_one_image_does_not_cost_the_other(
    open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[BaseException] = [MemoryError(), ZeroDivisionError("by 0")]

    def fails_for_the_moving(path: Path, *arguments: Any) -> Volume:
        if path == phantom_files[1]:
            raise problems.pop(0)
        return read_volume(path, "", *arguments)

    monkeypatch.setattr(image_reading, "read_chosen_file", fails_for_the_moving)
    monkeypatch.setattr(uncaught, "report", lambda _: None)
    for why in ("There is not enough memory for this.", "Something unexpected went wrong (ZeroDivisionError: by 0)."):
        window = open_window(EMPTY)
        drop(window, qtbot, *phantom_files)
        assert list(window.workspace.document.state.volumes()) == ["fixed"]
        assert why in error_told(window)


def test_the_command_line_and_the_sample_keep_the_good_image_as_well(
    open_window: OpenWindow,
    qtbot: QtBot,
    phantom_files: tuple[Path, Path],
    bad: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(EMPTY)
    application._open(window, argparse.Namespace(sample=False, paths=[phantom_files[0], bad]))
    wait_until_idle(window.workspace, qtbot)
    assert list(window.workspace.document.state.volumes()) == ["fixed"]
    assert "The moving image bad.nii.gz was not opened; the fixed image was." in error_told(window)
    broken = tmp_path / "sample"
    broken.mkdir()
    (broken / "ct.nii.gz").write_bytes(phantom_files[1].read_bytes())
    monkeypatch.setattr(open_save, "sample_folder", lambda: broken)
    window.actions_by_key["open_sample"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert list(window.workspace.document.state.volumes()) == ["moving"]
    assert "The fixed image t1.nii.gz was not opened; the moving image was." in error_told(window)


def test_another_image_that_fails_changes_nothing_of_the_pair_that_is_open(
    window: MainWindow, qtbot: QtBot, bad: Path, chosen: Chosen
) -> None:
    mark_landmarks.new_pair(window.workspace)
    QApplication.processEvents()
    state, view, shown = window.workspace.document.state, window.workspace.view_model.view, picture(window)
    chosen.path = bad
    for key in ("open_fixed", "open_moving"):
        window.actions_by_key[key].trigger()
        wait_until_idle(window.workspace, qtbot)
        QApplication.processEvents()
        assert "bad.nii.gz" in error_told(window)
        assert window.workspace.document.state is state
        assert window.workspace.view_model.view == view
        assert window.workspace.document.modified
        assert picture(window) == shown


def test_a_study_of_which_one_image_fails_is_not_opened(
    window: MainWindow, qtbot: QtBot, phantom_files: tuple[Path, Path], tmp_path: Path, chosen: Chosen
) -> None:
    moving = tmp_path / "moving.nii.gz"
    moving.write_bytes(phantom_files[1].read_bytes())
    volumes = read_volume(phantom_files[0]), read_volume(moving)
    save_study(edits.new_study(*volumes), None, tmp_path / "s.fusion.json")
    moving.write_text("no image any more")
    state = window.workspace.document.state
    chosen.path = tmp_path / "s.fusion.json"
    window.actions_by_key["open_study"].trigger()
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state is state
    assert window.workspace.document.path is None
    assert "moving.nii.gz" in error_told(window)
    assert "the fixed image was" not in error_told(window)


def test_the_same_image_twice_is_said_at_once_and_stays_said(
    open_window: OpenWindow, qtbot: QtBot, phantom_files: tuple[Path, Path], tmp_path: Path
) -> None:
    window = open_window(EMPTY)
    copy = tmp_path / "copy.nii.gz"
    copy.write_bytes(phantom_files[0].read_bytes())
    drop(window, qtbot, phantom_files[0], copy)
    told = "The fixed and the moving image are the same image: was the same file opened twice?"
    assert written(window, "status") == told
    assert f"▲ {told}" in findings(window)
    show_step(window.workspace, "open")
    assert written(window, "odd_pair") == f"▲ {told}"
    drop(window, qtbot, *phantom_files)
    assert findings(window).count("same image") == 0
    assert written(window, "odd_pair") == ""


def test_two_cts_are_said_to_be_none_of_what_the_program_is_for(
    open_window: OpenWindow, qtbot: QtBot, phantom_ct: Volume, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}.nii.gz" for name in ("a", "b")]
    for number, path in enumerate(paths):
        write_volume(Volume(phantom_ct.image + number, "ct", "CT"), path)
    window = open_window(EMPTY)
    drop(window, qtbot, *paths)
    assert written(window, "status").startswith("Both images are CTs. This program is made for a CT and an MR")
    assert "· Both images are CTs." in findings(window)
    show_step(window.workspace, "open")
    assert written(window, "odd_pair").startswith("▲ Both images are CTs.")


def findings(window: MainWindow) -> str:
    """What the panel of the check lists."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    listed = child(window.column.review, QWidget, "findings").findChildren(QLabel)
    return "\n".join(label.text().replace("\u200b", "") for label in listed)
