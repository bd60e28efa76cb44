"""A hand on the mouse: events as Qt sends them, without a real pointer and without waiting."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QWidget

NONE = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


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
