"""A crash of each kind of worker costs a sentence in the window, which goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dicom_series import Series
from pytestqt.qtbot import QtBot
from reading_calls import crash_on
from waiting import wait_until_idle
from windows import EMPTY, OpenWindow

from fusionviewer.app.commands import open_save
from fusionviewer.app.state.autosave import Autosave
from fusionviewer.app.tasks import background, series_thumbnails
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.app.tasks.series_thumbnails import SeriesThumbnails
from fusionviewer.imaging.dicom.folder import look_into
from fusionviewer.imaging.reading import direct
from fusionviewer.process import uncaught
from fusionviewer.progress import Observer
from fusionviewer.rendering.thumbnail import slice_thumbnail
from fusionviewer.session import recovery
from fusionviewer.session.state import FusionState, Target
from fusionviewer.ui.window.main_window import MainWindow

OURS = "An error of the program, not yours: ZeroDivisionError"


@pytest.fixture
def hooks() -> Iterator[None]:
    """The hooks of Python stay what they were."""
    kept = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    uncaught.install()
    sys.excepthook, threading.excepthook, sys.unraisablehook = kept


@pytest.fixture
def told(open_window: OpenWindow, study: FusionState, hooks: None) -> MainWindow:
    """A window that is told of uncaught exceptions, as the program's is."""
    window = open_window(study)
    uncaught.install(window.messages.problem.emit)
    return window


def _edit(window: MainWindow) -> None:
    document = window.workspace.document
    document.apply("Edit", replace(document.state, targets=(Target("t", (0.0, 0.0, 0.0)),)))


def _goes_on(window: MainWindow) -> None:
    """It edits, undoes and shows as before."""
    steps = window.workspace.document.undo_stack.count()
    _edit(window)
    window.actions_by_key["undo"].trigger()
    assert window.workspace.document.undo_stack.count() == steps + 1
    window.messages.close_all()
    assert not window.messages.isVisibleTo(window)


def _fail(*_: object) -> None:
    raise ZeroDivisionError


STARTS: dict[str, Callable[[MainWindow], object]] = {
    "check": lambda window: window.workspace.check.check_now(),
    "tour": lambda window: window.workspace.tour.begin(None),
    "3D view": lambda window: window.overview.show_page("3D"),
    "lookup": lambda window: window.overview.show_page("3D"),
}
"""How each kind of work in the background is begun, by the name of its thread."""


@pytest.mark.parametrize("name", STARTS)
def test_work_in_the_background(name: str, told: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = background._Work.__init__

    def crashing(work: background._Work[object], act: Callable[[], object], of: str) -> None:
        begin(work, _fail if of == name else act, of)

    monkeypatch.setattr(background._Work, "__init__", crashing)
    STARTS[name](told)
    qtbot.waitUntil(lambda: OURS in told.messages.sentence.text(), timeout=10_000)
    _goes_on(told)


def _report(window: MainWindow, outcome: Outcome) -> None:
    window.workspace.report(outcome, "")


def test_a_job(told: MainWindow, qtbot: QtBot) -> None:
    told.workspace.runner.start("Failing", _fail, partial(_report, told))
    wait_until_idle(told.workspace, qtbot)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in told.messages.sentence.text())
    _goes_on(told)


def test_the_reader_of_files(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, phantom_files: tuple[Path, Path]
) -> None:
    window = open_window(EMPTY)
    with monkeypatch.context() as patch:
        patch.setattr(direct, "read_chosen_file", crash_on)
        open_save.open_images(window.workspace, {"fixed": Wanted(phantom_files[0])})
        wait_until_idle(window.workspace, qtbot)
    assert "cannot be read: the reader of its format crashed." in window.messages.sentence.text()
    open_save.open_images(window.workspace, {"fixed": Wanted(phantom_files[0])})
    wait_until_idle(window.workspace, qtbot)
    assert window.workspace.document.state.fixed is not None


def test_autosave(told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    autosave = Autosave(told.workspace, tmp_path, 0.01)
    autosave.failed.connect(told.messages.show_message)
    with monkeypatch.context() as patch:
        patch.setattr(recovery.RecoveryFiles, "write", _fail)
        _edit(told)
        qtbot.waitUntil(lambda: "Unsaved work cannot be kept" in told.messages.sentence.text())
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("*.json"))))  # it is tried again
    _goes_on(told)
    autosave.end()


def test_pictures_of_series(told: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        Series(number=number).write(tmp_path / str(number))
    entries = look_into(tmp_path, Observer()).entries
    asked: list[object] = []

    def failing(*arguments: Any) -> object:
        asked.append(arguments)
        if len(asked) == 1:
            raise ZeroDivisionError
        return slice_thumbnail(*arguments)

    monkeypatch.setattr(series_thumbnails, "slice_thumbnail", failing)
    made: list[object] = []
    thumbnails = SeriesThumbnails(entries, 16)
    thumbnails.made.connect(lambda key, _: made.append(key))
    thumbnails.start()
    qtbot.waitUntil(lambda: made == [entries[1].choice.key], timeout=10_000)
    thumbnails.stop()
    qtbot.waitUntil(lambda: OURS in told.messages.sentence.text())
    _goes_on(told)
