from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from answers import Answers
from fusion_checks import no_checks
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import open_workspace

from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Opened
from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.edits import new_study
from fusionviewer.session.recent import recent_file


@pytest.fixture(autouse=True)
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check of the fusion takes seconds: the tests of it ask for it."""
    no_checks(monkeypatch)


@pytest.fixture(autouse=True)
def _nothing_remembered_yet(qapp: QApplication) -> None:
    """What is preferred and remembered in one test must not change the next."""
    QSettings().clear()
    recent_file().unlink(missing_ok=True)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def workspace(qtbot: QtBot, answers: Answers) -> Iterator[Workspace]:
    with open_workspace(answers) as made:
        yield made


@pytest.fixture
def with_phantoms(
    workspace: Workspace, phantom_mr: Volume, phantom_ct: Volume, phantom_heads: Mapping[str, Points]
) -> Workspace:
    """A desk with the two phantoms on it."""
    opened = Opened(
        {"fixed": phantom_mr, "moving": phantom_ct},
        {"fixed": phantom_heads[phantom_mr.fingerprint], "moving": phantom_heads[phantom_ct.fingerprint]},
    )
    show_study(workspace, new_study(phantom_mr, phantom_ct), opened)
    return workspace
