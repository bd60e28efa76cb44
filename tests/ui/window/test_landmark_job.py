"""Six pairs on the sample and their fit, as a user gets there: with the mouse, and with the keyboard alone."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from keyboard import ALT, CTRL, SHIFT, press
from mouse import Hand, mouse_click
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QPushButton
from windows import OpenWindow

from fusionviewer.app.commands.window import show_step
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, Side
from fusionviewer.ui.views.slice_view import SliceView
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow, sample_pair: Any) -> MainWindow:
    return open_window(edits.new_study(sample_pair.fixed, sample_pair.moving))


CHOSEN = (0, 5, 7, 10, 21, 26)
"""Of the sample's head points: six far apart, none of them on a line with two others."""


@pytest.fixture(scope="module")
def truth() -> tuple[RigidTransform, Points]:
    """The sample's `moving_from_fixed`, and points all over the head (n, 3), fixed space."""
    facts = json.loads((sample_folder() / "truth.json").read_text())
    pose = RigidTransform.from_matrix(facts["moving_from_fixed_lps_mm"])
    return pose, np.array(facts["check_points_fixed_lps_mm"])


def state_of(window: MainWindow) -> FusionState:
    return window.workspace.document.state


def worst_error_mm(window: MainWindow, truth: tuple[RigidTransform, Points]) -> float:
    """How far off the study's pose is at the worst of the head points."""
    pose, points = truth
    found = window.workspace.document.state.alignment.moving_from_fixed
    return float(np.linalg.norm(found.apply(points) - pose.apply(points), axis=1).max())


def depth_mm(view: SliceView, point: Points) -> float:
    """How far towards the head the point lies from the slice that an axial view shows."""
    frame = view.frame()
    assert frame is not None
    return float(point[2] - frame.plane.point[2])


def click_at(window: MainWindow, side: Side, point: Points) -> None:
    """Turn the wheel until the nearest slice is there, then click the nearest pixel."""
    view = window.images.view(f"{side}.axial")
    hand = Hand(view)
    volume = view.volume
    assert volume is not None
    middle = QPointF(view.width() / 2, view.height() / 2)
    hand.move(middle)
    while abs(depth_mm(view, point)) > volume.grid.spacing[2] / 2:
        hand.wheel(middle, 120 if depth_mm(view, point) > 0 else -120)
    frame = view.frame()
    assert frame is not None
    at = frame.position(point)
    hand.move(QPointF(int(at.x()), int(at.y())))
    hand.click(QPointF(int(at.x()), int(at.y())))


def test_six_pairs_with_the_mouse(window: MainWindow, truth: tuple[RigidTransform, Points]) -> None:
    pose, points = truth
    workspace, before = window.workspace, window.workspace.view_model.view
    show_step(window.workspace, "align")
    window.column.align.show_page("Landmarks")
    for number in CHOSEN:
        mouse_click(window.findChild(QPushButton, "button_new_pair"), Qt.MouseButton.LeftButton)
        click_at(window, "fixed", points[number])
        click_at(window, "moving", pose.apply(points[number]))
    pairs = workspace.document.state.landmarks
    assert [pair.complete for pair in pairs] == [True] * 6
    button = window.findChild(QPushButton, "button_fit_landmarks")
    assert button.isEnabled()
    mouse_click(button, Qt.MouseButton.LeftButton)
    assert workspace.document.state.alignment.origin == "landmarks"
    assert worst_error_mm(window, truth) < 1.5
    after = workspace.view_model.view
    assert (after.fixed_window, after.moving_window) == (before.fixed_window, before.moving_window)


def steer_to(window: MainWindow, side: Side, point: Points) -> None:
    """Bring the crosshair of an axial view to the nearest voxel by keys: ten at a time, then one."""
    view = window.images.active_view()
    assert view.key == f"{side}.axial"
    volume = view.volume
    assert volume is not None
    keys = (
        (Qt.Key.Key_Left, Qt.Key.Key_Right),
        (Qt.Key.Key_Up, Qt.Key.Key_Down),
        (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp),
    )
    for axis, (less, more) in enumerate(keys):
        spacing = volume.grid.spacing[axis]
        for _ in range(60):
            way = float(point[axis] - window.workspace.view_model.view.space(side).cursor[axis])
            if abs(way) <= 0.51 * spacing:
                break
            press(more if way > 0 else less, CTRL | SHIFT if abs(way) > 9 * spacing else CTRL)


