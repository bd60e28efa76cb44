"""Waiting for what works in the background."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fusionviewer.app.state.workspace import Workspace


def wait_until_idle(workspace: Workspace, qtbot: QtBot) -> None:
    """Until no job runs; a machine that is busy gets all the time that it needs."""
    qtbot.waitUntil(lambda: not workspace.runner.busy, timeout=120_000)
