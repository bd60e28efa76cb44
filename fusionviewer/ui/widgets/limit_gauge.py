"""How much of a limit is used: a slim bar that fills, and the number beside it."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QSizePolicy, QWidget

from fusionviewer.ui.look.theme import UNIT, colours, number_font, scaled

_BAR: Final = 6.0
_NAME: Final = 10 * UNIT
_TOUCHED: Final = "▲ "
"""Before the number of a limit that was touched: the colour alone would not tell everybody."""


class LimitGauge(QFrame):
    """One limit: its name, a bar from 0 to the limit, and "2.31 of 10 mm". Its size never changes."""

    def __init__(self, name: str, unit: str, decimals: int, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._unit = unit
        self._decimals = decimals
        self._used: float | None = None
        self._limit = 0.0
        self._touched = False
        self.setObjectName(f"gauge_{name.lower()}")
        self.setFont(number_font())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip)
        self.show_used(None, 0.0, touched=False)

    def show_used(self, used: float | None, limit: float, *, touched: bool) -> None:
        """Show so much of a limit, in its unit; None: nothing has been used, because nothing was refined."""
        self._used, self._limit, self._touched = used, limit, touched
        said = self.text or "nothing was refined"
        self.setAccessibleName(f"{self._name}: {said}{', limit reached' if touched else ''}")
        self.update()

    @property
    def text(self) -> str:
        """The number as it is written beside the bar; empty if nothing was refined."""
        if self._used is None:
            return ""
        if self._limit == 0:
            return "locked"
        return f"{_TOUCHED if self._touched else ''}{self._used:.{self._decimals}f} of {self._limit:g}{self._unit}"

    @property
    def share(self) -> float:
        """How far the bar is filled, 0…1."""
        return min(1.0, self._used / self._limit) if self._used is not None and self._limit > 0 else 0.0

    def sizeHint(self) -> QSize:
        return QSize(30 * UNIT, max(2 * UNIT, QFontMetrics(self.font()).height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height, now, name = self.width(), self.height(), colours(), scaled(_NAME)
        number = QFontMetrics(self.font()).horizontalAdvance(f"{_TOUCHED}00.00 of 00.0 mm")
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(now.caption))
        painter.drawText(QRectF(0, 0, name, height), middle, self._name)
        painter.setPen(QColor(now.caution if self._touched else now.text))
        painter.drawText(QRectF(width - number, 0, number, height), middle | Qt.AlignmentFlag.AlignRight, self.text)
        groove = QRectF(name, (height - _BAR) / 2, width - number - name - UNIT, _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.field if self._used is None else now.line))
        painter.drawRoundedRect(groove, _BAR / 2, _BAR / 2)
        if self.share > 0:
            painter.setClipRect(QRectF(groove.left(), 0, groove.width() * self.share, height))
            painter.setBrush(QColor(now.caution if self._touched else now.accent))
            painter.drawRoundedRect(groove, _BAR / 2, _BAR / 2)
