from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import phantoms
import pytest
from mouse import LEFT, MIDDLE, RIGHT, Hand
from panes import MakeView, frame_of, middle_of
from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QColor, QKeySequence, QShortcut
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel, opening_view
from fusionviewer.geometry import AXIAL, CORONAL, ORIENTATIONS, SAGITTAL, Grid, Orientation, RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR
from fusionviewer.rendering.window import Window
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import FusionState, LandmarkPair
from fusionviewer.session.view_state import SpaceView
from fusionviewer.ui.pane import image as image_module
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.views.slice_view import SliceView

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Show = Callable[..., QWidget]


def cursor_of(view_model: ViewModel, side: Any = "fixed") -> np.ndarray:
    return np.asarray(view_model.view.space(side).cursor)


def grey_at(view: SliceView, point: np.ndarray) -> int:
    """How bright the view is drawn at a point of its space."""
    at = frame_of(view).position(point)
    return view.grab().toImage().pixelColor(int(at.x()), int(at.y())).lightness()


def painted(view: SliceView, at: QPointF, colour: str, reach: int = 9) -> int:
    """How many pixels around a place are drawn in (nearly) a colour."""
    wanted, image = QColor(colour), view.grab().toImage()
    found = 0
    for x in range(int(at.x()) - reach, int(at.x()) + reach + 1):
        for y in range(int(at.y()) - reach, int(at.y()) + reach + 1):
            c = image.pixelColor(x, y)
            far = abs(c.red() - wanted.red()) + abs(c.green() - wanted.green()) + abs(c.blue() - wanted.blue())
            found += far < 60
    return found


def add_pair(document: Document, fixed: Any = None, moving: Any = None, **more: Any) -> int:
    as_point = [None if p is None else edits.point_of(p) for p in (fixed, moving)]
    pair = LandmarkPair(landmark_edits.free_name(document.state), *as_point, **more)
    document.replace(replace(document.state, landmarks=(*document.state.landmarks, pair)))
    return len(document.state.landmarks) - 1


# Where things are


@pytest.mark.parametrize("orientation", ORIENTATIONS, ids=lambda o: o.name)
@pytest.mark.parametrize("radiological", [True, False])
def test_a_click_puts_the_crosshair_at_the_millimetres_under_the_mouse(
    make_view: MakeView, view_model: ViewModel, orientation: Orientation, radiological: bool
) -> None:
    view_model.change(radiological=radiological)
    view = make_view(orientation=orientation)
    mm = 72 * 3 / min(view.width(), view.height()) * 1.04  # the phantom's longest side fills the pane's shorter one
    before = np.asarray(view_model.view.fixed.focus)
    before[orientation.normal_axis] = cursor_of(view_model)[orientation.normal_axis]

    Hand(view).click(middle_of(view) + QPointF(40, 25))

    # The focus is in the middle, between two pixels, as both sizes are even; the middle of the pixel is half right.
    flip = -1 if orientation.mirrors and not radiological else 1
    right = {"axial": (1, 0, 0), "coronal": (1, 0, 0), "sagittal": (0, 1, 0)}[orientation.name]
    down = {"axial": (0, 1, 0), "coronal": (0, 0, -1), "sagittal": (0, 0, -1)}[orientation.name]
    expected = before + 40.5 * mm * flip * np.array(right) + 25.5 * mm * np.array(down)
    np.testing.assert_allclose(cursor_of(view_model), expected, atol=1e-9)


