"""Saving never takes the place of what others have saved, and never waits for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from answers import Answers

from fusionviewer.app.commands.studies import save_study as saving
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks import disk
from fusionviewer.errors import FusionError
from fusionviewer.process.workers import Worker
from fusionviewer.session.state import Target
from fusionviewer.session.study_file import digest_on_disk, load_study


@pytest.fixture
def study(workspace: Workspace, tmp_path: Path) -> Path:
    """A study that was saved, and changed since."""
    path = tmp_path / "s.fusion.json"
    _edit(workspace, "first")
    assert save_study(workspace, path)
    _edit(workspace, "second")
    return path


def _edit(workspace: Workspace, name: str) -> None:
    document = workspace.document
    document.apply("Edit", replace(document.state, targets=(Target(name, (0.0, 0.0, 0.0)),)))


def _saved(path: Path) -> str:
    return load_study(path).without_images.targets[0].name


def test_one_window_is_not_asked(workspace: Workspace, study: Path, answers: Answers) -> None:
    assert save_study(workspace, study)
    study.touch()  # a copy or a backup may set its time: its content is what counts
    _edit(workspace, "third")
    assert save_study(workspace, study)
    assert (_saved(study), answers.asked) == ("third", [])


def _write(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"first"', b'"other"'))


@pytest.mark.parametrize(
    ("meanwhile", "told"), [(_write, "s.fusion.json changed"), (Path.unlink, "s.fusion.json removed")]
)
def test_what_others_did_meanwhile_is_asked_about(
    workspace: Workspace, study: Path, answers: Answers, meanwhile: Callable[[Path], None], told: str
) -> None:
    meanwhile(study)
    there = digest_on_disk(study)
    assert not save_study(workspace, study)  # Cancel
    assert answers.asked == [told]
    assert digest_on_disk(study) == there
    assert workspace.document.modified
    answers.replace = "elsewhere"
    assert save_study(workspace, study, lambda: save_study(workspace, study.with_name("t.fusion.json")))
    assert digest_on_disk(study) == there
    assert workspace.document.path == study.with_name("t.fusion.json")


def test_saving_anyway_replaces_it_and_is_asked_once(workspace: Workspace, study: Path, answers: Answers) -> None:
    _write(study)
    answers.replace = "replace"
    assert save_study(workspace, study)
    assert save_study(workspace, study)
    assert (_saved(study), answers.asked) == ("second", ["s.fusion.json changed"])


def test_a_disk_that_does_not_answer_is_left(
    workspace: Workspace, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, hung = threading.Event(), threading.Event()

    def fsync(_: int) -> None:
        hung.set()
        go_on.wait(10.0)

    monkeypatch.setattr(disk, "PATIENCE_S", 0.1)
    monkeypatch.setattr(os, "fsync", fsync)
    offered: list[tuple[FusionError, Callable[[], bool]]] = []
    workspace.not_saved.connect(lambda error, elsewhere: offered.append((error, elsewhere)))
    before = study.read_bytes()
    assert not save_study(workspace, study, lambda: True)
    assert hung.is_set()
    assert "has not answered" in str(offered[0][0])
    assert workspace.document.modified
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "asking a disk":
            thread.join(5.0)
    assert study.read_bytes() == before  # what comes too late is not written any more
    assert list(study.parent.iterdir()) == [study]


def test_a_full_disk_leaves_the_old_file(workspace: Workspace, study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    offered: list[FusionError] = []
    workspace.not_saved.connect(lambda error, _: offered.append(error))
    before = study.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    assert not save_study(workspace, study, lambda: True)
    assert "the disk is full" in offered[0].message
    assert study.name in offered[0].message
    assert study.read_bytes() == before
    assert list(study.parent.iterdir()) == [study]


def test_where_no_thread_can_be_had_it_is_saved_all_the_same(
    workspace: Workspace, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(Worker, "start", no_thread)
        assert saving.save_study(workspace, study)
    assert _saved(study) == "second"


def test_exports_wait_no_longer(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(disk, "PATIENCE_S", 0.05)
    told: list[FusionError] = []
    workspace.failed.connect(told.append)
    assert not workspace.written(lambda: go_on.wait(10.0), tmp_path / "points.csv")
    go_on.set()
    assert [error.message for error in told] == ["The disk of points.csv has not answered for 0 seconds."]
