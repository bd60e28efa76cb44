"""A label of one line: what does not fit is elided, and the tool tip has all of it."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy, QWidget

from fusionviewer.ui.look.theme import number_font


class ElidedLabel(QLabel):
    """Text that never asks for more room than there is, so that nothing moves when it changes."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._short = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(number_font())
        self.setIndent(0)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str, tip: str = "", short: str = "") -> None:
        """Show a text, or where it does not fit a `short` one; the tool tip has all of it, and what more there is."""
        self._short = short
        self.setText(text)
        self.setToolTip("\n".join(part for part in (text, tip) if part))

    @property
    def shown(self) -> str:
        """What there is room for."""
        room, metrics, text = self.contentsRect().width(), self.fontMetrics(), self.text()
        if self._short and metrics.horizontalAdvance(text) > room:
            text = self._short
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

    def sizeHint(self) -> QSize:
        """As high as a line of its own typeface: a sign from another one must not move what stands below."""
        margins = self.contentsMargins()
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + margins.top() + margins.bottom())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, style = QPainter(self), self.style()
        if style is not None:
            flags = int(self.alignment() | Qt.AlignmentFlag.AlignVCenter)
            rect, enabled = self.contentsRect(), self.isEnabled()
            style.drawItemText(painter, rect, flags, self.palette(), enabled, self.shown, self.foregroundRole())
