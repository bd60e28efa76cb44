"""The page of landmarks: what is seen at once in small windows, and that nothing jumps or is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from keyboard import key_click
from landmark_sets import noisy
from mouse import mouse_click
from PyQt6.QtCore import QPoint, QRect, QSettings, Qt
from PyQt6.QtWidgets import QApplication, QPushButton, QScrollArea, QToolButton, QWidget
from windows import Dress, OpenWindow, child

from fusionviewer.geometry import RigidTransform
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.landmarks import pair_table as columns
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.widgets.elided_label import ElidedLabel
from fusionviewer.ui.window.main_window import MainWindow

LONG = "Left subthalamic nucleus, tip "  # thirty letters


@pytest.fixture
def window(dressed: Dress, open_window: OpenWindow) -> Iterator[MainWindow]:
    """As a user has it, with the program's own looks."""
    dressed()
    made = open_window(page="Landmarks")
    settle()
    yield made
    made.close()


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def eight(*, displaced: bool = False) -> list[LandmarkPair]:
    pairs = noisy(8, 0.5)
    if displaced:
        away = edits.point_of(np.asarray(pairs[3].moving_point) + np.array([0, 10, 0]))
        pairs[3] = replace(pairs[3], name=LONG, moving_point=away)
    return [*pairs[:6], *(replace(one, use="check") for one in pairs[6:])]


def twelve() -> list[LandmarkPair]:
    """Names of thirty letters and more; four pairs are check points."""
    pairs = noisy(8, 0.5)
    for one in noisy(4, 0.5):
        assert one.fixed_point is not None
        assert one.moving_point is not None
        there = [edits.point_of(np.asarray(point) * 0.9) for point in (one.fixed_point, one.moving_point)]
        pairs.append(replace(one, fixed_point=there[0], moving_point=there[1], use="check"))
    return [replace(one, name=f"{LONG}{number}") for number, one in enumerate(pairs, start=1)]


def put(window: MainWindow, pairs: list[LandmarkPair]) -> None:
    document = window.workspace.document
    document.apply("Pairs", replace(document.state, landmarks=tuple(pairs)))
    settle()


def line(window: MainWindow, name: str) -> ElidedLabel:
    return child(window.column.align, ElidedLabel, name)


def place(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def area(window: MainWindow) -> QScrollArea:
    found = next(one for one in window.column.align.findChildren(QScrollArea) if one.isVisible())
    assert found.isAncestorOf(child(window, QWidget, "landmarks"))
    return found


def click(window: MainWindow, name: str) -> None:
    mouse_click(child(window.column.align, QWidget, name), Qt.MouseButton.LeftButton)
    settle()


FACTS = ("button_fit_landmarks", "fre", "measured", "tre_here", "why_they_differ")


@pytest.mark.parametrize("displaced", [False, True])
def test_eight_pairs_the_fit_and_the_main_facts_are_seen_without_scrolling(window: MainWindow, displaced: bool) -> None:
    put(window, eight(displaced=displaced))
    table = window.findChild(LandmarkTable)
    assert table is not None
    last = table.visualItemRect(table.item(7, 0))
    assert table.viewport().rect().contains(last)  # type: ignore[union-attr]
    if not displaced:  # what is said of a pair takes the place of what is folded below
        assert area(window).verticalScrollBar().maximum() == 0  # type: ignore[union-attr]
    seen = place(window, area(window).viewport())  # type: ignore[arg-type]
    for name in ("landmarks", *FACTS, *(("suspects", "mend_suspect") if displaced else ())):
        widget = child(window.column.align, QWidget, name)
        assert widget.isVisible(), name
        assert seen.contains(place(window, widget)), name


def test_in_the_smallest_window_all_but_the_last_rows_are_seen(window: MainWindow) -> None:
    window.resize(1200, 700)
    put(window, eight())
    seen = place(window, area(window).viewport())  # type: ignore[arg-type]
    for name in ("landmarks", *FACTS):
        assert seen.contains(place(window, child(window.column.align, QWidget, name))), name


def test_nothing_moves_when_numbers_change(window: MainWindow) -> None:
    put(window, eight())
    names = ("landmarks", *FACTS, "fold_placement", "fold_targets")
    before = [place(window, child(window.column.align, QWidget, name)) for name in names]
    texts = {name: line(window, name).text() for name in FACTS[1:4]}
    model, state = window.workspace.view_model, window.workspace.document.state
    shift = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 0, 87.0]))
    model.set_preview(shift @ state.alignment.moving_from_fixed, by_hand=True)
    model.set_cursor("fixed", np.array([60.0, 60, -60]))
    put(window, [replace(one, name=f"{LONG}{number}") for number, one in enumerate(eight())])
    assert all(line(window, name).text() != texts[name] for name in ("measured", "tre_here"))
    assert [place(window, child(window.column.align, QWidget, name)) for name in names] == before


