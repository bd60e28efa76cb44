"""Pixels of a pane and points of a space."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mouse import Hand
from panes import MakeView, cursor_of, middle_of
from PyQt6.QtCore import QPointF, QSize

from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, CORONAL, ORIENTATIONS, Orientation
from fusionviewer.session.view_state import SpaceView
from fusionviewer.ui.pane.geometry import SliceFrame


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
