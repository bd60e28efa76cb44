"""A label of so many lines and no more: its height never changes, and the tool tip has what does not fit."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QTextLayout, QTextOption
from PyQt6.QtWidgets import QLabel, QSizePolicy, QWidget

from fusionviewer.ui.widgets.controls import set_role


class ClampedLabel(QLabel):
    """Wrapped text in a fixed number of lines, so that nothing below moves when it changes."""

    def __init__(self, lines: int, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setIndent(0)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fix_height()

    def set_lines(self, lines: int) -> None:
        """Give it another number of lines."""
        self._lines = lines
        self._fix_height()

    def say(self, text: str, role: str) -> None:
        """Show a text in a role of the theme; the tool tip has all of it."""
        self.setText(text)
        self.setToolTip(text)
        set_role(self, role)

    def shown_lines(self) -> list[str]:
        """The text as it is broken into lines; the last one is elided where there is more."""
        text, width = self.text(), self.contentsRect().width()
        layout = QTextLayout(text, self.font())
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)  # the name of a file can be one long word
        layout.setTextOption(option)
        starts: list[int] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            starts.append(line.textStart())
        layout.endLayout()
        ends = [*starts[1:], len(text)]
        lines = [text[start:end].rstrip() for start, end in zip(starts, ends, strict=True)]
        if len(lines) > self._lines:
            rest = text[starts[self._lines - 1] :]
            elided = self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, width)
            lines = [*lines[: self._lines - 1], elided]
        return lines

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fix_height()

    def sizeHint(self) -> QSize:
        return QSize(0, self._lines * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        painter.setPen(self.palette().color(self.foregroundRole()))
        lines, top = self.shown_lines(), 0.0
        if self.alignment() & Qt.AlignmentFlag.AlignVCenter:
            top = (self.height() - len(lines) * metrics.lineSpacing()) / 2
        for number, line in enumerate(lines):
            painter.drawText(QPointF(0, top + metrics.ascent() + number * metrics.lineSpacing()), line)

    def _fix_height(self) -> None:
        self.setFixedHeight(self._lines * self.fontMetrics().lineSpacing())
