"""What tests do with the series browser: go to a series, double-click it, and read what is said and chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from keyboard import press
from mouse import double_click, mouse_click
from PyQt6.QtCore import QModelIndex, QPoint, Qt
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QPushButton
from windows import child

from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.session.state import Side
from fusionviewer.ui.dialogs.series.dialog import SeriesDialog
from fusionviewer.ui.dialogs.series.model import CHOICE_ROLE, Column

Show = Callable[..., SeriesDialog]
FIXED: Final[tuple[Side, ...]] = ("fixed",)
MOVING: Final[tuple[Side, ...]] = ("moving",)


def rows(dialog: SeriesDialog, parent: QModelIndex | None = None) -> list[SeriesChoice]:
    """The series as they stand below each other."""
    model, above = dialog.tree.model(), QModelIndex() if parent is None else parent
    assert model is not None
    found: list[SeriesChoice] = []
    for row in range(model.rowCount(above)):
        place = model.index(row, 0, above)
        choice = place.data(CHOICE_ROLE)
        found.extend([choice] if choice is not None else rows(dialog, place))
    return found


def said(dialog: SeriesDialog, name: str) -> str:
    return child(dialog, QLabel, name).text()


def uids(dialog: SeriesDialog) -> dict[Side, str]:
    return {side: uid for side, (uid, _) in dialog.picks.items()}


def open_button(dialog: SeriesDialog) -> QPushButton:
    button = child(dialog, QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)
    assert button is not None
    return button


def place_of(dialog: SeriesDialog, choice: SeriesChoice, column: Column) -> QPoint:
    """Where a cell of a series is, in the tree's pixels."""
    dialog.tree.select(choice, centred=True)
    QApplication.processEvents()
    return dialog.tree.visualRect(dialog.tree.currentIndex().siblingAtColumn(column)).center()


def to(dialog: SeriesDialog, choice: SeriesChoice) -> None:
    """Go to a series by the arrows alone."""
    press(Qt.Key.Key_Home)
    for _ in range(20):
        if dialog.tree.current == choice:
            return
        press(Qt.Key.Key_Down)
    raise AssertionError(choice.description)


def double_click_on(dialog: SeriesDialog, choice: SeriesChoice) -> None:
    at, viewport = place_of(dialog, choice, Column.KIND), dialog.tree.viewport()
    mouse_click(viewport, pos=at)
    assert viewport is not None
    double_click(viewport, pos=at)
