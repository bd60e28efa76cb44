"""The table of landmark pairs and what stands below it, with real clicks and keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from answers import Answers
from keyboard import CTRL, key_click, press
from landmark_sets import WORST, one_off, pairs_at
from mouse import mouse_click
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from windows import Dress, OpenWindow, cell, cell_tip, click_cell, names, pair_table, pairs, selected_name

from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks
from fusionviewer.app.commands.landmarks.landmark_list import USE_WORDS
from fusionviewer.exchange.points.formats import read_points, write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.geometry import RigidTransform
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.dialogs import landmark_files
from fusionviewer.ui.landmarks import pair_table as columns
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.window import window_dialogs
from fusionviewer.ui.window.main_window import MainWindow
from fusionviewer.ui.window.side_panel import WIDTH

PLACES = np.array([[0, 0, 0], [40, 0, 0], [0, 35, 5], [-20, -10, 30], [10, -30, -20], [-30, 20, 10]], dtype=float)
LONG = "Internal auditory canal L, at its opening"


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    """Six complete pairs, one of them 40 mm off, and a half one with a long name."""
    marked = pairs_at(PLACES, {2: (0, 40, 0)})
    return open_window(landmarks=[*marked, LandmarkPair(LONG, point_of(PLACES[0]))], page="Landmarks")


@pytest.fixture
def table(window: MainWindow) -> LandmarkTable:
    return pair_table(window)


def test_a_row_tells_all_about_its_pair(table: LandmarkTable) -> None:
    assert [cell(table, 0, column) for column in range(7)] == ["1", "L1", "●", "◆", "Fit", "0.0", cell(table, 0, 6)]
    assert cell(table, 2, columns.RESIDUAL) == "40.0"
    assert float(cell(table, 2, columns.OUT)) == pytest.approx(40.0, abs=0.05)
    assert cell(table, 2, columns.REMARK) == "▲"
    assert "“L3” lies 40.0 mm from where the others expect it" in cell_tip(table, 2, columns.REMARK)
    assert cell_tip(table, 2, columns.RESIDUAL).startswith("40.000 mm")
    half = [cell(table, 6, column) for column in (columns.FIXED, columns.MOVING, columns.RESIDUAL, columns.OUT)]
    assert half == ["●", "?", "", ""]
    assert cell_tip(table, 6, columns.NAME) == LONG
    mark_landmarks.new_pair(table._workspace)
    assert [cell(table, 7, column) for column in (columns.FIXED, columns.MOVING)] == ["–", "–"]


def test_it_fits_its_column_and_no_number_is_cut(window: MainWindow, qtbot: QtBot) -> None:
    for _ in range(5):  # so that it has a scroll bar
        mark_landmarks.new_pair(window.workspace)
        mark_landmarks.mark_at_cursor(window.workspace, "fixed")
    table = LandmarkTable(window.workspace)
    qtbot.addWidget(table)
    table.resize(WIDTH - 4 * UNIT, table.height())
    table.show()
    QApplication.processEvents()
    header, view, bar = table.horizontalHeader(), table.viewport(), table.horizontalScrollBar()
    assert header is not None
    assert view is not None
    assert bar is not None
    assert header.length() <= view.width()
    assert bar.maximum() == 0
    metrics = table.fontMetrics()
    for column, widest in (
        (columns.RESIDUAL, "99.9"),
        (columns.OUT, "99.9"),
        (columns.PART, "check"),
        (columns.FIXED, "●"),
    ):
        assert metrics.horizontalAdvance(widest) + 2 <= header.sectionSize(column)
    assert header.sectionSize(columns.NAME) >= 60


def test_clicks_change_part_and_lock(window: MainWindow, table: LandmarkTable) -> None:
    stack = window.workspace.document.undo_stack
    seen = []
    for _ in range(3):
        click_cell(table, 1, columns.PART)
        seen.append(cell(table, 1, columns.PART))
    assert seen == ["Check", "Ignore", "Fit"]
    click_cell(table, 1, columns.LOCK)
    assert pairs(window)[1].locked
    assert cell_tip(table, 1, columns.LOCK) == "Locked: click to unlock"
    assert stack.undoText() == "Lock L2"
    click_cell(table, 1, columns.LOCK)
    assert not pairs(window)[1].locked


def test_the_same_can_be_done_in_the_table_by_keys(window: MainWindow, table: LandmarkTable) -> None:
    table.setFocus()
    table.setCurrentCell(1, columns.PART)
    key_click(table, Qt.Key.Key_Space)
    assert pairs(window)[1].use == "check"
    table.setCurrentCell(1, columns.LOCK)
    key_click(table, Qt.Key.Key_Return)
    assert pairs(window)[1].locked


def test_a_click_on_the_number_gives_a_colour(window: MainWindow, table: LandmarkTable) -> None:
    click_cell(table, 0, columns.NUMBER)
    menu = table.findChild(QMenu, "pair_colours")
    assert isinstance(menu, QMenu)
    action = next(a for a in menu.actions() if a.text() == "Cyan")
    action.trigger()
    menu.hide()
    assert pairs(window)[0].colour == dict(columns.PAIR_COLOURS)["Cyan"]
    assert window.workspace.document.undo_stack.undoText() == "Colour of L1"


def test_choosing_a_row_goes_to_the_pair_and_a_half_one_to_its_guess(
    window: MainWindow, table: LandmarkTable, phantom_truth: RigidTransform
) -> None:
    window.workspace.view_model.set_layout("pairs")
    click_cell(table, 1, columns.NAME)
    assert window.workspace.view_model.view.fixed.cursor == tuple(PLACES[1])
    click_cell(table, 6, columns.NAME)
    assert window.workspace.placing
    np.testing.assert_allclose(window.workspace.view_model.view.moving.cursor, phantom_truth.apply(PLACES[0]))


def test_files_are_opened_and_saved_by_the_buttons(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "saved.mrk.json"
    monkeypatch.setattr(
        QFileDialog,
        "getSaveFileName",
        lambda *_: (str(chosen), "3D Slicer markups (*.mrk.json *.json)"),
    )
    button = window.findChild(QPushButton, "save_points")
    menu = None if button is None else button.menu()
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Save pairs…", "Save fixed points…", "Save moving points…"]
    menu.actions()[1].trigger()
    assert len(read_points(chosen).names) == 7
    monkeypatch.setattr(window_dialogs, "choose_file", lambda *_: chosen)
    window.workspace.document.apply("x", replace(window.workspace.document.state, landmarks=()))
    opening = window.findChild(QPushButton, "open_points")
    menu = None if opening is None else opening.menu()
    assert menu is not None
    menu.actions()[1].trigger()
    assert [pair.name for pair in pairs(window)][-1] == LONG
    monkeypatch.setattr(window_dialogs, "choose_new_file", lambda *_: tmp_path / "pairs.csv")
    window.actions_by_key["save_pairs"].trigger()
    monkeypatch.setattr(window_dialogs, "choose_file", lambda *_: tmp_path / "pairs.csv")
    window.workspace.document.apply("x", replace(window.workspace.document.state, landmarks=()))
    window.actions_by_key["open_pairs"].trigger()
    assert len(pairs(window)) == 7


@pytest.mark.parametrize(
    ("typed", "kind", "name", "key"),
    [
        ("a.csv", "Landmark table (*.csv)", "a.csv", "table"),
        ("a.csv", "ANTs points (*.csv)", "a.csv", "ants"),
        ("a", "elastix points (*.txt *.pts)", "a.txt", "elastix"),
        ("a.pts", "elastix points (*.txt *.pts)", "a.pts", "elastix"),
        ("a.fcsv", "Landmark table (*.csv)", "a.fcsv", "fcsv"),
        ("a.csv", "3D Slicer markups (*.mrk.json *.json)", "a.mrk.json", "markups"),
        ("patient.2", "Landmark table (*.csv)", "patient.2.csv", "table"),
    ],
)
def test_the_kind_that_is_chosen_decides_unless_only_the_ending_says_something(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str, kind: str, name: str, key: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), kind))
    chosen = landmark_files.choose_points_file(window, "Save", "points")
    assert chosen is not None
    assert (chosen[0].name, chosen[1].key) == (name, key)


def test_a_file_of_points_is_dropped_on_the_window(window: MainWindow, tmp_path: Path) -> None:
    write_points(tmp_path / "more.csv", NamedPoints(("Obex", "AC"), PLACES[:2]))
    answers = window.workspace.questions = Answers()
    answers.points_side, answers.pairing = "moving", "all"
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "more.csv"))])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    assert [pair.name for pair in pairs(window)][-2:] == ["Obex", "AC"]
    assert pairs(window)[-1].moving_point == tuple(PLACES[1])


# The order


@pytest.mark.parametrize(
    ("column", "first"), [(columns.RESIDUAL, "L3"), (columns.OUT, "L3"), (columns.NAME, LONG), (columns.FIXED, "L1")]
)
def test_a_click_on_a_header_orders(window: MainWindow, table: LandmarkTable, column: int, first: str) -> None:
    header, steps = table.horizontalHeader(), window.workspace.document.undo_stack.count()
    assert header is not None
    x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    mouse_click(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, header.height() // 2))
    assert cell(table, 0, columns.NAME) == first
    if column != columns.FIXED:
        assert window.workspace.document.undo_stack.count() == steps + 1
        window.workspace.document.undo_stack.undo()
    assert cell(table, 0, columns.NAME) == "L1"


@pytest.mark.parametrize("step", ["do", "undo", "redo"])
def test_the_chosen_pair_stays_chosen_when_the_order_changes(open_window: OpenWindow, step: str) -> None:
    window = open_window(landmarks=one_off())
    mark_landmarks.select(window.workspace, WORST)
    landmark_list.order_pairs(window.workspace, "residual")
    assert names(window)[0] == "L4"
    if step != "do":
        press(Qt.Key.Key_Z, CTRL)
        assert names(window)[WORST] == "L4"
    if step == "redo":
        press(Qt.Key.Key_Y, CTRL)
        assert names(window)[0] == "L4"
    assert selected_name(window) == "L4"
    assert pair_table(window).currentRow() == names(window).index("L4")


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_eight_letters_of_a_name_are_seen_in_the_smallest_window(
    dressed: Dress, open_window: OpenWindow, scale: float
) -> None:
    dressed(scale=scale)
    window = open_window(landmarks=pairs_at(np.vstack([PLACES, PLACES + 3.0])), page="Landmarks")
    window.resize(1000, 600)
    QApplication.processEvents()
    table = pair_table(window)
    bar = table.verticalScrollBar()
    assert bar is not None
    assert bar.isVisible()  # it takes some of the room
    assert table.columnWidth(columns.NAME) >= 8 * table.fontMetrics().averageCharWidth() + 4
    part = table.visualItemRect(table.item(0, columns.PART)).width()
    assert all(table.fontMetrics().horizontalAdvance(word) + 6 <= part for word in USE_WORDS.values())
