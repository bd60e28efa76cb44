"""The placement error: assumed, one's own, and from pairs that are marked again."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import CTRL, SHIFT, key_click, key_clicks, press
from landmark_sets import noisy, one_off
from mouse import Hand, mouse_click
from panes import context_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QLabel
from windows import OpenWindow, child, click, pairs, press_in_views, put_pairs, written

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.ui.pane.overlays.landmark_marks import find_marks
from fusionviewer.ui.panels.align.fle_section import FleBox
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """On the page of landmarks, with all its sections open."""
    return open_window(page="Landmarks", unfolded=True)


def test_the_placement_error_is_automatic_or_ones_own(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    box = window.findChild(FleBox, "fle")
    assert box is not None
    facts = landmark_facts(window.workspace.document.state)
    assert box.text() == f"automatic: {facts.fle_mm:.2f} mm"
    before = written(window, "tre_here")
    box.setFocus()
    key_click(box, Qt.Key.Key_Up)  # from what was automatic
    assert window.workspace.document.state.fle_mm == pytest.approx(facts.fle_mm + 0.1, abs=0.006)
    box.selectAll()
    key_clicks(box, "0.3")
    key_click(box, Qt.Key.Key_Return)
    assert window.workspace.document.state.fle_mm == 0.3
    assert written(window, "tre_here") != before
    box.selectAll()
    key_clicks(box, "0")
    key_click(box, Qt.Key.Key_Return)
    assert window.workspace.document.state.fle_mm is None
    assert box.text() == f"automatic: {facts.fle_mm:.2f} mm"
    assert written(window, "tre_here") == before


def test_ctrl_z_in_a_field_that_is_automatic_undoes_the_last_step(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    box = child(window, FleBox, "fle")
    box.setFocus()
    press(Qt.Key.Key_Z, CTRL)
    assert pairs(window) == ()


def test_one_pair_can_have_a_placement_error_of_its_own(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    box = window.findChild(FleBox, "pair_fle")
    assert box is not None
    assert not box.isEnabled()
    assert box.toolTip() == "Select a landmark pair first."
    document = window.workspace.document
    mark_landmarks.select(window.workspace, 2)
    usual = landmark_facts(document.state).fle_mm
    assert box.text() == f"as the others: {usual:.2f} mm"
    before = written(window, "tre_here"), landmark_facts(document.state).fit
    box.setFocus()
    box.selectAll()
    key_clicks(box, "12.5")
    key_click(box, Qt.Key.Key_Return)
    assert [one.fle_mm for one in document.state.landmarks] == [None, None, 12.5, None, None, None]
    after = written(window, "tre_here"), landmark_facts(document.state).fit
    assert before[1] is not None
    assert after[1] is not None
    assert after[0] != before[0]
    assert after[1].moving_from_fixed != before[1].moving_from_fixed  # the others are trusted more
    mark_landmarks.select(window.workspace, 3)
    assert box.value() == 0
    mark_landmarks.select(window.workspace, 2)
    assert box.value() == 12.5
    document.undo_stack.undo()
    assert box.value() == 0
    assert document.state.landmarks[2].fle_mm is None


def test_a_pair_is_marked_again_by_clicks_without_being_seen(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    model = window.workspace.view_model
    mark_landmarks.select(window.workspace, 0)
    model.set_layout("pairs")
    QApplication.processEvents()
    view = window.images.view("fixed.axial")
    frame = view.frame()
    assert frame is not None
    assert any(mark.index == 0 for mark in find_marks(context_of(view)))
    key_click(window.images, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert any("again in the fixed image" in label.text() for label in window.status.findChildren(QLabel))
    for key in ("fixed.axial", "moving.coronal"):
        view = window.images.view(key)
        frame = view.frame()
        assert frame is not None
        assert not any(mark.index == 0 for mark in find_marks(context_of(view)))
        at = QPointF(view.width() / 2 + 20, view.height() / 2 + 12)
        point = frame.point_under(at)
        Hand(view).click(at)
        side, again = window.workspace.document.state.landmarks[0].again[-1]
        assert side == key.partition(".")[0]
        assert again == pytest.approx(tuple(point))
    assert window.workspace.document.state.landmarks[0].fixed_point == noisy(6, 0.5)[0].fixed_point
    assert model.repeats.sides == ()
    estimate = landmark_facts(window.workspace.document.state).repeats.fle_mm
    assert written(window, "repeats").startswith(
        f"From repeats (1 in the fixed and 1 in the moving image): {estimate:.2f}"
    )
    click(window, "take_estimate")
    assert window.workspace.document.state.fle_mm == pytest.approx(estimate, abs=0.005)
    repeated = window.workspace.document.state.landmarks[0].again
    click(window, "forget_repeats")
    assert written(window, "repeats") == ""
    assert written(window, "status") == "All 2 repeated placements were cleared; Ctrl+Z brings them back."
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    assert window.workspace.document.state.landmarks[0].again == repeated


def test_a_repeat_far_off_is_cautioned_and_can_be_removed(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    mark_landmarks.select(window.workspace, 0)
    press_in_views(window, Qt.Key.Key_A, SHIFT)
    first = np.asarray(pairs(window)[0].fixed_point)
    window.workspace.view_model.set_cursor("fixed", first + np.array([0.0, 0.0, 23.4]))
    press_in_views(window, Qt.Key.Key_F, SHIFT)
    assert len(pairs(window)[0].again) == 1
    name = pairs(window)[0].name
    told = f"▲ The repeat of {name} lies 23 mm from its first point in the fixed image."
    assert written(window, "message").startswith(told)
    mouse_click(window.messages.button("Remove this repeat"), Qt.MouseButton.LeftButton)
    assert pairs(window)[0].again == ()
    assert written(window, "message") == ""
    assert window.workspace.view_model.repeats.sides == ("fixed", "moving")  # it is asked for again
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    assert len(pairs(window)[0].again) == 1


def test_a_repeat_that_is_gone_already_is_not_removed_twice(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    mark_landmarks.select(window.workspace, 0)
    press_in_views(window, Qt.Key.Key_A, SHIFT)
    window.workspace.view_model.set_cursor("fixed", np.asarray(pairs(window)[0].fixed_point) + 20.0)
    press_in_views(window, Qt.Key.Key_F, SHIFT)
    press_in_views(window, Qt.Key.Key_Z, CTRL)
    state = window.workspace.document.state
    mouse_click(window.messages.button("Remove this repeat"), Qt.MouseButton.LeftButton)
    assert window.workspace.document.state is state
    assert written(window, "message") == ""


def test_escape_leaves_marking_again_and_the_pair_is_seen(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    mark_landmarks.select(window.workspace, 0)
    click(window, "button_mark_again")
    assert window.workspace.view_model.view.layout == "pairs"
    assert window.workspace.view_model.repeats.sides
    key_click(window.images, Qt.Key.Key_Escape)
    assert not window.workspace.view_model.repeats.sides
    assert window.workspace.view_model.view.selected_pair == 0
    assert not window.actions_by_key["mark_again"].isChecked()


def test_a_repeated_mark_that_is_taken_back_is_asked_for_again(open_window: OpenWindow) -> None:
    window = open_window(landmarks=one_off())
    mark_landmarks.select(window.workspace, 0)
    press(Qt.Key.Key_A, SHIFT)
    QApplication.processEvents()
    repeats, moving, fixed = window.workspace.view_model.repeats, window.images.view("moving.axial"), "fixed.axial"
    Hand(moving).click(QPointF(moving.width() / 2, moving.height() / 2))
    assert repeats.sides == ("fixed",)
    moving.setFocus()
    press(Qt.Key.Key_Z, CTRL)
    assert list(repeats.sides) == ["fixed", "moving"]
    for view in (moving, window.images.view(fixed)):
        Hand(view).click(QPointF(view.width() / 2, view.height() / 2))
    assert [side for side, _ in window.workspace.document.state.landmarks[0].again] == ["moving", "fixed"]
    assert not repeats.sides
