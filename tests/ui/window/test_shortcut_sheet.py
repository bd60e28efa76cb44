"""The sheet of keys."""

from __future__ import annotations

from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fusionviewer.app.actions.registry import MENUS, key_rows
from fusionviewer.ui.widgets.action_set import native_key
from fusionviewer.ui.window.shortcut_sheet import ShortcutSheet


def test_the_sheet_has_every_key_of_the_table(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    shown = {child.text() for child in sheet.findChildren(QLabel)}
    for row in (row for menu in MENUS for row in key_rows(menu)):
        assert row.written(native_key) in shown
        assert row.meaning in shown
    assert "1 … 9" in shown