def test_numbers_and_units_are_never_cut_only_names_are(window: MainWindow) -> None:
    """With twelve pairs, names of thirty letters and errors of two digits."""
    put(window, twelve())
    shift = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 0, 87.0]))
    model, document = window.workspace.view_model, window.workspace.document
    document.apply("FLE", landmark_edits.set_fle(document.state, 25.0))
    for target in ((0.0, 0, 0), (60.0, 60, -60), (-40.0, 30, 20)):
        document.apply("Target", landmark_edits.add_target(document.state, target))
    for preview in (None, shift @ document.state.alignment.moving_from_fixed):
        model.set_preview(preview, by_hand=preview is not None)
        settle()
        for name in ("fre", "tre_here", "summary_placement", "summary_targets"):
            assert line(window, name).shown == line(window, name).text(), name
        assert " mm (" in line(window, "measured").shown
    assert "25.00 mm, own" in line(window, "summary_placement").text()
    assert line(window, "summary_targets").text().endswith(" mm at 3")
    document.apply("FLE", landmark_edits.set_fle(document.state, 0.01))
    settle()
    for name in ("tre_here", "summary_targets"):
        assert "withheld" in line(window, name).text()
        assert line(window, name).shown == line(window, name).text(), name
    assert LONG.strip() in line(window, "measured").toolTip()


def test_numbers_of_two_digits_are_written_in_the_table(window: MainWindow) -> None:
    window.resize(1920, 1080)
    put(window, twelve())
    table = window.findChild(LandmarkTable)
    assert table is not None
    assert inked(table, 11, columns.NUMBER) >= table.fontMetrics().horizontalAdvance("12") - 3


def test_a_long_name_ends_at_a_letter_and_not_at_a_word(window: MainWindow) -> None:
    table = window.findChild(LandmarkTable)
    assert table is not None
    put(window, twelve())
    assert inked(table, 0, columns.NAME) > table.fontMetrics().horizontalAdvance("Left …") + 8


def inked(table: LandmarkTable, row: int, column: int) -> int:
    """How many pixels wide what is written in a cell is."""
    cell = table.visualItemRect(table.item(row, column))
    assert table.viewport().rect().contains(cell)  # type: ignore[union-attr]
    image = table.viewport().grab(cell).toImage()  # type: ignore[union-attr]
    empty, rows = image.pixelColor(0, 0), range(2, image.height() - 2)
    written = [x for x in range(image.width()) if any(image.pixelColor(x, y) != empty for y in rows)]
    return written[-1] - written[0] + 1 if written else 0


# Folds


def test_folds_are_remembered_and_until_then_the_room_decides(window: MainWindow) -> None:
    targets, placement = child(window.column.align, QWidget, "targets"), child(window.column.align, QWidget, "fle")
    assert not targets.isVisible()
    window.resize(1920, 1080)
    settle()
    assert targets.isVisible()
    assert not placement.isVisible()
    window.resize(1280, 800)
    settle()
    assert not targets.isVisible()
    click(window, "fold_targets")
    click(window, "fold_placement")
    assert targets.isVisible()
    assert placement.isVisible()
    window.resize(1920, 1080)
    window.resize(1280, 800)
    settle()
    assert targets.isVisible()
    assert QSettings().value("panels/targets", False, bool)
    click(window, "fold_targets")
    assert not targets.isVisible()
    heading = child(window.column.align, QWidget, "fold_targets")
    assert isinstance(heading, QToolButton)
    heading.setFocus()
    key_click(heading, Qt.Key.Key_Space)
    assert targets.isVisible()


def test_what_is_folded_away_is_summed_up(window: MainWindow) -> None:
    assert line(window, "summary_targets").text() == "none yet"
    document = window.workspace.document
    document.apply("Target", landmark_edits.add_target(document.state, (0.0, 0, 0)))
    assert line(window, "summary_targets").text() == "1, no fit yet"
    put(window, eight())
    summary = line(window, "summary_targets").text()
    assert summary.startswith("TRE of the fit ")
    assert summary.endswith(" mm at 1")
    assert line(window, "summary_placement").text().endswith(" mm, auto")


def test_the_fit_button_fits(window: MainWindow) -> None:
    put(window, eight())
    button = child(window.column.align, QWidget, "button_fit_landmarks")
    assert isinstance(button, QPushButton)
    assert button.text() == "Fit to landmarks"
    click(window, "button_fit_landmarks")
    assert window.workspace.document.state.alignment.origin == "landmarks"
