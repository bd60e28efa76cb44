"""Open, register, review, export and reopen: by the mouse alone, by the keyboard alone, and in few clicks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keyboard import ALT, CTRL, NONE, SHIFT, key_clicks, press
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, OpenWindow, child, click

from fusionviewer.session.study_file import load_study
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.step_bar import StepButton

KEY = Qt.Key


@pytest.fixture
def run(qtbot: QtBot) -> Callable[[MainWindow], None]:
    return lambda window: wait_until_idle(window.workspace, qtbot)


def _accepted(window: MainWindow) -> bool:
    review = window.workspace.document.state.alignment.review
    return review is not None and (review.verdict, review.by) == ("accepted", "AB")


def _reopened(window: MainWindow) -> None:
    """The study is again where it stood: accepted by whom, in the step bar and in the title, at its next step."""
    assert _accepted(window)
    assert child(window, StepButton, "step_review").state.words.startswith("Accepted by AB")
    assert "Accepted by AB" in window.windowTitle()
    assert window.workspace.window.step == "export"
    assert not window.workspace.document.modified


def test_by_the_mouse_alone(
    open_window: OpenWindow, chosen: Chosen, run: Callable[[MainWindow], None], phantom_files: tuple[Path, Path],
    tmp_path: Path,
) -> None:  # fmt: skip
    window = open_window(EMPTY)
    for side, chosen.path in zip(("fixed", "moving"), phantom_files, strict=True):
        click(window, f"button_open_{side}")
        run(window)
    click(window, "button_register")
    run(window)
    assert child(window, QPushButton, "next_action").text() == "Review"
    click(window, "next_action")
    child(window, QLineEdit, "initials").setText("AB")  # which are remembered: only the first time they are typed
    click(window, "button_accept")
    click(window, "step_export")
    chosen.path = tmp_path / "out.tfm"
    click(window, "button_export_transform")
    assert chosen.path.exists()
    chosen.path = tmp_path / "study.fusion.json"
    click(window, "button_save")
    assert load_study(chosen.path).without_images.alignment.review is not None
    assert window.close()
    again = open_window(EMPTY)
    click(again, "button_open_study")
    run(again)
    _reopened(again)


def test_by_the_keyboard_alone(
    open_window: OpenWindow, chosen: Chosen, run: Callable[[MainWindow], None], phantom_files: tuple[Path, Path],
    tmp_path: Path,
) -> None:  # fmt: skip
    window = open_window(EMPTY)
    for modifiers, chosen.path in zip((CTRL, CTRL | SHIFT), phantom_files, strict=True):
        press(KEY.Key_O, modifiers)
        run(window)
    press(KEY.Key_R, CTRL)
    run(window)
    press(KEY.Key_3, ALT)
    _tab_to("initials")
    key_clicks(_focused(), "AB")
    _tab_to("note")
    key_clicks(_focused(), "ventricles agree")
    _tab_to("button_accept")
    press(KEY.Key_Space)
    assert _accepted(window)
    press(KEY.Key_4, ALT)
    chosen.path = tmp_path / "out.tfm"
    press(KEY.Key_E, CTRL)
    assert chosen.path.exists()
    chosen.path = tmp_path / "study.fusion.json"
    press(KEY.Key_S, CTRL)
    assert window.close()
    again = open_window(EMPTY)
    press(KEY.Key_O, CTRL | ALT)
    run(again)
    _reopened(again)
    assert again.column.review.entry.note == "ventricles agree"


def test_the_sample_is_accepted_and_exported_in_six_clicks(
    open_window: OpenWindow, chosen: Chosen, run: Callable[[MainWindow], None], tmp_path: Path
) -> None:
    window = open_window(EMPTY)
    chosen.path = tmp_path / "out.tfm"
    clicks = ("button_open_sample", "button_register", "next_action", "button_accept", "step_export",
              "button_export_transform")  # fmt: skip
    for name in clicks:
        if name == "button_accept":
            child(window, QLineEdit, "initials").setText("AB")
        click(window, name)
        run(window)
    assert _accepted(window)
    assert chosen.path.exists()
    assert child(window, StepButton, "step_export").state.words == "Exported"
    assert len(clicks) <= 6


def _focused() -> QLineEdit:
    has_it = QApplication.focusWidget()
    assert has_it is not None
    return has_it  # type: ignore[return-value]


def _tab_to(name: str) -> None:
    """Press Tab until the part of this name has the keyboard."""
    for _ in range(80):
        if _focused().objectName() == name:
            return
        press(KEY.Key_Tab, NONE)
    raise AssertionError(f"Tab never comes to {name}.")
