from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mouse import Hand
from panes import context_of, picture_of
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from windows import OpenWindow

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR
from fusionviewer.session.state import LandmarkPair
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView


@pytest.fixture
def area(document: Document, view_model: ViewModel, show: Callable[..., QWidget]) -> PaneGrid:
    area = PaneGrid(document, view_model)
    show(area, 602, 402)
    return area


def room(view: SliceView) -> tuple[int, int, int, int]:
    """Where the pane of a view lies in the area."""
    pane = view.parentWidget()
    assert pane is not None
    return pane.geometry().getRect()


def keys(area: PaneGrid) -> list[str]:
    return [view.key for view in area.visible_views()]


def test_the_fused_layout_has_three_views_and_the_overview_with_gaps_of_two_pixels(
    area: PaneGrid, view_model: ViewModel
) -> None:
    overview = QLabel("overview")
    area.set_overview(overview)
    assert keys(area) == ["fused.axial", "fused.sagittal", "fused.coronal"]
    places = [room(view) for view in area.visible_views()]
    assert places == [(0, 0, 300, 200), (302, 0, 300, 200), (0, 202, 300, 200)]
    assert overview.geometry().getRect() == (302, 202, 300, 200)
    assert overview.isVisible()
    view_model.set_layout("pairs")
    assert not overview.isVisible()


def test_the_pair_layout_has_a_row_for_each_image(area: PaneGrid, view_model: ViewModel) -> None:
    view_model.set_layout("pairs")
    assert keys(area) == [f"{s}.{o}" for s in ("fixed", "moving") for o in ("axial", "sagittal", "coronal")]
    picture = area.grab_views()
    for row, colour in ((0, FIXED_COLOUR), (1, MOVING_COLOUR)):
        label = {picture.pixelColor(x, y).name() for x in range(24) for y in range(row * 202, row * 202 + 200)}
        assert colour in label
    rights = [room(view)[0] + room(view)[2] for view in area.visible_views()]
    assert max(rights) == area.width()


def test_an_enlarged_view_is_alone_and_what_is_not_seen_is_not_drawn(
    area: PaneGrid, view_model: ViewModel, reslices: Any
) -> None:
    Hand(area.view("fused.coronal")).double_click(QPointF(100, 100))
    assert keys(area) == ["fused.coronal"]
    assert room(area.view("fused.coronal"))[2:] == (area.width(), area.height())
    QApplication.processEvents()
    reslices.reset()
    view_model.set_cursor("fixed", np.array([10.0, 10.0, 10.0]))
    QApplication.processEvents()
    assert len(reslices) == 2  # one plane through two images, not nine through each
    view_model.enlarge("fused.coronal")
    assert len(keys(area)) == 3


@pytest.mark.parametrize("layout", ["fused", "pairs"])
def test_one_image_alone_is_shown_in_either_layout(
    area: PaneGrid, document: Document, view_model: ViewModel, layout: Any
) -> None:
    document.replace(replace(document.state, moving=None))
    view_model.set_layout(layout)
    assert len(keys(area)) == (3 if layout == "fused" else 6)
    area.grab_views()


def test_the_active_view_is_the_last_one_turned_to_and_never_a_hidden_one(
    area: PaneGrid, view_model: ViewModel
) -> None:
    assert area.active_view().key == "fused.axial"
    Hand(area.view("fused.sagittal")).move(QPointF(5, 5))
    assert area.active_view().key == "fused.sagittal"
    view_model.set_layout("pairs")
    assert area.active_view().isVisible()
    Hand(area.view("moving.coronal")).click(QPointF(5, 5))
    assert area.active_view().key == "moving.coronal"
    view_model.set_layout("fused")
    assert area.active_view().isVisible()


def test_placing_and_hovering_come_through(
    area: PaneGrid, document: Document, view_model: ViewModel, qtbot: QtBot
) -> None:
    document.replace(replace(document.state, landmarks=(LandmarkPair("L1"),)))
    view_model.select_pair(0)
    assert context_of(area.view("fused.axial")).placing == "fixed"
    with qtbot.waitSignals([area.point_clicked, area.hovered]) as signals:
        hand = Hand(area.view("fused.axial"))
        hand.click(QPointF(90, 80))
        hand.move(QPointF(91, 80))
    sides = [arguments.args[0] for arguments in signals.all_signals_and_args]
    assert sides == ["fixed", "fixed"]


def test_a_views_place_is_filled_to_the_last_pixel_on_black(area: PaneGrid) -> None:
    picture = area.grab_views()
    view = area.view("fused.axial")
    below = area.visible_views()[0].mapTo(area, QPoint(0, 0))
    assert picture.pixelColor(below.x() + 1, below.y() + 1) == QColor("black")
    assert picture.pixelColor(below.x() + view.width() - 1, below.y() + view.height() - 1) == QColor("black")
    assert picture.pixelColor(300, 100) == picture.pixelColor(301, 100) != QColor("black")


# Layouts


def test_three_by_three_has_a_row_for_each_image_and_one_for_both(area: PaneGrid, view_model: ViewModel) -> None:
    view_model.set_layout("nine")
    planes = ("axial", "sagittal", "coronal")
    assert keys(area) == [f"{row}.{plane}" for row in ("fixed", "moving", "fused") for plane in planes]
    before = picture_of(area.view("fixed.axial")), picture_of(area.view("fused.axial"))
    view_model.set_fade(0.9)
    assert picture_of(area.view("fixed.axial")) == before[0]  # a row of one image does not fade
    assert picture_of(area.view("fused.axial")) != before[1]


def test_a_double_click_makes_a_small_plane_the_large_one_and_enlarges_the_large_one(
    area: PaneGrid, view_model: ViewModel
) -> None:
    view_model.set_layout("large")
    assert set(keys(area)) == {"fused.axial", "fused.sagittal", "fused.coronal"}
    assert area.view("fused.axial").width() > 1.8 * area.view("fused.coronal").width()
    Hand(area.view("fused.coronal")).double_click(QPointF(40, 40))
    assert view_model.view.main_plane == "coronal"
    assert area.view("fused.coronal").width() > 1.8 * area.view("fused.axial").width()
    Hand(area.view("fused.coronal")).double_click(QPointF(40, 40))
    assert keys(area) == ["fused.coronal"]
    Hand(area.view("fused.coronal")).double_click(QPointF(40, 40))
    assert len(keys(area)) == 3


@pytest.mark.parametrize("layout", ["fused", "large", "nine", "mosaic"])
def test_the_key_of_the_layout_shows_all_its_panes_again(area: PaneGrid, view_model: ViewModel, layout: Layout) -> None:
    view_model.set_layout(layout)
    number = len(area.visible_views())
    view_model.enlarge(area.visible_views()[0].key)
    assert len(area.visible_views()) == 1
    view_model.set_layout(layout)
    assert len(area.visible_views()) == number


def test_the_key_of_a_plane_shows_it_large_even_if_another_fills_the_window(open_window: OpenWindow) -> None:
    window = open_window()
    view_model = window.workspace.view_model
    view_model.set_layout("large")
    view_model.enlarge("fused.axial")
    window.actions_by_key["main_coronal"].trigger()
    assert view_model.view.main_plane == "coronal"
    assert window.images.visible_views()[0].key == "fused.coronal"
    view_model.set_layout("mosaic")
    view_model.enlarge("mosaic.4")
    window.actions_by_key["main_axial"].trigger()  # the tile stays large, in the other plane
    assert [v.key for v in window.images.visible_views()] == ["mosaic.4"]
