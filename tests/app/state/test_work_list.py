"""The list of a batch's studies: worst first, with the reviews that their files hold."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from answers import Answers
from batch_folders import ROWS, batch_folder
from command_context import GivenAnswers, context_of
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands.batch import batch_review
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.worklist import work_list
from fusionviewer.app.state.worklist.work_list import WorkList, read_batch
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks import disk
from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.process.workers import wait_for_workers
from fusionviewer.quality.batch.records import LIST, STUDY
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import load_study, save_study


@pytest.fixture
def folder(tmp_path: Path, phantom_files: tuple[Path, Path]) -> Path:
    (tmp_path / "batch").mkdir()
    return batch_folder(tmp_path / "batch", phantom_files)


@pytest.fixture
def work(folder: Path) -> WorkList:
    made = WorkList(Document())
    made.take(read_batch(folder))
    return made


def ids(work: WorkList) -> list[str]:
    return [item.record.id for item in work.items]


def review(study: Path, verdict: str, document: Document) -> None:
    """Do as the window: open, review and save."""
    state = load_study(study).without_images
    document.replace(state)
    document.saved(study)
    reviewed = edits.set_review(state, verdict, "", by="AB") if verdict else state  # type: ignore[arg-type]
    document.apply("Review", reviewed)
    save_study(document.state, None, study)
    document.saved(study)


def test_the_worst_is_first_and_what_has_no_study_last(work: WorkList) -> None:
    assert ids(work) == ["w1", "l1", "f1", "r1"]
    assert [item.study is None for item in work.items] == [False, False, False, True]
    assert (work.studies, work.reviewed, work.current, work.next_waiting) == (3, 0, None, 0)


def test_a_review_is_seen_once_it_is_saved(folder: Path) -> None:
    document = Document()
    work = WorkList(document)
    work.take(read_batch(folder))
    told: list[int | None] = []
    work.changed.connect(lambda: told.append(work.reviewed))
    study = folder / "l1" / STUDY
    document.replace(load_study(study).without_images)
    document.saved(study)
    assert (work.current, work.next_waiting) == (1, 2)
    document.apply("Accept", edits.set_review(document.state, "accepted", "", by="AB"))
    assert work.items[1].mark == "", "what is not saved is not told"
    save_study(document.state, None, study)
    document.saved(study)
    assert (work.items[1].mark, work.reviewed, told[-1]) == ("accepted", 1, 1)
    document.replace(FusionState())
    assert (work.current, work.next_waiting) == (None, 0)


def test_a_review_of_another_pose_does_not_count(folder: Path, phantom_files: tuple[Path, Path]) -> None:
    study = folder / "w1" / STUDY
    state = edits.set_review(load_study(study).without_images, "accepted", "", by="AB")
    save_study(edits.set_pose(state, RigidTransform.identity(), "hand"), None, study)
    work = WorkList(Document())
    work.take(read_batch(folder))
    assert (work.items[0].mark, work.items[0].waits, work.reviewed) == ("out of date", True, 0)


def test_after_the_last_one_it_begins_from_the_top_until_all_are_reviewed(folder: Path) -> None:
    document = Document()
    work = WorkList(document)
    work.take(read_batch(folder))
    for row, then in ((2, 0), (0, 1), (1, None)):
        study = work.items[row].study
        assert study is not None
        review(study, "rejected", document)
        assert (work.current, work.next_waiting) == (row, then)
    assert work.reviewed == 3


def test_a_folder_that_no_batch_has_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="is not the folder of a batch"):
        read_batch(tmp_path)
    (tmp_path / LIST).write_text('{"format": "fusionviewer batch", "version": 1, "rows": ["../x"]}')
    with pytest.raises(UnreadableInput, match="is damaged"):
        read_batch(tmp_path)


def test_the_command_asks_for_a_folder_once(folder: Path, workspace: Workspace, qtbot: QtBot) -> None:
    dialogs = GivenAnswers()
    context = context_of(workspace, dialogs=dialogs)
    batch_review.show_list(context)
    assert dialogs.asked == ["Open the folder of a batch"]
    dialogs.file = folder
    batch_review.show_list(context)
    wait_until_idle(workspace, qtbot)
    batch_review.show_list(context)
    assert dialogs.asked == ["Open the folder of a batch"] * 2 + ["work list"] * 2
    dialogs.file = folder.parent
    batch_review.choose_batch(context)
    with qtbot.waitSignal(workspace.failed, check_params_cb=lambda error: "is not the folder of a batch" in str(error)):
        wait_until_idle(workspace, qtbot)
    assert workspace.work_list.folder == folder
    assert len(workspace.work_list.items) == len(ROWS)


def test_reading_a_batch_can_be_left(folder: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where its disk no longer answers."""
    answered = threading.Event()
    monkeypatch.setattr(work_list, "mark_of", lambda _: answered.wait(20) and "")
    dialogs = GivenAnswers(file=folder)
    context = context_of(workspace, dialogs=dialogs)
    batch_review.choose_batch(context)
    batch_review.choose_batch(context)  # refused while one is read
    workspace.runner.cancel()
    answered.set()
    assert wait_for_workers(10)
    assert (workspace.work_list.folder, dialogs.asked) == (None, ["Open the folder of a batch"])


def test_a_disk_that_has_gone_holds_no_review_up(folder: Path, work: WorkList, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(disk, "PATIENCE_S", 0.05)
    monkeypatch.setattr(work_list, "mark_of", lambda _: answered.wait(20) and "rejected")
    work.read_mark(0)
    assert work.items[0].mark == ""
    answered.set()
    assert wait_for_workers(10)
    work.read_mark(0)
    assert work.reviewed == 1


def test_what_has_no_study_says_why(folder: Path, workspace: Workspace, answers: Answers) -> None:
    said: list[str] = []
    workspace.hindered.connect(said.append)
    workspace.work_list.take(read_batch(folder))
    batch_review.open_row(workspace, 3)
    assert said == ["r1 has no result: ‹moving› is not an image."]
    assert answers.asked == []
