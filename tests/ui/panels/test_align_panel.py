"""The three pages of the align panel."""

from __future__ import annotations

import pytest
from keyboard import key_click
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from windows import OpenWindow

from fusionviewer.app.commands.window import show_step
from fusionviewer.session.state import FusionState
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def shown_page(window: MainWindow) -> str:
    return window.column.align.page


def seen(window: MainWindow, key: str) -> bool:
    return any(b.isVisibleTo(window) for b in window.findChildren(QPushButton, f"button_{key}"))


def test_each_way_has_its_page(window: MainWindow) -> None:
    show_step(window.workspace, "align")
    for page, key in (("Automatic", "register"), ("Landmarks", "fit_landmarks"), ("Manual", "reset_start")):
        window.column.align.show_page(page)  # type: ignore[arg-type]
        assert window.column.align.page == page
        others = {"register", "fit_landmarks", "reset_start"} - {key}
        assert seen(window, key)
        assert not any(seen(window, other) for other in others)


def test_what_is_begun_with_a_key_brings_its_page(window: MainWindow) -> None:
    window.images.setFocus()
    key_click(window.images, Qt.Key.Key_N)
    assert shown_page(window) == "Landmarks"
    key_click(window.images, Qt.Key.Key_M)
    assert shown_page(window) == "Manual"
    key_click(window.images, Qt.Key.Key_F5)
    assert shown_page(window) == "Automatic"
    window.workspace.runner.cancel()
