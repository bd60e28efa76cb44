"""Refining a pair and snapping its points with real keys in the window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from answers import Answers
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands.open_save import Opened, find_head, show_study
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.window.main_window import MainWindow

RIM = np.array([43.5, 4.0, 12.0])
"""Beside the edge of the phantom's white matter, which only the MR shows."""


@pytest.fixture
def window(qtbot: QtBot, phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform) -> Iterator[MainWindow]:
    made = MainWindow()
    made.workspace.questions = Answers()
    made.show()
    qtbot.waitExposed(made)
    heads = {"fixed": find_head(phantom_mr), "moving": find_head(phantom_ct)}
    state = landmark_edits.add_pair(edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file"))
    state = landmark_edits.place_point(state, 0, "fixed", RIM)
    state = landmark_edits.place_point(state, 0, "moving", phantom_truth.apply(RIM))
    show_study(made.workspace, state, Opened({}, heads))
    made.workspace.view_model.select_pair(0)
    QApplication.processEvents()
    yield made
    made.close()


def pair(window: MainWindow) -> LandmarkPair:
    return window.workspace.document.state.landmarks[0]


def test_the_point_of_the_active_row_snaps(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.view_model.set_layout("pairs")
    QApplication.processEvents()
    before = pair(window)
    moving, fixed = window.images.view("moving.axial"), window.images.view("fixed.axial")
    qtbot.mouseClick(moving, Qt.MouseButton.LeftButton)
    qtbot.keyClick(moving, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert pair(window) == before  # the CT has no edge there
    qtbot.mouseClick(fixed, Qt.MouseButton.LeftButton)
    qtbot.keyClick(fixed, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert pair(window).moving_point == before.moving_point
    assert 0.5 < np.linalg.norm(np.array(pair(window).fixed_point) - RIM) <= 3
    qtbot.keyClick(fixed, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pair(window) == before


def test_where_both_images_are_shown_both_points_are_tried(window: MainWindow, qtbot: QtBot) -> None:
    window.workspace.view_model.set_layout("fused")
    QApplication.processEvents()
    said: list[str] = []
    window.workspace.said.connect(said.append)
    view = window.images.view("fused.axial")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
    qtbot.keyClick(view, Qt.Key.Key_E, Qt.KeyboardModifier.ShiftModifier)
    assert any("no edge is near to the moving point" in sentence for sentence in said)


def test_y_refines_the_selected_pair_and_is_disabled_without_one(window: MainWindow, qtbot: QtBot) -> None:
    action = window.actions_by_key["refine_pair"]
    assert action.isEnabled()
    view = window.images.view("fused.axial")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Y)
    assert window.workspace.runner.title == "Refining L1"
    qtbot.waitUntil(lambda: not window.workspace.runner.busy, timeout=60_000)
    window.workspace.view_model.select_pair(None)
    QApplication.processEvents()
    assert not action.isEnabled()
    assert "Select a landmark pair first." in action.toolTip()
