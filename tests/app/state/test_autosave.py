"""Unsaved work is kept without the window waiting, and removed when it is saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state import autosave as module
from fusionviewer.app.state.autosave import Autosave
from fusionviewer.app.state.open_studies import OpenStudy
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.process.locks import HeldLock
from fusionviewer.process.workers import Worker, wait_for_workers
from fusionviewer.session import edits
from fusionviewer.session.recovery import RecoveryFiles, Snapshot
from fusionviewer.session.state import Target
from fusionviewer.session.study_file import StoredStudy, load_study
from fusionviewer.session.view_state import ViewState

SOON_S = 0.05


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recovery"


@pytest.fixture
def autosave(workspace: Workspace, folder: Path) -> Iterator[Autosave]:
    """Keeps what is changed in the workspace, very soon."""
    made = Autosave(workspace, folder, SOON_S)
    yield made
    assert wait_for_workers(10)
    made.end()


def _edit(workspace: Workspace, name: str, merge_key: str = "") -> None:
    state = replace(workspace.document.state, targets=(Target(name, (0.0, 0.0, 0.0)),))
    workspace.document.apply(f"Name {name}", state, merge_key)


def _studies(folder: Path) -> list[StoredStudy]:
    """What the files hold, the newest first. One that a worker removes meanwhile is not there."""
    studies = []
    for path in folder.glob("[!.]*.json"):
        try:
            studies.append(load_study(path))
        except UnreadableInput as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise  # a file is whole at any moment
    return sorted(studies, key=lambda study: -(study.recovery or {})["number"])


def _kept(folder: Path) -> list[str]:
    """The names of the targets in the files, the newest first."""
    return [study.without_images.targets[0].name for study in _studies(folder)]


def test_ten_seconds_are_kept_to() -> None:
    assert module.INTERVAL_S <= 8


def test_a_change_is_soon_on_the_disk(workspace: Workspace, autosave: Autosave, folder: Path, qtbot: QtBot) -> None:
    _edit(workspace, "one")
    assert not folder.exists()
    qtbot.waitUntil(lambda: _kept(folder) == ["one"])
    _edit(workspace, "two")
    qtbot.waitUntil(lambda: _kept(folder) == ["two", "one"])
    workspace.document.undo_stack.undo()
    qtbot.waitUntil(lambda: _kept(folder)[0] == "one")


def test_what_the_system_ends_keeps_its_work_at_once(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = Autosave(workspace, folder, 100.0)
    _edit(workspace, "one")
    patient.keep()  # no change has to be waited for
    assert _kept(folder) == ["one"]
    patient.leave()
    workspace.document.undo_stack.clear()  # as when the window is deleted
    patient.end()
    assert _kept(folder) == ["one"]


def test_changes_without_a_pause_do_not_put_it_off(
    workspace: Workspace, autosave: Autosave, folder: Path, qtbot: QtBot
) -> None:
    """As in a long drag, whose steps merge."""
    until = time.monotonic() + 10 * SOON_S
    number = 0
    while not folder.exists() and time.monotonic() < until + 5:
        number += 1
        _edit(workspace, f"step {number}", "a drag")
        qtbot.wait(2)
    qtbot.waitUntil(lambda: bool(_kept(folder)))
    assert workspace.document.undo_stack.count() == 1


def test_a_save_removes_it_and_an_undo_past_it_brings_it_back(
    workspace: Workspace, autosave: Autosave, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    _edit(workspace, "one")
    qtbot.waitUntil(lambda: bool(_kept(folder)))
    _edit(workspace, "two")
    assert save_study(workspace, tmp_path / "study.fusion.json")
    qtbot.waitUntil(lambda: not _kept(folder))
    qtbot.wait(round(SOON_S * 4000))
    assert not _kept(folder)
    workspace.document.undo_stack.undo()
    qtbot.waitUntil(lambda: _kept(folder) == ["one"])
    (path,) = folder.glob("*.json")
    assert (load_study(path).recovery or {})["study"] == str(tmp_path / "study.fusion.json")


def test_before_a_job_begins_all_is_on_the_disk(workspace: Workspace, folder: Path, qtbot: QtBot) -> None:
    autosave = Autosave(workspace, folder, 3600)
    _edit(workspace, "one")
    _edit(workspace, "two")
    seen: list[list[str]] = []
    workspace.runner.start("looking", lambda _: seen.append(_kept(folder)), lambda _: None)
    qtbot.waitUntil(lambda: not workspace.runner.busy)
    assert seen == [["two"]]
    autosave.end()


def test_a_slow_disk_stalls_nothing_and_what_comes_last_counts(
    workspace: Workspace, autosave: Autosave, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, write = threading.Event(), RecoveryFiles.write

    def write_slowly(files: RecoveryFiles, snapshot: Snapshot) -> None:
        assert threading.current_thread() is not threading.main_thread()
        slow.wait(10)
        write(files, snapshot)

    monkeypatch.setattr(RecoveryFiles, "write", write_slowly)
    longest, before = 0.0, time.monotonic()
    for number in range(100):
        _edit(workspace, f"state {number}")
        qtbot.wait(5)
        now = time.monotonic()
        longest, before = max(longest, now - before), now
    assert longest < 2  # the disk takes ten
    slow.set()
    qtbot.waitUntil(lambda: _kept(folder)[:1] == ["state 99"])


def test_the_disk_refuses_which_is_told_once_and_tried_again(
    workspace: Workspace, autosave: Autosave, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    autosave.failed.connect(told.append)
    tries: list[Snapshot] = []

    def refuse(files: RecoveryFiles, snapshot: Snapshot) -> None:
        tries.append(snapshot)
        raise CannotWrite("The disk is full.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(RecoveryFiles, "write", refuse)
        _edit(workspace, "one")
        qtbot.waitUntil(lambda: len(tries) > 2)
    qtbot.waitUntil(lambda: _kept(folder) == ["one"])
    assert len(told) == 1
    assert "cannot be kept" in told[0]


def test_a_thread_that_cannot_be_started_is_told_once_and_tried_again(
    workspace: Workspace,
    autosave: Autosave,
    folder: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    autosave.failed.connect(told.append)
    tries: list[Worker] = []

    def refuse(worker: Worker) -> None:
        tries.append(worker)
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(Worker, "start", refuse)
        _edit(workspace, "one")
        qtbot.waitUntil(lambda: len(tries) > 2)
        assert not folder.exists()
    qtbot.waitUntil(lambda: _kept(folder) == ["one"])
    assert len(told) == 1
    assert wait_for_workers(10)  # one that still ends would take the next order as well
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "start", refuse)
        workspace.document.saved(tmp_path / "study.fusion.json")  # what was kept is to go, which takes a thread as well
        assert _kept(folder) == ["one"]
    qtbot.waitUntil(lambda: _kept(folder) == [])


def test_a_defect_while_removing_ends_nothing(
    workspace: Workspace,
    autosave: Autosave,
    folder: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tries: list[RecoveryFiles] = []

    def break_down(files: RecoveryFiles) -> None:
        tries.append(files)
        raise ZeroDivisionError

    _edit(workspace, "one")
    qtbot.waitUntil(lambda: _kept(folder) == ["one"])
    with monkeypatch.context() as patch, qtbot.waitSignal(autosave.failed):
        patch.setattr(RecoveryFiles, "clear", break_down)
        workspace.document.saved(tmp_path / "study.fusion.json")
        qtbot.wait(round(SOON_S * 4000))
        assert len(tries) < 6, "again after another while, not at once"
        qtbot.waitUntil(lambda: len(tries) > 1)
    assert wait_for_workers(10)
    _edit(workspace, "two")
    qtbot.waitUntil(lambda: _kept(folder)[:1] == ["two"])
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_defect_while_keeping_does_not_hold_up_the_job(
    workspace: Workspace,
    folder: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def break_down(files: RecoveryFiles, snapshot: Snapshot) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(RecoveryFiles, "write", break_down)
    autosave = Autosave(workspace, folder, 3600)
    _edit(workspace, "one")
    done: list[int] = []
    with qtbot.waitSignal(autosave.failed):
        workspace.runner.start("job", lambda _: done.append(1), lambda _: None)
    qtbot.waitUntil(lambda: not workspace.runner.busy)
    assert done == [1]
    assert "ZeroDivisionError" in capsys.readouterr().err
    autosave.end()


def test_a_folder_that_cannot_be_made_is_told(workspace: Workspace, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("in the way")
    autosave = Autosave(workspace, tmp_path / "file" / "recovery", SOON_S)
    with qtbot.waitSignal(autosave.failed):
        _edit(workspace, "one")
    autosave.end()


def test_a_closed_window_leaves_nothing(workspace: Workspace, folder: Path, qtbot: QtBot) -> None:
    autosave = Autosave(workspace, folder, SOON_S)
    _edit(workspace, "one")
    qtbot.waitUntil(lambda: bool(_kept(folder)))
    _edit(workspace, "two")
    autosave.end()
    qtbot.wait(round(SOON_S * 4000))
    assert not list(folder.iterdir())


def test_a_study_that_is_open_elsewhere_is_told(workspace: Workspace, tmp_path: Path, qtbot: QtBot) -> None:
    follower = OpenStudy(workspace.document, tmp_path / "open")
    told: list[str] = []
    follower.shared.connect(told.append)
    workspace.document.saved(tmp_path / "Marked^Name.fusion.json")
    (lock,) = (tmp_path / "open").iterdir()
    assert "Marked" not in lock.name
    workspace.document.saved(tmp_path / "x" / ".." / "Marked^Name.fusion.json")
    assert told == []
    workspace.document.saved(tmp_path / "other.fusion.json")
    elsewhere = HeldLock.take(lock)
    assert elsewhere is not None
    workspace.document.saved(tmp_path / "Marked^Name.fusion.json")
    assert told == ["Marked^Name.fusion.json"]
    elsewhere.release()
    workspace.document.saved(tmp_path / "Marked^Name.fusion.json")  # now it is this window's
    assert HeldLock.take(lock) is None
    follower.release()
    assert list((tmp_path / "open").iterdir()) == []


def test_the_view_is_kept_with_the_study(workspace: Workspace, autosave: Autosave, folder: Path, qtbot: QtBot) -> None:
    workspace.view_model.set_layout("mosaic")
    _edit(workspace, "one")
    qtbot.waitUntil(lambda: bool(_kept(folder)))
    (path,) = folder.glob("*.json")
    view = load_study(path).view
    assert isinstance(view, ViewState)
    assert view.layout == "mosaic"


def test_a_history_that_undo_and_redo_made_longer_is_kept_until_it_is_saved(
    workspace: Workspace, autosave: Autosave, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    document = workspace.document
    document.apply("Accept", edits.set_review(document.state, "accepted", ""))
    document.saved(tmp_path / "a.fusion.json")
    document.undo_stack.undo()
    document.undo_stack.redo()
    assert document.undo_stack.isClean()

    def kept() -> list[list[str]]:
        return [[event.kind for event in study.without_images.alignment.history] for study in _studies(folder)]

    qtbot.waitUntil(lambda: ["accepted", "undone", "redone"] in kept())
    document.saved(tmp_path / "a.fusion.json")
    qtbot.waitUntil(lambda: kept() == [])
