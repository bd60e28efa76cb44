"""Dialogs for files open in the folder that was used last for such files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from keyboard import CTRL, SHIFT, press
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import OpenWindow

from fusionviewer.session.recent import read_remembered, recent_file
from fusionviewer.session.study_file import ImageReference
from fusionviewer.ui.dialogs.export_transform import TransformDialog
from fusionviewer.ui.dialogs.questions import WindowQuestions
from fusionviewer.ui.window.main_window import MainWindow


class Dialogs:
    """Stands for the system's dialogs: where each was opened, and what was chosen in it."""

    def __init__(self) -> None:
        self.opened_in: list[str] = []
        self.answer = ""

    def ask(self, _parent: object, _title: str, start: str = "", *_: object) -> tuple[str, str]:
        self.opened_in.append(start)
        return self.answer, ""

    def ask_folder(self, *arguments: Any) -> str:
        return self.ask(*arguments)[0]


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> Dialogs:
    made = Dialogs()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", made.ask)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", made.ask)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", made.ask_folder)
    monkeypatch.setattr(TransformDialog, "exec", lambda _: QDialog.DialogCode.Accepted)
    return made


@pytest.fixture
def window(open_window: OpenWindow, dialogs: Dialogs) -> MainWindow:
    return open_window()


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_second_dialog_of_a_kind_opens_where_the_first_one_chose(
    window: MainWindow, dialogs: Dialogs, tmp_path: Path, qtbot: QtBot
) -> None:
    images, exports = _folder(tmp_path / "images"), _folder(tmp_path / "exports")
    dialogs.answer = str(images / "missing.nii.gz")
    press(Qt.Key.Key_O, CTRL)
    wait_until_idle(window.workspace, qtbot)
    dialogs.answer = str(exports / "a.tfm")
    press(Qt.Key.Key_E, CTRL)
    dialogs.answer = ""  # left
    press(Qt.Key.Key_O, CTRL | SHIFT)
    press(Qt.Key.Key_E, CTRL)
    press(Qt.Key.Key_S, CTRL)
    window.actions_by_key["open_moving_folder"].trigger()
    assert dialogs.opened_in == [
        "", "moving_from_fixed.tfm", str(images), str(exports / "moving_from_fixed.tfm"), "study.fusion.json",
        str(images),
    ]  # fmt: skip


def test_a_dicom_folder_is_looked_for_beside_the_last_one(window: MainWindow, dialogs: Dialogs, tmp_path: Path) -> None:
    dialogs.answer = str(_folder(tmp_path / "series"))
    window.actions_by_key["open_fixed_folder"].trigger()
    window.workspace.runner.cancel()
    dialogs.answer = ""
    window.actions_by_key["open_fixed_folder"].trigger()
    assert dialogs.opened_in == ["", str(tmp_path)]


def test_a_folder_for_exports_is_offered_itself_the_next_time(
    window: MainWindow, dialogs: Dialogs, tmp_path: Path
) -> None:
    dialogs.answer = str(_folder(tmp_path / "exports"))
    window.context.dialogs.choose_folder("A folder for 3D Slicer", "exports")
    dialogs.answer = ""
    window.context.dialogs.choose_folder("A folder for 3D Slicer", "exports")
    press(Qt.Key.Key_E, CTRL)
    exports = tmp_path / "exports"
    assert dialogs.opened_in == ["", str(exports), str(exports / "moving_from_fixed.tfm")]


def test_points_have_a_folder_of_their_own(window: MainWindow, dialogs: Dialogs, tmp_path: Path) -> None:
    dialogs.answer = str(tmp_path / "points.csv")
    window.context.dialogs.choose_points_file("Save", "fixed-points")
    dialogs.answer = ""
    window.actions_by_key["open_fixed_points"].trigger()
    window.actions_by_key["open_pairs"].trigger()
    window.context.dialogs.choose_points_file("Save", "fixed-points")
    assert dialogs.opened_in[1:] == [str(tmp_path), str(tmp_path), str(tmp_path / "fixed-points.csv")]


def test_a_folder_that_is_gone_or_forgotten_is_not_opened(
    window: MainWindow, dialogs: Dialogs, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = _folder(tmp_path / "images")
    dialogs.answer = str(folder / "missing.nii.gz")
    press(Qt.Key.Key_O, CTRL)
    wait_until_idle(window.workspace, qtbot)
    dialogs.answer = ""
    window.workspace.preferences.change(remember=False)
    press(Qt.Key.Key_O, CTRL)
    window.workspace.preferences.change(remember=True)
    press(Qt.Key.Key_O, CTRL)
    dialogs.answer = str(folder / "missing.nii.gz")
    press(Qt.Key.Key_O, CTRL)
    wait_until_idle(window.workspace, qtbot)
    folder.rmdir()
    dialogs.answer = ""
    press(Qt.Key.Key_O, CTRL)
    assert dialogs.opened_in == [""] * 5


def test_an_image_of_a_study_is_looked_for_where_images_lie(
    window: MainWindow, dialogs: Dialogs, tmp_path: Path
) -> None:
    questions = WindowQuestions(window, lambda: False, lambda: False, window.context.dialogs._folders)  # type: ignore[attr-defined]
    window.workspace.recent.note_folder("images", tmp_path)
    dialogs.answer = str(_folder(tmp_path / "found") / "mr.nii.gz")

    def choose() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text() == "Choose a file…").click()

    QTimer.singleShot(0, choose)
    found = questions.find_image("fixed image", ImageReference("mr.nii.gz", "/gone/mr.nii.gz", "", "abc", "mr"))
    assert found == Path(dialogs.answer)
    assert dialogs.opened_in == [str(tmp_path)]
    assert read_remembered(recent_file()).folders == {"images": tmp_path / "found"}
