"""The sheet of keys."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot
from windows import Dress

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


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_it_fits_the_screen_and_every_line_fits_the_sheet(qtbot: QtBot, dressed: Dress, scale: float) -> None:
    dressed(scale=scale)
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    with qtbot.waitExposed(sheet):
        sheet.show()
    QApplication.processEvents()
    screen = sheet.screen()
    assert screen is not None
    assert sheet.width() <= screen.availableSize().width()
    assert sheet.height() < screen.availableSize().height()
    area = sheet.findChild(QScrollArea)
    assert area is not None
    content = area.widget()
    assert content is not None
    assert content.width() <= area.maximumViewportSize().width()
    for line in content.findChildren(QLabel):
        assert line.height() >= line.heightForWidth(line.width()), line.text()
