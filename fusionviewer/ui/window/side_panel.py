"""The right-hand column: the panel of the step, and the windows of both images below. Made when it is first needed."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from fusionviewer.app.state.steps import Step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.panels.align_panel import AlignPanel
from fusionviewer.ui.panels.export_panel import ExportPanel
from fusionviewer.ui.panels.open_panel import OpenPanel
from fusionviewer.ui.panels.review_panel import ReviewPanel
from fusionviewer.ui.panels.window_panel import WindowPanel
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import MARGIN, scrolled

WIDTH = 42 * UNIT
WIDEST = 54 * UNIT
"""Pixels: as in a window of 1280×800, and as in one that has room for a wider column; more for larger letters."""


class SidePanel(QWidget):
    """One panel at a time, scrolled if it is higher than the window; its width changes only with the window's.

    Its panels take a third of a second to make, and the welcome page shows none of them: they are made when it is
    first shown, asked for one of them, or told to be ready.
    """

    made = pyqtSignal()
    """The panels are there."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._actions = actions
        self._panels: _Panels | None = None
        follow_theme(self, self._fit)

    @property
    def review(self) -> ReviewPanel:
        """The panel of step 3."""
        return self.get_ready().review

    @property
    def align(self) -> AlignPanel:
        """The panel of step 2."""
        return self.get_ready().align

    @property
    def open(self) -> OpenPanel:
        """The panel of step 1."""
        return self.get_ready().open

    def get_ready(self) -> _Panels:
        """The panels; the first call makes them."""
        if self._panels is None:
            self._panels = _Panels(self._workspace, self._actions, self)
            column = QVBoxLayout(self)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(self._panels)
            self._fit()
            self.made.emit()
        return self._panels

    def showEvent(self, event: QShowEvent | None) -> None:
        self.get_ready()
        super().showEvent(event)

    def _fit(self) -> None:
        self.setMinimumWidth(max(WIDTH, scaled(WIDTH)))
        self.setMaximumWidth(max(WIDEST, scaled(WIDEST)))
        self._adapt_to_height()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._adapt_to_height()

    def _adapt_to_height(self) -> None:
        """Tell the panels how high the column is, in pixels of the usual size of letters."""
        if self._panels is not None:
            self._panels.adapt_to_height(self.height() * 100 // scaled(100))


class _Panels(QWidget):
    """The four panels in a stack, and the windows of both images below."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.review = ReviewPanel(workspace, actions)
        self.align = AlignPanel(workspace, actions)
        self.open = OpenPanel(workspace, actions)
        self._pages: dict[Step, QWidget] = {
            "open": scrolled(self.open),
            "align": self.align,
            "review": self.review,
            "export": scrolled(ExportPanel(workspace, actions)),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        rule = QFrame()  # what scrolls ends here
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        column.addWidget(rule)
        self._windows = WindowPanel(workspace)
        self._windows.setContentsMargins(MARGIN, 0, MARGIN, 0)
        column.addWidget(self._windows)
        self._workspace = workspace
        workspace.window.changed.connect(self._show_step)
        self._show_step()

    def adapt_to_height(self, height: int) -> None:
        """Show as much as suits a column of so many pixels, as if the letters had their usual size."""
        self._windows.adapt_to_height(height)
        self.align.adapt_to_height(height)

    def _show_step(self) -> None:
        """Show the panel of the step, from its beginning."""
        page = self._pages[self._workspace.window.step]
        if page is self._stack.currentWidget():
            return
        self._stack.setCurrentWidget(page)
        bar = page.verticalScrollBar() if isinstance(page, QScrollArea) else None
        if bar is not None:
            bar.setValue(0)
        self.align.scroll_to_top()
        self.review.scroll_to_top()
