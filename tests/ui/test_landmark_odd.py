"""Odd things that hands and keys do to landmarks in the window: with real keys, clicks and drags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from answers import Answers
from mouse import Hand
from panes import frame_of
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks, refine_landmarks
from fusionviewer.app.commands.open_save import Opened, find_head, show_study
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.registration.points.pair_refinement import PairRefinement
from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair, Side
from fusionviewer.session.view_state import Layout
from fusionviewer.ui.landmarks.pair_table import OFF, LandmarkTable
from fusionviewer.ui.landmarks.target_table import TargetTable
from fusionviewer.ui.panels.align_panel import PAGES, Page
from fusionviewer.ui.views import nudge_magnifier
from fusionviewer.ui.views.nudge_magnifier import Lens
from fusionviewer.ui.views.slice_view import SliceView
from fusionviewer.ui.widgets.controls import ZERO_WIDTH_SPACE, breakable
from fusionviewer.ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLACES = np.array([[10.0, 20.0, 6.0], [-40.0, 10.0, 6.0], [0.0, -50.0, 20.0], [20.0, 10.0, 50.0], [43.5, 4.0, 12.0]])
WORST = 3
"""The pair that lies far off; ordering puts it first."""


@pytest.fixture
def window(qtbot: QtBot, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform) -> Iterator[MainWindow]:
    """Five pairs under the true pose; the fourth is off. The keyboard is in the fused axial view."""
    made = MainWindow()
    made.workspace.questions = Answers()
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    heads = {"fixed": find_head(phantom_mr), "moving": find_head(phantom_ct)}
    study = edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file")
    moved = phantom_truth.apply(PLACES) + np.eye(len(PLACES))[:, [WORST]] * 15.0
    pairs = [LandmarkPair(f"L{n}", edits.point_of(f), edits.point_of(m))
             for n, (f, m) in enumerate(zip(PLACES, moved, strict=True), 1)]  # fmt: skip
    show_study(made.workspace, replace(study, landmarks=tuple(pairs)), Opened({}, heads))
    made.images.view("fused.axial").setFocus()
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()


def names(window: MainWindow) -> list[str]:
    return [pair.name for pair in window.workspace.document.state.landmarks]


def chosen(window: MainWindow) -> str | None:
    pair = window.workspace.selected_pair
    return None if pair is None else pair.name


def press(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key in whatever has the keyboard."""
    has_it = QApplication.focusWidget()
    assert has_it is not None
    qtbot.keyClick(has_it, key, modifiers)
    QApplication.processEvents()


def table(window: MainWindow) -> LandmarkTable:
    found = window.findChild(LandmarkTable, "landmarks")
    assert isinstance(found, LandmarkTable)
    return found


def targets(window: MainWindow) -> TargetTable:
    found = window.findChild(TargetTable, "targets")
    assert isinstance(found, TargetTable)
    return found


def place_of(view: SliceView, point: Points) -> QPointF:
    return frame_of(view).position(point)


# A hand that trembles


def test_a_click_on_a_point_that_trembles_chooses_it_and_moves_nothing(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 1)
    before, steps = window.workspace.document.state, window.workspace.document.undo_stack.count()
    view = window.images.view("fused.axial")
    at, hand = place_of(view, PLACES[0]), Hand(view)
    hand.press(at)
    hand.move(at + QPointF(1.0, 1.0))
    hand.release()
    assert chosen(window) == "L1"
    assert window.workspace.document.state is before
    assert window.workspace.document.undo_stack.count() == steps


def test_a_drag_takes_a_point_exactly_along_even_back_to_near_its_place(window: MainWindow) -> None:
    mark_landmarks.select(window.workspace, 0)
    view = window.images.view("fixed.axial")
    window.workspace.view_model.set_layout("pairs")
    QApplication.processEvents()
    frame, hand = frame_of(view), Hand(view)
    at = frame.position(PLACES[0])
    hand.drag(at, at + QPointF(20.0, 0.0))
    hand.move(at + QPointF(1.0, 0.0))
    hand.release()
    found = np.array(window.workspace.document.state.landmarks[0].fixed_point)
    assert found == pytest.approx(PLACES[0] + frame.step(QPointF(1.0, 0.0)), abs=1e-6)


