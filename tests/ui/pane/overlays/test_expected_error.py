"""The expected error of the check at places: as isocontours, at the crosshair and at the targets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fusion_checks import made_evidence, put_evidence
from keyboard import key_click
from landmark_sets import noisy
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication, QComboBox
from windows import OpenWindow, cell, cell_tip, child, picture, put_pairs, target_table, tip, written

from fusionviewer.app.commands.export_pictures import marks_seen
from fusionviewer.session.state import Target
from fusionviewer.ui.landmarks.target_table import PREDICTED
from fusionviewer.ui.window.main_window import MainWindow

SHIFT_MM, ROTATION_DEG = 2.0, 2.5


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    window = open_window(page="Landmarks", unfolded=True)
    document = window.workspace.document
    near, far = Target("near", (0.0, 0.0, 20.0)), Target("far", (90.0, 0.0, 0.0))
    document.apply("Targets", replace(document.state, targets=(near, far)))
    return window


def assess(window: MainWindow) -> None:
    pose = window.workspace.document.state.alignment.moving_from_fixed
    put_evidence(window.workspace, made_evidence(pose, SHIFT_MM, ROTATION_DEG))
    QApplication.processEvents()


def choose_check(window: MainWindow) -> None:
    box = child(window, QComboBox, "error_of")
    box.setFocus()
    key_click(box, Qt.Key.Key_Down)
    QApplication.processEvents()
    assert window.workspace.view_model.view.error_of == "check"


def test_one_choice_shows_the_check_s_error_at_targets_and_crosshair(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    table = target_table(window)
    landmarks = [cell(table, row, PREDICTED) for row in range(2)]
    assess(window)
    assert [cell(table, row, PREDICTED) for row in range(2)] == landmarks
    choose_check(window)
    expected = window.workspace.view_model.expected_error.now
    assert expected is not None
    near, far = (cell(table, row, PREDICTED) for row in range(2))
    assert (near, far) == tuple(f"{expected.at(np.array(at))[0]:.1f}" for at in ((0, 0, 20.0), (90.0, 0, 0)))
    assert float(far) > float(near) + 1
    assert f"{float(far):.1f} mm, at most" in cell_tip(table, 1, PREDICTED)
    window.workspace.view_model.set_cursor("fixed", np.array([0, 0, 20.0]))
    assert written(window, "predicted_here") == tip(window, "predicted_here")
    assert written(window, "predicted_here").startswith(f"Expected error here {near} mm, at most ")


def test_the_crosshair_has_the_check_s_error_where_no_landmarks_say_any(window: MainWindow) -> None:
    assert written(window, "predicted_here") == ""
    assess(window)
    assert written(window, "predicted_here").startswith("Expected error here ")
    window.actions_by_key["start_centre"].trigger()
    assert written(window, "predicted_here") == "", "what is known of another pose is not shown"


def test_lines_of_the_expected_error_lie_where_it_has_their_number(window: MainWindow) -> None:
    model = window.workspace.view_model
    choose_check(window)
    action = window.actions_by_key["show_error_lines"]
    assert not action.isEnabled()
    assert "has not been checked" in action.toolTip()
    assess(window)
    model.set_blend(fade=0.0)
    bare = picture(window, "fused.axial")
    key_click(window.images, Qt.Key.Key_I)
    drawn = picture(window, "fused.axial")
    expected, frame = model.expected_error.now, window.images.view("fused.axial").frame()
    assert frame is not None
    assert expected is not None
    bright = []
    for x in range(drawn.width() // 2, drawn.width()):  # without legend and names
        y = drawn.height() // 3
        if drawn.pixelColor(x, y).lightness() > bare.pixelColor(x, y).lightness() + 60:
            bright.append(expected.at(frame.point_under(QPointF(x, y)))[0])
    assert bright
    away = [abs(mm / 0.05 - round(mm / 0.05)) * 0.05 / mm for mm in bright]
    assert max(away) < 0.03
    seen = marks_seen(window.workspace.document.state, model.view, expected=expected).error
    assert seen is not None
    nowhere = f"nowhere below {expected.group.least_mm:g}"
    assert seen.legend[0].startswith(f"lines: expected error, calibrated on simulations, mm; {nowhere}")
    window.actions_by_key["start_centre"].trigger()
    QApplication.processEvents()
    model.set_blend(fade=0.0)
    assert marks_seen(window.workspace.document.state, model.view).error is None
