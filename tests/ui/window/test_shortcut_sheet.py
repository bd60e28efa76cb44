"""The sheet of keys."""

from __future__ import annotations

from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.ui.window.shortcut_sheet import ShortcutSheet


def test_the_sheet_has_every_key_of_the_table(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    shown = {child.text() for child in sheet.findChildren(QLabel)}
    for action in ACTIONS:
        if action.keys and not action.key.startswith("pair_"):
            assert action.text.rstrip("…") in shown
    assert "1 … 9" in shown
