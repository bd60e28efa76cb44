"""Keys of the blend: what they do is said where it is not seen, with the key that shows it."""

from __future__ import annotations

import pytest
from keyboard import CTRL, NONE, SHIFT, key_press, key_release
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot
from windows import OpenWindow, press_in_views

from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session.state import FusionState
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


APART = "Each row shows one image alone: press L to see both together."


def said_after(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> str:
    """What the line at the bottom says after a key."""
    window.status.say("before")
    press_in_views(window, key, modifiers)
    return window.status.sentence.text()


@pytest.mark.parametrize(
    ("key", "modifier", "words"),
    [
        (Qt.Key.Key_K, NONE, "Checkerboard of 24 mm"),
        (Qt.Key.Key_C, NONE, "Colour overlay"),
        (Qt.Key.Key_V, NONE, "Wipe at the crosshair"),
        (Qt.Key.Key_G, NONE, "Spyglass"),
        (Qt.Key.Key_B, SHIFT, "Edges of"),
        (Qt.Key.Key_C, SHIFT, "Colour overlay"),
        (Qt.Key.Key_V, SHIFT, "Wipe at the crosshair"),
        (Qt.Key.Key_E, NONE, "Fade 60 %"),
        (Qt.Key.Key_Q, NONE, "Fade 40 %"),
        (Qt.Key.Key_W, NONE, "Fade 0 %"),
        (Qt.Key.Key_S, SHIFT, "Fade 50 %"),
    ],
)
def test_a_key_says_what_it_has_done_and_how_to_see_it(
    window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier, words: str
) -> None:
    window.workspace.view_model.set_layout("pairs")
    said = said_after(window, key, modifier)
    assert words in said
    assert said.endswith(APART)
    blend = window.workspace.view_model.view.blend
    said_after(window, Qt.Key.Key_L)  # and so it is
    assert window.workspace.view_model.view.layout == "fused"
    assert window.workspace.view_model.view.blend == blend
    assert words in window.status.sentence.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_J, Qt.Key.Key_Space, Qt.Key.Key_H])
def test_what_only_lasts_a_while_says_so_too(window: MainWindow, key: Qt.Key) -> None:
    model = window.workspace.view_model
    model.set_layout("pairs")
    assert said_after(window, key) == APART
    assert not model.interlude.flickering
    assert not model.interlude.rocking


@pytest.mark.parametrize(("key", "name"), [(Qt.Key.Key_F, "flickering"), (Qt.Key.Key_J, "rocking")])
def test_what_goes_on_can_be_ended_where_it_is_not_seen(window: MainWindow, key: Qt.Key, name: str) -> None:
    model = window.workspace.view_model
    said_after(window, key)
    assert getattr(model.interlude, name)
    model.set_layout("pairs")
    said_after(window, key)
    assert not getattr(model.interlude, name)


def test_one_image_that_fills_the_window_names_the_way_back(window: MainWindow) -> None:
    model = window.workspace.view_model
    model.set_layout("nine")
    model.enlarge("moving.axial")
    window.images.view("moving.axial").setFocus()
    said = said_after(window, Qt.Key.Key_K)
    assert said.endswith("Only the moving image is shown: press Ctrl+4 to see both together.")
    said_after(window, Qt.Key.Key_4, CTRL)
    assert model.view.enlarged == ""
    assert model.view.mode is BlendMode.CHECKERBOARD


@pytest.mark.parametrize("layout", ["fused", "large", "nine", "mosaic"])
def test_where_it_is_seen_nothing_is_said(window: MainWindow, layout: str) -> None:
    window.workspace.view_model.set_layout(layout)  # type: ignore[arg-type]
    for key in (Qt.Key.Key_K, Qt.Key.Key_E, Qt.Key.Key_Space, Qt.Key.Key_H):
        assert "together" not in said_after(window, key)


def test_peeking_ends_when_the_keyboard_goes_elsewhere(window: MainWindow) -> None:
    view = window.images.active_view()
    view.setFocus()
    key_press(view, Qt.Key.Key_Space)
    assert window.workspace.view_model.shown_blend.fade != window.workspace.view_model.view.fade
    window.fade_bar.slider.setFocus()
    assert window.workspace.view_model.shown_blend.fade == window.workspace.view_model.view.fade


def test_keys_fade_peek_and_switch(window: MainWindow, qtbot: QtBot) -> None:
    view_model = window.workspace.view_model
    press_in_views(window, Qt.Key.Key_E)
    assert view_model.view.fade == pytest.approx(0.6)
    press_in_views(window, Qt.Key.Key_Q)
    press_in_views(window, Qt.Key.Key_Q)
    assert view_model.view.fade == pytest.approx(0.4)
    press_in_views(window, Qt.Key.Key_S, SHIFT)
    assert view_model.view.fade == pytest.approx(0.6)
    key_press(window.images.active_view(), Qt.Key.Key_Space)
    assert view_model.shown_blend.fade == 0.0
    key_release(window.images.active_view(), Qt.Key.Key_Space)
    assert view_model.shown_blend.fade == pytest.approx(0.6)
    press_in_views(window, Qt.Key.Key_F)
    assert view_model.interlude.flickering
    first = view_model.shown_blend.fade
    qtbot.waitUntil(lambda: view_model.shown_blend.fade != first)
    press_in_views(window, Qt.Key.Key_F)
    assert not view_model.interlude.flickering
    press_in_views(window, Qt.Key.Key_L)
    assert view_model.view.layout == "pairs"
    press_in_views(window, Qt.Key.Key_T)
    assert window.workspace.view_model.tool == "window"
