"""A hand on the mouse: events as Qt sends them, without a real pointer and without waiting."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

NONE = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


_QTest: Any = QTest  # PyQt6's stubs take its static functions for methods


def mouse_click(widget: QWidget | None, button: Qt.MouseButton = LEFT, *, pos: QPoint | None = None) -> None:
    """One whole click, in the middle or at a place in the widget's own pixels."""
    assert widget is not None
    _QTest.mouseClick(widget, button, pos=QPoint() if pos is None else pos)


def double_click(widget: QWidget, *, pos: QPoint) -> None:
    """The second of two quick clicks."""
    _QTest.mouseDClick(widget, LEFT, pos=pos)
    _QTest.mouseRelease(widget, LEFT, pos=pos)


def mouse_move(widget: QWidget, pos: QPoint) -> None:
    _QTest.mouseMove(widget, pos)


class Hand:
    """Presses, moves and turns over one widget, in its own pixels."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._held = Qt.MouseButton.NoButton
        self._last = QPointF(-100.0, -100.0)

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self._held |= button
        self._send(QEvent.Type.MouseButtonPress, at, button, modifiers)

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self._send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, modifiers)

    def release(self, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self._held &= ~button
        self._send(QEvent.Type.MouseButtonRelease, self._last, button, modifiers)

    def click(self, at: QPointF, button: Qt.MouseButton = LEFT) -> None:
        self.press(at, button)
        self.release(button)

    def double_click(self, at: QPointF) -> None:
        self.click(at)
        self._held |= LEFT
        self._send(QEvent.Type.MouseButtonDblClick, at, LEFT, NONE)
        self.release()

    def drag(
        self,
        start: QPointF,
        end: QPointF,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
        *,
        steps: int = 4,
    ) -> None:
        """Press, move in steps and keep holding."""
        self.press(start, button, modifiers)
        for n in range(1, steps + 1):
            self.move(start + (end - start) * (n / steps), modifiers)

    def wheel(self, at: QPointF, turned: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        event = QWheelEvent(
            at,
            self._widget.mapToGlobal(at),
            QPoint(),
            QPoint(0, turned),
            self._held,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self._widget, event)

    def _send(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        self._last = at
        event = QMouseEvent(kind, at, self._widget.mapToGlobal(at), button, self._held, modifiers)
        QApplication.sendEvent(self._widget, event)