def pane(window: MainWindow, key: str) -> None:
    """Go from pane to pane until this one has the keyboard."""
    for _ in range(7):
        if window.images.view(key).hasFocus():
            return
        press(Qt.Key.Key_Tab, CTRL)
    pytest.fail(f"Ctrl+Tab does not lead to {key}")


def test_six_pairs_with_the_keyboard_alone(window: MainWindow, truth: tuple[RigidTransform, Points]) -> None:
    pose, points = truth
    for number in CHOSEN:
        press(Qt.Key.Key_N)
        pane(window, "fixed.axial")
        steer_to(window, "fixed", points[number])
        press(Qt.Key.Key_F, SHIFT)
        pane(window, "moving.axial")
        steer_to(window, "moving", pose.apply(points[number]))
        press(Qt.Key.Key_M, SHIFT)
    assert [pair.complete for pair in state_of(window).landmarks] == [True] * 6
    press(Qt.Key.Key_L, CTRL)
    assert state_of(window).alignment.origin == "landmarks"
    assert worst_error_mm(window, truth) < 1.5

    # and finer than a voxel: the worst pair is nudged to its true place, renamed, checked with and locked
    press(Qt.Key.Key_BracketRight)
    first = state_of(window).landmarks[0]
    assert window.workspace.view_model.view.selected_pair == 0
    way = pose.apply(np.asarray(first.fixed_point)) - np.asarray(first.moving_point)
    for axis, (less, more) in ((0, (Qt.Key.Key_Left, Qt.Key.Key_Right)), (1, (Qt.Key.Key_Up, Qt.Key.Key_Down))):
        press(more if way[axis] > 0 else less, ALT, times=round(abs(way[axis]) / 0.1))
    left = pose.apply(np.asarray(first.fixed_point)) - np.asarray(state_of(window).landmarks[0].moving_point)
    assert np.abs(left[:2]).max() <= 0.0501
    press(Qt.Key.Key_F6)
    for letter in "ac":
        press(getattr(Qt.Key, f"Key_{letter.upper()}"))
    press(Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt takes the name when the key is through
    assert state_of(window).landmarks[0].name == "ac"
    assert isinstance(QApplication.focusWidget(), SliceView)
    press(Qt.Key.Key_P, SHIFT)
    assert state_of(window).landmarks[0].use == "check"
    press(Qt.Key.Key_K, SHIFT)
    there = state_of(window).landmarks[0].moving_point
    press(Qt.Key.Key_Right, ALT, times=3)
    assert state_of(window).landmarks[0].locked
    assert state_of(window).landmarks[0].moving_point == there
    while window.workspace.document.undo_stack.canUndo():
        press(Qt.Key.Key_Z, CTRL)
    assert state_of(window).landmarks == ()


def test_pairs_are_begun_in_one_image_and_filled_in_by_enter(
    window: MainWindow, truth: tuple[RigidTransform, Points]
) -> None:
    """Three complete pairs, three half ones; their guesses by the fit are true to a millimetre or two."""
    pose, points = truth
    for number in CHOSEN[:4]:
        press(Qt.Key.Key_N)
        click_at(window, "moving", pose.apply(points[number]))  # the other way round
        click_at(window, "fixed", points[number])
    for number in CHOSEN[4:]:
        press(Qt.Key.Key_N)
        click_at(window, "fixed", points[number])
    assert [pair.complete for pair in state_of(window).landmarks] == [True] * 4 + [False] * 2
    press(Qt.Key.Key_5)
    assert "by the fit to 4 pairs" in window.status.sentence.text()
    press(Qt.Key.Key_Return)
    assert state_of(window).landmarks[4].complete
    assert window.workspace.view_model.view.selected_pair == 5  # the next half pair
    press(Qt.Key.Key_Enter)
    assert all(pair.complete for pair in state_of(window).landmarks)
    for pair in state_of(window).landmarks[4:]:
        off = pose.apply(np.asarray(pair.fixed_point)) - np.asarray(pair.moving_point)
        assert np.linalg.norm(off) < 2.5
