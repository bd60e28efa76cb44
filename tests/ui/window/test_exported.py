"""After a file was written, the last line says so and offers to show it, as long as it says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from answers import Answers
from keyboard import CTRL, press
from landmark_sets import one_off
from mouse import mouse_click
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, OpenWindow, child, click, error_told, open_files, show_images

from fusionviewer.app.commands import export, export_pictures, mirror_correction
from fusionviewer.app.commands.landmarks import landmark_files, mark_landmarks
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.ui.window import status_bar
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.step_bar import StepButton


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that the system was asked to show."""
    paths: list[Path] = []

    def take(path: Path, refused: Callable[[str], object]) -> None:
        paths.append(path)
        if not path.parent.is_dir():
            refused("It cannot be shown.")

    monkeypatch.setattr(status_bar, "show_in_folder", take)
    return paths


@pytest.fixture
def window(open_window: OpenWindow, shown: list[Path]) -> MainWindow:
    return open_window(landmarks=one_off())


def offered(window: MainWindow) -> bool:
    return window.status.show_in_folder.isVisible()


def test_a_transform_is_written_by_its_key_and_shown_by_the_button(
    window: MainWindow, chosen: Chosen, shown: list[Path], tmp_path: Path
) -> None:
    assert not offered(window)
    chosen.path = tmp_path / "a.tfm"
    press(Qt.Key.Key_E, CTRL)
    assert window.status.sentence.text().startswith("Wrote a.tfm. ITK (text): moves ")
    assert window.status.show_in_folder.toolTip() == f"Show a.tfm in {tmp_path}"
    click(window, "show_in_folder")
    assert shown == [tmp_path / "a.tfm"]
    assert offered(window)  # it can be shown again


def test_everything_that_is_written_is_offered(
    window: MainWindow, qtbot: QtBot, shown: list[Path], tmp_path: Path
) -> None:
    workspace = window.workspace
    for name, write in (
        ("a.tfm", export.export_transform),
        ("b.nii", export.export_resampled),
        ("c.nii", export_pictures.export_fused),
        ("d.png", export_pictures.export_picture),
        ("e.csv", landmark_files.save_pairs),
        ("f.csv", lambda w, path: landmark_files.save_points(w, path, "fixed")),
    ):
        write(workspace, tmp_path / name)
        wait_until_idle(workspace, qtbot)
        assert name in window.status.sentence.text()
        click(window, "show_in_folder")
        workspace.said.emit("Another thing.")
        assert not offered(window)
    assert [path.name for path in shown] == ["a.tfm", "b.nii", "c.nii", "d.png", "e.csv", "f.csv"]


def test_a_scene_and_a_resampled_image_are_written_by_the_buttons_of_the_step(
    window: MainWindow, qtbot: QtBot, chosen: Chosen, tmp_path: Path
) -> None:
    press(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    for button, path, made in (
        ("Open in ITK-SNAP…", tmp_path / "scene", "scene/scene.itksnap"),
        ("Open in 3D Slicer…", tmp_path, "scene-for-slicer/scene.mrml"),
        ("Resampled moving image…", tmp_path / "a.nii.gz", "a.nii.gz"),
    ):
        chosen.path = path
        (there,) = (b for b in window.findChildren(QPushButton) if b.text() == button and b.isVisible())
        mouse_click(there)
        wait_until_idle(window.workspace, qtbot)
        assert (tmp_path / made).is_file()
        assert window.status.sentence.text().startswith("Wrote ")
        assert offered(window)


def test_a_study_that_is_saved_is_offered_as_well(
    open_window: OpenWindow, qtbot: QtBot, chosen: Chosen, shown: list[Path], phantom_files: tuple[Path, Path],
    tmp_path: Path,
) -> None:  # fmt: skip
    window = open_window(EMPTY)
    open_files(window, qtbot, chosen, phantom_files)
    chosen.path = tmp_path / "a.fusion.json"
    window.images.active_view().setFocus()
    press(Qt.Key.Key_S, CTRL)
    assert window.status.sentence.text() == "Saved a.fusion.json."
    click(window, "show_in_folder")
    assert shown == [chosen.path]


def test_the_offer_goes_with_the_sentence(window: MainWindow, qtbot: QtBot, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(status_bar, "SAID_MS", 50)
    ends: tuple[Callable[[], object], ...] = (
        lambda: qtbot.waitUntil(lambda: not offered(window), timeout=5000),
        lambda: window.workspace.said.emit("Another thing."),
        lambda: window.workspace.warned.emit("A problem."),
        lambda: window.status.begin("Registering"),
    )
    for end in ends:
        window.workspace.exported.emit("Wrote a.tfm.", tmp_path / "a.tfm")
        assert offered(window)
        end()
        assert not offered(window)


def test_what_was_not_written_is_not_offered(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    export.export_resampled(window.workspace, tmp_path / "nowhere" / "b.nii")
    wait_until_idle(window.workspace, qtbot)
    assert "cannot be written" in error_told(window)
    assert not offered(window)


def test_beside_a_warning_it_is_offered_too(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """The transform of a mirrored image is written, and there is something to be said about it."""
    answers = window.workspace.questions = Answers()
    answers.mirror = True
    mirror_correction.mirror_moving(window.workspace, "x")
    wait_until_idle(window.workspace, qtbot)
    export.export_transform(window.workspace, tmp_path / "a.tfm")
    assert "mirror" in window.status.sentence.text()
    assert window.status.sentence.property("role") == "warning"
    assert offered(window)
    mark_landmarks.new_pair(window.workspace)
    assert not offered(window)


def test_why_it_cannot_be_shown_is_told(window: MainWindow, tmp_path: Path) -> None:
    window.workspace.exported.emit("Wrote a.tfm.", tmp_path / "gone" / "a.tfm")
    click(window, "show_in_folder")
    assert window.status.sentence.text() == "It cannot be shown."
    assert window.status.sentence.property("role") == "warning"
    assert not offered(window)


def test_the_button_can_be_found_without_the_mouse(window: MainWindow, shown: list[Path], tmp_path: Path) -> None:
    window.workspace.exported.emit("Wrote a.tfm.", tmp_path / "a.tfm")
    button = child(window, type(window.status.show_in_folder), "show_in_folder")
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    button.setFocus()
    press(Qt.Key.Key_Space)
    assert shown == [tmp_path / "a.tfm"]


def test_other_images_in_the_same_pose_are_not_called_exported(
    open_window: OpenWindow, phantom_mr: Volume, phantom_ct: Volume, chosen: Chosen, tmp_path: Path
) -> None:
    window, step = open_window(edits.new_study(phantom_mr, phantom_ct)), "step_export"
    chosen.path = tmp_path / "a.tfm"
    press(Qt.Key.Key_E, CTRL)
    assert child(window, StepButton, step).state.words == "Exported"
    show_images(window, phantom_mr, phantom_ct)
    assert child(window, StepButton, step).state.words == ""
