"""Blends in the views: those that follow the mouse, and the two images in turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from keyboard import CTRL
from mouse import LEFT, MIDDLE, Hand
from panes import frame_of, grey, middle_of, picture_of
from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.ui.views.pane_grid import PaneGrid


def plain_greys(view_model: ViewModel, mode: BlendMode, **more: Any) -> None:
    """The fixed image is black and the moving one white, wherever they lie."""
    from fusionviewer.rendering.window import Window

    view_model.set_window("fixed", Window(1e6, 1.0))
    view_model.set_window("moving", Window(-1e6, 1.0))
    view_model.set_blend(mode=mode, **more)


def test_the_curtain_follows_the_crosshair_in_both_directions(area: PaneGrid, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    plain_greys(view_model, BlendMode.CURTAIN)
    for at in (middle_of(view), middle_of(view) + QPointF(30, -20)):
        Hand(view).click(at)
        image = picture_of(view)
        assert grey(image, at + QPointF(9, 9)) == 255
        assert grey(image, at + QPointF(-9, 9)) == 0
    view_model.set_blend(curtain="down")
    image = picture_of(view)
    assert grey(image, at + QPointF(-9, 9)) == 255
    assert grey(image, at + QPointF(9, -9)) == 0
    view_model.change(blend=view_model.view.blend.swap())
    image = picture_of(view)
    assert grey(image, at + QPointF(-9, 9)) == 0


def test_the_spy_glass_is_under_the_mouse_and_else_at_the_crosshair(area: PaneGrid, view_model: ViewModel) -> None:
    view, other = area.view("fused.axial"), area.view("fused.coronal")
    plain_greys(view_model, BlendMode.SPY_GLASS, glass_mm=30.0)
    frame = frame_of(view)
    radius = 15.0 / frame.mm_per_unit
    at = middle_of(view) + QPointF(40, 30)
    Hand(view).move(at)
    image = picture_of(view)
    assert grey(image, at + QPointF(radius - 5, 0)) == 255
    assert grey(image, at + QPointF(radius + 5, 0)) == 0
    beside = QPointF(9, 9)
    cross = frame_of(other).position(np.asarray(view_model.view.fixed.cursor))
    assert grey(picture_of(other), cross + beside) == 255
    hand = Hand(view)
    hand.drag(at, at + QPointF(0, -40), LEFT, CTRL)  # the size, as the fade in its mode
    hand.release()
    assert view_model.view.blend.glass_mm > 30.0


def test_each_image_keeps_its_window_in_every_mode(area: PaneGrid, view_model: ViewModel) -> None:
    view = area.view("fused.axial")
    for mode in BlendMode:
        view_model.set_blend(mode=mode)
        before = picture_of(view)
        fixed = view_model.view.fixed_window
        view_model.set_window("fixed", replace(fixed, level=fixed.level + 60))
        assert picture_of(view) != before
        view_model.set_window("fixed", fixed)
        assert picture_of(view) == before


def test_flicker_and_rock_go_on_while_panning_and_scrolling(
    area: PaneGrid, view_model: ViewModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, interlude = area.view("fused.axial"), view_model.interlude
    hand = Hand(view)
    interlude.set_rock(True)
    seen = set()
    hand.drag(middle_of(view), middle_of(view) + QPointF(10, 5), MIDDLE)

    def more() -> bool:
        hand.wheel(middle_of(view), 120)
        seen.add(round(view_model.shown_blend.fade, 2))
        return len(seen) > 3

    qtbot.waitUntil(more)
    hand.release(MIDDLE)
    assert interlude.rocking
    interlude.set_flicker(True)
    assert not interlude.rocking
    first = view_model.shown_blend.fade
    qtbot.waitUntil(lambda: view_model.shown_blend.fade == 1.0 - first)
    assert view_model.view.fade == 0.5
    interlude.end()
    assert view_model.shown_blend == view_model.view.blend
