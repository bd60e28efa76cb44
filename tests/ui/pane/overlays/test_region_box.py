"""The box that alone counts, in the views: drawn, dragged with real events, and taken back."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import key_click
from mouse import LEFT, Hand
from panes import MakeView, context_of, frame_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor

from fusionviewer.app.commands import regions
from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import CORONAL, ORIENTATIONS, SAGITTAL, Grid, Orientation, RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.registration import Box, make_box
from fusionviewer.rendering.colours import REGION_COLOUR
from fusionviewer.session import edits
from fusionviewer.ui.pane.overlays.region_box import box_rect, faces_under
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView

BOX = make_box((-50, -60, -40), (40, 55, 45))


@pytest.fixture(autouse=True)
def _with_box(document: Document) -> None:
    document.apply("box", edits.set_box(document.state, BOX))


def edge(view: SliceView, x: float, y: float) -> QPointF:
    """A place on the drawn rectangle: 0 left or top, 1 right or bottom; off the handles' middles."""
    frame = view.frame()
    assert frame is not None
    rect = box_rect(frame, current(view))
    return QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height())


def current(view: SliceView) -> Box:
    box = regions.box_of(view.document.state)
    assert box is not None
    return box


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("radiological", [True, False])
def test_each_side_follows_the_mouse_and_the_others_stay(
    orientation: Orientation, radiological: bool, make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    view_model.change(radiological=radiological)
    view = make_view(orientation=orientation)
    frame = view.frame()
    assert frame is not None
    for at, way in ((edge(view, 0, 0.3), QPointF(9, 3)), (edge(view, 0.3, 1), QPointF(-4, -8))):
        before = np.array(current(view))
        steps = document.undo_stack.count()
        (face,) = faces_under(frame, current(view), at)
        hand = Hand(view)
        hand.drag(at, at + way)
        hand.release()
        assert document.undo_stack.count() == steps + 1
        moved = np.array(current(view)) - before
        expected = np.zeros((2, 3))
        expected[face[1], face[0]] = frame.step(way)[face[0]]
        assert np.allclose(moved, expected, atol=1e-9)
        assert abs(expected).max() > 2.0


def test_a_corner_moves_two_sides(make_view: MakeView, document: Document) -> None:
    view = make_view()
    at = edge(view, 1, 0)
    hand = Hand(view)
    hand.drag(at, at + QPointF(-12, 10))
    hand.release()
    assert np.count_nonzero(np.array(current(view)) - np.array(BOX)) == 2


def test_esc_and_undo_during_a_drag(make_view: MakeView, document: Document) -> None:
    view = make_view()
    before = document.state
    at = edge(view, 0, 0.3)
    hand = Hand(view)
    hand.drag(at, at + QPointF(20, 0))
    assert current(view) != BOX
    key_click(view, Qt.Key.Key_Escape)
    assert document.state is before
    hand.move(at + QPointF(40, 0))
    hand.release()
    assert document.state is before
    hand.drag(at, at + QPointF(20, 0))
    document.undo_stack.undo()
    hand.move(at + QPointF(40, 0))
    hand.release()
    assert current(view) == BOX


def test_a_press_elsewhere_still_moves_the_crosshair(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    before = view_model.view.fixed.cursor
    Hand(view).click(edge(view, 0.4, 0.4), LEFT)
    assert view_model.view.fixed.cursor != before
    assert current(view) == BOX


def test_beside_the_box_nothing_can_be_taken(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    view_model.set_cursor("fixed", np.array([0.0, 0.0, 60.0]))
    frame = view.frame()
    assert frame is not None
    assert faces_under(frame, BOX, edge(view, 0, 0.3)) == ()


def test_the_cursor_shows_which_way_a_side_goes(make_view: MakeView) -> None:
    view = make_view()
    hand = Hand(view)
    for x, y, shape in (
        (0.0, 0.3, Qt.CursorShape.SizeHorCursor),
        (0.3, 1.0, Qt.CursorShape.SizeVerCursor),
        (0.0, 0.0, Qt.CursorShape.SizeFDiagCursor),
        (1.0, 0.0, Qt.CursorShape.SizeBDiagCursor),
        (0.4, 0.4, Qt.CursorShape.CrossCursor),
    ):
        hand.move(edge(view, x, y))
        assert view.cursor().shape() == shape, (x, y)


def test_the_fixed_space_shows_the_region_and_the_moving_one_does_not(
    make_view: MakeView, document: Document, phantom_mr: Volume
) -> None:
    violet = QColor(REGION_COLOUR)

    def seen(view: SliceView) -> int:
        picture = view.grab().toImage()
        colours = (picture.pixelColor(x, y) for x in range(picture.width()) for y in range(0, picture.height(), 3))
        return sum(abs(c.red() - violet.red()) + abs(c.blue() - violet.blue()) < 12 for c in colours)

    fixed, moving = make_view(fused=False), make_view("moving", fused=False)
    assert seen(fixed) > 50
    assert seen(moving) == 0
    document.apply("off", edits.set_box(document.state, None))
    assert seen(fixed) == 0
    array = np.zeros(phantom_mr.array.shape, np.uint8)
    array[10:-10, 15:-15, 15:-15] = 1
    document.apply("mask", edits.set_mask(document.state, Volume(image_on_grid(array, phantom_mr.grid), "mask")))
    assert seen(fixed) > 50
    assert seen(moving) == 0


def test_a_mask_that_fills_its_grid_has_an_outline_too(make_view: MakeView, document: Document) -> None:
    view = make_view(orientation=SAGITTAL, fused=False)
    document.apply("off", edits.set_box(document.state, None))
    without = view.grab().toImage()
    grid = Grid.axis_aligned((20, 20, 20), (4, 4, 4), np.full(3, -38.0))
    full = Volume(image_on_grid(np.ones((20, 20, 20), np.uint8), grid), "full")
    document.apply("mask", edits.set_mask(document.state, full))
    assert view.grab().toImage() != without


def test_coronal_handles_lie_on_the_box(make_view: MakeView) -> None:
    view = make_view(orientation=CORONAL)
    frame = view.frame()
    assert frame is not None
    rect = box_rect(frame, BOX)
    # the head is up, and the patient's right on the left
    assert rect.top() == pytest.approx(frame.position(np.array([0, 0, 45.0])).y())
    assert rect.left() == pytest.approx(frame.position(np.array([-50.0, 0, 0])).x())


def test_the_box_of_a_region_is_drawn_where_a_turned_plane_cuts_it(
    area: PaneGrid, view_model: ViewModel, document: Document
) -> None:
    from fusionviewer.ui.pane.overlays.region_box import faces_under, section

    document.apply("box", edits.set_box(document.state, ((-20.0, -20.0, -20.0), (20.0, 20.0, 20.0))))
    view = area.view("fused.axial")
    view_model.set_cursor("fixed", np.zeros(3))
    turn = RigidTransform.from_euler((0, 0, 45, 0, 0, 0), np.zeros(3)).rotation
    view_model.turn_planes("fixed", turn)
    frame = frame_of(view)
    box = context_of(view).region_box
    assert box is not None
    corners = section(frame, box)
    middle = frame.position(np.zeros(3))
    reach = [np.hypot(x - middle.x(), y - middle.y()) * frame.mm_per_unit for x, y in corners]
    assert max(reach) == pytest.approx(20 * np.sqrt(2), abs=0.1)
    assert faces_under(frame, box, QPointF(*corners[0])) == ()
    assert section(frame_of(area.view("fused.coronal")), ((50.0, -60.0, 0.0), (60.0, -50.0, 9.0))).size == 0
