"""Accept and next: the review is saved before the next study of the list is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Answers
from command_context import GivenAnswers, context_of
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from work_lists import open_list

from fusionviewer.app.actions.registry import BY_KEY
from fusionviewer.app.commands import open_save
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.imaging.readers import read_volume
from fusionviewer.session.edits import new_study
from fusionviewer.session.study_file import load_study, save_study


@pytest.fixture
def studies(phantom_files: tuple[Path, Path], tmp_path: Path) -> list[Path]:
    """Two studies of the same images."""
    state = new_study(*(read_volume(path) for path in phantom_files))
    paths = [tmp_path / f"{name}.fusion.json" for name in "ab"]
    for path in paths:
        save_study(state, None, path)
    return paths


def test_the_study_is_accepted_and_saved_and_the_next_one_opened(
    workspace: Workspace, studies: list[Path], answers: Answers, qtbot: QtBot
) -> None:
    open_save.open_study(workspace, studies[0])
    wait_until_idle(workspace, qtbot)
    assert "No batch is open" in BY_KEY["accept_next"].need(workspace)
    open_list(workspace, studies)
    assert BY_KEY["accept_next"].need(workspace) == ""
    answers.asked.clear()
    review_commands.accept_and_next(context_of(workspace))
    wait_until_idle(workspace, qtbot)
    first, second = (load_study(path).without_images.alignment.review for path in studies)
    assert first is not None
    assert (first.verdict, first.by) == ("accepted", "AB")
    assert second is None
    assert workspace.document.path == studies[1]
    assert BY_KEY["accept_next"].need(workspace) == "No other study of the batch is left to review."
    with qtbot.waitSignal(workspace.said, check_params_cb=lambda text: "No other study" in text):
        review_commands.accept_and_next(context_of(workspace))


def test_without_initials_nothing_is_opened(workspace: Workspace, studies: list[Path], qtbot: QtBot) -> None:
    open_save.open_study(workspace, studies[0])
    wait_until_idle(workspace, qtbot)
    open_list(workspace, studies)
    review_commands.accept_and_next(context_of(workspace, dialogs=GivenAnswers(initials=" ")))
    assert workspace.document.path == studies[0]
    assert load_study(studies[0]).without_images.alignment.review is None
