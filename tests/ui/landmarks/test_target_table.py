"""Targets: added, jumped to, renamed, deleted, and where a further pair would help them."""

from __future__ import annotations

import numpy as np
import pytest
from keyboard import SHIFT, key_click, key_clicks, press
from landmark_sets import ONE_OFF_PLACES, noisy, one_off
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from windows import OpenWindow, cell, click, click_cell, names, picture, put_pairs, target_table, written

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.session import landmark_edits
from fusionviewer.ui.landmarks.target_table import APART, NAME, PREDICTED, WHERE
from fusionviewer.ui.window.main_window import MainWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """On the page of landmarks, with all its sections open."""
    return open_window(page="Landmarks", unfolded=True)


def test_targets_are_added_by_key_jumped_to_renamed_and_deleted(window: MainWindow) -> None:
    put_pairs(window, noisy(6, 0.5))
    model, document = window.workspace.view_model, window.workspace.document
    bare = {}
    for name, point in (("T1", (12.0, -8, 20)), ("T2", (-25.0, 30, -5))):
        model.set_cursor("fixed", np.array(point))
        bare[name] = picture(window, "fused.axial")
        key_click(window.images, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        assert document.state.targets[-1].name == name
        assert document.state.targets[-1].point == pytest.approx(point)
        assert picture(window, "fused.axial") != bare[name]  # it is drawn
    assert [cell(target_table(window), row, NAME) for row in (0, 1)] == ["T1", "T2"]
    predicted = landmark_facts(document.state).tre_mm(np.array([12.0, -8, 20]))
    assert cell(target_table(window), 0, PREDICTED) == f"{predicted:.1f}"
    assert cell(target_table(window), 0, WHERE) == "12 −8 20"
    place = target_table(window).item(0, WHERE)
    assert place is not None
    assert place.toolTip().splitlines()[:2] == ["LPS: 12.000 -8.000 20.000 mm", "Scanner RAS: -12.000 8.000 20.000 mm"]
    assert place.toolTip().splitlines()[2].startswith("Surface RAS (tkr): ")
    assert cell(target_table(window), 0, APART) == "–"  # there is one pose only
    click_cell(target_table(window), 0, NAME)
    assert model.view.fixed.cursor == pytest.approx((12, -8, 20))
    key_click(target_table(window), Qt.Key.Key_Down)
    assert model.view.fixed.cursor == pytest.approx((-25, 30, -5))
    target_table(window).editItem(target_table(window).item(1, NAME))
    editor = target_table(window).findChild(QLineEdit)
    assert editor is not None
    editor.setText("left subthalamic nucleus")
    key_click(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert document.state.targets[1].name == "left subthalamic nucleus"
    mark_landmarks.select(window.workspace, 0)
    target_table(window).setFocus()
    key_click(target_table(window), Qt.Key.Key_Delete)
    assert [target.name for target in document.state.targets] == ["T1"]
    assert len(document.state.landmarks) == 6  # the selected pair was not meant
    click_cell(target_table(window), 0, NAME)
    click(window, "delete_target")
    assert document.state.targets == ()
    for _ in range(2):
        document.undo_stack.undo()
    assert [cell(target_table(window), row, NAME) for row in (0, 1)] == ["T1", "left subthalamic nucleus"]


def test_a_name_that_is_taken_is_refused_and_goes_back(window: MainWindow) -> None:
    document = window.workspace.document
    for point in ((0.0, 0, 0), (5.0, 5, 5)):
        document.apply("Target", landmark_edits.add_target(document.state, point))
    item = target_table(window).item(1, NAME)
    assert item is not None
    item.setText("T1")
    assert cell(target_table(window), 1, NAME) == "T2"
    assert document.state.targets[1].name == "T2"


def test_advice_names_what_it_would_bring_and_goes_there(window: MainWindow) -> None:
    button = window.findChild(QPushButton, "where_to_add")
    assert button is not None
    assert not button.isEnabled()
    assert "at least three pairs" in button.toolTip()
    put_pairs(window, noisy(4, 0.5))
    window.workspace.view_model.set_cursor("fixed", np.array([-50.0, 50, 50]))
    key_click(window.images, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    before = window.workspace.view_model.view.fixed.cursor
    click(window, "where_to_add")
    assert "predicted TRE at T1" in written(window, "advice")
    assert window.workspace.view_model.view.fixed.cursor != before
    put_pairs(window, noisy(5, 0.5))
    assert "predicted at T1" not in written(window, "advice")


@pytest.fixture
def with_targets(open_window: OpenWindow) -> MainWindow:
    """Five pairs, of which one is selected, and two targets in their table, which has the keyboard."""
    window = open_window(landmarks=one_off(), page="Landmarks")
    mark_landmarks.select(window.workspace, 1)
    if not target_table(window).isVisible():
        click(window, "fold_targets")
    window.images.active_view().setFocus()
    for _ in range(2):
        press(Qt.Key.Key_N, SHIFT)
    target_table(window).setFocus()
    target_table(window).selectRow(0)
    return window


def test_del_in_the_table_of_targets_never_removes_a_pair(with_targets: MainWindow) -> None:
    press(Qt.Key.Key_Delete)
    press(Qt.Key.Key_Delete)  # nothing is selected in the table now
    assert [target.name for target in with_targets.workspace.document.state.targets] == ["T2"]
    assert len(names(with_targets)) == len(ONE_OFF_PLACES)


def test_enter_edits_a_targets_name_and_tab_leaves_the_table(with_targets: MainWindow) -> None:
    press(Qt.Key.Key_Return)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    key_clicks(editor, "STN")
    press(Qt.Key.Key_Return)
    assert with_targets.workspace.document.state.targets[0].name == "STN"
    assert QApplication.focusWidget() is target_table(with_targets)
    press(Qt.Key.Key_Tab)
    left = QApplication.focusWidget()
    assert isinstance(left, QWidget)
    assert left.objectName() == "button_add_target"
