"""Step 2: a page for each way to align: automatically, by landmarks, by hand."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QScrollArea, QTabBar, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.registration import Ending
from fusionviewer.session.changes import Changes
from fusionviewer.ui.landmarks.pair_table import HIGH_COLUMN, LandmarkTable
from fusionviewer.ui.panels.fle_section import FleSection
from fusionviewer.ui.panels.landmark_section import LandmarkSection
from fusionviewer.ui.panels.pose_section import PoseSection
from fusionviewer.ui.panels.refine_section import RefineSection
from fusionviewer.ui.panels.register_section import RegisterSection
from fusionviewer.ui.panels.results_section import ResultsSection
from fusionviewer.ui.panels.target_section import TargetSection
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import column_of
from fusionviewer.ui.widgets.theme import UNIT

Page: TypeAlias = Literal["Automatic", "Landmarks", "By hand"]

PAGES: tuple[Page, ...] = get_args(Page)

TIPS: Final[dict[Page, str]] = {
    "Automatic": "Register and refine by the images; the results side by side",
    "Landmarks": "Pairs of points, the fit to them, and their error",
    "By hand": "The six numbers of the pose, and where it is turned about",
}
"""What each page is for."""


class AlignPanel(QWidget):
    """One page at a time. What is begun elsewhere (a key, a tool) brings its page to the front."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._register = RegisterSection(workspace, actions)
        self._refine = RefineSection(workspace, actions)
        self._landmarks = LandmarkSection(workspace, actions)
        self._targets = TargetSection(workspace, actions)
        sections: dict[Page, tuple[QWidget, ...]] = {
            "Automatic": (self._register, self._refine, ResultsSection(workspace)),
            "Landmarks": (
                self._landmarks,
                FleSection(workspace, actions),
                self._targets,
            ),
            "By hand": (PoseSection(workspace, actions),),
        }
        self._tabs = QTabBar()
        self._tabs.setObjectName("align_pages")
        self._tabs.setExpanding(True)
        self._tabs.setDrawBase(False)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column = column_of(self)
        column.addWidget(self._tabs)
        self._pages: list[QWidget] = []
        for number, name in enumerate(PAGES):
            self._tabs.addTab(name)
            self._tabs.setTabToolTip(number, TIPS[name])
            page = QWidget()
            rows = column_of(page, UNIT if name != "Landmarks" else 0)
            for section in sections[name]:
                rows.addWidget(section)
            self._pages.append(page)
            column.addWidget(page)
        column.addStretch(1)
        self._tabs.currentChanged.connect(self._show_page)
        self._connect()
        self._show_page(0)

    def _connect(self) -> None:
        document, view_model = self._workspace.document, self._workspace.view_model
        document.when(Changes.RESULTS).connect(self._follow_result)
        self._workspace.runner.started.connect(self._follow_run)
        view_model.selection_changed.connect(self._follow_selection)
        view_model.tool_changed.connect(self._follow_tool)

    @property
    def page(self) -> Page:
        """The page in front."""
        return PAGES[self._tabs.currentIndex()]

    def show_page(self, page: Page) -> None:
        """Bring a page to the front."""
        self._tabs.setCurrentIndex(PAGES.index(page))

    def bring_landmarks(self) -> LandmarkTable:
        """Show the table of landmarks, even if it was scrolled out of sight."""
        self._bring(self._landmarks.table, "Landmarks")
        return self._landmarks.table

    def adapt_to_height(self, height: int) -> None:
        """Show as much of the page of landmarks as suits a column of so many pixels."""
        self._landmarks.table.adapt_to_height(height)
        self._targets.adapt_to_height(height, HIGH_COLUMN)

    def _show_page(self, index: int) -> None:
        for number, page in enumerate(self._pages):
            page.setVisible(number == index)

    def _follow_selection(self) -> None:
        if self._workspace.view_model.view.selected_pair is not None:
            self.show_page("Landmarks")

    def _follow_tool(self) -> None:
        if self._workspace.view_model.tool == "move":
            self.show_page("By hand")

    def _follow_run(self) -> None:
        """A run that was begun from the keyboard is followed, too."""
        if self._workspace.limits.refining:
            self._bring(self._refine.touched)

    def _follow_result(self) -> None:
        """A warning must be seen at once."""
        run = self._workspace.document.state.alignment.run
        if run is not None and run.ending is not Ending.CONVERGED:
            self._bring(self._refine.touched if run.bounds is not None else self._register.result)

    def _bring(self, part: QWidget, page: Page = "Automatic") -> None:
        """Show a part of a page, even if it lies beyond an edge of the panel."""
        self.show_page(page)
        QTimer.singleShot(0, lambda: self._scroll_to(part))

    def _scroll_to(self, part: QWidget) -> None:
        area = self.parent()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parent()
        if isinstance(area, QScrollArea) and self.isVisible():
            area.ensureWidgetVisible(part, 0, 2 * UNIT)
