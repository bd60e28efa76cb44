"""What is drawn anew after a change, and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from panes import MakeView, add_pair, cursor_of, frame_of
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL, SAGITTAL, RigidTransform
from fusionviewer.rendering.slices import SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window
from fusionviewer.session import edits, landmark_edits
from fusionviewer.ui.pane import image as image_module
from fusionviewer.ui.views.slice_view import SliceView


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
    monkeypatch.delattr(SliceRenderer, "render")  # asking for it fails
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
    original = SliceRenderer.render

    def ask(renderer: SliceRenderer, request: SliceRequest) -> Any:
        asked.append(request.viewport.width)
        return original(renderer, request)

    monkeypatch.setattr(image_module, "DRAFT_ABOVE_MS", -1.0)
    monkeypatch.setattr(image_module, "_DRAFT_MS", 1e9)  # the coarseness of a quick machine
    monkeypatch.setattr(
        SliceRenderer,
        "render",
        ask,
    )
    view = make_view()
    view._redraw._sharpen()
    view.grab()
    asked.clear()
    view_model.set_cursor("fixed", np.array([0.0, 0.0, 21.0]))
    view.grab()
    view_model.set_fade(0.3)
    view.grab()
    assert asked == [200, 200]
    assert view._redraw._sharpen_timer.isActive()
    view._redraw._sharpen()
    view.grab()
    view_model.set_fade(0.4)
    view.grab()
    assert asked == [200, 200, 400, 400]


def test_a_large_view_is_drawn_roughly_while_its_look_changes_and_sharply_when_it_rests(
    make_view: MakeView, view_model: ViewModel, asked: list[SliceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make_view()
    view.grab()
    view_model.set_fade(0.2)
    view.grab()  # sharp, and it tells how long that takes
    monkeypatch.setattr(image_module, "LOOK_DRAFT_ABOVE_MS", -1.0)
    monkeypatch.setattr(image_module, "_DRAFT_LOOK_MS", 1e9)
    asked.clear()
    view_model.set_fade(0.3)
    view.grab()
    view_model.set_window("moving", Window(40, 80))
    view.grab()
    assert [request.viewport.width for request in asked] == [200, 200]
    assert view._redraw._sharpen_timer.isActive()
    view._redraw._sharpen()
    view.grab()
    assert asked[-1].viewport.width == 400


def _moved(view_model: ViewModel, mm: float) -> RigidTransform:
    return RigidTransform.about(np.eye(3), np.zeros(3), np.array([mm, 0, 0])) @ view_model.pose


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[SliceRequest]:
    """What is rendered from now on."""
    requests: list[SliceRequest] = []
    original = SliceRenderer.render

    def ask(renderer: SliceRenderer, request: SliceRequest) -> Any:
        requests.append(request)
        return original(renderer, request)

    monkeypatch.setattr(SliceRenderer, "render", ask)
    return requests


def _take_turn(view: SliceView) -> None:
    """As when the time of this view has come, without waiting for it."""
    assert view._redraw._follow_timer.isActive()
    view._redraw._follow_timer.stop()
    view._redraw._followed()
    QApplication.processEvents()


def test_a_running_job_is_followed_roughly_and_the_fixed_image_is_resliced_once(
    make_view: MakeView,
    view_model: ViewModel,
    reslices: Any,
    asked: list[SliceRequest],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image_module, "_DRAFT_MS", 1e9)  # the coarseness of a quick machine
    view = make_view()
    view.grab()
    reslices.reset()
    asked.clear()
    for mm in (1.0, 2.0, 3.0):
        view_model.set_preview(_moved(view_model, mm))
        _take_turn(view)
    assert view.rough
    assert [(r.viewport.width, r.interpolation) for r in asked] == [(200, "nearest")] * 3
    assert reslices.names == ["phantom-mr", "phantom-ct", "phantom-ct", "phantom-ct"]
    reslices.reset()
    view._redraw._sharpen()
    QApplication.processEvents()
    assert (asked[-1].viewport.width, asked[-1].interpolation) == (400, "linear")
    assert reslices.names == ["phantom-ct"], "the rough pictures have left the sharp fixed image where it was"


def test_ten_poses_before_a_views_turn_cost_one_picture_and_the_last_of_them_is_shown(
    make_view: MakeView, view_model: ViewModel, asked: list[SliceRequest]
) -> None:
    view = make_view()
    view.grab()
    asked.clear()
    for mm in range(10):
        view_model.set_preview(_moved(view_model, float(mm + 1)))
    _take_turn(view)
    assert [r.front.volume_from_view for r in asked if r.front] == [view_model.pose]


def test_what_does_not_show_the_pose_draws_nothing_while_a_job_is_followed(
    make_view: MakeView, view_model: ViewModel, document: Document
) -> None:
    fused, alone, hidden = make_view(), make_view("moving", AXIAL, fused=False), make_view(orientation=SAGITTAL)
    hidden.hide()
    view_model.set_preview(_moved(view_model, 1.0))
    waiting = [view._redraw._follow_timer.isActive() for view in (fused, alone, hidden)]
    assert waiting == [True, False, False]
    add_pair(document, (10, 10, 0), (10, 10, 0))  # its points are seen through the pose
    view_model.set_preview(_moved(view_model, 2.0))
    assert alone._redraw._follow_timer.isActive()


def test_the_end_of_a_job_is_drawn_sharply_at_once_where_a_picture_is_quick(
    make_view: MakeView, view_model: ViewModel, asked: list[SliceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_module, "DRAFT_ABOVE_MS", 1e9)
    view = make_view()
    view_model.set_preview(_moved(view_model, 1.0))
    _take_turn(view)
    view_model.set_preview(_moved(view_model, 1.0))
    view_model.set_preview(None)
    QApplication.processEvents()
    assert not view.rough
    assert not view._redraw._follow_timer.isActive()
    assert asked[-1].viewport.width == 400


def test_a_hand_is_followed_with_smooth_pictures(
    make_view: MakeView, view_model: ViewModel, asked: list[SliceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_module, "DRAFT_ABOVE_MS", -1.0)
    monkeypatch.setattr(image_module, "_DRAFT_MS", 1e9)
    view = make_view()
    asked.clear()
    view_model.set_preview(_moved(view_model, 0.3), by_hand=True)
    QApplication.processEvents()
    assert view.rough
    assert [(r.viewport.width, r.interpolation) for r in asked] == [(200, "linear")]


def test_a_rough_picture_shows_nearest_voxels_where_its_pixels_are_larger_and_nothing_is_moved(
    make_view: MakeView, view_model: ViewModel, asked: list[SliceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_module, "DRAFT_ABOVE_MS", -1.0)
    monkeypatch.setattr(image_module, "_DRAFT_MS", 1e-9)  # the coarseness of a slow machine
    view = make_view(orientation=SAGITTAL)
    view.grab()
    view_model.set_cursor("fixed", np.array([6.0, 0, 0]))
    view.grab()
    layers = [layer for layer in (asked[-1].back, asked[-1].front) if layer is not None]
    assert asked[-1].viewport.mm_per_pixel > max(max(layer.volume.grid.spacing) for layer in layers)
    drawn = [asked[-1].interpolation]
    view_model.set_preview(_moved(view_model, 0.4), by_hand=True)
    view.grab()
    drawn.append(asked[-1].interpolation)
    assert drawn == ["nearest", "linear"], "half a voxel counts while an image is moved"


def test_a_slice_come_back_to_is_drawn_as_roughly_as_its_neighbours(
    make_view: MakeView, view_model: ViewModel, asked: list[SliceRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_module, "DRAFT_ABOVE_MS", -1.0)
    monkeypatch.setattr(image_module, "_DRAFT_MS", 1e-9)
    monkeypatch.setattr(image_module, "LOOK_DRAFT_ABOVE_MS", -1.0)
    monkeypatch.setattr(image_module, "_DRAFT_LOOK_MS", 1e9)  # a look alone needs no coarse pixels
    view = make_view(orientation=SAGITTAL)
    view.grab()
    asked.clear()
    for x in (6.0, 0.0):
        view_model.set_cursor("fixed", np.array([x, 0, 0]))
        view.grab()
    assert asked[0].viewport.width == asked[1].viewport.width < 100
