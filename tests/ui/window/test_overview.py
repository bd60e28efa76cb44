"""The fourth pane: its three pages, which of them is remembered, and what it shows without images."""

from __future__ import annotations

import pytest
from mouse import mouse_click
from PyQt6.QtCore import QPoint, QSettings
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication, QLabel, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from windows import EMPTY, Dress, OpenWindow, child, click

from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Opened
from fusionviewer.rendering.surface.camera import STANDARD_BEARINGS
from fusionviewer.session.state import FusionState
from fusionviewer.ui.window.main_window import SMALLEST, MainWindow
from fusionviewer.ui.window.metric_plot import MetricPlot
from fusionviewer.ui.window.overview import PAGES, Overview
from fusionviewer.ui.window.position_readout import PositionReadout


def choose(window: MainWindow, page: str) -> None:
    """Click a tab."""
    tabs = child(window, QTabBar, "overview_tabs")
    mouse_click(tabs, pos=tabs.tabRect([*PAGES].index(page)).center())  # type: ignore[arg-type]
    QApplication.processEvents()


def test_the_3d_view_comes_first_and_the_page_chosen_last_is_remembered(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window()
    QSettings().remove("window/overview")
    fresh = Overview(Workspace(window.workspace.questions))
    qtbot.addWidget(fresh)
    assert fresh.page == "3D"
    choose(window, "Convergence")
    again = Overview(Workspace(window.workspace.questions))
    qtbot.addWidget(again)
    assert again.page == "Convergence"


def test_each_tab_shows_its_page(open_window: OpenWindow) -> None:
    window = open_window()
    assert child(window, PositionReadout).isVisible()
    choose(window, "Convergence")
    title = next(label for label in window.overview.findChildren(QLabel) if label.text().startswith("Similarity"))
    assert title.isVisible()
    assert not child(window, PositionReadout).isVisible()
    choose(window, "3D")
    assert window.overview.head.isVisible()
    assert not title.isVisible()


def test_a_study_without_images_shows_none_of_them(open_window: OpenWindow) -> None:
    window = open_window(EMPTY, overview="3D")
    seen = [part for part in window.overview.findChildren(QWidget) if part.isVisibleTo(window.overview)]
    assert not window.overview.head.isVisibleTo(window.overview)
    assert [part for part in seen if isinstance(part, QTabBar | QToolButton)] == []


def test_the_six_sides_have_a_button_and_a_place_in_the_menu(open_window: OpenWindow) -> None:
    window = open_window(overview="3D")
    window.resize(1600, 900)
    QApplication.processEvents()
    for side, bearing in STANDARD_BEARINGS.items():
        click(window, f"view_{side}")
        assert window.overview.head.stand.bearing == bearing
        window.overview.head.stand.reset()
        item(window, f"{side.capitalize()} view").trigger()
        assert window.overview.head.stand.bearing == bearing


def item(window: MainWindow, name: str) -> QAction:
    menu = child(window, QToolButton, "view_menu").menu()
    assert menu is not None
    return next(action for action in menu.actions() if action.text().split("\t")[0] == name)


def test_the_menu_cuts_the_head_open_or_not_and_shows_all_of_it_again(open_window: OpenWindow) -> None:
    window = open_window(overview="3D")
    head = window.overview.head
    item(window, "Cut open").trigger()
    assert not head.cut_open
    head.stand.magnify(3.0)
    item(window, "Reset view").trigger()
    assert head.stand.zoom == 1.0


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_tabs_have_room_in_the_smallest_window(dressed: Dress, open_window: OpenWindow, scale: float) -> None:
    dressed(scale=scale)
    window = open_window(overview="3D")
    window.resize(SMALLEST)
    for _ in range(4):
        QApplication.processEvents()
    overview, tabs = window.overview, child(window, QTabBar, "overview_tabs")
    menu = child(window, QToolButton, "view_menu")
    if scale == 1.0:  # else names may end in dots, and the tool tip has all of them
        assert tabs.width() >= tabs.sizeHint().width()
    assert tabs.tabRect(2).right() <= tabs.width()
    assert tabs.tabRect(2).width() > 20
    assert menu.mapTo(overview, QPoint()).x() >= tabs.geometry().right()
    assert menu.mapTo(overview, QPoint(menu.width(), 0)).x() <= overview.width()
    assert overview.head.height() > 100


def test_a_start_does_not_wait_for_the_plot_that_was_shown_last(open_window: OpenWindow, study: FusionState) -> None:
    QSettings().setValue("window/overview", "Convergence")
    window = open_window(EMPTY)
    window.overview.show_page("Convergence")
    assert window.overview.findChild(MetricPlot) is None
    show_study(window.workspace, study, Opened(study.volumes(), {"fixed": None, "moving": None}))
    assert window.overview.page == "Convergence"
    assert window.overview.findChild(MetricPlot) is not None
