"""Values and places under the mouse."""

from __future__ import annotations

import pytest
from mouse import Hand, mouse_move
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, OpenWindow

from fusionviewer.session.state import FusionState
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def test_the_value_under_the_mouse_follows_what_moves_beneath_it(window: MainWindow) -> None:
    view = window.images.view("fused.axial")
    mouse_move(view, QPoint(view.width() // 2, view.height() // 2))
    QApplication.processEvents()
    before = window.status.position_text
    assert "mm" in before
    view.scroll_slices(5)
    assert window.status.position_text != before
    window.workspace.view_model.set_layout("pairs")
    assert window.status.position_text == ""


def test_values_under_the_mouse_are_told_for_both_images(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(EMPTY)
    window.actions_by_key["open_sample"].trigger()
    wait_until_idle(window.workspace, qtbot)
    view = window.images.view("fused.axial")
    Hand(view).move(QPointF(view.width() / 2, view.height() / 2))
    text = window.status.position_text
    assert "mm" in text
    assert text.startswith("F")
    assert "\nM" in text
    assert "HU" in text
