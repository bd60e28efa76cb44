"""What users do by accident, and must not cost them anything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from answers import Answers
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands import open_save
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.commands.open_save import Opened, find_head, show_study
from fusionviewer.errors import FusionError
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.session import edits
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, phantom_mr: Volume, phantom_ct: Volume) -> Iterator[MainWindow]:
    made = MainWindow()
    made.workspace.questions = Answers()
    made.show()
    qtbot.waitExposed(made)
    _open(made, phantom_mr, phantom_ct)
    yield made
    made.workspace.questions = Answers()
    made.close()
    made.deleteLater()


def _open(window: MainWindow, fixed: Volume, moving: Volume) -> None:
    opened = Opened({"fixed": fixed, "moving": moving}, {"fixed": find_head(fixed), "moving": find_head(moving)})
    show_study(window.workspace, edits.new_study(fixed, moving), opened)
    QApplication.processEvents()


def _wheel(widget: object) -> None:
    assert isinstance(widget, (QDoubleSpinBox, QComboBox))
    event = QWheelEvent(
        QPointF(5, 5), QPointF(widget.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("name", ["shift_y", "turn_x", "max_shift", "start", "preset", "fixed_level", "fixed_preset"])
def test_the_wheel_changes_nothing_that_was_not_clicked(window: MainWindow, name: str) -> None:
    state, view = window.workspace.document.state, window.workspace.view_model.view
    kind = QComboBox if name in {"start", "preset", "fixed_preset"} else QDoubleSpinBox
    control = window.findChild(kind, name)
    before = control.currentIndex() if isinstance(control, QComboBox) else control.value()
    _wheel(control)
    assert window.workspace.document.state is state
    assert window.workspace.view_model.view == view
    assert before == (control.currentIndex() if isinstance(control, QComboBox) else control.value())


def test_swapping_and_back_leaves_no_trace(window: MainWindow) -> None:
    workspace = window.workspace
    register_commands.set_start(workspace, "centre")
    workspace.view_model.set_fade(0.3)
    facts, view = review_commands.known_facts(workspace), workspace.view_model.view
    open_save.swap_images(workspace)
    swapped = workspace.view_model.view
    assert (swapped.fixed_window, swapped.moving_window) == (view.moving_window, view.fixed_window)
    assert swapped.fade == pytest.approx(0.7)
    seen = (~workspace.document.state.moving_from_fixed).apply(np.asarray(view.fixed.cursor))
    assert swapped.fixed.cursor == pytest.approx(seen)
    for _ in range(3):
        workspace.document.undo_stack.undo()
        assert review_commands.known_facts(workspace) == facts
        assert workspace.view_model.view.fixed.cursor == pytest.approx(view.fixed.cursor)
        workspace.document.undo_stack.redo()


def test_a_note_does_not_go_to_another_study(
    window: MainWindow, qtbot: QtBot, phantom_mr: Volume, phantom_ct: Volume
) -> None:
    note = window.findChild(QPlainTextEdit, "note")
    qtbot.keyClicks(note, "about the first one")
    _open(window, phantom_ct, phantom_mr)
    assert window.column.check.note == ""
    review_commands.review(window.workspace, "accepted", "fine")
    qtbot.keyClicks(note, "!")
    review = window.workspace.document.state.review
    assert review is not None
    assert "!" in review.note
    window.workspace.document.undo_stack.undo()
    assert window.column.check.note == "fine"


def test_changes_made_while_images_are_read_are_asked_about(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    answers = Answers()
    workspace.questions = answers
    open_save.open_sample(workspace)
    assert answers.asked == ["discard"]
    mark_landmarks.new_pair(workspace)
    answers.discard = False
    kept = workspace.document.state
    qtbot.waitUntil(lambda: not workspace.runner.busy, timeout=60_000)
    assert answers.asked == ["discard", "discard"]
    assert workspace.document.state is kept


def test_the_value_under_the_mouse_follows_what_moves_beneath_it(window: MainWindow, qtbot: QtBot) -> None:
    view = window.images.view("fused.axial")
    qtbot.mouseMove(view, QPoint(view.width() // 2, view.height() // 2))
    QApplication.processEvents()
    before = window.status.position_text
    assert "mm" in before
    view.scroll_slices(5)
    assert window.status.position_text != before
    window.workspace.view_model.set_layout("pairs")
    assert window.status.position_text == ""


def test_an_error_stays_until_something_else_happens(window: MainWindow) -> None:
    status = window.status
    window.workspace.refuse(FusionError("That was wrong.", "Do this."))
    window._refresh()
    assert status.sentence.text() == "That was wrong. Do this."
    mark_landmarks.new_pair(window.workspace)
    assert "Click L1" in status.sentence.text()


def test_a_message_during_a_run_is_not_wiped_by_its_progress(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    register_commands.start_register(workspace, "auto")
    workspace.refuse(FusionError("Not now.", "Wait."))
    heard: list[object] = []
    workspace.runner.progressed.connect(heard.append)
    qtbot.waitUntil(lambda: bool(heard) or not workspace.runner.busy, timeout=60_000)
    assert window.status.sentence.text() == "Not now. Wait."
    workspace.runner.cancel()
    assert workspace.runner.wait_for_threads(10)


def test_peeking_ends_when_the_keyboard_goes_elsewhere(window: MainWindow, qtbot: QtBot) -> None:
    view = window.images.active_view()
    view.setFocus()
    qtbot.keyPress(view, Qt.Key.Key_Space)
    assert window.workspace.view_model.shown_blend.fade != window.workspace.view_model.view.fade
    window.fade_bar.slider.setFocus()
    assert window.workspace.view_model.shown_blend.fade == window.workspace.view_model.view.fade


def test_undo_while_marking_goes_on_with_marking_and_esc_ends_it(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    mark_landmarks.new_pair(workspace)
    mark_landmarks.new_pair(workspace)
    assert len(workspace.document.state.landmarks) == 1
    mark_landmarks.click(workspace, "fixed", np.zeros(3))
    mark_landmarks.click(workspace, "moving", np.zeros(3))
    assert not workspace.placing
    workspace.document.undo_stack.undo()
    assert workspace.placing
    assert window.images.placing
    qtbot.keyClick(window.images.active_view(), Qt.Key.Key_Escape)
    assert not workspace.placing
    assert len(workspace.document.state.landmarks) == 1


def test_the_selected_pair_stays_the_same_one_when_others_go(window: MainWindow) -> None:
    workspace = window.workspace
    for x in (0.0, 10.0, 20.0):
        mark_landmarks.new_pair(workspace)
        mark_landmarks.click(workspace, "fixed", np.array([x, 0, 0]))
        mark_landmarks.click(workspace, "moving", np.array([x, 0, 0]))
    mark_landmarks.select(workspace, 0)
    mark_landmarks.delete_selected(workspace)
    workspace.document.undo_stack.undo()
    mark_landmarks.select(workspace, 1)
    workspace.document.undo_stack.redo()
    assert workspace.selected_pair is not None
    assert workspace.selected_pair.name == "L2"


def test_a_new_pair_shows_both_rows_again(window: MainWindow) -> None:
    view_model = window.workspace.view_model
    view_model.set_layout("pairs")
    view_model.enlarge("fixed.axial")
    mark_landmarks.new_pair(window.workspace)
    assert view_model.view.enlarged == ""


def test_two_quick_clicks_mark_two_points_in_the_fused_layout(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    mark_landmarks.new_pair(workspace)
    workspace.view_model.set_layout("fused")
    view = window.images.view("fused.axial")
    middle = QPoint(view.width() // 2, view.height() // 2)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle)
    assert workspace.document.state.landmarks[0].complete
    assert workspace.view_model.view.enlarged == ""


def test_flicker_and_window_tool_end_with_the_study(window: MainWindow, phantom_mr: Volume, phantom_ct: Volume) -> None:
    view_model = window.workspace.view_model
    view_model.interlude.set_flicker(True)
    view_model.set_tool("window")
    _open(window, phantom_ct, phantom_mr)
    assert not view_model.interlude.flickering
    assert view_model.tool == "crosshair"


def test_values_from_nought_to_one_can_be_windowed_by_number(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.workspace.document.state.fixed.grid  # type: ignore[union-attr]
    ramp = np.linspace(0, 1, int(np.prod(grid.size)), dtype=np.float32).reshape(grid.size[::-1])
    small = Volume(image_on_grid(ramp, grid), "small")
    _open(window, small, small)
    level = window.findChild(QDoubleSpinBox, "fixed_level")
    level.setFocus()
    level.selectAll()
    qtbot.keyClicks(level, "0.35")
    qtbot.keyClick(level, Qt.Key.Key_Return)
    assert window.workspace.view_model.view.fixed_window.level == pytest.approx(0.35)


def test_what_speaks_against_a_bounded_result_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    off = RigidTransform.from_rotation_vector([0, 0, 0.4], np.zeros(3), np.array([20.0, 0, 0]))
    workspace.document.apply("off", edits.set_pose(workspace.document.state, off, "hand"))
    register_commands.set_limits(workspace, edits.Limits(1, 1))
    register_commands.start_refine(workspace)
    qtbot.waitUntil(lambda: not workspace.runner.busy, timeout=60_000)
    run = workspace.document.state.run
    assert run is not None
    assert any(run.reason in finding.sentence for finding in review_commands.current_findings(workspace))
    assert run.reason in window.status.sentence.text()
    assert window.status.sentence.property("role") == "warning"


def test_verdict_keys_work_on_the_images_only(window: MainWindow, qtbot: QtBot) -> None:
    start = window.findChild(QComboBox, "start")
    start.setFocus()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(start, QKeyEvent(kind, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))
    qtbot.keyClick(start, Qt.Key.Key_A)
    assert window.workspace.document.state.review is None
    view = window.images.active_view()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A)
    assert window.workspace.document.state.review is not None
