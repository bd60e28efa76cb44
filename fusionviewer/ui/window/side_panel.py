"""The right-hand column: the panel of the step, and the windows of both images below."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from fusionviewer.app.state.guidance import Step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.ui.panels.align_panel import AlignPanel
from fusionviewer.ui.panels.check_panel import CheckPanel
from fusionviewer.ui.panels.export_panel import ExportPanel
from fusionviewer.ui.panels.open_panel import OpenPanel
from fusionviewer.ui.panels.window_panel import WindowPanel
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.theme import UNIT, follow_theme, scaled

WIDTH = 42 * UNIT
WIDEST = 54 * UNIT
"""Pixels: as in a window of 1280×800, and as in one that has room for a wider column; more for larger letters."""


class SidePanel(QWidget):
    """One panel at a time, scrolled if it is higher than the window; its width changes only with the window's."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = CheckPanel(workspace, actions)
        self.align = AlignPanel(workspace, actions)
        panels: dict[Step, QWidget] = {
            "open": OpenPanel(workspace, actions),
            "align": self.align,
            "check": self.check,
            "export": ExportPanel(workspace, actions),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._stack = QStackedWidget()
        self._pages: dict[str, QWidget] = {}
        for step, panel in panels.items():
            page = _scrolled(panel)
            self._pages[step] = page
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        rule = QFrame()  # what scrolls ends here
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        column.addWidget(rule)
        self._windows = WindowPanel(workspace)
        self._windows.setContentsMargins(2 * UNIT, 0, 2 * UNIT, 0)
        column.addWidget(self._windows)
        follow_theme(self, self._fit)

    def _fit(self) -> None:
        self.setMinimumWidth(max(WIDTH, scaled(WIDTH)))
        self.setMaximumWidth(max(WIDEST, scaled(WIDEST)))
        self._adapt_to_height()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._adapt_to_height()

    def _adapt_to_height(self) -> None:
        """Tell the panels how high the column is, in pixels of the usual size of letters."""
        height = self.height() * 100 // scaled(100)
        self._windows.adapt_to_height(height)
        self.align.adapt_to_height(height)

    def show_step(self, step: str) -> None:
        """Show the panel of a step."""
        self._stack.setCurrentWidget(self._pages[step])


def _scrolled(panel: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    panel.setContentsMargins(2 * UNIT, 0, 2 * UNIT, UNIT)
    area.setWidget(panel)
    return area
