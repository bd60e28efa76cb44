"""The fourth pane: the 3D view, the convergence of the registration or the readout, under one line of tabs."""

from __future__ import annotations

from functools import partial
from typing import Final, Literal, TypeAlias, get_args

from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.rendering.surface.camera import STANDARD_BEARINGS
from fusionviewer.session.changes import Changes
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.views.head_view import HeadView
from fusionviewer.ui.window.position_readout import PositionReadout

OverviewPage: TypeAlias = Literal["3D", "Convergence", "Readout"]

PAGES: Final[tuple[OverviewPage, ...]] = get_args(OverviewPage)

_SETTING: Final = "window/overview"
_SIDES_ROOM: Final = 470
"""Logical pixels at the usual size of letters: in a narrower pane the six sides are in the menu alone."""


class Overview(QWidget):
    """Three pages, of which the one that was chosen last is shown; without an image none is."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.head = HeadView(workspace)
        self._tabs, self._pages = QTabBar(), QStackedWidget()
        self._tabs.setObjectName("overview_tabs")
        self._tabs.setAccessibleName("Fourth pane")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        for number, page in enumerate(PAGES):
            self._tabs.addTab(page)
            self._tabs.setTabToolTip(number, page)
        self._bar = self._side_bar()
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, UNIT // 2, 0)
        line.setSpacing(UNIT // 2)
        line.addWidget(self._tabs)
        line.addStretch(1)
        line.addWidget(self._bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._pages, 1)
        self._pages.addWidget(self.head)
        self._convergence = QVBoxLayout(self._page())
        self._convergence.setContentsMargins(0, 0, 0, 0)
        readout = QVBoxLayout(self._page())
        readout.setContentsMargins(0, 0, 0, 0)
        readout.addWidget(PositionReadout(workspace))
        readout.addStretch(1)
        self._tabs.currentChanged.connect(self._show_page)
        workspace.document.when(Changes.IMAGES).connect(self._show_parts)
        self.show_page(self._remembered())
        self._show_parts()
        follow_theme(self, self._fit)

    def _page(self) -> QWidget:
        page = QWidget()
        self._pages.addWidget(page)
        return page

    def _side_bar(self) -> QWidget:
        """The six standard views as letters where there is room, and a menu of all that can be done."""
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._letters: dict[str, QToolButton] = {}
        menu = QMenu(bar)
        for number, side in enumerate(STANDARD_BEARINGS, 1):
            button = QToolButton()
            button.setProperty("role", "side")
            button.setObjectName(f"view_{side}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(f"{side.capitalize()} view")
            button.setToolTip(f"{side.capitalize()} view ({number}, when the 3D view has the keyboard)")
            button.clicked.connect(partial(self._look_from, side))
            row.addWidget(button)
            self._letters[side] = button
            item = menu.addAction(f"{side.capitalize()} view\t{number}")
            assert item is not None
            item.triggered.connect(partial(self._look_from, side))
        self._write_letters()
        self._workspace.preferences.changed.connect(self._write_letters)
        menu.addSeparator()
        whole, cut = menu.addAction("Reset view\tHome"), menu.addAction("Cut open")
        assert whole is not None
        assert cut is not None
        whole.triggered.connect(self._reset)
        cut.setCheckable(True)
        cut.setChecked(True)
        cut.toggled.connect(self.head.set_cut_open)
        cut.setToolTip("Leave out the eighth of the head, about the crosshair, that faces you")
        self._menu = QToolButton()
        self._menu.setObjectName("view_menu")
        self._menu.setProperty("role", "menu")
        self._menu.setText("View")
        self._menu.setAccessibleName("3D view options")
        self._menu.setToolTip("Standard views, and whether the head is cut open")
        self._menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu.setMenu(menu)
        row.addWidget(self._menu)
        return bar

    def _write_letters(self) -> None:
        """Give the sides the letters that stand at the edges of the views."""
        high, low = self._workspace.preferences.now.side_letters
        preferred = {"superior": high, "inferior": low}
        for side, button in self._letters.items():
            button.setText(preferred.get(side, side[0].upper()))

    def _look_from(self, side: str) -> None:
        self.head.stand.look_from(side)
        self.head.look_again()

    def _reset(self) -> None:
        self.head.stand.reset()
        self.head.look_again()

    @property
    def page(self) -> OverviewPage:
        """The page that is shown."""
        return PAGES[self._tabs.currentIndex()]

    def show_page(self, page: OverviewPage) -> None:
        """Show one of the pages."""
        self._tabs.setCurrentIndex(PAGES.index(page))

    def _remembered(self) -> OverviewPage:
        kept = QSettings().value(_SETTING, PAGES[0], str)
        return next((page for page in PAGES if page == kept), PAGES[0])

    def _show_page(self, index: int) -> None:
        self._add_plot()
        self._pages.setCurrentIndex(index)
        self._bar.setVisible(PAGES[index] == "3D")
        QSettings().setValue(_SETTING, PAGES[index])

    def _add_plot(self) -> None:
        """The plot comes when it can be looked at: its library takes a quarter of a second to load."""
        images = bool(self._workspace.document.state.volumes())
        if images and self.page == "Convergence" and not self._convergence.count():
            from fusionviewer.ui.window.metric_plot import MetricPlot

            self._convergence.addWidget(MetricPlot(self._workspace), 1)

    def _show_parts(self) -> None:
        there = bool(self._workspace.document.state.volumes())
        for part in (self._tabs, self._pages):
            part.setVisible(there)
        self._bar.setVisible(there and self.page == "3D")
        self._add_plot()

    def _fit(self) -> None:
        room = self.width() >= scaled(_SIDES_ROOM)
        for button in self._letters.values():
            button.setVisible(room)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()