def test_a_trembling_click_on_the_own_point_still_marks_its_twin(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.view_model.select_pair(None)
    view = window.images.view("fused.axial")
    mark_landmarks.new_pair(window.workspace)
    window.workspace.view_model.set_layout("fused")
    QApplication.processEvents()
    at, hand = QPointF(view.width() / 2 + 30, view.height() / 2 + 40), Hand(view)
    hand.click(at)
    first = window.workspace.document.state.landmarks[-1].fixed_point
    hand.press(at)
    hand.move(at + QPointF(0.0, 1.0))
    hand.release()
    pair = window.workspace.document.state.landmarks[-1]
    assert pair.complete
    assert pair.fixed_point == first


@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_a_double_click_marks_one_point_and_nothing_jumps(window: MainWindow, side: Side) -> None:
    mark_landmarks.new_pair(window.workspace)
    QApplication.processEvents()
    view = window.images.view(f"{side}.sagittal")
    Hand(view).double_click(QPointF(view.width() / 2 + 20, view.height() / 2 + 10))
    pair = window.workspace.document.state.landmarks[-1]
    assert pair.point(side) is not None
    assert not pair.complete
    assert window.workspace.view_model.view.enlarged == ""
    view.repaint()
    Hand(view).double_click(QPointF(40.0, 40.0))  # where nothing is marked it enlarges, as ever
    assert window.workspace.view_model.view.enlarged == view.key


def test_a_new_pair_can_be_clicked_at_once_and_a_tool_in_the_way_is_named(window: MainWindow, qtbot: QtBot) -> None:
    view = window.images.view("fixed.axial")
    window.images.active_view().setFocus()
    press(qtbot, Qt.Key.Key_T)
    press(qtbot, Qt.Key.Key_N)
    assert window.workspace.view_model.tool == "crosshair"
    press(qtbot, Qt.Key.Key_T)  # to see better; then a click marks nothing
    assert "The tool “Window” keeps the clicks: press T to mark L6." in window.status.sentence.text()
    QApplication.processEvents()
    Hand(view).click(QPointF(view.width() / 2 + 20, view.height() / 2))
    assert window.workspace.document.state.landmarks[-1].fixed_point is None
    press(qtbot, Qt.Key.Key_T)
    assert "Click L6 in the fixed image" in window.status.sentence.text()
    Hand(view).click(QPointF(view.width() / 2 + 20, view.height() / 2))
    assert window.workspace.document.state.landmarks[-1].fixed_point is not None


# The order


@pytest.mark.parametrize("step", ["do", "undo", "redo"])
def test_the_chosen_pair_stays_chosen_when_the_order_changes(window: MainWindow, qtbot: QtBot, step: str) -> None:
    mark_landmarks.select(window.workspace, WORST)
    landmark_list.order_pairs(window.workspace, "residual")
    assert names(window)[0] == "L4"
    if step != "do":
        press(qtbot, Qt.Key.Key_Z, CTRL)
        assert names(window)[WORST] == "L4"
    if step == "redo":
        press(qtbot, Qt.Key.Key_Y, CTRL)
        assert names(window)[0] == "L4"
    assert chosen(window) == "L4"
    assert table(window).currentRow() == names(window).index("L4")


# Names


@pytest.mark.parametrize("where", ["check", "Automatic"])
def test_f6_brings_the_table_to_type_in(window: MainWindow, qtbot: QtBot, where: str) -> None:
    mark_landmarks.select(window.workspace, 1)
    if where == "check":
        window.steps.go_on("check")
    else:
        window.column.align.show_page("Automatic")
    window.images.active_view().setFocus()
    press(qtbot, Qt.Key.Key_F6)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.isVisible()
    qtbot.keyClicks(editor, "Qz")  # no usual name, so that no list of names opens
    window.actions_by_key["rename_pair"].trigger()  # again: what is being typed stays
    assert editor.text() == "Qz"
    press(qtbot, Qt.Key.Key_Return)
    assert names(window)[1] == "Qz"
    assert QApplication.focusWidget() is window.images.active_view()


def test_a_name_that_is_being_typed_is_taken_before_a_header_orders(window: MainWindow, qtbot: QtBot) -> None:
    mark_landmarks.select(window.workspace, WORST)
    press(qtbot, Qt.Key.Key_F6)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "Qz")
    header = table(window).horizontalHeader()
    assert header is not None
    Hand(header.viewport()).click(QPointF(header.sectionViewportPosition(OFF) + 8.0, 8.0))  # type: ignore[arg-type]
    assert names(window) == ["Qz", "L1", "L2", "L3", "L5"]


