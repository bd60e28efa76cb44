"""The menu of recent studies."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Answers
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import OpenWindow, child

from fusionviewer.imaging.readers import read_volume
from fusionviewer.session import edits
from fusionviewer.session.recent import recent_studies
from fusionviewer.session.study_file import save_study
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.recent_menu import RecentMenu


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


def listed(window: MainWindow) -> list[QAction]:
    """What the menu holds when it is opened, but for the line above its last entry."""
    menu = child(window, RecentMenu)
    menu.aboutToShow.emit()
    return [entry for entry in menu.actions() if not entry.isSeparator()]


def saved(window: MainWindow, *paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.touch()
        window.workspace.document.saved(path)


def test_it_stands_below_open_study(window: MainWindow) -> None:
    bar = window.menuBar()
    assert bar is not None
    file = next(menu for menu in bar.findChildren(QMenu) if menu.title() == "&File")
    texts = [entry.text() for entry in file.actions()]
    assert texts[texts.index("Open study…") + 1] == "Recent studies"
    assert texts.count("Recent studies") == 1


def test_it_names_the_studies_that_are_there_and_their_folders_in_the_tool_tips(
    window: MainWindow, tmp_path: Path
) -> None:
    assert [(entry.text(), entry.isEnabled()) for entry in listed(window)] == [
        ("No recent studies", False), ("Clear list", False),
    ]  # fmt: skip
    one, two, three = (tmp_path / folder / "a & b.fusion.json" for folder in ("one", "two", "three"))
    saved(window, one, two, three)
    two.unlink()
    names, tips = zip(*((entry.text(), entry.toolTip()) for entry in listed(window)), strict=True)
    assert names == ("a && b", "a && b", "Clear list")
    assert tips[:2] == (str(three.parent), str(one.parent))


def test_the_list_is_cleared_and_the_studies_stay(window: MainWindow, tmp_path: Path) -> None:
    saved(window, tmp_path / "a.fusion.json")
    clear = listed(window)[-1]
    assert clear.isEnabled()
    clear.trigger()
    assert [entry.text() for entry in listed(window)] == ["No recent studies", "Clear list"]
    assert not window.actions_by_key["clear_recent"].isEnabled()
    assert (tmp_path / "a.fusion.json").exists()
    assert recent_studies() == ()


def test_it_says_that_nothing_is_remembered_where_that_is_preferred(window: MainWindow, tmp_path: Path) -> None:
    saved(window, tmp_path / "a.fusion.json")
    window.workspace.preferences.change(remember=False)
    assert [entry.text() for entry in listed(window)] == ["Not remembered (see Preferences)", "Clear list"]


def test_a_study_is_opened_from_it_after_asking_about_changes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, phantom_files: tuple[Path, Path]
) -> None:
    path = tmp_path / "mine.fusion.json"
    save_study(edits.new_study(*(read_volume(file) for file in phantom_files)), None, path)
    saved_path = tmp_path / "mine.fusion.json"
    window.workspace.document.saved(saved_path)
    workspace, answers = window.workspace, Answers()
    workspace.questions = answers
    answers.discard = False
    listed(window)[0].trigger()
    assert answers.asked == ["discard"]
    assert not workspace.runner.busy
    answers.discard = True
    listed(window)[0].trigger()
    assert [entry.isEnabled() for entry in listed(window)] == [False, True]  # it is being read
    assert "Reading the study" in listed(window)[0].toolTip()
    wait_until_idle(workspace, qtbot)
    assert window.status.sentence.text() == "Opened mine.fusion.json."
    assert window.windowTitle().startswith("mine")
    assert recent_studies() == (path,)
