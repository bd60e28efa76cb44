"""The bar at the right edge of a pane: where its slice lies among all, and a way to go through them."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QSizePolicy, QSlider, QWidget

from fusionviewer.ui.look.theme import UNIT, colours
from fusionviewer.ui.pane.geometry import SliceCount

WIDTH: Final = UNIT + UNIT // 2
_GROOVE: Final = 4
_LEAST: Final = 2.5 * UNIT
"""Of the handle's height: it can be grasped in a stack of a thousand slices, too."""


class SliceBar(QSlider):
    """Up is where turning the wheel away goes: towards the patient's right, front or head.

    The keys for slices work in the panes, so that it does not stand in the way of Tab.
    """

    chosen = pyqtSignal(int)
    """The user goes to this slice, counted from 1."""
    wheeled = pyqtSignal(QWheelEvent)
    """The wheel was turned over the bar."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setObjectName(f"slices_{name}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.setFixedWidth(WIDTH)
        self._hovered = False
        self.setToolTip("Drag, or turn the wheel, to go through the slices")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all that lies below is painted as well

    def show_count(self, count: SliceCount | None) -> None:
        """Say which slice is shown; None: there is no image."""
        self.setEnabled(count is not None and count.count > 1)
        self.setRange(1, 1 if count is None else count.count)
        self.setValue(1 if count is None else count.number)

    def _handle(self) -> QRectF:
        room, shown = self.height() - 2.0, self.maximum() - self.minimum() + 1
        height = min(room, max(_LEAST, room / shown))
        share = (self.value() - self.minimum()) / max(1, shown - 1)
        return QRectF(2.0, 1.0 + (1.0 - share) * (room - height), self.width() - 4.0, height)

    def slice_at(self, y: float) -> int:
        """The slice for which the middle of the handle lies at a height, logical pixels."""
        handle = self._handle().height()
        share = (self.height() - y - handle / 2) / max(1.0, self.height() - handle)
        return self.minimum() + round(min(1.0, max(0.0, share)) * (self.maximum() - self.minimum()))

    def _go(self, y: float) -> None:
        number = self.slice_at(y)
        if number != self.value():
            self.chosen.emit(number)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event.position().y())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self.isSliderDown():
            self._go(event.position().y())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self.setSliderDown(False)
        self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            self.wheeled.emit(event)
            event.accept()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._hovered = False
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 12 * UNIT)

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH, 4 * UNIT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, now = QPainter(self), colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(now.window))
        if not self.isEnabled():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.line))
        painter.drawRoundedRect(QRectF((self.width() - _GROOVE) / 2, 1, _GROOVE, self.height() - 2), 2, 2)
        painter.setBrush(QColor(now.text if self._hovered or self.isSliderDown() else now.caption))
        painter.drawRoundedRect(self._handle(), 3, 3)
