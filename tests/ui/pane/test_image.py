"""Voxels and images as they are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import phantoms
import pytest
from keyboard import CTRL
from mouse import LEFT, RIGHT, Hand
from panes import MakeView, frame_of, middle_of, picture_of
from phantoms import centre_of
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.opening_view import opening_view
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import CORONAL, RigidTransform
from fusionviewer.session.state import FusionState
from fusionviewer.ui.views.pane_grid import PaneGrid
from fusionviewer.ui.views.slice_view import SliceView


def grey_at(view: SliceView, point: np.ndarray) -> int:
    """How bright the view is drawn at a point of its space."""
    at = frame_of(view).position(point)
    return view.grab().toImage().pixelColor(int(at.x()), int(at.y())).lightness()


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


def test_without_interpolation_a_voxel_is_one_flat_square(area: PaneGrid, view_model: ViewModel) -> None:
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
