"""The wheel that turns the moving image, as it is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from mouse import Hand
from panes import MakeView, beside, wheel_in
from PyQt6.QtWidgets import QWidget

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import AXIAL
from fusionviewer.rendering.marks.primitives import Text
from fusionviewer.ui.pane.overlays import rotation_handle
from fusionviewer.ui.pane.overlays.rotation_handle import turn_text
from fusionviewer.ui.views.slice_view import SliceView

Show = Callable[..., QWidget]


@pytest.fixture(autouse=True)
def _tool(view_model: ViewModel) -> None:
    view_model.set_tool("move")


@pytest.mark.parametrize(("size", "radius"), [((500, 400), 144.0), ((400, 500), 144.0), ((150, 120), 60.0)])
def test_the_wheel_is_a_share_of_the_pane_whatever_the_zoom(
    document: Document, view_model: ViewModel, show: Show, size: tuple[int, int], radius: float
) -> None:
    view = SliceView(document, view_model, "fixed", AXIAL, True)
    show(view, *size)
    assert wheel_in(view).radius == pytest.approx(radius)
    view_model.zoom("fixed", 4.0)
    assert wheel_in(view).radius == pytest.approx(radius)


def test_the_rim_lights_up_under_the_mouse_and_is_dim_without_it(make_view: MakeView, view_model: ViewModel) -> None:
    view = make_view()
    view_model.change(blend=replace(view_model.view.blend, fade=0.0))
    wheel = wheel_in(view)
    here, there = wheel.at(-2.4, wheel.radius), wheel.at(2.6, wheel.radius)

    def brightness() -> int:
        return view.grab().toImage().pixelColor(round(there.x()), round(there.y())).lightness()

    dim = brightness()
    Hand(view).move(here)
    lit = brightness()
    Hand(view).move(beside(view))
    view_model.set_tool("move")
    assert lit > dim + 40
    assert dim > brightness() + 40  # with another tool there is no wheel


def test_the_angle_is_written_while_it_turns(make_view: MakeView, monkeypatch: pytest.MonkeyPatch) -> None:
    view = make_view()
    written: list[str] = []

    def remember(at: tuple[float, float], text: str, **how: Any) -> Text:
        written.append(text)
        return Text(at, text, **how)

    monkeypatch.setattr(rotation_handle, "Text", remember)
    wheel, hand = wheel_in(view), Hand(view)
    view.grab()
    assert written == []
    hand.press(wheel.at(0.0, wheel.radius))
    hand.move(wheel.at(-math.radians(30), wheel.radius))
    view.grab()
    assert written[-1] == "−30.00°"
    hand.release()
    written.clear()
    view.grab()
    assert written == []


def test_clockwise_is_written_with_a_plus() -> None:
    assert [turn_text(math.radians(deg)) for deg in (12.345, -0.5, -0.001)] == ["+12.35°", "−0.50°", "+0.00°"]
