"""Step 3: findings, notes and reviews."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from keyboard import CTRL, key_clicks
from phantoms import MOVING_FROM_FIXED
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import Dress, OpenWindow, child, click, press_in_views, show_images, written
from work_lists import open_list

from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.window import show_step
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.run_findings import reason_findings
from fusionviewer.quality.wording import reason_text, sentence
from fusionviewer.session import edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.state import FusionState
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.window.main_window import SMALLEST, MainWindow
from fusionviewer.ui.window.step_bar import StepButton


@pytest.fixture
def window(open_window: OpenWindow, unaligned: FusionState) -> MainWindow:
    return open_window(unaligned)


def test_a_note_does_not_go_to_another_study(window: MainWindow, phantom_mr: Volume, phantom_ct: Volume) -> None:
    note = window.findChild(QPlainTextEdit, "note")
    key_clicks(note, "about the first one")
    show_images(window, phantom_ct, phantom_mr)
    assert window.column.review.entry.note == ""
    review_commands.review(window.workspace, "accepted", "fine", "AB")
    key_clicks(note, "!")
    review = window.workspace.document.state.alignment.review
    assert review is not None
    assert "!" in review.note
    window.workspace.document.undo_stack.undo()
    assert window.column.review.entry.note == "fine"


def test_what_speaks_against_a_bounded_result_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    off = RigidTransform.from_rotation_vector([0, 0, 0.4], np.zeros(3), np.array([20.0, 0, 0]))
    workspace.document.apply("off", edits.set_pose(workspace.document.state, off, "hand"))
    register_commands.set_limits(workspace, Limits(1, 1))
    register_commands.start_refine(workspace)
    wait_until_idle(workspace, qtbot)
    run = workspace.document.state.alignment.run
    assert run is not None
    told = [sentence(finding) for finding in review_commands.current_findings(workspace)]
    assert run.reasons
    assert all(sentence(reason) in told for reason in reason_findings(run))
    assert reason_text(run) in window.status.sentence.text()
    assert window.status.sentence.property("role") == "warning"


def test_a_review_asks_for_initials_in_the_panel_and_remembers_them(
    window: MainWindow, open_window: OpenWindow
) -> None:
    show_step(window.workspace, "review")
    initials, document = child(window, QLineEdit, "initials"), window.workspace.document
    initials.clear()
    click(window, "button_accept")
    assert document.state.alignment.review is None
    assert "initials" in window.status.sentence.text()
    assert initials.hasFocus()
    key_clicks(initials, "AB")
    click(window, "button_accept")
    review = document.state.alignment.review
    assert review is not None
    assert (review.by, review.note) == ("AB", "")
    assert "by AB" in written(window, "review")
    assert child(window, StepButton, "step_review").state.words.startswith("Accepted by AB")
    assert "Accepted by AB" in window.windowTitle()
    another = open_window()
    assert another.column.review.entry.initials == "AB"


def test_the_evidence_of_a_run_is_shown_and_goes_with_it(window: MainWindow, qtbot: QtBot) -> None:
    table = child(window, QWidget, "evidence")
    assert table.isHidden()
    press_in_views(window, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: window.workspace.document.state.alignment.run is not None, timeout=120_000)
    assert not table.isHidden()
    run = window.workspace.document.state.alignment.run
    assert run is not None
    assert run.evidence is not None
    said = [label.text() for label in table.findChildren(QLabel)]
    assert f"{run.evidence.agreeing} of {run.evidence.starts}" in said
    assert any("none of it measures accuracy" in text for text in said)
    window.workspace.document.undo_stack.undo()
    assert table.isHidden()


def test_what_is_doubtful_is_not_pushed_towards_acceptance(window: MainWindow) -> None:
    accept = child(window, QPushButton, "button_accept")
    document = window.workspace.document
    document.apply("by hand", edits.set_pose(document.state, MOVING_FROM_FIXED, "hand"))
    assert accept.property("accent")
    far = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([150.0, 0.0, 0.0]))
    document.apply("far off", edits.set_pose(document.state, far, "hand"))
    assert not accept.property("accent")


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_a_review_is_kept_out_of_date_until_it_is_undone_given_anew_or_withdrawn(
    window: MainWindow, verdict: str
) -> None:
    document, step = window.workspace.document, child(window, StepButton, "step_review")
    said, findings = child(window, QLabel, "review"), child(window, QWidget, "findings")
    document.apply("by hand", edits.set_pose(document.state, MOVING_FROM_FIXED, "hand"))
    show_step(window.workspace, "review")
    child(window, QLineEdit, "initials").setText("AB")
    assert said.text() == "Not reviewed yet."
    click(window, f"button_{verdict.removesuffix('ed')}")
    assert said.text().startswith(f"{verdict.capitalize()} by AB on ")
    assert step.state.words.startswith(f"{verdict.capitalize()} by AB")
    review = document.state.alignment.review
    document.apply("nudge", edits.nudge(document.state, np.ones(3), np.zeros(3), np.zeros(3)))

    def shown_out_of_date() -> bool:
        texts = [label.text() for label in findings.findChildren(QLabel) if not label.isHidden()]
        told = said.text()
        marked = step.state.words == "Out of date" and "▲" in step.text() and f"▲ {told}" in texts
        assert marked == told.startswith(f"Out of date: {verdict} by AB on ")
        assert document.state.alignment.review is review
        return marked

    assert shown_out_of_date()
    assert said.text().endswith("; the pose has changed since.")
    assert "out of date" in window.windowTitle()
    assert child(window, QPushButton, "button_accept").property("accent")
    document.undo_stack.undo()
    assert not shown_out_of_date()
    document.undo_stack.redo()
    assert shown_out_of_date()
    click(window, "button_withdraw_review")
    assert said.text() == "Not reviewed yet."
    assert document.state.alignment.review is None
    assert step.state.words == ""
    document.undo_stack.undo()
    assert shown_out_of_date()
    click(window, "button_accept")
    assert said.text().startswith("Accepted by AB on ")


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_note_shows_whole_lines(open_window: OpenWindow, dressed: Dress, scale: float) -> None:
    dressed(scale=scale)
    window = open_window()
    show_step(window.workspace, "review")
    QApplication.processEvents()
    note = child(window, QPlainTextEdit, "note")
    port, document = note.viewport(), note.document()
    assert port is not None
    assert document is not None
    assert port.height() - document.documentMargin() >= 2 * note.fontMetrics().lineSpacing()


def test_the_review_stays_above_the_summary_and_scrolls_with_it_where_there_is_no_room(
    dressed: Dress, open_window: OpenWindow, study: FusionState
) -> None:
    dressed(scale=1.5)
    window = open_window(study)
    show_step(window.workspace, "review")
    note, panel = child(window, QPlainTextEdit, "note"), window.column.review
    area = child(panel, QScrollArea)
    scrolls = []
    for height in (SMALLEST.height(), 1100):
        window.resize(SMALLEST.width(), height)
        QApplication.processEvents()
        note.setFocus()
        scrolls.append(area.isAncestorOf(note))
        assert note.isVisibleTo(window)
        window.resize(SMALLEST.width(), SMALLEST.height() + 1100 - height)
        QApplication.processEvents()
        assert QApplication.focusWidget() is note  # it has gone to another place meanwhile
    assert window.height() == SMALLEST.height()
    assert scrolls == [True, False]


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_that_initials_are_required_is_written_in_full(
    dressed: Dress, open_window: OpenWindow, unaligned: FusionState, scale: float
) -> None:
    dressed(scale=scale)
    window = open_window(unaligned)
    window.resize(SMALLEST)
    show_step(window.workspace, "review")
    QApplication.processEvents()
    field = child(window, QLineEdit, "initials")
    assert field.fontMetrics().horizontalAdvance(field.placeholderText()) + 2 * UNIT <= field.width()
    withdraw = next(one for one in window.findChildren(QPushButton) if one.text() == "Withdraw review")
    assert withdraw.width() >= withdraw.minimumSizeHint().width()


def test_accept_has_a_twin_while_studies_are_left_to_review(window: MainWindow, tmp_path: Path) -> None:
    show_step(window.workspace, "review")
    twin = child(window, QPushButton, "button_accept_next")
    assert twin.isHidden()
    open_list(window.workspace, [tmp_path / "next.fusion.json"])
    window.actions_by_key.refresh()
    assert twin.isVisible()
    assert twin.isEnabled()
    QApplication.processEvents()
    assert all(
        button.width() >= button.minimumSizeHint().width()
        for button in (child(window, QPushButton, f"button_{key}") for key in ("accept", "accept_next", "reject"))
    )
