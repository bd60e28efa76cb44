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
from fusionviewer.geometry import AXIAL, SAGITTAL
from fusionviewer.rendering.slices import SliceRenderer, SliceRequest
from fusionviewer.rendering.window import Window
from fusionviewer.session import edits, landmark_edits
from fusionviewer.ui.pane import image as image_module


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
