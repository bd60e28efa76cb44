"""Menus and keys of the window, as readings of the table of actions."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import SHIFT, key_press, key_release
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenu
from windows import EMPTY, OpenWindow, press_in_views

from fusionviewer.app.actions.registry import ACTIONS


def test_a_key_that_the_table_has_not_is_refused_at_once(open_window: OpenWindow) -> None:
    actions = open_window().actions_by_key
    with pytest.raises(KeyError, match="There is no action “open_fixd”"):
        actions["open_fixd"]
    with pytest.raises(KeyError, match="submenu “Layuot”"):
        actions.submenu("Layuot", open_window())


def test_the_menus_hold_every_action_but_those_of_a_series(open_window: OpenWindow) -> None:
    window = open_window()
    bar = window.menuBar()
    assert bar is not None
    menus = bar.findChildren(QMenu)
    held = [action.objectName() for menu in menus for action in menu.actions() if action.objectName()]
    assert sorted(held) == sorted(action.key for action in ACTIONS if not action.series)
    assert [action.key for action in ACTIONS if action.series] == [f"pair_{n}" for n in range(1, 10)]


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, SHIFT])
def test_shift_makes_larger_steps(open_window: OpenWindow, modifiers: Qt.KeyboardModifier) -> None:
    window = open_window()
    before = window.workspace.document.state.alignment.moving_from_fixed
    press_in_views(window, Qt.Key.Key_M)
    press_in_views(window, Qt.Key.Key_Right, modifiers)
    moved = window.workspace.document.state.alignment.moving_from_fixed @ ~before
    assert float(np.linalg.norm(moved.translation)) == pytest.approx(1.0 if modifiers else 0.1, abs=1e-6)


def test_a_held_key_lasts_until_it_is_let_go_whatever_else_is_held(open_window: OpenWindow) -> None:
    window = open_window()
    view, model = window.images.active_view(), window.workspace.view_model
    shown = model.shown_blend
    key_press(view, Qt.Key.Key_Space)
    assert model.shown_blend != shown
    key_release(view, Qt.Key.Key_Space, SHIFT)
    assert model.shown_blend == shown


def test_the_entry_of_a_held_key_says_how_it_is_used(open_window: OpenWindow) -> None:
    window = open_window()
    shown = window.workspace.view_model.shown_blend
    window.actions_by_key["peek"].trigger()
    assert window.workspace.view_model.shown_blend == shown
    assert window.status.sentence.text().startswith("Hold Space over the images: ")


def test_a_held_key_does_nothing_where_its_action_cannot_be_done(open_window: OpenWindow) -> None:
    window = open_window(EMPTY)
    shown = window.workspace.view_model.shown_blend
    key_press(window.images, Qt.Key.Key_Space)
    assert window.workspace.view_model.shown_blend == shown
    key_release(window.images, Qt.Key.Key_Space)
