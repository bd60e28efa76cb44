"""Rows of the two images that look at the same place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from keyboard import CTRL
from mouse import MIDDLE, Hand
from panes import middle_of
from PyQt6.QtCore import QPointF

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.session.state import LandmarkPair
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.views.pane_grid import PaneGrid


def test_linked_rows_look_at_the_same_place_and_unlinked_ones_do_not(
    area: PaneGrid, view_model: ViewModel, document: Document
) -> None:
    view_model.set_layout("pairs")
    pose = document.state.alignment.moving_from_fixed
    fixed, moving = area.view("fixed.axial"), area.view("moving.axial")
    Hand(fixed).click(middle_of(fixed) + QPointF(20, -10))
    view = view_model.view
    assert view.moving.cursor == pytest.approx(pose.apply(np.asarray(view.fixed.cursor)))
    Hand(moving).click(middle_of(moving) + QPointF(-12, 5))
    view = view_model.view
    assert pose.apply(np.asarray(view.fixed.cursor)) == pytest.approx(np.asarray(view.moving.cursor))
    hand = Hand(moving)
    hand.wheel(middle_of(moving), 240, CTRL)
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


def test_rows_are_not_linked_while_a_pair_is_marked(area: PaneGrid, view_model: ViewModel, document: Document) -> None:
    document.replace(replace(document.state, landmarks=(LandmarkPair("L1", fixed_point=(0.0, 0.0, 0.0)),)))
    view_model.set_layout("pairs")
    view_model.select_pair(0)
    before = view_model.view.moving
    hand = Hand(area.view("fixed.axial"))
    hand.click(QPointF(60, 60))
    assert view_model.view.fixed.cursor != (0.0, 0.0, 0.0)
    assert view_model.view.moving == before


@pytest.mark.parametrize("layout", ["pairs", "nine"])
def test_linked_rows_show_the_same_place_after_show_everything_and_do_not_jump(
    area: PaneGrid, view_model: ViewModel, document: Document, layout: Layout
) -> None:
    view_model.set_layout(layout)
    view_model.zoom("fixed", 3.0)
    view_model.reset_zoom()
    pose = document.state.alignment.moving_from_fixed
    assert view_model.view.moving.focus == pytest.approx(pose.apply(np.asarray(view_model.view.fixed.focus)))
    before = view_model.view.moving.focus
    view = area.view("fixed.axial")
    Hand(view).click(middle_of(view) + QPointF(9, 4))
    assert view_model.view.moving.focus == pytest.approx(before)
    view_model.link_rows(False)
    view_model.reset_zoom()
    assert document.state.moving is not None
    assert view_model.view.moving.focus == pytest.approx(document.state.moving.grid.centre)
