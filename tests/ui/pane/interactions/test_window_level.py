"""The window tool: what it changes, and what it must never change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from keyboard import CTRL, NONE, key_click
from mouse import Hand
from panes import MakeView, context_of, frame_of, middle_of, picture_of
from PyQt6.QtCore import QPointF, Qt

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, CORONAL, SAGITTAL, Orientation, RigidTransform, rotation_from_vector
from fusionviewer.rendering.blends import Blend, BlendMode
from fusionviewer.rendering.slices import SliceRenderer, front_at
from fusionviewer.rendering.window import Window, best_window
from fusionviewer.session import edits
from fusionviewer.session.state import SIDES, LandmarkPair, Side
from fusionviewer.ui.pane.image import request_for
from fusionviewer.ui.pane.interactions.window_level import windowed_side
from fusionviewer.ui.pane.overlays.landmark_marks import find_marks, mark_under
from fusionviewer.ui.pane.overlays.region_box import faces_under
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView

WAY = QPointF(45, -30)


@pytest.fixture(autouse=True)
def _tool(view_model: ViewModel) -> None:
    view_model.set_tool("window")


# What it never touches


def with_landmark(view: SliceView, document: Document, view_model: ViewModel) -> QPointF:
    point = np.asarray(view_model.view.fixed.cursor) + np.array([20, 10, 0])
    pair = LandmarkPair("1", edits.point_of(point), edits.point_of(context_of(view).own_point("moving", point)))
    document.replace(replace(document.state, landmarks=(pair,)))
    at = frame_of(view).position(point)
    assert mark_under(find_marks(context_of(view)), at) is not None
    return at


def with_box(view: SliceView, document: Document, view_model: ViewModel) -> QPointF:
    cursor = np.asarray(view_model.view.fixed.cursor)
    box = (edits.point_of(cursor - 30), edits.point_of(cursor + 30))
    document.replace(edits.set_box(document.state, box))
    at = frame_of(view).position(cursor + np.array([30, 0, 0]))
    shown = context_of(view).region_box
    assert shown is not None
    assert faces_under(frame_of(view), shown, at)
    return at


def with_missing_point(view: SliceView, document: Document, view_model: ViewModel) -> QPointF:
    document.replace(replace(document.state, landmarks=(LandmarkPair("1", None, None),)))
    view_model.change(selected_pair=0)
    view.point_clicked.connect(lambda *_: pytest.fail("a point was marked"))
    assert context_of(view).placing == "fixed"
    return middle_of(view) + QPointF(9, 9)


def at_the_crosshair(view: SliceView, document: Document, view_model: ViewModel) -> QPointF:
    return frame_of(view).position(np.asarray(view_model.view.fixed.cursor))


@pytest.mark.parametrize("prepare", [with_landmark, with_box, with_missing_point, at_the_crosshair])
@pytest.mark.parametrize("modifiers", [NONE, CTRL], ids=["drag", "box"])
@pytest.mark.parametrize("moved", [True, False], ids=["moved", "clicked"])
def test_it_changes_windows_and_nothing_else_whatever_lies_under_it(
    make_view: MakeView, document: Document, view_model: ViewModel, prepare: Any, modifiers: Any, moved: bool
) -> None:
    view = make_view()
    at = prepare(view, document, view_model)
    state, before, hand = document.state, view_model.view, Hand(view)
    if moved:
        hand.drag(at, at + WAY, modifiers=modifiers)
    else:
        hand.press(at, modifiers=modifiers)
    hand.release(modifiers=modifiers)
    assert document.state is state
    after = view_model.view
    assert after == before.with_window("fixed", after.fixed_window)
    assert (after.fixed_window != before.fixed_window) == moved


# The window of a box


def values_in(view: SliceView, side: Side, start: QPointF, end: QPointF) -> np.ndarray:
    """The values of the voxels around the places of a box, place by place."""
    volume, frame = view.document.state.volume(side), frame_of(view)
    assert volume is not None
    rows = np.arange(min(start.y(), end.y()), max(start.y(), end.y()))
    columns = np.arange(min(start.x(), end.x()), max(start.x(), end.x()))
    points = [frame.point_under(QPointF(x, y)) for y in rows for x in columns]
    found = [volume.value_at(context_of(view).own_point(side, point)) for point in points]
    return np.array([np.nan if value is None else value for value in found], np.float32)


@pytest.mark.parametrize(("fused", "side"), [(True, "moving"), (False, "fixed"), (False, "moving")])
@pytest.mark.parametrize(
    ("orientation", "oblique"),
    [
        pytest.param(AXIAL, False, id="axial"),
        pytest.param(SAGITTAL, True, id="oblique-sagittal"),
        pytest.param(CORONAL, False, id="coronal"),
    ],
)
def test_a_box_gets_the_window_of_its_own_values(
    make_view: MakeView,
    document: Document,
    view_model: ViewModel,
    fused: bool,
    side: Side,
    orientation: Orientation,
    oblique: bool,
) -> None:
    pose = RigidTransform.from_euler((8, -5, 12, 9, -6, 14), np.zeros(3))
    document.replace(edits.set_pose(document.state, pose, "hand"))
    view_model.set_fade(1.0 if side == "moving" else 0.0)
    for space in SIDES:  # off the border between two voxels
        cursor = np.asarray(view_model.view.space(space).cursor)
        view_model.set_cursor(space, cursor + np.array([0.3, 0.2, 0.1]))
    view = make_view(side, orientation, fused)
    if oblique:
        for space in SIDES:
            view_model.turn_planes(space, rotation_from_vector(np.deg2rad([10, 20, -15])))
    view_model.change(smooth=False)
    start = middle_of(view) + QPointF(31, -44)  # not where its mirror images have the same values
    end = start + QPointF(-52, 70)
    before, hand = view_model.view, Hand(view)
    hand.drag(start, end, modifiers=CTRL)
    hand.release(modifiers=CTRL)
    expected = best_window(values_in(view, side, start, end))
    assert expected is not None
    got = view_model.view.window(side)
    assert got.low == pytest.approx(expected.low, abs=0.02 * expected.width)
    assert got.high == pytest.approx(expected.high, abs=0.02 * expected.width)
    assert view_model.view == before.with_window(side, got)


@pytest.mark.parametrize("way", [QPointF(3, 3), QPointF(0, 60), QPointF(60, 1), QPointF(0, 0)])
def test_a_tiny_box_or_a_line_is_none(make_view: MakeView, view_model: ViewModel, way: QPointF) -> None:
    view = make_view()
    before, hand = view_model.view, Hand(view)
    hand.drag(middle_of(view), middle_of(view) + way, modifiers=CTRL)
    hand.release()
    assert view_model.view == before
    assert view.interaction is None


def test_a_box_beside_the_image_changes_nothing(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    view_model.zoom("fixed", 0.25)
    before, hand = view_model.view, Hand(view)
    hand.drag(QPointF(2, 2), QPointF(30, 30), modifiers=CTRL)
    hand.release()
    assert view_model.view == before


@pytest.mark.parametrize("modifiers", [NONE, CTRL], ids=["drag", "box"])
def test_esc_takes_it_back(make_view: MakeView, view_model: ViewModel, modifiers: Any) -> None:
    view = make_view()
    view_model.set_window("fixed", Window(300, 200, 900))
    before, hand = view_model.view, Hand(view)
    hand.drag(middle_of(view), middle_of(view) + WAY, modifiers=modifiers)
    assert view.interaction is not None
    key_click(view, Qt.Key.Key_Escape)
    assert view.interaction is None
    hand.move(middle_of(view) + 2 * WAY)
    hand.release()
    assert view_model.view == before


def test_a_toned_window_stays_one_under_the_mouse(make_view: MakeView, view_model: ViewModel) -> None:
    view_model.set_window("fixed", Window(40, 80, 1300))
    view = make_view()
    Hand(view).drag(middle_of(view), middle_of(view) + WAY)
    window = view_model.view.fixed_window
    assert window.white_at == 1300
    assert window.level < 40  # brighter
    assert window.width > 80


# Which image it is


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("mode", [BlendMode.CHECKERBOARD, BlendMode.CURTAIN, BlendMode.SPY_GLASS, BlendMode.EDGES])
def test_the_image_that_is_seen_under_the_mouse_gets_the_window(
    make_view: MakeView, view_model: ViewModel, mode: BlendMode, swapped: bool
) -> None:
    view_model.set_blend(mode=mode, swapped=swapped, checker_mm=40.0)
    view = make_view()
    changed = set()
    for way in (QPointF(-40, -30), QPointF(40, -30), QPointF(3, 3), QPointF(-60, 40)):
        before, at, hand = view_model.view, middle_of(view) + way, Hand(view)
        hand.move(at)
        frame, request = frame_of(view), request_for(context_of(view))
        right, down = frame.plane.screen(frame.point_under(at))
        only = {side: replace(request, **{layer: replace(getattr(request, layer), window=Window(-1e6, 1))})
                for side, layer in (("fixed", "back"), ("moving", "front"))}  # fmt: skip
        plain = SliceRenderer().render(request)[int(at.y()), int(at.x())]
        seen = {side for side in SIDES if (SliceRenderer().render(only[side])[int(at.y()), int(at.x())] != plain).any()}
        hand.drag(at, at + QPointF(30, 0))
        hand.release()
        (side,) = {s for s in SIDES if view_model.view.window(s) != before.window(s)}
        assert side == ("moving" if front_at(request, float(right), float(down)) else "fixed")
        assert seen <= {side}  # white or an edge may hide what changed, but never the other image
        changed.add(side)
    parted = mode in {BlendMode.CHECKERBOARD, BlendMode.CURTAIN}  # the glass follows the mouse, edges lie on one image
    assert len(changed) == (2 if parted else 1)


@pytest.mark.parametrize("fade", [0.3, 0.5, 0.7])
def test_it_says_whose_window_a_drag_changes_before_and_while_it_does(
    make_view: MakeView, view_model: ViewModel, fade: float
) -> None:
    view_model.set_fade(fade)
    view, before = make_view(), view_model.view
    at, hand = middle_of(view), Hand(view)
    hand.move(at)
    told = view.toolTip()
    hand.drag(at, at + QPointF(30, -20))
    (side,) = {one for one in SIDES if view_model.view.window(one) != before.window(one)}
    assert f"of the {side} image" in told
    drag = context_of(view).drag
    assert drag is not None
    assert drag.said is not None
    words, whose = drag.said
    assert whose == side
    window = view_model.view.window(side)
    assert words == f"Window/Level of the {side} image: L {window.level:.4g}, W {window.width:.4g}"
    with_words = picture_of(view)
    hand.release()
    assert context_of(view).drag is None
    assert picture_of(view) != with_words


# Each image its own


def pictures(view: SliceView, blend: Blend, *windows: tuple[Window, Window]) -> list[np.ndarray]:
    """The pictures of both images at these windows."""
    request = replace(request_for(context_of(view)), blend=blend)
    assert request.back is not None
    assert request.front is not None
    drawn = []
    for back, front in windows:
        wanted = replace(request, back=replace(request.back, window=back), front=replace(request.front, window=front))
        drawn.append(SliceRenderer().render(wanted).astype(int))
    return drawn


ONE, OTHER = Window(200, 800), Window(300, 300)
CT, BONE = Window(40, 160), Window(40, 80, 1300)


@pytest.mark.parametrize("mode", [BlendMode.CHECKERBOARD, BlendMode.CURTAIN, BlendMode.SPY_GLASS])
@pytest.mark.parametrize("swapped", [False, True])
def test_where_one_image_is_seen_the_others_window_does_nothing(
    make_view: MakeView, mode: BlendMode, swapped: bool
) -> None:
    view = make_view()
    plain, back, front = pictures(view, Blend(mode, swapped=swapped), (ONE, CT), (OTHER, CT), (ONE, BONE))
    by_back, by_front = (plain != back).any(axis=2), (plain != front).any(axis=2)
    assert by_back.sum() > 500
    assert by_front.sum() > 500
    assert not (by_back & by_front).any()


@pytest.mark.parametrize("blend", [Blend(fade=f) for f in (0.3, 0.5)] + [Blend(BlendMode.TWO_COLOUR, 0.4)])
def test_each_image_adds_what_its_own_window_gives_it(make_view: MakeView, blend: Blend) -> None:
    view = make_view()
    a, b, c, d = pictures(view, blend, (ONE, CT), (OTHER, CT), (ONE, BONE), (OTHER, BONE))
    assert (a != b).any()
    assert (a != c).any()
    assert (a - b == c - d).all()


@pytest.mark.parametrize("mode", [BlendMode.FADE, BlendMode.TWO_COLOUR])
def test_at_the_ends_of_the_fade_only_the_one_window_counts(make_view: MakeView, mode: BlendMode) -> None:
    view = make_view()
    a, b, c = pictures(view, Blend(mode, 0.0), (ONE, CT), (ONE, BONE), (OTHER, CT))
    assert (a == b).all()
    assert (a != c).any()
    a, b, c = pictures(view, Blend(mode, 1.0), (ONE, CT), (OTHER, CT), (ONE, BONE))
    assert (a == b).all()
    assert (a != c).any()


def test_edges_of_a_ct_do_not_depend_on_its_window(make_view: MakeView) -> None:
    view = make_view()
    a, b, c = pictures(view, Blend(BlendMode.EDGES), (ONE, CT), (ONE, BONE), (OTHER, CT))
    assert (a == b).all()
    assert (a != c).any()


# No way on


@pytest.mark.parametrize("mode", [BlendMode.FADE, BlendMode.CHECKERBOARD, BlendMode.CURTAIN, BlendMode.SPY_GLASS])
def test_where_one_image_lies_alone_the_window_tool_changes_that_one(
    area: PaneGrid, view_model: ViewModel, document: Document, mode: BlendMode
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
            if fixed != bool(state.moving.grid.contains(state.alignment.moving_from_fixed.apply(point))):
                assert windowed_side(context_of(view), QPointF(x, y)) == ("fixed" if fixed else "moving")
                seen.add(fixed)
    assert seen == {True, False}
    view_model.change(blend=Blend(BlendMode.EDGES))  # nothing of the moving image is seen alone there
    corners = [QPointF(x, y) for x in range(2, view.width(), 9) for y in range(2, view.height(), 9)]
    assert {windowed_side(context_of(view), at) for at in corners} == {"fixed"}


@pytest.mark.parametrize("way", [-1, 1])
def test_a_window_can_be_dragged_narrower_or_wider_for_ever(area: PaneGrid, view_model: ViewModel, way: int) -> None:
    view = area.view("fused.axial")
    hand = Hand(view)
    for _ in range(80):
        hand.drag(middle_of(view) - QPointF(way * 240, 60), middle_of(view) + QPointF(way * 240, 60), steps=1)
        hand.release()
    window = view_model.view.window("fixed")
    assert window.low < window.level < window.high
    assert not view.grab().isNull()  # a warning or a division by zero would fail the test


@pytest.mark.parametrize(
    ("fused", "side", "fade", "changed"),
    [
        (True, "fixed", 0.2, "fixed"),
        (True, "fixed", 0.8, "moving"),
        (False, "moving", 0.2, "moving"),
        (False, "fixed", 0.8, "fixed"),
    ],
)
def test_the_window_tool_changes_the_image_that_is_seen(
    make_view: MakeView, view_model: ViewModel, fused: bool, side: Any, fade: float, changed: Any
) -> None:
    view_model.set_fade(fade)
    view = make_view(side, AXIAL, fused)
    before = view_model.view
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(60, 0))
    assert view_model.view.window(changed).width > 1.2 * before.window(changed).width
    assert view_model.view.window(changed).level == before.window(changed).level
    hand.move(middle_of(view) - QPointF(0, 60))  # up: brighter
    hand.release()
    after = view_model.view.window(changed)
    assert after.width == pytest.approx(before.window(changed).width)
    assert after.level < before.window(changed).level
    assert view_model.view == before.with_window(changed, after)
