"""Slices at equal steps beside each other."""

from __future__ import annotations

import numpy as np
import pytest
from mouse import Hand
from panes import frame_of, middle_of
from PyQt6.QtCore import QPointF

from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry.rigid import rotation_from_vector
from fusionviewer.ui.views.pane_grid import PaneGrid


def keys(area: PaneGrid) -> list[str]:
    return [view.key for view in area.visible_views()]


def test_the_mosaic_shows_slices_at_equal_steps_from_the_feet_on(area: PaneGrid, view_model: ViewModel) -> None:
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


def test_each_oblique_tile_says_how_far_it_lies_from_the_middle(area: PaneGrid, view_model: ViewModel) -> None:
    view_model.set_layout("mosaic")
    view_model.turn_planes("fixed", rotation_from_vector(np.array([0.2, 0.1, 0.0])))
    titles = [view.title(frame_of(view)) for view in area.visible_views()]
    assert titles[:2] == ["-44.0 mm", "-36.0 mm"]
    assert titles[6:8] == ["+4.0 mm", "+12.0 mm"]
    middle = np.asarray(view_model.view.fixed.focus)
    for view, title in zip(area.visible_views(), titles, strict=True):
        beyond = (frame_of(view).plane.point - middle) @ view.way_in
        assert beyond == pytest.approx(float(title.split()[0]))
    view_model.straighten_planes()
    assert area.view("mosaic.0").title(frame_of(area.view("mosaic.0"))).startswith("z ")


def test_the_wheel_moves_all_tiles_and_a_click_puts_the_crosshair_into_one(
    area: PaneGrid, view_model: ViewModel
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
    near = [view.key for view in area.visible_views() if view.shows_crosshair(frame_of(view))]
    assert near == ["mosaic.3"]


@pytest.mark.parametrize("way", [-1, 1])
def test_the_wheel_does_not_turn_the_mosaic_out_of_the_image(area: PaneGrid, view_model: ViewModel, way: int) -> None:
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
