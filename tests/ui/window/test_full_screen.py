"""The window fills the screen, and comes back as it was."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from windows import EMPTY, OpenWindow, press_in_views

from fusionviewer.ui.window.main_window import MainWindow


def shown(window: MainWindow) -> tuple[bool, bool]:
    """Whether the window fills the screen, and whether the menu says so."""
    QApplication.processEvents()
    return window.isFullScreen(), window.actions_by_key["full_screen"].isChecked()


def test_f11_fills_the_screen_and_leaves_it_and_esc_does_not(open_window: OpenWindow) -> None:
    window = open_window()
    assert shown(window) == (False, False)
    press_in_views(window, Qt.Key.Key_F11)
    assert shown(window) == (True, True)
    press_in_views(window, Qt.Key.Key_Escape)
    assert shown(window) == (True, True)
    press_in_views(window, Qt.Key.Key_F11)
    assert shown(window) == (False, False)


def test_it_needs_no_image_and_works_from_the_menu(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    action = window.actions_by_key["full_screen"]
    assert action.isEnabled()
    action.trigger()
    assert shown(window) == (True, True)
    action.trigger()
    assert shown(window) == (False, False)


def test_a_maximised_window_comes_back_maximised(open_window: OpenWindow) -> None:
    window = open_window()
    window.showMaximized()
    press_in_views(window, Qt.Key.Key_F11)
    assert shown(window) == (True, True)
    press_in_views(window, Qt.Key.Key_F11)
    assert shown(window) == (False, False)
    assert window.isMaximized()


def test_the_next_start_has_its_frame(open_window: OpenWindow) -> None:
    window = open_window()
    press_in_views(window, Qt.Key.Key_F11)
    window.close()
    again = open_window()
    assert shown(again) == (False, False)


def test_the_mark_follows_what_the_system_does(open_window: OpenWindow) -> None:
    window = open_window()
    window.showFullScreen()
    assert shown(window) == (True, True)
    window.showNormal()
    assert shown(window) == (False, False)
