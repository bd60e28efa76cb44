"""Looking at a study in ways that nobody planned: what changes under a drag, where only one image lies, no way on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from mouse import MIDDLE, Hand
from panes import frame_of, middle_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import rotation_from_vector
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.window import Window
from fusionviewer.session.state import FusionState, LandmarkPair
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.pane.interactions.tools import windowed_side
from fusionviewer.ui.views.pane_grid import ImageArea
from fusionviewer.ui.views.slice_view import SliceView
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def area(document: Document, view_model: ViewModel, show: Callable[..., QWidget]) -> ImageArea:
    area = ImageArea(document, view_model)
    show(area, 1002, 702)
    return area


def cross_of(view: SliceView, view_model: ViewModel) -> QPointF:
    return frame_of(view).position(np.asarray(view_model.view.space(view.space).cursor))


# What changes under a drag


@pytest.mark.parametrize("change", ["wheel", "zoom", "layout", "plane"])
def test_the_crosshair_stays_under_the_mouse_whatever_changes_during_the_drag(
    area: ImageArea, view_model: ViewModel, change: str
) -> None:
    view = area.view("fused.axial")
    view_model.set_layout("large" if change == "plane" else "fused")
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(12, 8))
    if change == "wheel":
        hand.wheel(middle_of(view), 360)
    elif change == "zoom":
        view_model.zoom("fixed", 2.0)
    elif change == "layout":
        view_model.set_layout("large")
    else:
        view_model.change(main_plane="coronal")
    slice_then = view_model.view.fixed.cursor[2]
    mouse = middle_of(view) + QPointF(20, 10)
    hand.move(mouse)
    assert (cross_of(view, view_model) - mouse).manhattanLength() <= 1.01
    assert view_model.view.fixed.cursor[2] == pytest.approx(slice_then)
    hand.release()


def test_a_distance_that_is_dragged_back_to_its_start_is_none(area: ImageArea, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    view_model.set_tool("measure")
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(40, 0))
    assert len(view_model.view.distances) == 1
    hand.move(middle_of(view) + QPointF(1, 0))
    hand.release()
    assert view_model.view.distances == ()


def test_esc_selects_no_pair_that_is_gone_meanwhile(
    area: ImageArea, view_model: ViewModel, document: Document, qtbot: QtBot
) -> None:
    here = view_model.view.fixed.cursor
    pairs = (LandmarkPair("L1", here, here),)
    document.apply("Add", replace(document.state, landmarks=pairs))
    view_model.select_pair(0)
    view = area.view("fused.axial")
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(30, 0), MIDDLE)
    document.undo_stack.undo()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    hand.release(MIDDLE)
    assert view_model.view.selected_pair is None


# Where the image ends


@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
def test_on_oblique_planes_the_slice_stays_where_the_mouse_leaves_the_image(
    area: ImageArea, view_model: ViewModel, plane: str
) -> None:
    view_model.turn_planes("fixed", rotation_from_vector(np.deg2rad([8.0, 25.0, 10.0])))
    view_model.zoom("fixed", 0.5)
    view = area.view(f"fused.{plane}")
    before = frame_of(view).plane.depth_mm
    hand = Hand(view)
    hand.drag(middle_of(view), QPointF(2, 2))
    assert frame_of(view).plane.depth_mm == pytest.approx(before)
    hand.move(QPointF(view.width() - 2, 5))
    assert frame_of(view).plane.depth_mm == pytest.approx(before)
    inside = middle_of(view) + QPointF(6, 6)
    hand.move(inside)
    assert (cross_of(view, view_model) - inside).manhattanLength() <= 1.01
    hand.release()


def test_on_oblique_planes_the_last_slice_is_straight_ahead(area: ImageArea, view_model: ViewModel) -> None:
    view_model.turn_planes("fixed", rotation_from_vector(np.deg2rad([0.0, 25.0, 10.0])))
    view = area.view("fused.axial")
    start = np.asarray(view_model.view.fixed.cursor)
    view.scroll_slices(1000)
    way = np.asarray(view_model.view.fixed.cursor) - start
    along = float(way @ view.way_in)
    assert along > 20
    assert np.linalg.norm(way - along * view.way_in) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("mode", [BlendMode.FADE, BlendMode.CHECKERBOARD, BlendMode.CURTAIN, BlendMode.SPY_GLASS])
def test_where_one_image_lies_alone_the_window_tool_changes_that_one(
    area: ImageArea, view_model: ViewModel, document: Document, mode: BlendMode
) -> None:
    view_model.change(blend=Blend(mode))
    view, state = area.view("fused.axial"), document.state
    assert state.fixed is not None
    assert state.moving is not None
    frame, seen = frame_of(view), set()
    for x in range(2, view.width(), 9):
        for y in range(2, view.height(), 9):
            point = frame.point_under(QPointF(x, y))
            fixed = bool(state.fixed.grid.contains(point))
            if fixed != bool(state.moving.grid.contains(state.moving_from_fixed.apply(point))):
                assert windowed_side(view, frame, QPointF(x, y)) == ("fixed" if fixed else "moving")
                seen.add(fixed)
    assert seen == {True, False}
    view_model.change(blend=Blend(BlendMode.EDGES))  # nothing of the moving image is seen alone there
    corners = [QPointF(x, y) for x in range(2, view.width(), 9) for y in range(2, view.height(), 9)]
    assert {windowed_side(view, frame, at) for at in corners} == {"fixed"}


# No way on


@pytest.mark.parametrize("way", [-1, 1])
def test_a_window_can_be_dragged_narrower_or_wider_for_ever(area: ImageArea, view_model: ViewModel, way: int) -> None:
    view_model.set_tool("window")
    view = area.view("fused.axial")
    hand = Hand(view)
    for _ in range(80):
        hand.drag(middle_of(view) - QPointF(way * 240, 60), middle_of(view) + QPointF(way * 240, 60), steps=1)
        hand.release()
    window = view_model.view.window("fixed")
    assert window.low < window.level < window.high
    assert not view.grab().isNull()  # a warning or a division by zero would fail the test


def test_a_window_out_of_a_file_that_vanishes_in_its_level_is_drawn_all_the_same() -> None:
    greys = Window(199.0, 1e-15).greys(np.array([0.0, 198.0, 200.0], np.float32))
    assert greys.tolist() == [0, 0, 255]


# Panes


def choose(key: str, window: MainWindow) -> None:
    window.actions_by_key[key].trigger()
    QApplication.processEvents()


@pytest.mark.parametrize("layout", ["fused", "large", "nine", "mosaic"])
def test_the_key_of_the_layout_shows_all_its_panes_again(
    area: ImageArea, view_model: ViewModel, layout: Layout
) -> None:
    view_model.set_layout(layout)
    number = len(area.visible_views())
    view_model.enlarge(area.visible_views()[0].key)
    assert len(area.visible_views()) == 1
    view_model.set_layout(layout)
    assert len(area.visible_views()) == number


def test_the_key_of_a_plane_shows_it_large_even_if_another_fills_the_window(qtbot: QtBot, study: FusionState) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.workspace.document.replace(study)
    view_model = window.workspace.view_model
    view_model.set_layout("large")
    view_model.enlarge("fused.axial")
    choose("main_coronal", window)
    assert view_model.view.main_plane == "coronal"
    assert window.images.visible_views()[0].key == "fused.coronal"
    view_model.set_layout("mosaic")
    view_model.enlarge("mosaic.4")
    choose("main_axial", window)  # the tile stays large, in the other plane
    assert [v.key for v in window.images.visible_views()] == ["mosaic.4"]


@pytest.mark.parametrize("layout", ["pairs", "nine"])
def test_linked_rows_show_the_same_place_after_show_everything_and_do_not_jump(
    area: ImageArea, view_model: ViewModel, document: Document, layout: Layout
) -> None:
    view_model.set_layout(layout)
    view_model.zoom("fixed", 3.0)
    view_model.reset_zoom()
    pose = document.state.moving_from_fixed
    assert view_model.view.moving.focus == pytest.approx(pose.apply(np.asarray(view_model.view.fixed.focus)))
    before = view_model.view.moving.focus
    view = area.view("fixed.axial")
    Hand(view).click(middle_of(view) + QPointF(9, 4))
    assert view_model.view.moving.focus == pytest.approx(before)
    view_model.link_rows(False)
    view_model.reset_zoom()
    assert document.state.moving is not None
    assert view_model.view.moving.focus == pytest.approx(document.state.moving.grid.centre)


@pytest.mark.parametrize("way", [-1, 1])
def test_the_wheel_does_not_turn_the_mosaic_out_of_the_image(area: ImageArea, view_model: ViewModel, way: int) -> None:
    view_model.set_layout("mosaic")
    view = area.view("mosaic.0")
    hand = Hand(view)
    for _ in range(60):
        hand.wheel(middle_of(view), way * 1200)
    assert view.volume is not None
    assert bool(view.volume.grid.contains(np.asarray(view_model.view.fixed.focus)))
    at_the_end = view_model.view.fixed.focus
    hand.wheel(middle_of(view), -way * 120)
    assert view_model.view.fixed.focus != at_the_end


@pytest.mark.parametrize("size_mm", [1e300, 1e-300, 2e6])
def test_a_size_that_no_picture_can_show_is_refused(size_mm: float) -> None:
    with pytest.raises(ValueError, match="not a size"):
        Blend(BlendMode.SPY_GLASS, glass_mm=size_mm)
    with pytest.raises(ValueError, match="not a size"):
        Blend(BlendMode.CHECKERBOARD, checker_mm=size_mm)


def test_small_values_fill_their_window() -> None:
    window = Window.between(0.0, 3e-9)  # a diffusion map in m²/s
    assert window.greys(np.array([0.0, 1.5e-9, 3e-9], np.float32)).tolist() == pytest.approx([0, 128, 255], abs=1)


def test_what_takes_numbers_and_words_has_a_name_for_those_who_hear_it(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    names = ("fixed_level", "fixed_width", "moving_level", "moving_width", "note")
    found = {name: window.findChild(QWidget, name) for name in names}
    assert all(widget is not None and widget.accessibleName() for widget in found.values()), found
    assert window.images.accessibleName()
