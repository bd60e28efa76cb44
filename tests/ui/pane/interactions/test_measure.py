"""Distances dragged in a view."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import key_press
from mouse import Hand
from panes import frame_of, grey, middle_of, picture_of
from PyQt6.QtCore import QPointF, Qt

from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.views.pane_grid import PaneGrid


def distances(view_model: ViewModel) -> tuple[Distance, ...]:
    return view_model.view.distances


def test_a_distance_is_dragged_shown_changed_and_removed(area: PaneGrid, view_model: ViewModel) -> None:
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
    key_press(view, Qt.Key.Key_Escape)
    assert distances(view_model) == (longer,)
    hand.release()
    hand.click(QPointF(20, 20))  # a click measures nothing
    assert distances(view_model) == (longer,)


def test_a_distance_that_is_dragged_back_to_its_start_is_none(area: PaneGrid, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    view_model.set_tool("measure")
    hand = Hand(view)
    hand.drag(middle_of(view), middle_of(view) + QPointF(40, 0))
    assert len(view_model.view.distances) == 1
    hand.move(middle_of(view) + QPointF(1, 0))
    hand.release()
    assert distances(view_model) == ()
