"""Keys struck in a widget, or in what has the keyboard."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

NONE, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_QTest: Any = QTest  # PyQt6's stubs take its static functions for methods


def key_click(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    _QTest.keyClick(widget, key, modifiers)


def key_press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key and hold it."""
    _QTest.keyPress(widget, key, modifiers)


def key_release(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    _QTest.keyRelease(widget, key, modifiers)


def key_clicks(widget: QWidget, text: str) -> None:
    """Type a text, letter by letter."""
    _QTest.keyClicks(widget, text)


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
    """Press a key in whatever has the keyboard."""
    for _ in range(times):
        has_it = QApplication.focusWidget()
        assert has_it is not None
        key_click(has_it, key, modifiers)
    QApplication.processEvents()


def type_in(box: QWidget, text: str) -> None:
    """Type something into a field in place of what is there, and Enter."""
    box.setFocus()
    box.selectAll()  # type: ignore[attr-defined]
    key_clicks(box, text)
    key_click(box, Qt.Key.Key_Return)
