"""The reasons of an assessment, in a room that never grows: those with a place have a button that goes there."""

from __future__ import annotations

from typing import Final

import numpy as np
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from fusionviewer.app.commands.landmarks.targets import look_at
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.wording import sentence
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.controls import label

LINES: Final = ((400, 2), (560, 3), (800, 5))
"""(height, lines): in a lower column than that, so many lines of captions are seen at once; the others scroll."""

MOST_LINES: Final = 8

_SIGNS: Final = {"warning": "▲ ", "note": "· ", "fact": "· "}


class ReasonList(QScrollArea):
    """A line for each reason, the weightiest first; always equally high."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: tuple[Finding, ...] = ()
        self.setObjectName("reasons")
        self.setAccessibleName("Reasons of the assessment")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, UNIT, 0)
        self._column.setSpacing(UNIT // 2)
        self._lines = LINES[-1][1]
        self._measure = label("x", "caption")
        self._measure.setParent(self)
        self._measure.hide()
        self.setWidget(self._inner)
        self._fix_height()

    def show_reasons(self, reasons: tuple[Finding, ...]) -> None:
        """Show these instead of what is there, from their beginning."""
        if reasons == self._shown:
            return
        self._shown = reasons
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for reason in reasons:
            self._column.addWidget(self._line(reason))
        self._column.addStretch(1)
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def adapt_to_height(self, height: int) -> None:
        """Show as many lines as suit a column of so many pixels, as if the letters had their usual size."""
        self._lines = next((lines for below, lines in LINES if height < below), MOST_LINES)
        self._fix_height()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fix_height()

    def _fix_height(self) -> None:
        self._measure.ensurePolished()
        self.setFixedHeight(self._lines * self._measure.fontMetrics().lineSpacing() + UNIT // 2)

    def _line(self, reason: Finding) -> QWidget:
        line = QWidget()
        parts = QHBoxLayout(line)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(UNIT)
        text = sentence(reason)
        role = "caption_warning" if reason.level == "warning" else "caption"
        parts.addWidget(label(f"{_SIGNS[reason.level]}{text}", role, wrap=True), 1)
        where = reason.where
        if where is not None:
            show = QToolButton()
            show.setObjectName(f"show_{reason.code}")
            show.setProperty("role", "link")
            show.setText("Show")
            show.setAccessibleName(f"Show: {text}")
            show.setToolTip("Put the crosshair there, in all views")
            show.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            show.clicked.connect(lambda _=False: look_at(self._workspace, np.asarray(where)))
            parts.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        return line
