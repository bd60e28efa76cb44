"""Results side by side: chosen, compared, and the landmarks' weight."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import key_click
from landmark_sets import noisy
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle
from windows import OpenWindow, cell, click, put_pairs, target_table, written

from fusionviewer.geometry import RigidTransform
from fusionviewer.session import edits, landmark_edits
from fusionviewer.ui.landmarks.target_table import APART
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """On the page of landmarks, with all its sections open."""
    return open_window(page="Landmarks", unfolded=True)


def test_a_result_is_chosen_with_a_click_and_taken_back_with_undo(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    window.column.align.show_page("Automatic")
    assert "kept here" in written(window, "results_note")
    put_pairs(window, noisy(6, 0.5))
    document = workspace.document
    document.apply("Fit", edits.fit_to_landmarks(document.state))
    assert written(window, "results_note").startswith("Distances from the pose shown, in mm")
    fitted = document.state.alignment.moving_from_fixed
    window.column.align.show_page("Automatic")
    key_click(window.images, Qt.Key.Key_F5)
    wait_until_idle(workspace, qtbot)
    assert document.state.alignment.origin == "refinement"
    refined = document.state.alignment.moving_from_fixed
    QApplication.processEvents()
    one, other = (window.findChild(QPushButton, f"result_{kind}") for kind in ("landmarks", "refinement"))
    assert one is not None
    assert other is not None
    assert (one.isChecked(), other.isChecked()) == (False, True)
    assert other.text() == "✓ Refinement"
    marks = document.state.used_points()[0]
    apart = np.linalg.norm(fitted.apply(marks) - refined.apply(marks), axis=1)
    assert written(window, "apart_1_0") == f"{apart.mean():.1f}"
    assert written(window, "apart_1_1") == f"{apart.max():.1f}"
    assert written(window, "apart_3_0") == "0.0"
    click(window, "result_landmarks")
    assert document.state.alignment.moving_from_fixed == fitted
    assert (one.isChecked(), other.isChecked()) == (True, False)
    click(window, "result_landmarks")  # it stays marked
    assert one.isChecked()
    document.undo_stack.undo()
    assert document.state.alignment.moving_from_fixed == refined
    assert document.state.alignment.run is not None
    assert (one.isChecked(), other.isChecked()) == (False, True)


def test_the_disagreement_at_targets_is_shown_live(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    document, model = window.workspace.document, window.workspace.view_model
    document.apply("Fit", edits.fit_to_landmarks(document.state))
    document.apply("Target", landmark_edits.add_target(document.state, (10.0, 20, 30)))
    shift = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 4.0, 0]))
    assert cell(target_table(window), 0, APART) == "–"
    model.set_preview(shift @ document.state.alignment.moving_from_fixed, by_hand=True)
    assert cell(target_table(window), 0, APART) == "4.0"
    window.column.align.show_page("Automatic")
    assert [written(window, f"apart_0_{column}") for column in range(3)] == ["mean", "max", "T1"]
    assert [written(window, f"apart_1_{column}") for column in range(3)] == ["4.0", "4.0", "4.0"]
    model.set_preview(None)
    assert written(window, "apart_1_2") == "0.0"
    assert cell(target_table(window), 0, APART) == "–"


def test_the_weight_of_the_landmarks_is_part_of_the_study(window: MainWindow) -> None:
    window.column.align.show_page("Automatic")
    box = window.findChild(QWidget, "landmark_weight")
    assert box is not None
    box.setFocus()
    key_click(box, Qt.Key.Key_Up)
    assert window.workspace.document.state.alignment.landmark_weight == 0.5
    key_click(box, Qt.Key.Key_Up)
    window.workspace.document.undo_stack.undo()
    assert window.workspace.document.state.alignment.landmark_weight == 0.0
    assert box.property("value") == 0.0


def test_distances_are_spoken_of_where_there_are_some(window: MainWindow, qtbot: QtBot) -> None:
    window.column.align.show_page("Automatic")
    put_pairs(window, ())
    key_click(window.images, Qt.Key.Key_F5)
    wait_until_idle(window.workspace, qtbot)
    assert written(window, "apart_3_0") == ""
    assert written(window, "results_note").startswith("Click a result to show it.")
