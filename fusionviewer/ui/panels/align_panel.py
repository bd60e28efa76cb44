"""Step 2: the result on top, and below it a page for each way to align: automatic, landmarks, manual."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QTabBar, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.ui.landmarks.pair_table import HIGH_COLUMN, LandmarkTable
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.panels.align.advanced_section import AdvancedSection
from fusionviewer.ui.panels.align.assessment_section import AssessmentSection
from fusionviewer.ui.panels.align.fle_section import FleSection
from fusionviewer.ui.panels.align.landmark_section import LandmarkSection
from fusionviewer.ui.panels.align.pose_section import PoseSection
from fusionviewer.ui.panels.align.refine_section import RefineSection
from fusionviewer.ui.panels.align.register_section import RegisterSection
from fusionviewer.ui.panels.align.result_card import ResultCard
from fusionviewer.ui.panels.align.results_section import ResultsSection
from fusionviewer.ui.panels.align.target_section import TargetSection
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.controls import MARGIN, column_of, scrolled

Page: TypeAlias = Literal["Automatic", "Landmarks", "Manual"]

PAGES: tuple[Page, ...] = get_args(Page)

TIPS: Final[dict[Page, str]] = {
    "Automatic": "Register and refine by the images; compare the results",
    "Landmarks": "Pairs of points, the fit to them, and their error",
    "Manual": "The six numbers of the pose, and the pivot of its rotation",
}
"""What each page is for."""


class AlignPanel(QWidget):
    """One page at a time. What is begun elsewhere (a key, a mouse mode) brings its page to the front."""

    def __init__(self, workspace: Workspace, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.card = ResultCard(workspace, actions)
        self._refine = RefineSection(workspace, actions)
        self._landmarks = LandmarkSection(workspace, actions)
        self._targets = TargetSection(workspace, actions)
        self._assessments = [AssessmentSection(workspace, actions) for _ in range(2)]
        sections: dict[Page, tuple[QWidget, ...]] = {
            "Automatic": (
                self._assessments[0],
                RegisterSection(workspace, actions),
                self._refine,
                AdvancedSection(workspace, actions),
                ResultsSection(workspace),  # grows with each result: nothing may stand below it
            ),
            "Landmarks": (self._landmarks, FleSection(workspace, actions), self._targets),
            "Manual": (self._assessments[1], PoseSection(workspace, actions)),
        }
        self._tabs = QTabBar()
        self._tabs.setObjectName("align_pages")
        self._tabs.setAccessibleName("Ways to align")
        self._tabs.setExpanding(True)
        self._tabs.setDrawBase(False)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pages = QStackedWidget()
        column = column_of(self, 0)
        top = QHBoxLayout()
        top.setContentsMargins(MARGIN, 0, MARGIN, 0)
        top.addWidget(self.card)
        column.addLayout(top)
        column.addWidget(self._tabs)
        column.addWidget(self._pages, 1)
        for number, name in enumerate(PAGES):
            self._tabs.addTab(name)
            self._tabs.setTabToolTip(number, TIPS[name])
            page = QWidget()
            rows = column_of(page, UNIT if name != "Landmarks" else 0)
            for section in sections[name]:
                rows.addWidget(section)
            rows.addStretch(1)
            self._pages.addWidget(_steady(scrolled(page)) if name == "Automatic" else scrolled(page))
        self._tabs.currentChanged.connect(self._show_page)
        view_model = workspace.view_model
        workspace.document.study_replaced.connect(self._follow_study)
        workspace.runner.started.connect(self._follow_run)
        view_model.selection_changed.connect(self._follow_selection)
        view_model.tool_changed.connect(self._follow_tool)

    @property
    def page(self) -> Page:
        """The page in front."""
        return PAGES[self._tabs.currentIndex()]

    def show_page(self, page: Page) -> None:
        """Bring a page to the front."""
        self._tabs.setCurrentIndex(PAGES.index(page))

    def scroll_to_top(self) -> None:
        """Show every page from its beginning."""
        for number in range(self._pages.count()):
            area = self._pages.widget(number)
            bar = area.verticalScrollBar() if isinstance(area, QScrollArea) else None
            if bar is not None:
                bar.setValue(0)

    def bring_landmarks(self) -> LandmarkTable:
        """Show the table of landmarks, even if it was scrolled out of sight."""
        self._bring(self._landmarks.table, "Landmarks")
        return self._landmarks.table

    def adapt_to_height(self, height: int) -> None:
        """Show as much of the reasons and of the page of landmarks as suits a column of so many pixels."""
        for assessment in self._assessments:
            assessment.reasons.adapt_to_height(height)
        self._landmarks.table.adapt_to_height(height)
        self._targets.adapt_to_height(height, HIGH_COLUMN)

    def _show_page(self, index: int) -> None:
        self._pages.setCurrentIndex(index)

    def _follow_study(self) -> None:
        """After a study was closed the next one begins with the first page."""
        if not self._workspace.document.state.volumes():
            self.show_page(PAGES[0])

    def _follow_selection(self) -> None:
        if self._workspace.view_model.view.selected_pair is not None:
            self.show_page("Landmarks")

    def _follow_tool(self) -> None:
        if self._workspace.view_model.tool == "move":
            self.show_page("Manual")

    def _follow_run(self) -> None:
        """A refinement that was begun from the keyboard is followed, too."""
        if self._workspace.limits.refining:
            self._bring(self._refine.touched)

    def _bring(self, part: QWidget, page: Page = "Automatic") -> None:
        """Show a part of a page, even if it lies beyond an edge of the panel."""
        self.show_page(page)
        QTimer.singleShot(0, lambda: self._scroll_to(part))

    def _scroll_to(self, part: QWidget) -> None:
        area = self._pages.currentWidget()
        if isinstance(area, QScrollArea) and area.isAncestorOf(part) and self.isVisible():
            area.ensureWidgetVisible(part, 0, 2 * UNIT)


def _steady(area: QScrollArea) -> QScrollArea:
    """The same as wide without its scroll bar as with it, so that a result that comes or goes moves nothing aside."""
    bar = area.verticalScrollBar()
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    if bar is not None:
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
        bar.setEnabled(bar.maximum() > bar.minimum())
    return area
