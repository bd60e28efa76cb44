"""From two files to a checked and saved study, with real clicks and keys."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from histories import all_but_history
from keyboard import CTRL, key_clicks, type_in
from mouse import mouse_click
from panes import place_of
from phantoms import MOVING_FROM_FIXED, centre_of
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtWidgets import QDoubleSpinBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import EMPTY, Chosen, OpenWindow, child, click, open_files, pair_table, press_in_views

from fusionviewer.app.commands.window import show_step
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.session.state import FusionState, Side
from fusionviewer.ui.window.main_window import MainWindow


def _click_at(window: MainWindow, qtbot: QtBot, side: Side, point: Points) -> None:
    """Bring a place of an image into its axial pane, and click it there."""
    window.workspace.view_model.set_cursor(side, point)
    view = window.images.view(f"{side}.axial")
    at = place_of(view, point)
    mouse_click(view, Qt.MouseButton.LeftButton, pos=QPoint(round(at.x()), round(at.y())))


def _summary(state: FusionState) -> tuple[object, ...]:
    """All that must be the same after reopening."""
    assert state.fixed is not None
    assert state.moving is not None
    alignment, run = state.alignment, state.alignment.run
    return (
        state.fixed.fingerprint, state.moving.fingerprint, alignment.moving_from_fixed, alignment.start,
        alignment.origin, state.landmarks, alignment.limits, alignment.settings, alignment.review,
        run and (run.moving_from_fixed, run.ending, run.reasons, run.trace, run.touched, run.evidence),
    )  # fmt: skip


def _origin(window: MainWindow) -> str:
    return str(window.workspace.document.state.alignment.origin)


PLACES = ("left eye", "right eye", "lesion", "left ventricle")


def test_the_whole_job(
    open_window: OpenWindow, qtbot: QtBot, chosen: Chosen, phantom_files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Open, mark pairs in both rows, fit, register, cancel one run, refine, undo all, redo all, save, reopen."""
    window = open_window(EMPTY)
    document = window.workspace.document
    open_files(window, qtbot, chosen, phantom_files)
    assert document.state.has_pair

    for place in PLACES:
        press_in_views(window, Qt.Key.Key_N)
        _click_at(window, qtbot, "fixed", centre_of(place))
        _click_at(window, qtbot, "moving", MOVING_FROM_FIXED.apply(centre_of(place)))
    assert [pair.complete for pair in document.state.landmarks] == [True] * 4
    assert not window.workspace.placing
    assert pair_table(window).rowCount() == 4

    show_step(window.workspace, "align")
    click(window, "button_fit_landmarks")
    assert _origin(window) == "landmarks"
    # a click is right to about a pixel, which here is well below two millimetres
    assert _error_mm(document.state) < 4

    click(window, "button_register")
    wait_until_idle(window.workspace, qtbot)
    assert _origin(window) == "registration"
    assert _error_mm(document.state) < 1.5  # half a voxel of the phantom
    registered = document.state

    click(window, "button_register")
    assert window.workspace.runner.busy
    click(window, "button_cancel")
    assert not window.workspace.runner.busy
    assert document.state is registered

    type_in(child(window, QDoubleSpinBox, "max_shift"), "5")
    assert document.state.alignment.limits.max_shift_mm == 5.0
    click(window, "button_refine")
    wait_until_idle(window.workspace, qtbot)
    run = document.state.alignment.run
    assert run is not None
    assert run.bounds is not None
    assert run.bounds.contains(document.state.alignment.moving_from_fixed)

    show_step(window.workspace, "review")
    note = child(window, QPlainTextEdit, "note")
    key_clicks(note, "ventricles agree")
    child(window, QLineEdit, "initials").setText("AB")
    click(window, "button_accept")
    assert document.state.alignment.review is not None
    assert document.state.alignment.review.note == "ventricles agree"

    last = document.state
    steps = 0
    while document.undo_stack.canUndo():
        press_in_views(window, Qt.Key.Key_Z, CTRL)
        steps += 1
    # four pairs of three steps each, fit, register, limit, refine, verdict
    assert steps == 4 * 3 + 5
    assert document.state.landmarks == ()
    assert document.state.alignment.moving_from_fixed == RigidTransform.identity()
    assert document.modified, "the history of the reviews has grown"
    while document.undo_stack.canRedo():
        press_in_views(window, Qt.Key.Key_Y, CTRL)
    assert all_but_history(document.state) == all_but_history(last)

    chosen.path = tmp_path / "study.fusion.json"
    press_in_views(window, Qt.Key.Key_S, CTRL)
    assert not document.modified
    view = window.workspace.view_model.view
    assert window.close()

    again = open_window(EMPTY)
    again.actions_by_key["open_study"].trigger()
    wait_until_idle(again.workspace, qtbot)
    assert _summary(again.workspace.document.state) == _summary(last)
    assert again.workspace.view_model.view == view
    assert again.column.review.entry.note == "ventricles agree"
    assert not again.workspace.document.modified


def _error_mm(state: FusionState) -> float:
    points = np.array([centre_of(place) for place in PLACES])
    found, true = state.alignment.moving_from_fixed.apply(points), MOVING_FROM_FIXED.apply(points)
    return float(np.linalg.norm(found - true, axis=1).max())


def test_the_window_never_stalls_while_a_registration_runs(open_window: OpenWindow, qtbot: QtBot) -> None:
    """On the real sample: between two turns of the event loop never more than a tenth of a second.

    The machine may be busy with something else, which can only make a gap longer: the best of ten runs counts.
    """
    window = open_window(EMPTY)
    window.actions_by_key["open_sample"].trigger()
    wait_until_idle(window.workspace, qtbot)
    gaps: list[float] = []
    for _ in range(10):
        beats: list[float] = []
        timer = QTimer()
        timer.setInterval(5)
        timer.timeout.connect(lambda into=beats: into.append(time.perf_counter()))
        timer.start()
        click(window, "button_register")
        wait_until_idle(window.workspace, qtbot)
        timer.stop()
        assert len(beats) > 20
        gaps.append(float(np.diff(beats).max()))
        if gaps[-1] < 0.1:
            break
    assert min(gaps) < 0.1, f"longest gaps of the runs in seconds: {gaps}"
