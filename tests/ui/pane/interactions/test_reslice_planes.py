"""Planes turned about the crosshair."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import key_press
from mouse import Hand
from panes import frame_of
from PyQt6.QtCore import QPointF, Qt

from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.ui.views.pane_grid import PaneGrid


def test_the_planes_turn_with_the_mouse_about_the_crosshair(area: PaneGrid, view_model: ViewModel) -> None:
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


def test_esc_puts_turned_planes_back(area: PaneGrid, view_model: ViewModel) -> None:
    view = area.view("fused.coronal")
    view_model.set_tool("turn")
    before = view_model.view
    Hand(view).drag(QPointF(60, 60), QPointF(90, 200))
    assert view_model.view.fixed.oblique
    key_press(view, Qt.Key.Key_Escape)
    assert view_model.view == before