def test_an_editor_never_stays_over_another_pair(window: MainWindow, qtbot: QtBot) -> None:
    mark_landmarks.select(window.workspace, 1)
    press(qtbot, Qt.Key.Key_F6)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "Qz")
    button = window.findChild(QPushButton, "button_delete_pair")
    assert button is not None
    Hand(button).click(QPointF(6.0, 6.0))
    QApplication.processEvents()
    assert names(window) == ["L1", "L3", "L4", "L5"]
    assert not isinstance(QApplication.focusWidget(), QLineEdit)


def test_a_name_that_is_taken_is_old_news_once_another_one_is(window: MainWindow, qtbot: QtBot) -> None:
    mark_landmarks.rename(window.workspace, 0, "L2")
    assert "Another landmark" in window.status.sentence.text()
    mark_landmarks.rename(window.workspace, 0, "Qz")
    assert window.status.sentence.text() == "L1 is called Qz now."


def test_an_ampersand_is_written_as_such_in_menus_and_on_buttons(window: MainWindow) -> None:
    mark_landmarks.rename(window.workspace, WORST, "A&P")
    mark_landmarks.select(window.workspace, WORST)
    landmark_list.toggle_lock(window.workspace, WORST)
    assert window.actions_by_key["undo"].text() == "Undo Lock A&&P"
    QApplication.processEvents()
    shown = [one for one in window.findChildren(QPushButton, f"show_suspect_{WORST}") if one.isVisibleTo(window)]
    assert [one.text() for one in shown] == ["Show A&&P"]


# Marking again


def test_a_repeated_mark_that_is_taken_back_is_asked_for_again(window: MainWindow, qtbot: QtBot) -> None:
    mark_landmarks.select(window.workspace, 0)
    press(qtbot, Qt.Key.Key_A, SHIFT)
    QApplication.processEvents()
    repeats, moving, fixed = window.workspace.view_model.repeats, window.images.view("moving.axial"), "fixed.axial"
    Hand(moving).click(QPointF(moving.width() / 2, moving.height() / 2))
    assert repeats.sides == ("fixed",)
    moving.setFocus()
    press(qtbot, Qt.Key.Key_Z, CTRL)
    assert repeats.sides == ("fixed", "moving")
    for view in (moving, window.images.view(fixed)):
        Hand(view).click(QPointF(view.width() / 2, view.height() / 2))
    assert [side for side, _ in window.workspace.document.state.landmarks[0].again] == ["moving", "fixed"]
    assert not repeats.sides


# Pairs that do not fit


def test_tab_goes_from_the_fit_through_what_can_be_done_about_a_suspect(window: MainWindow, qtbot: QtBot) -> None:
    window.column.align.show_page("Landmarks")
    QApplication.processEvents()
    fit = window.findChild(QPushButton, "button_fit_landmarks")
    assert fit is not None
    fit.setFocus()
    gone_to = []
    for _ in range(3):
        press(qtbot, Qt.Key.Key_Tab)
        has_it = QApplication.focusWidget()
        gone_to.append("" if has_it is None else has_it.objectName())
    assert gone_to == [f"show_suspect_{WORST}", "mend_suspect", "fold_placement"]


def test_a_line_ends_between_words_unless_a_word_is_long() -> None:
    sentence = "Internal auditory canal, left side and Choroid plexus calcification L look swapped: exchange them?"
    assert breakable(sentence) == sentence
    assert breakable("a" * 30) == "a" * 24 + ZERO_WIDTH_SPACE + "a" * 6
    assert breakable("t1_head") == f"t1_{ZERO_WIDTH_SPACE}head"


