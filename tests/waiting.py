"""Waiting for what works in the background."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from answers import Answers
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.process.workers import wait_for_workers


def wait_until_idle(workspace: Workspace, qtbot: QtBot) -> None:
    """Until no job runs; a machine that is busy gets all the time that it needs."""
    qtbot.waitUntil(lambda: not workspace.runner.busy, timeout=120_000)


@contextmanager
def open_workspace(answers: Answers) -> Iterator[Workspace]:
    """A workspace without a window; afterwards nothing of it works any more."""
    made = Workspace(answers)
    yield made
    made.runner.cancel()
    made.check.end()
    assert made.runner.wait_for_threads(10)
    assert wait_for_workers(10)
    made.deleteLater()
