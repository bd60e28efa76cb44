"""Layouts, planes, distances, and the blends that follow the mouse, with real events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mouse import LEFT, MIDDLE, RIGHT, Hand
from panes import frame_of, middle_of
from phantoms import centre_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.alternation import Interlude
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import RigidTransform
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.views.pane_grid import ImageArea
from fusionviewer.ui.views.slice_view import SliceView

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def area(document: Document, view_model: ViewModel, show: Callable[..., QWidget]) -> ImageArea:
    area = ImageArea(document, view_model)
    show(area, 1002, 702)
    return area


def picture_of(view: SliceView) -> QImage:
    QApplication.processEvents()
    return view.grab().toImage()


def grey(image: QImage, at: QPointF) -> int:
    return image.pixelColor(int(at.x()), int(at.y())).lightness()


def keys(area: ImageArea) -> list[str]:
    return [view.key for view in area.visible_views()]


# Layouts


def test_three_by_three_has_a_row_for_each_image_and_one_for_both(area: ImageArea, view_model: ViewModel) -> None:
    view_model.set_layout("nine")
    planes = ("axial", "coronal", "sagittal")
    assert keys(area) == [f"{row}.{plane}" for row in ("fixed", "moving", "fused") for plane in planes]
    before = picture_of(area.view("fixed.axial")), picture_of(area.view("fused.axial"))
    view_model.set_fade(0.9)
    assert picture_of(area.view("fixed.axial")) == before[0]  # a row of one image does not fade
    assert picture_of(area.view("fused.axial")) != before[1]


def test_a_double_click_makes_a_small_plane_the_large_one_and_enlarges_the_large_one(
    area: ImageArea, view_model: ViewModel
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


def test_the_mosaic_shows_slices_at_equal_steps_from_the_feet_on(area: ImageArea, view_model: ViewModel) -> None:
    view_model.set_layout("mosaic")
    assert keys(area) == [f"mosaic.{n}" for n in range(12)]
    heights = [float(frame_of(view).plane.point[2]) for view in area.visible_views()]
    assert np.diff(heights) == pytest.approx(8.0)
    assert np.mean(heights) == pytest.approx(view_model.view.fixed.focus[2])
    view_model.change(mosaic_step_mm=5.0, main_plane="coronal")
    fronts = [float(frame_of(view).plane.point[1]) for view in area.visible_views()]
    assert np.diff(fronts) == pytest.approx(-5.0)  # towards the front
    view_model.change(radiological=False)
    assert [float(frame_of(view).plane.point[1]) for view in area.visible_views()] == pytest.approx(fronts)


def test_the_wheel_moves_all_tiles_and_a_click_puts_the_crosshair_into_one(
    area: ImageArea, view_model: ViewModel
) -> None:
    view_model.set_layout("mosaic")
    tile = area.view("mosaic.3")
    before = float(frame_of(tile).plane.point[2])
    cursor = view_model.view.fixed.cursor
    Hand(tile).wheel(middle_of(tile), 120)
    assert float(frame_of(tile).plane.point[2]) == pytest.approx(before + 3.0)  # one slice of 3 mm
    assert view_model.view.fixed.cursor == cursor
    Hand(tile).click(middle_of(tile) + QPointF(10, 0))
    assert view_model.view.fixed.cursor[2] == pytest.approx(before + 3.0)
    near = [view.key for view in area.visible_views() if view.near_cursor(frame_of(view))]
    assert near == ["mosaic.3"]


def test_linked_rows_look_at_the_same_place_and_unlinked_ones_do_not(
    area: ImageArea, view_model: ViewModel, document: Document
) -> None:
    view_model.set_layout("pairs")
    pose = document.state.moving_from_fixed
    fixed, moving = area.view("fixed.axial"), area.view("moving.axial")
    Hand(fixed).click(middle_of(fixed) + QPointF(20, -10))
    view = view_model.view
    assert view.moving.cursor == pytest.approx(pose.apply(np.asarray(view.fixed.cursor)))
    Hand(moving).click(middle_of(moving) + QPointF(-12, 5))
    view = view_model.view
    assert pose.apply(np.asarray(view.fixed.cursor)) == pytest.approx(np.asarray(view.moving.cursor))
    hand = Hand(moving)
    hand.wheel(middle_of(moving), 240, CONTROL)
    assert view_model.view.fixed.zoom == pytest.approx(view_model.view.moving.zoom)
    assert view_model.view.fixed.zoom > 1.2
    hand.drag(middle_of(moving), middle_of(moving) + QPointF(30, 10), MIDDLE)
    hand.release(MIDDLE)
    view = view_model.view
    assert pose.apply(np.asarray(view.fixed.focus)) == pytest.approx(np.asarray(view.moving.focus))
    view_model.link_rows(False)
    before = view_model.view.moving
    Hand(fixed).click(middle_of(fixed) + QPointF(-30, 10))
    assert view_model.view.moving == before
    view_model.link_rows(True)
    assert view_model.view.moving != before


def test_rows_are_not_linked_while_a_pair_is_marked(area: ImageArea, view_model: ViewModel, document: Document) -> None:
    document.replace(replace(document.state, landmarks=(LandmarkPair("L1", fixed_point=(0.0, 0.0, 0.0)),)))
    view_model.set_layout("pairs")
    view_model.select_pair(0)
    before = view_model.view.moving
    hand = Hand(area.view("fixed.axial"))
    hand.click(QPointF(60, 60))
    assert view_model.view.fixed.cursor != (0.0, 0.0, 0.0)
    assert view_model.view.moving == before


# Planes


def test_the_planes_turn_with_the_mouse_about_the_crosshair(area: ImageArea, view_model: ViewModel) -> None:
    view_model.set_cursor("fixed", np.array([12.0, -9.0, 6.0]))
    view = area.view("fused.axial")
    centre = frame_of(view).position(np.asarray(view_model.view.fixed.cursor))
    anatomy = np.array([42.0, -9.0, 6.0])
    start = frame_of(view).position(anatomy)
    assert start.x() > centre.x() + 20
    view_model.set_tool("turn")
    hand = Hand(view)
    radius = start.x() - centre.x()
    hand.drag(start, centre + QPointF(0, radius), steps=9)  # a quarter clockwise
    hand.release()
    frame = frame_of(view)
    assert frame.position(np.asarray(view_model.view.fixed.cursor)).toPoint() == centre.toPoint()
    there = frame.position(anatomy)
    assert (there.x(), there.y()) == pytest.approx((centre.x(), centre.y() + radius), abs=0.5)
    # the sagittal and coronal planes have changed places
    assert abs(frame_of(area.view("fused.sagittal")).plane.normal @ np.array([0, 1, 0])) == pytest.approx(1, abs=1e-3)
    assert frame.plane.sides() == ("P", "A", "R", "L")
    view_model.straighten_planes()
    assert view_model.view.fixed.tilt_deg == (0.0, 0.0, 0.0)
    assert frame_of(view).plane.sides() == ("R", "L", "A", "P")
    back = frame_of(view).position(np.asarray(view_model.view.fixed.cursor))
    assert back.toPoint() == centre.toPoint()


def test_esc_puts_turned_planes_back(area: ImageArea, view_model: ViewModel, qtbot: QtBot) -> None:
    view = area.view("fused.coronal")
    view_model.set_tool("turn")
    before = view_model.view
    Hand(view).drag(QPointF(60, 60), QPointF(90, 200))
    assert view_model.view.fixed.oblique
    qtbot.keyPress(view, Qt.Key.Key_Escape)
    assert view_model.view == before


def test_scrolling_goes_along_the_turned_normal(area: ImageArea, view_model: ViewModel) -> None:
    turn = RigidTransform.from_euler((20, 0, 0, 0, 0, 0), np.zeros(3)).rotation
    view_model.turn_planes("fixed", turn)
    view = area.view("fused.axial")
    before = np.asarray(view_model.view.fixed.cursor)
    Hand(view).wheel(middle_of(view), 120)
    step = np.asarray(view_model.view.fixed.cursor) - before
    assert step == pytest.approx(3.0 * turn @ np.array([0, 0, 1.0]))
    assert "oblique" in view.title(frame_of(view))


# Distances


def test_a_distance_is_dragged_shown_changed_and_removed(area: ImageArea, view_model: ViewModel, qtbot: QtBot) -> None:
    view = area.view("fused.axial")
    frame = frame_of(view)
    start, end = (frame.position(np.array([x, -20.0, frame.plane.point[2]])) for x in (-30.0, 30.0))
    view_model.set_tool("measure")
    cursor = view_model.view.fixed.cursor
    hand = Hand(view)
    hand.drag(start, end)
    hand.release()
    (distance,) = view_model.view.distances
    assert distance.length_mm == pytest.approx(60.0, abs=2 * frame.mm_per_unit)
    assert view_model.view.fixed.cursor == cursor
    image, on_line = picture_of(view), start + (end - start) * 0.25
    assert max(grey(image, on_line + QPointF(0, row)) for row in (-1, 0, 1)) > 200
    # its end is taken hold of: the other one stays
    hand.drag(end + QPointF(3, 2), end + QPointF(0, 60))
    hand.release()
    (longer,) = view_model.view.distances
    assert longer.start == distance.start
    assert longer.end != distance.end
    # a second one, taken back on the way
    hand.drag(QPointF(20, 20), QPointF(60, 80))
    assert len(view_model.view.distances) == 2
    qtbot.keyPress(view, Qt.Key.Key_Escape)
    assert view_model.view.distances == (longer,)
    hand.release()
    hand.click(QPointF(20, 20))  # a click measures nothing
    assert view_model.view.distances == (longer,)


def test_a_distance_is_seen_only_in_its_plane(area: ImageArea, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    z = float(frame_of(view).plane.point[2])
    plain = picture_of(view)
    view_model.change(distances=(Distance("fixed", (-30.0, 0.0, z), (30.0, 10.0, z)),))
    assert picture_of(view) != plain
    view_model.change(distances=(Distance("fixed", (-30.0, 0.0, z + 2), (30.0, 10.0, z + 2)),))
    assert picture_of(view) == plain


def test_a_distance_on_the_moving_image_goes_along_with_it(
    area: ImageArea, view_model: ViewModel, document: Document
) -> None:
    view = area.view("fused.axial")
    z = float(frame_of(view).plane.point[2])
    seen = np.array([[-30.0, 0.0, z], [30.0, 10.0, z]])
    start, end = (edits.point_of(p) for p in document.state.moving_from_fixed.apply(seen))
    plain = picture_of(view)
    view_model.change(distances=(Distance("moving", start, end),))
    image = picture_of(view)
    assert image != plain
    at, to = frame_of(view).positions(seen)
    on_line = at + (to - at) * 0.25
    assert max(grey(image, on_line + QPointF(0, row)) for row in (-1, 0, 1)) > 200


# Blends that follow the mouse


def plain_greys(view_model: ViewModel, mode: BlendMode, **more: Any) -> None:
    """The fixed image is black and the moving one white, wherever they lie."""
    from fusionviewer.rendering.window import Window

    view_model.set_window("fixed", Window(1e6, 1.0))
    view_model.set_window("moving", Window(-1e6, 1.0))
    view_model.set_blend(mode=mode, **more)


def test_the_curtain_follows_the_crosshair_in_both_directions(area: ImageArea, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    plain_greys(view_model, BlendMode.CURTAIN)
    for at in (middle_of(view), middle_of(view) + QPointF(30, -20)):
        Hand(view).click(at)
        image = picture_of(view)
        assert grey(image, at + QPointF(9, 9)) == 255
        assert grey(image, at + QPointF(-9, 9)) == 0
    view_model.set_blend(curtain="down")
    image = picture_of(view)
    assert grey(image, at + QPointF(-9, 9)) == 255
    assert grey(image, at + QPointF(9, -9)) == 0
    view_model.change(blend=view_model.view.blend.swap())
    image = picture_of(view)
    assert grey(image, at + QPointF(-9, 9)) == 0


def test_the_spy_glass_is_under_the_mouse_and_else_at_the_crosshair(area: ImageArea, view_model: ViewModel) -> None:
    view, other = area.view("fused.axial"), area.view("fused.coronal")
    plain_greys(view_model, BlendMode.SPY_GLASS, glass_mm=30.0)
    frame = frame_of(view)
    radius = 15.0 / frame.mm_per_unit
    at = middle_of(view) + QPointF(40, 30)
    Hand(view).move(at)
    image = picture_of(view)
    assert grey(image, at + QPointF(radius - 5, 0)) == 255
    assert grey(image, at + QPointF(radius + 5, 0)) == 0
    beside = QPointF(9, 9)
    cross = frame_of(other).position(np.asarray(view_model.view.fixed.cursor))
    assert grey(picture_of(other), cross + beside) == 255
    hand = Hand(view)
    hand.drag(at, at + QPointF(0, -40), LEFT, CONTROL)  # the size, as the fade in its mode
    hand.release()
    assert view_model.view.blend.glass_mm > 30.0


def test_each_image_keeps_its_window_in_every_mode(area: ImageArea, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    for mode in BlendMode:
        view_model.set_blend(mode=mode)
        before = picture_of(view)
        fixed = view_model.view.fixed_window
        view_model.set_window("fixed", replace(fixed, level=fixed.level + 60))
        assert picture_of(view) != before
        view_model.set_window("fixed", fixed)
        assert picture_of(view) == before


def test_flicker_and_rock_go_on_while_panning_and_scrolling(
    area: ImageArea, view_model: ViewModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, interlude = area.view("fused.axial"), view_model.interlude
    hand = Hand(view)
    interlude.set_rock(True)
    seen = set()
    hand.drag(middle_of(view), middle_of(view) + QPointF(10, 5), MIDDLE)

    def more() -> bool:
        hand.wheel(middle_of(view), 120)
        seen.add(round(view_model.shown_blend.fade, 2))
        return len(seen) > 3

    qtbot.waitUntil(more)
    hand.release(MIDDLE)
    assert interlude.rocking
    interlude.set_flicker(True)
    assert not interlude.rocking
    first = view_model.shown_blend.fade
    qtbot.waitUntil(lambda: view_model.shown_blend.fade == 1.0 - first)
    assert view_model.view.fade == 0.5
    interlude.end()
    assert view_model.shown_blend == view_model.view.blend


def test_the_rock_goes_from_one_image_to_the_other_in_three_seconds(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fusionviewer.app.state import alternation as module

    now = [10.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    interlude = Interlude()
    interlude.set_rock(True)
    fades = []
    for now[0] in (10.0, 10.75, 11.5, 12.25, 13.0):
        fades.append(interlude.seen(Blend(BlendMode.CHECKERBOARD)).fade)
    assert fades == pytest.approx([0, 0.5, 1, 0.5, 0])
    interlude.end()


def test_peeking_shows_the_other_image_alone_in_every_mode(qapp: QApplication) -> None:
    interlude = Interlude()
    interlude.peek(True)
    assert interlude.seen(Blend(fade=0.3)).fade == 1.0
    assert interlude.seen(Blend(fade=0.7)).fade == 0.0
    for mode in (BlendMode.EDGES, BlendMode.CHECKERBOARD, BlendMode.DIFFERENCE):
        assert interlude.seen(Blend(mode)) == Blend(BlendMode.FADE, fade=1.0)
        assert interlude.seen(Blend(mode, swapped=True)).fade == 0.0


# Voxels


def test_without_interpolation_a_voxel_is_one_flat_square(area: ImageArea, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    view_model.set_fade(0.0)
    for _ in range(200):
        view_model.zoom("fixed", 2.0)  # as far as it goes
    mm = frame_of(view).mm_per_unit
    voxel = 3.0 / mm
    assert voxel > 20
    edge = np.add(centre_of("left ventricle"), (7, 0, 0))
    view_model.set_cursor("fixed", np.add(edge, (30, 30, 0)))  # its lines are out of the way
    view_model.set_focus("fixed", edge)

    def colours() -> set[str]:
        image = picture_of(view)
        row = view.height() // 2 + 30
        return {QColor(image.pixelColor(x, row)).name() for x in range(60, view.width() - 60)}

    smooth = len(colours())
    view_model.change(smooth=False)
    assert len(colours()) <= (view.width() - 120) / voxel + 2
    assert smooth > 3 * len(colours())


def test_shift_and_move_takes_the_crosshair_along_in_every_layout(area: ImageArea, view_model: ViewModel) -> None:
    for layout, key in (("fused", "fused.coronal"), ("nine", "fused.axial"), ("large", "fused.sagittal")):
        view_model.set_layout(layout)
        QApplication.processEvents()
        view = area.view(key)
        at = middle_of(view) + QPointF(17, 11)
        Hand(view).move(at, SHIFT)
        assert view_model.view.fixed.cursor == pytest.approx(frame_of(view).point_under(at))


def test_positions_are_written_as_lps_or_ras(area: ImageArea, view_model: ViewModel, document: Document) -> None:
    from fusionviewer.ui.widgets.value_text import place_text

    volume = document.state.fixed
    assert volume is not None
    point = np.array([10.0, -20.0, 30.0])
    i, j, k = (round(n) for n in volume.grid.indices(point))
    texts = [place_text("fixed", volume, point, ras=ras) for ras in (False, True)]
    lps, ras = (" ".join(text.split()) for text in texts)
    assert "10.0 −20.0 30.0 mm LPS" in lps
    assert "−10.0 20.0 30.0 mm RAS" in ras
    assert f"{i} {j} {k}]" in lps
    assert len({len(text) for text in texts}) == 1  # nothing jumps
    assert "outside" in place_text("fixed", volume, point + 500, ras=False)


def test_a_right_click_takes_a_drag_back(area: ImageArea, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    for tool in ("turn", "measure", "window"):
        view_model.set_tool(tool)
        before = view_model.view
        hand = Hand(view)
        hand.drag(QPointF(60, 60), QPointF(120, 150))
        assert view_model.view != before
        hand.press(QPointF(120, 150), RIGHT)
        hand.release(RIGHT)
        hand.release()
        assert view_model.view == before
        view_model.set_tool("crosshair")


def test_the_box_of_a_region_is_drawn_where_a_turned_plane_cuts_it(
    area: ImageArea, view_model: ViewModel, document: Document
) -> None:
    from fusionviewer.ui.pane.overlays.region_box import faces_under, section

    document.apply("box", edits.set_box(document.state, ((-20.0, -20.0, -20.0), (20.0, 20.0, 20.0))))
    view = area.view("fused.axial")
    view_model.set_cursor("fixed", np.zeros(3))
    turn = RigidTransform.from_euler((0, 0, 45, 0, 0, 0), np.zeros(3)).rotation
    view_model.turn_planes("fixed", turn)
    frame = frame_of(view)
    assert view.box is not None
    corners = section(frame, view.box)
    middle = frame.position(np.zeros(3))
    reach = [np.hypot(p.x() - middle.x(), p.y() - middle.y()) * frame.mm_per_unit for p in corners]
    assert max(reach) == pytest.approx(20 * np.sqrt(2), abs=0.1)
    assert faces_under(frame, view.box, corners[0]) == ()
    assert section(frame_of(area.view("fused.coronal")), ((50.0, -60.0, 0.0), (60.0, -50.0, 9.0))).isEmpty()
