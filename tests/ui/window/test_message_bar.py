"""What went wrong inside the program, told in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from mouse import mouse_click
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.process.uncaught import Problem
from fusionviewer.process.workers import Worker
from fusionviewer.ui.window.message_bar import MessageBar

PROBLEM = Problem("An error of the program, not yours: KeyError.", "KeyError\n  somewhere\n")


@pytest.fixture
def saved() -> list[str]:
    return []


@pytest.fixture
def bar(qtbot: QtBot, saved: list[str], show: Callable[[QWidget], QWidget]) -> Iterator[MessageBar]:
    """A bar in a window of its own."""
    window = QWidget()
    made = MessageBar(lambda: saved.append("saved"), window)
    show(window)
    yield made
    window.close()


def _press(bar: MessageBar, text: str, qtbot: QtBot) -> None:
    mouse_click(bar.button(text), Qt.MouseButton.LeftButton)


def test_a_problem_of_any_thread_is_shown_with_its_two_answers(bar: MessageBar, qtbot: QtBot, saved: list[str]) -> None:
    assert bar.isHidden()
    worker = Worker(lambda: bar.problem.emit(PROBLEM), "failing")
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: not bar.isHidden())
    assert PROBLEM.sentence in bar.sentence.text()
    _press(bar, "Copy details", qtbot)
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text() == PROBLEM.details
    _press(bar, "Save study", qtbot)
    assert saved == ["saved"]
    _press(bar, "Close", qtbot)
    assert bar.isHidden()


def test_many_messages_are_closed_at_once(bar: MessageBar, qtbot: QtBot) -> None:
    for number, sentence in enumerate(("The first.", "The second.", "The third."), 1):
        with pytest.raises(KeyError):
            bar.button("Close all")
        bar.show_message(sentence)
        assert bar.sentence.text() == sentence  # the newest is on top
        assert any(part.text() == f"{number} messages" for part in bar.findChildren(QLabel)) == (number > 1)
    _press(bar, "Close", qtbot)
    assert bar.sentence.text() == "The second."
    with pytest.raises(KeyError):
        bar.button("Close all")
    bar.show_message("The third.")
    _press(bar, "Close all", qtbot)
    assert bar.isHidden()
    assert not bar.close_newest()


def test_messages_wait_for_each_other_and_none_is_there_twice(bar: MessageBar, qtbot: QtBot) -> None:
    heard: list[str] = []
    bar.show_message("The first.")
    bar.show_message("The second.", [("Do it", lambda: heard.append("done"))])
    bar.show_message("The first.")
    assert bar.sentence.text() == "The first."
    with pytest.raises(KeyError):
        bar.button("Do it")
    _press(bar, "Close", qtbot)
    assert bar.sentence.text() == "The second."
    _press(bar, "Do it", qtbot)
    assert heard == ["done"]
    _press(bar, "Close", qtbot)
    assert bar.isHidden()


def test_a_long_file_name_does_not_leave_the_message(bar: MessageBar) -> None:
    bar.resize(500, 200)
    bar.show_message(f"✗ {'a' * 120}.nii.gz cannot be read.")
    QApplication.processEvents()
    metrics, text = bar.sentence.fontMetrics(), bar.sentence.text()
    assert bar.sentence.minimumSizeHint().width() < 400
    assert metrics.horizontalAdvance(text) > 500  # in one line
    bar.show_message("✗ patient-1_ct.nii.gz cannot be read.")
    assert bar.sentence.text() == "✗ patient-1_ct.nii.gz cannot be read."
