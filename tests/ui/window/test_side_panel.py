"""The right-hand column keeps its width in a small window, and has more of it in a large one."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.side_panel import WIDEST, WIDTH


@pytest.mark.parametrize(("window_width", "width"), [(1200, WIDTH), (1280, WIDTH), (1920, WIDEST), (2560, WIDEST)])
def test_its_width_goes_with_the_windows(qtbot: QtBot, window_width: int, width: int) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.resize(window_width, 800)
    with qtbot.waitExposed(window):
        window.show()
    assert window.column.width() == width
    for step in ("open", "align", "check", "export"):
        window.column.show_step(step)
        assert window.column.width() == width
