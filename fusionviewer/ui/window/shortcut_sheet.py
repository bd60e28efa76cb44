"""All keys and what the mouse does on one sheet, read from the tables of the menus and of the panes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from fusionviewer.app.actions.action import Menu
from fusionviewer.app.actions.registry import MENUS, key_rows
from fusionviewer.ui.look.theme import UNIT, scaled
from fusionviewer.ui.pane.interactions.dispatch import MOUSE_HELP
from fusionviewer.ui.views.head_stand import HELP
from fusionviewer.ui.widgets.action_set import native_key
from fusionviewer.ui.widgets.controls import label

_WIDTH, _HEIGHT, _FRAME = 140 * UNIT, 90 * UNIT, 5 * UNIT
"""Logical pixels at the usual size of letters; the last is left for the title that the system gives the sheet."""

_LEFT: Final[tuple[Menu, ...]] = ("File", "Edit", "Align")


class ShortcutSheet(QDialog):
    """Keys in two columns by menu, then what the mouse does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard and mouse")
        column = QVBoxLayout(self)
        content = QWidget()
        halves = QHBoxLayout(content)
        halves.setSpacing(5 * UNIT)
        left, right = _half(halves), _half(halves)
        for menu in MENUS:
            _fill(left if menu in _LEFT else right, menu, _keys_of(menu))
        _fill(right, "Mouse", MOUSE_HELP)
        _fill(left, "3D view", HELP)
        for half in (left, right):
            half.setRowStretch(half.rowCount(), 1)
        area = QScrollArea()
        area.setAccessibleName("Keys, and what the mouse does")
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(area)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        size, screen = QSize(scaled(_WIDTH), scaled(_HEIGHT)), self.screen()
        self.resize(size if screen is None else size.boundedTo(screen.availableSize() - QSize(0, _FRAME)))


def _half(row: QHBoxLayout) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(3 * UNIT)
    grid.setVerticalSpacing(UNIT // 2)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 3)
    row.addLayout(grid, 1)
    return grid


def _fill(grid: QGridLayout, title: str, rows: Sequence[tuple[str, str]]) -> None:
    """Write a title and below it what each key or use of the mouse does."""
    row = grid.rowCount()
    grid.addWidget(label(title, "section"), row, 0, 1, 2)
    for number, (keys, meaning) in enumerate(rows, start=row + 1):
        grid.addWidget(label(keys, "key", wrap=True), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(meaning, wrap=True), number, 1, Qt.AlignmentFlag.AlignTop)


def _keys_of(menu: Menu) -> list[tuple[str, str]]:
    """The keys of a menu's actions, as this system writes them, and what they do."""
    return [(row.written(native_key), row.meaning) for row in key_rows(menu)]
