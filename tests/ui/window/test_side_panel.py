"""The right-hand column keeps its width in a small window, and has more of it in a large one."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication
from windows import OpenWindow

from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.steps import STEPS
from fusionviewer.app.tasks.image_reading import Opened
from fusionviewer.session.state import FusionState
from fusionviewer.ui.panels.align_panel import AlignPanel
from fusionviewer.ui.window import main_window
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


def test_the_panels_are_made_once_the_first_page_was_seen(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "AFTERWARDS_MS", 0)
    window = open_window(FusionState())
    assert window.column.findChild(AlignPanel) is not None


def test_a_start_does_not_wait_for_the_panels_and_images_bring_them(
    open_window: OpenWindow, study: FusionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "AFTERWARDS_MS", 3_600_000)
    window = open_window(FusionState())
    assert window.column.findChild(AlignPanel) is None
    show_study(window.workspace, study, Opened(study.volumes(), {"fixed": None, "moving": None}))
    QApplication.processEvents()
    assert window.column.align.isVisible() or window.column.review.isVisible()
    assert window.minimumWidth() >= window.column.minimumWidth()
