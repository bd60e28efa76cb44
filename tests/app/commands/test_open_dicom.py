"""DICOM folders: which series is asked for, what is read after the answer, and what stays."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from answers import Answers
from dicom_series import Series, dicomdir, oblique_mr
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks import image_reading
from fusionviewer.app.tasks.image_reading import Wanted
from fusionviewer.app.tasks.series_question import SeriesPicks, SeriesQuestion
from fusionviewer.errors import FusionError
from fusionviewer.imaging.dicom import folder as dicom_folder
from fusionviewer.imaging.dicom.headers import SeriesHeaders, scan
from fusionviewer.imaging.volume import Volume
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer, Progress
from fusionviewer.session.state import SIDES

CT = Series(number=1, description="thin")
BONE = Series(number=2, description="bone")
MR = oblique_mr(number=3, description="t1")
KEYS: Final[SeriesPicks] = {"fixed": (MR.uid, 1), "moving": (CT.uid, 1)}


@pytest.fixture
def cd(tmp_path: Path) -> Path:
    """Two CTs and an MR."""
    for series in (CT, BONE, MR):
        series.write(tmp_path / "cd" / str(series.number))
    return tmp_path / "cd"


def names(workspace: Workspace) -> list[str | None]:
    state = workspace.document.state
    return [None if volume is None else volume.name for volume in (state.fixed, state.moving)]


def test_both_images_of_a_folder_are_chosen_in_one_go(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers
) -> None:
    answers.series = KEYS
    open_save.open_dicom(workspace, cd)
    wait_until_idle(workspace, qtbot)
    assert answers.asked == ["discard", "series"]
    assert answers.series_question is not None
    assert answers.series_question.sides == SIDES
    assert names(workspace) == ["t1", "thin"]
    moving = workspace.document.state.moving
    assert moving is not None
    assert moving.source is not None
    assert (moving.source.path, moving.source.series_uid) == (cd, CT.uid)


@pytest.mark.usefixtures("read_here")
def test_headers_are_read_once_only(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans: list[Path] = []

    def counted(path: Path, observer: Observer) -> tuple[SeriesHeaders, ...]:
        scans.append(path)
        return scan(path, observer)

    monkeypatch.setattr(dicom_folder, "scan", counted)
    answers.series = KEYS
    open_save.open_dicom(workspace, cd)
    wait_until_idle(workspace, qtbot)
    assert names(workspace) == ["t1", "thin"]
    assert scans == [cd]


def test_what_is_not_chosen_stays_as_it_is(workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers) -> None:
    open_save.open_dicom(workspace, cd)
    wait_until_idle(workspace, qtbot)
    assert names(workspace) == [None, None]
    answers.series = {"moving": KEYS["moving"]}
    open_save.open_dicom(workspace, cd)
    wait_until_idle(workspace, qtbot)
    assert names(workspace) == [None, "thin"]
    answers.series = {"fixed": KEYS["fixed"]}
    open_save.open_dicom(workspace, cd)
    wait_until_idle(workspace, qtbot)
    assert names(workspace) == ["t1", "thin"]
    question = answers.series_question
    assert question is not None
    assert (question.sides, question.optional, question.open_modalities) == (("fixed",), ("moving",), {"moving": "CT"})


def test_for_one_image_the_other_can_be_chosen_too(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers
) -> None:
    answers.series = KEYS
    open_save.open_images(workspace, {"moving": Wanted(cd)})
    wait_until_idle(workspace, qtbot)
    assert names(workspace) == ["t1", "thin"]


def test_one_folder_for_both_images_is_asked_about_once(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers
) -> None:
    answers.series = KEYS
    open_save.open_images(workspace, {side: Wanted(cd) for side in SIDES})
    wait_until_idle(workspace, qtbot)
    assert answers.asked == ["discard", "series"]
    assert names(workspace) == ["t1", "thin"]


def test_beside_a_file_only_the_folders_image_is_asked_for(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers, phantom_mr: Volume
) -> None:
    write_volume(phantom_mr, cd.parent / "mr.nii.gz")
    answers.series = {"moving": KEYS["moving"]}
    open_save.open_images(workspace, {"fixed": Wanted(cd.parent / "mr.nii.gz"), "moving": Wanted(cd)})
    wait_until_idle(workspace, qtbot)
    assert answers.series_question is not None
    assert (answers.series_question.sides, answers.series_question.optional) == (("moving",), ())
    assert names(workspace) == ["mr", "thin"]


def test_a_dropped_folder_is_asked_for_both_images(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers
) -> None:
    answers.series = KEYS
    open_save.open_paths(workspace, [cd])
    wait_until_idle(workspace, qtbot)
    assert names(workspace) == ["t1", "thin"]
    answers.asked.clear()
    dicomdir(cd)
    open_save.open_paths(workspace, [cd / "DICOMDIR"])  # which one is meant is a part of the same question
    wait_until_idle(workspace, qtbot)
    assert answers.asked == ["discard", "series"]


def test_the_only_series_of_a_folder_takes_the_free_place(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers
) -> None:
    for folder, expected in ((cd / "3", ["t1", None]), (cd / "1", ["t1", "thin"])):
        open_save.open_dicom(workspace, folder)
        wait_until_idle(workspace, qtbot)
        assert names(workspace) == expected
    assert "series" not in answers.asked
    open_save.open_dicom(workspace, cd / "2")
    wait_until_idle(workspace, qtbot)
    assert answers.asked[-1] == "side"
    assert names(workspace) == ["t1", "thin"]
    answers.side = "moving"
    open_save.open_dicom(workspace, cd / "2")
    wait_until_idle(workspace, qtbot)
    assert names(workspace) == ["t1", "bone"]


def test_a_file_of_a_series_asks_with_its_series_meant(
    workspace: Workspace, qtbot: QtBot, tmp_path: Path, answers: Answers
) -> None:
    CT.write(tmp_path)
    path, *_ = BONE.write(tmp_path)
    open_save.open_images(workspace, {"fixed": Wanted(path)})
    wait_until_idle(workspace, qtbot)
    question = answers.series_question
    assert question is not None
    assert question.suggested()["fixed"].choice.uid == BONE.uid


def test_a_series_that_has_gone_meanwhile_is_said(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers
) -> None:
    heard: list[FusionError] = []
    workspace.failed.connect(heard.append)
    answers.series = {"fixed": ("1.2.3", 1)}
    open_save.open_dicom(workspace, cd)
    wait_until_idle(workspace, qtbot)
    assert [error.message for error in heard] == ["The series is not in the folder any more."]
    assert names(workspace) == [None, None]


def test_a_cancelled_search_changes_nothing(workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers) -> None:
    said: list[str] = []
    workspace.said.connect(said.append)
    open_save.open_dicom(workspace, cd)
    workspace.runner.cancel()
    assert workspace.runner.wait_for_threads(10)
    assert said == ["Reading was cancelled; nothing was changed."]
    assert "series" not in answers.asked
    assert not workspace.runner.busy


def test_a_study_that_is_pointed_to_a_folder_of_several_says_so(
    workspace: Workspace, qtbot: QtBot, cd: Path, answers: Answers, phantom_mr: Volume
) -> None:
    file = cd.parent / "mr.nii.gz"
    write_volume(phantom_mr, file)
    open_save.open_images(workspace, {"fixed": Wanted(file)})
    wait_until_idle(workspace, qtbot)
    assert save_study(workspace, cd.parent / "study")
    file.unlink()
    answers.place = cd
    heard: list[FusionError] = []
    workspace.failed.connect(heard.append)
    open_save.open_study(workspace, cd.parent / "study.fusion.json")
    wait_until_idle(workspace, qtbot)
    assert [error.message for error in heard] == ["cd holds 3 series that can be read."]


def test_reading_says_what_it_does(cd: Path) -> None:
    told: list[Progress] = []
    question = image_reading.read_folder(cd, SIDES, Observer(told.append))
    assert isinstance(question, SeriesQuestion)
    assert "Reading the headers of 24 files" in {progress.text for progress in told}
