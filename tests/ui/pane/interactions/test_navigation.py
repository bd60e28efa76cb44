"""Crosshair, slices, zoom and fade by the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import CTRL, SHIFT, key_click
from mouse import LEFT, MIDDLE, RIGHT, Hand
from panes import MakeView, cursor_of, frame_of, middle_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, CORONAL, SAGITTAL, Grid, Orientation, RigidTransform, rotation_from_vector
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.session import edits
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView


def test_the_crosshair_follows_a_drag_and_esc_takes_it_back(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    before = view_model.view
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(30, -20))
    there = frame_of(view).point_under(middle_of(view) + QPointF(30, -20))
    np.testing.assert_allclose(cursor_of(view_model), there)
    key_click(view, Qt.Key.Key_Escape)
    assert view_model.view == before
    hand.move(middle_of(view) + QPointF(50, 50))
    hand.release()
    assert view_model.view == before


def test_shift_puts_the_crosshair_under_the_mouse_without_a_click(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    before = cursor_of(view_model)
    hand = Hand(view)
    hand.move(QPointF(150, 130))
    np.testing.assert_array_equal(cursor_of(view_model), before)
    hand.move(QPointF(150, 130), SHIFT)
    np.testing.assert_allclose(cursor_of(view_model), frame_of(view).point_under(QPointF(150, 130)))


@pytest.mark.parametrize(
    ("orientation", "way"), [(AXIAL, (0, 0, 3)), (CORONAL, (0, -3, 0)), (SAGITTAL, (-3, 0, 0))], ids=str
)
def test_the_wheel_goes_by_slices_and_small_turns_add_up(
    make_view: MakeView, view_model: ViewModel, orientation: Orientation, way: tuple[float, ...]
) -> None:
    view = make_view(orientation=orientation)
    hand, start = Hand(view), cursor_of(view_model)
    hand.wheel(middle_of(view), 120)
    np.testing.assert_allclose(cursor_of(view_model), start + way)
    hand.wheel(middle_of(view), -240)
    np.testing.assert_allclose(cursor_of(view_model), start - way)
    for _ in range(7):
        hand.wheel(middle_of(view), 15)
    np.testing.assert_allclose(cursor_of(view_model), start - way)
    hand.wheel(middle_of(view), 15)
    np.testing.assert_allclose(cursor_of(view_model), start)


def test_from_between_two_slices_the_wheel_goes_to_the_next_one(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    slice_at = cursor_of(view_model)[2]  # a study opens on the middle of a voxel
    for off, notches, expected in ((1.0, 1, 3.0), (1.0, -1, 0.0), (1.0, 2, 6.0), (-0.5, -2, -6.0), (0.0, 1, 3.0)):
        view_model.set_cursor("fixed", np.array([0.0, 0.0, slice_at + off]))
        Hand(view).wheel(middle_of(view), 120 * notches)
        assert cursor_of(view_model)[2] == pytest.approx(slice_at + expected)


def test_the_wheel_can_count_the_moving_images_slices(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    moving = document.state.moving
    assert moving is not None
    thin = Grid.axis_aligned((62, 72, 128), (3.0, 3.0, 1.5), moving.grid.centre)
    volume = Volume(image_on_grid(np.repeat(moving.array, 2, axis=0), thin), "thin", "CT")
    pose = RigidTransform.from_euler((0, 0, 0, 1, 2, 0.4), np.zeros(3))
    document.replace(edits.set_pose(edits.new_study(document.state.fixed, volume), pose, "file"))
    view_model.change(wheel_moving=True)
    view = make_view()
    view_model.set_cursor("fixed", np.zeros(3))
    for _ in range(3):
        Hand(view).wheel(middle_of(view), 120)
        index = thin.indices(pose.apply(cursor_of(view_model)))[2]
        assert index == pytest.approx(round(index))
    assert 3.0 < cursor_of(view_model)[2] <= 4.5


def test_the_wheel_with_ctrl_magnifies_about_the_mouse(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view(orientation=SAGITTAL)
    at = QPointF(290, 70)
    before, scale = frame_of(view).point_under(at), frame_of(view).mm_per_unit
    Hand(view).wheel(at, 360, CTRL)
    assert frame_of(view).mm_per_unit == pytest.approx(scale / 1.15**3)
    np.testing.assert_allclose(frame_of(view).point_under(at), before, atol=1e-9)


def test_a_right_drag_magnifies_about_its_start_and_a_middle_drag_pans(
    make_view: MakeView, view_model: ViewModel
) -> None:
    view = make_view()
    hand, start, end = Hand(view), QPointF(120, 200), QPointF(170, 120)
    there, scale = frame_of(view).point_under(start), frame_of(view).mm_per_unit
    hand.drag(start, end, RIGHT)
    hand.release(RIGHT)
    assert frame_of(view).mm_per_unit < scale / 1.5
    np.testing.assert_allclose(frame_of(view).point_under(start), there, atol=1e-9)
    hand.drag(start, end, MIDDLE)
    hand.release(MIDDLE)
    np.testing.assert_allclose(frame_of(view).point_under(end), there, atol=1e-9)


def test_ctrl_and_a_drag_over_half_the_height_is_the_whole_fade_and_a_right_click_takes_it_back(
    make_view: MakeView, view_model: ViewModel
) -> None:
    view_model.set_fade(0.25)
    view = make_view()
    hand, before = Hand(view), view_model.view
    hand.drag(QPointF(100, 200), QPointF(100, 200 - view.height() / 4), LEFT, CTRL)
    assert view_model.view.fade == pytest.approx(0.75)
    hand.move(QPointF(100, 0), CTRL)
    assert view_model.view.fade == 1.0
    hand.press(QPointF(100, 0), RIGHT)
    hand.release(RIGHT)
    hand.release()
    assert view_model.view == before


def test_scrolling_goes_along_the_turned_normal(area: PaneGrid, view_model: ViewModel) -> None:
    turn = RigidTransform.from_euler((20, 0, 0, 0, 0, 0), np.zeros(3)).rotation
    view_model.turn_planes("fixed", turn)
    view = area.view("fused.axial")
    before = np.asarray(view_model.view.fixed.cursor)
    Hand(view).wheel(middle_of(view), 120)
    step = np.asarray(view_model.view.fixed.cursor) - before
    assert step == pytest.approx(3.0 * turn @ np.array([0, 0, 1.0]))
    assert view.plane_name == "Axial, oblique"


def test_shift_and_move_takes_the_crosshair_along_in_every_layout(area: PaneGrid, view_model: ViewModel) -> None:
    shown: tuple[tuple[Layout, str], ...] = (
        ("fused", "fused.coronal"), ("nine", "fused.axial"), ("large", "fused.sagittal"),
    )  # fmt: skip
    for layout, key in shown:
        view_model.set_layout(layout)
        QApplication.processEvents()
        view = area.view(key)
        at = middle_of(view) + QPointF(17, 11)
        Hand(view).move(at, SHIFT)
        assert view_model.view.fixed.cursor == pytest.approx(frame_of(view).point_under(at))


# What changes under a drag, and where the image ends


def cross_of(view: SliceView, view_model: ViewModel) -> QPointF:
    return frame_of(view).position(np.asarray(view_model.view.space(view.space).cursor))


@pytest.mark.parametrize("change", ["wheel", "zoom", "layout", "plane"])
def test_the_crosshair_stays_under_the_mouse_whatever_changes_during_the_drag(
    area: PaneGrid, view_model: ViewModel, change: str
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


@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
def test_on_oblique_planes_the_slice_stays_where_the_mouse_leaves_the_image(
    area: PaneGrid, view_model: ViewModel, plane: str
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


def test_on_oblique_planes_the_last_slice_is_straight_ahead(area: PaneGrid, view_model: ViewModel) -> None:
    view_model.turn_planes("fixed", rotation_from_vector(np.deg2rad([0.0, 25.0, 10.0])))
    view = area.view("fused.axial")
    start = np.asarray(view_model.view.fixed.cursor)
    view.scroll_slices(1000)
    way = np.asarray(view_model.view.fixed.cursor) - start
    along = float(way @ view.way_in)
    assert along > 20
    assert np.linalg.norm(way - along * view.way_in) == pytest.approx(0, abs=1e-6)