# Targets by keys


@pytest.fixture
def with_targets(window: MainWindow, qtbot: QtBot) -> TargetTable:
    """Two targets in a table that is seen and has the keyboard, and a pair that is selected."""
    mark_landmarks.select(window.workspace, 1)
    heading = window.findChild(QToolButton, "fold_targets")
    assert heading is not None
    found = targets(window)
    if not found.isVisible():
        heading.click()
    window.images.active_view().setFocus()
    for _ in range(2):
        press(qtbot, Qt.Key.Key_N, SHIFT)
    found.setFocus()
    found.selectRow(0)
    return found


def test_del_in_the_table_of_targets_never_removes_a_pair(
    window: MainWindow, with_targets: TargetTable, qtbot: QtBot
) -> None:
    press(qtbot, Qt.Key.Key_Delete)
    press(qtbot, Qt.Key.Key_Delete)  # nothing is selected in the table now
    assert [target.name for target in window.workspace.document.state.targets] == ["T2"]
    assert len(names(window)) == len(PLACES)


def test_enter_edits_a_targets_name_and_tab_leaves_the_table(
    window: MainWindow, with_targets: TargetTable, qtbot: QtBot
) -> None:
    press(qtbot, Qt.Key.Key_Return)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    qtbot.keyClicks(editor, "STN")
    press(qtbot, Qt.Key.Key_Return)
    assert window.workspace.document.state.targets[0].name == "STN"
    assert QApplication.focusWidget() is with_targets
    press(qtbot, Qt.Key.Key_Tab)
    left = QApplication.focusWidget()
    assert isinstance(left, QWidget)
    assert left.objectName() == "button_add_target"


# The magnifier after the program has moved a point


def lens_of(window: MainWindow, key: str) -> Lens:
    return Lens.of(window.images.view(key))


def test_a_point_that_was_snapped_is_magnified(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudge_magnifier, "LENS_MS", 10_000_000)
    window.workspace.view_model.set_layout("pairs")
    mark_landmarks.select(window.workspace, 4)
    view = window.images.view("fixed.coronal")
    QApplication.processEvents()
    view.setFocus()
    press(qtbot, Qt.Key.Key_E, SHIFT)
    assert window.workspace.document.state.landmarks[4].fixed_point != tuple(PLACES[4])
    assert lens_of(window, "fixed.coronal").isVisible()
    assert not lens_of(window, "moving.coronal").isVisible()


def test_a_point_that_was_refined_is_magnified_in_its_own_row(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudge_magnifier, "LENS_MS", 10_000_000)
    window.workspace.view_model.set_layout("pairs")
    mark_landmarks.select(window.workspace, 4)
    view = window.images.view("fixed.coronal")
    QApplication.processEvents()
    view.setFocus()
    near = np.array(window.workspace.document.state.landmarks[4].moving_point) + 0.5
    found = PairRefinement(near, 0.5, 0.9, "high", 0.1, 2.0)
    monkeypatch.setattr(refine_landmarks, "refine_pair", lambda *_, **__: found)
    press(qtbot, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: not window.workspace.runner.busy, timeout=60_000)
    assert window.workspace.document.state.landmarks[4].moving_point == tuple(near)
    assert lens_of(window, "moving.coronal").isVisible()
    assert not lens_of(window, "fixed.coronal").isVisible()


# What controls say of themselves


@pytest.mark.parametrize("layout", ["fused", "pairs"])
@pytest.mark.parametrize("page", PAGES)
def test_every_control_says_what_it_does_or_why_it_does_not(window: MainWindow, page: Page, layout: Layout) -> None:
    for name in ("fold_placement", "fold_targets"):
        heading = window.findChild(QToolButton, name)
        assert heading is not None
        heading.click()
    window.workspace.view_model.set_layout(layout)
    window.column.align.show_page(page)
    QApplication.processEvents()
    mute = [
        control.objectName() or type(control).__name__
        for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider)
        for control in window.findChildren(kind)
        if control.isVisible() and not control.toolTip()
    ]
    assert mute == []
    if layout == "pairs":
        assert "Each row shows one image alone" in window.fade_bar.buttons["50:50"].toolTip()
