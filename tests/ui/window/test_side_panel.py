"""The right-hand column keeps its width in a small window, and has more of it in a large one."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication
from windows import OpenWindow

from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.steps import STEPS
from fusionviewer.ui.window.side_panel import WIDEST, WIDTH


@pytest.mark.parametrize(("window_width", "width"), [(1000, WIDTH), (1280, WIDTH), (1920, WIDEST), (2560, WIDEST)])
def test_its_width_goes_with_the_windows(open_window: OpenWindow, window_width: int, width: int) -> None:
    window = open_window()
    window.resize(window_width, 800)
    QApplication.processEvents()
    assert window.column.width() == width
    for step, _ in STEPS:
        show_step(window.workspace, step)
        assert window.column.width() == width