def test_the_patients_left_ear_is_seen_on_the_right_unless_neurological(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    ear = phantoms.centre_of("left ear")
    view_model.set_cursor("fixed", np.array([0.0, 40.0, ear[2]]))
    view_model.set_fade(0.0)
    view = make_view()
    screen_x = view.width() / 2 + 74 / frame_of(view).mm_per_unit
    y = int(frame_of(view).position(ear).y())

    def brightness(x: float) -> int:
        return view.grab().toImage().pixelColor(int(x), y).lightness()

    assert brightness(screen_x) > 60
    assert brightness(view.width() - screen_x) < 20
    view_model.change(radiological=False)
    assert brightness(screen_x) < 20
    assert brightness(view.width() - screen_x) > 60


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_a_point_is_painted_in_the_middle_of_the_pixel_that_a_click_on_it_names(ratio: float, phantom_mr: Any) -> None:
    frame = SliceFrame.of(
        phantom_mr, CORONAL, SpaceView(zoom=3.0), radiological=True, size=QSize(301, 207), ratio=ratio
    )
    mouse = QPointF(60, 40)
    at = frame.position(frame.point_under(mouse))
    assert (at.x() - 60) * ratio == pytest.approx(0.5)
    assert (at.y() - 40) * ratio == pytest.approx(0.5)
    assert frame.viewport.width == np.ceil(301 * ratio)


def test_a_halved_frame_covers_the_same_piece(phantom_mr: Any) -> None:
    frame = SliceFrame.of(phantom_mr, AXIAL, SpaceView(), radiological=True, size=QSize(300, 200), ratio=1.0)
    half = frame.coarser(2)
    assert (half.viewport.width, half.viewport.height) == (150, 100)
    for edge, half_edge in ((QPointF(-0.5, -0.5), QPointF(-1, -1)), (QPointF(299.5, 199.5), QPointF(299, 199))):
        np.testing.assert_allclose(half.point_under(half_edge), frame.point_under(edge), atol=1e-9)
    assert half.mm_per_unit == frame.mm_per_unit


# Drawing


def test_fixed_is_behind_and_moving_through_the_pose_in_front(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    ventricle, skull = phantoms.centre_of("left ventricle"), np.array([-64.0, 0.0, 0.0])
    view_model.set_cursor("fixed", ventricle)
    skull[2] = ventricle[2]
    view = make_view()
    view_model.set_fade(0.0)
    assert grey_at(view, skull) < 70  # bone is dark on T1
    view_model.set_fade(1.0)
    assert grey_at(view, skull) > 220  # and bright on CT, where the pose puts it
    view_model.set_preview(RigidTransform.about(np.eye(3), np.zeros(3), np.array([60.0, 0, 0])) @ view_model.pose)
    assert grey_at(view, skull) < 220  # follows the preview


def test_ten_moves_in_one_frame_cost_one_picture(make_view: MakeView, view_model: ViewModel, reslices: Any) -> None:
    view = make_view(orientation=SAGITTAL)
    reslices.reset()
    for n in range(10):
        view_model.set_cursor("fixed", np.array([n * 2.0, 0, 0]))
    assert len(reslices) == 0
    QApplication.processEvents()
    assert sorted(reslices.names) == ["phantom-ct", "phantom-mr"]
    assert frame_of(view).plane.point[0] == 18.0


def test_fade_window_mode_selection_and_the_crosshair_within_the_plane_reslice_nothing(
    make_view: MakeView, view_model: ViewModel, document: Document, reslices: Any
) -> None:
    view = make_view()
    add_pair(document, (10, 10, 0), (10, 10, 0))
    view.grab()
    reslices.reset()
    view_model.set_fade(0.0)
    view.grab()
    view_model.set_fade(0.8)
    view.grab()
    view_model.set_window("moving", Window(400, 1500))
    view.grab()
    view_model.set_cursor("fixed", cursor_of(view_model) + np.array([12.3, -7.7, 0.0]))
    view.grab()
    view_model.select_pair(None)
    document.apply("", landmark_edits.add_pair(document.state))
    view.grab()
    assert len(reslices) == 0
    view_model.set_cursor("fixed", cursor_of(view_model) + np.array([0.0, 0.0, 3.0]))
    view.grab()
    assert len(reslices) == 2


def test_the_crosshair_within_the_plane_and_a_selection_make_no_picture(
    make_view: MakeView, view_model: ViewModel, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make_view()
    add_pair(document, (10, 10, 0), (10, 10, 0))
    view.grab()
    monkeypatch.delattr(image_module.SliceRenderer, "render")  # whoever asks fails
    view_model.set_cursor("fixed", cursor_of(view_model) + np.array([12.3, -7.7, 0.0]))
    view_model.show(replace(view_model.view, selected_pair=0))
    before = view.grab().toImage()
    view_model.show(replace(view_model.view, selected_pair=None))
    assert view.grab().toImage() != before


def test_a_pose_reslices_only_the_moving_image_and_a_row_in_its_own_space_nothing(
    make_view: MakeView, view_model: ViewModel, document: Document, reslices: Any
) -> None:
    fused, row = make_view(), make_view("moving", AXIAL, fused=False)
    reslices.reset()
    document.apply("", edits.start_from_header(document.state))
    fused.grab(), row.grab()
    assert reslices.names == ["phantom-ct"]


def test_a_hidden_view_draws_nothing(make_view: MakeView, view_model: ViewModel, reslices: Any) -> None:
    view = make_view()
    view.hide()
    reslices.reset()
    view_model.set_cursor("fixed", np.array([0.0, 0.0, 30.0]))
    QApplication.processEvents()
    assert len(reslices) == 0


def test_a_slow_view_is_drawn_roughly_while_it_moves_and_sharply_when_it_rests(
    make_view: MakeView, view_model: ViewModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    original = image_module.SliceRenderer.render
    monkeypatch.setattr(image_module, "DRAFT_ABOVE_MS", -1.0)
    monkeypatch.setattr(image_module, "_DRAFT_MS", 1e9)  # the coarseness of a quick machine
    monkeypatch.setattr(
        image_module.SliceRenderer,
        "render",
        lambda renderer, request: asked.append(request.viewport.width) or original(renderer, request),
    )
    view = make_view()
    view._fresh._sharpen()
    view.grab()
    asked.clear()
    view_model.set_cursor("fixed", np.array([0.0, 0.0, 21.0]))
    view.grab()
    view_model.set_fade(0.3)
    view.grab()
    assert asked == [200, 200]
    assert view._fresh._sharpen_timer.isActive()
    view._fresh._sharpen()
    view.grab()
    view_model.set_fade(0.4)
    view.grab()
    assert asked == [200, 200, 400, 400]


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("have", [(), ("fixed",), ("moving",)])
@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_draws_whatever_images_there_are(
    make_view: MakeView, view_model: ViewModel, document: Document, fused: bool, have: tuple[str, ...], side: Any
) -> None:
    state = FusionState(
        fixed=document.state.fixed if "fixed" in have else None,
        moving=document.state.moving if "moving" in have else None,
    )
    document.replace(state)
    view_model.show(opening_view(state))
    view = make_view(side, CORONAL, fused)
    shown = bool(have) if fused else side in have
    bright = grey_at(view, np.array([20.0, 0.0, -40.0])) if shown else 0
    assert (view.frame() is not None) == shown
    assert (bright > 40) == shown
    hand = Hand(view)  # and nothing that a hand can do there fails
    hand.click(middle_of(view))
    hand.wheel(middle_of(view), 120)
    hand.wheel(middle_of(view), 120, CTRL)
    hand.drag(middle_of(view), QPointF(9, 9), RIGHT)
    hand.release(RIGHT)
    hand.drag(middle_of(view), QPointF(9, 9), LEFT, CTRL)
    hand.release()
    view.grab()


def test_both_ends_of_a_pair_are_seen_in_the_fused_view_and_only_near_the_plane(
    make_view: MakeView, view_model: ViewModel, document: Document, phantom_truth: RigidTransform
) -> None:
    fixed, twin = np.array([20.0, 10.0, 0.0]), np.array([50.0, 10.0, 0.0])
    add_pair(document, fixed, phantom_truth.apply(twin))
    view_model.set_cursor("fixed", np.zeros(3))
    view_model.set_fade(0.0)
    view = make_view()
    at_fixed, at_moving = (frame_of(view).position(p) for p in (fixed, twin))
    assert painted(view, at_fixed, FIXED_COLOUR) > 10
    assert painted(view, at_moving, MOVING_COLOUR) > 10
    between = view.grab().toImage().pixelColor(((at_fixed + at_moving) / 2).toPoint())
    assert between.lightness() > 180
    view_model.set_cursor("fixed", np.array([0.0, 0.0, 5.5]))
    assert painted(view, at_fixed, FIXED_COLOUR) == painted(view, at_moving, MOVING_COLOUR) == 0


def test_a_moving_point_is_seen_in_its_own_row_in_its_own_space(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    point = np.array([20.0, 10.0, 12.0])
    add_pair(document, np.array([0.0, 0.0, 12.0]), point)
    view_model.set_cursor("moving", np.array([0.0, 0.0, 12.0]))
    view = make_view("moving", AXIAL, fused=False)
    assert painted(view, frame_of(view).position(point), MOVING_COLOUR) > 10
    assert [mark.side for mark in view.marks(frame_of(view))] == ["moving"]


# Gestures


def test_the_crosshair_follows_a_drag_and_esc_takes_it_back(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    before = view_model.view
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(30, -20))
    there = frame_of(view).point_under(middle_of(view) + QPointF(30, -20))
    np.testing.assert_allclose(cursor_of(view_model), there)
    QTest.keyClick(view, Qt.Key.Key_Escape)
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
    view_model.set_tool("window")
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


def test_a_double_click_enlarges_and_the_next_one_shows_all(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view("moving", CORONAL, fused=False)
    Hand(view).double_click(middle_of(view))
    assert view_model.view.enlarged == "moving.coronal"
    Hand(view).double_click(middle_of(view))
    assert view_model.view.enlarged == ""


def test_new_images_end_a_drag(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    view = make_view()
    hand = Hand(view)
    hand.drag(middle_of(view), QPointF(50, 50))
    document.replace(edits.new_study(document.state.moving, None))
    now = view_model.view
    hand.move(QPointF(80, 80))
    hand.release()
    assert view_model.view == now


def test_a_button_that_was_let_go_unseen_ends_the_drag(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    Hand(view).drag(middle_of(view), QPointF(50, 50))
    now = view_model.view
    Hand(view).move(QPointF(90, 90))  # another hand, that holds nothing
    assert view_model.view == now


def test_hovering_tells_space_and_point(make_view: MakeView, view_model: ViewModel, qtbot: QtBot) -> None:
    view = make_view("moving", AXIAL, fused=False)
    with qtbot.waitSignal(view.hovered) as seen:
        Hand(view).move(QPointF(33, 44))
    assert seen.args[0] == "moving"
    np.testing.assert_allclose(seen.args[1], frame_of(view).point_under(QPointF(33, 44)))


# Landmarks


def test_dragging_a_point_is_one_step_and_changes_neither_crosshair_nor_window(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    start = np.array([20.0, 10.0, 2.0])  # beside the plane, where it stays
    add_pair(document, start)
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    before, hand = view_model.view, Hand(view)
    at, way = frame_of(view).position(start), QPointF(24, -16)
    hand.drag(at + QPointF(5, 5), at + QPointF(5, 5) + way, steps=6)
    hand.release()
    mm = frame_of(view).mm_per_unit
    np.testing.assert_allclose(document.state.landmarks[0].fixed_point, start + mm * np.array([24, -16, 0]))
    assert view_model.view == replace(before, selected_pair=0)
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Move landmark L1"
    document.undo_stack.undo()
    np.testing.assert_allclose(document.state.landmarks[0].fixed_point, start)


def test_two_drags_are_two_steps(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    add_pair(document, np.zeros(3))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    hand = Hand(view)
    for _ in range(2):
        at = frame_of(view).position(np.asarray(document.state.landmarks[0].fixed_point))
        hand.drag(at, at + QPointF(10, 10))
        hand.release()
    assert document.undo_stack.count() == 2


def test_esc_leaves_a_point_and_the_history_as_they_were(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    add_pair(document, np.zeros(3))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    state, look, at = document.state, view_model.view, frame_of(view).position(np.zeros(3))
    Hand(view).drag(at, at + QPointF(40, 20))
    assert document.state is not state
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert document.state is state
    assert view_model.view == look
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_a_moving_point_is_dragged_through_the_pose_in_the_fused_view(
    make_view: MakeView, view_model: ViewModel, document: Document, phantom_truth: RigidTransform
) -> None:
    seen = np.array([-20.0, 30.0, 0.0])
    add_pair(document, None, phantom_truth.apply(seen))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    at = frame_of(view).position(seen)
    hand = Hand(view)
    hand.drag(at, at + QPointF(-30, 12))
    hand.release()
    way = frame_of(view).mm_per_unit * np.array([-30, 12, 0.0])
    moved = document.state.landmarks[0]
    assert moved.fixed_point is None
    np.testing.assert_allclose(moved.moving_point, phantom_truth.apply(seen + way), atol=1e-9)


def test_taking_hold_of_a_point_in_a_row_shows_its_twin_in_the_other_row_and_this_row_holds_still(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    add_pair(document, (1.0, 2.0, 0.0), (30.0, 20.0, 10.0))
    view_model.set_cursor("fixed", np.zeros(3))
    view_model.set_layout("pairs")
    view = make_view("fixed", AXIAL, fused=False)
    before = view_model.view.fixed
    Hand(view).click(frame_of(view).position(np.array([1.0, 2.0, 0.0])))
    assert view_model.view.selected_pair == 0
    assert view_model.view.fixed == before
    assert view_model.view.moving.cursor == (30.0, 20.0, 10.0)
    assert document.undo_stack.count() == 0


def test_an_undo_during_a_drag_ends_the_hold(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    document.apply("Add", landmark_edits.add_pair(document.state))
    document.apply("Mark", landmark_edits.place_point(document.state, 0, "fixed", np.zeros(3)))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    at, hand = frame_of(view).position(np.zeros(3)), Hand(view)
    hand.drag(at, at + QPointF(9, 9))
    for _ in range(3):
        document.undo_stack.undo()
    hand.move(at + QPointF(30, 30))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert document.state.landmarks == ()


@pytest.mark.parametrize("fused", [True, False])
def test_placing_announces_clicks_in_each_images_own_space(
    make_view: MakeView,
    view_model: ViewModel,
    document: Document,
    phantom_truth: RigidTransform,
    qtbot: QtBot,
    fused: bool,
) -> None:
    index = add_pair(document, (0.0, 0.0, 40.0))  # the fixed point is there, far from the plane
    view_model.show(replace(view_model.view, selected_pair=index))
    view = make_view("moving", AXIAL, fused)
    cursor, hand, at = cursor_of(view_model, "fixed"), Hand(view), QPointF(150, 120)
    with qtbot.assertNotEmitted(view.point_clicked):
        hand.click(at)  # not placing: the crosshair goes there
    view_model.set_cursor("fixed", cursor)
    view.set_placing(True)
    with qtbot.waitSignal(view.point_clicked) as clicked:
        hand.click(at)
    seen = frame_of(view).point_under(at)
    assert clicked.args[0] == "moving"
    np.testing.assert_allclose(clicked.args[1], phantom_truth.apply(seen) if fused else seen)
    np.testing.assert_array_equal(cursor_of(view_model, "fixed"), cursor)
    with qtbot.assertNotEmitted(view.point_clicked):  # a drag looks for the place
        hand.drag(at, at + QPointF(30, 0))
        hand.release()
    assert cursor_of(view_model, view.space)[0] == pytest.approx(frame_of(view).point_under(at + QPointF(30, 0))[0])


def test_nothing_is_placed_where_the_point_is_there_already(
    make_view: MakeView, view_model: ViewModel, document: Document, qtbot: QtBot
) -> None:
    index = add_pair(document, (0.0, 0.0, 40.0))
    view_model.show(replace(view_model.view, selected_pair=index))
    view = make_view("fixed", AXIAL, fused=False)
    view.set_placing(True)
    with qtbot.assertNotEmitted(view.point_clicked):
        Hand(view).click(QPointF(150, 120))


def test_esc_is_the_windows_own_again_when_nothing_is_dragged(
    document: Document, view_model: ViewModel, show: Show, qtbot: QtBot
) -> None:
    window = QWidget()
    view = SliceView(document, view_model, "fixed", AXIAL, True, parent=window)
    view.resize(400, 320)
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Escape), window)
    show(window)
    window.activateWindow()
    view.setFocus()
    hand, before = Hand(view), view_model.view
    hand.drag(QPointF(100, 100), QPointF(150, 120))
    with qtbot.assertNotEmitted(shortcut.activated):
        QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view_model.view == before
    hand.release()
    with qtbot.waitSignal(shortcut.activated):
        QTest.keyClick(view, Qt.Key.Key_Escape)


def test_the_cursor_tells_what_a_press_does(make_view: MakeView, view_model: ViewModel, document: Document) -> None:
    add_pair(document, np.zeros(3))
    view_model.set_cursor("fixed", np.zeros(3))
    view = make_view()
    hand, at = Hand(view), frame_of(view).position(np.zeros(3))
    hand.move(at + QPointF(40, 40))
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
    hand.move(at + QPointF(2, 2))
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    hand.press(at)
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    hand.release()
    view_model.set_tool("window")
    assert view.cursor().shape() == Qt.CursorShape.SizeAllCursor
