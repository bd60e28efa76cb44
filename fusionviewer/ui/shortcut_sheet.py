"""All keys and gestures on one sheet, read from the same table as the menus."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from fusionviewer.app.actions import ACTIONS, GESTURES, MENUS
from fusionviewer.ui.controls import label
from fusionviewer.ui.menus import shown_keys
from fusionviewer.ui.theme import UNIT


class ShortcutSheet(QDialog):
    """Keys in two columns by menu, then what the mouse does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard and mouse")
        column = QVBoxLayout(self)
        content = QWidget()
        grid = QGridLayout(content)
        grid.setHorizontalSpacing(3 * UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        half = _fill(grid, ("File", "Edit", "Align"), 0)
        other = _fill(grid, tuple(menu for menu in MENUS if menu not in {"File", "Edit", "Align"}), 3)
        row = other
        grid.addWidget(label("Mouse", "section"), row, 3, 1, 2)
        for gesture, meaning in GESTURES:
            row += 1
            grid.addWidget(label(gesture, "key"), row, 3)
            grid.addWidget(label(meaning), row, 4)
        grid.setColumnMinimumWidth(2, 2 * UNIT)
        grid.setRowStretch(max(half, row) + 1, 1)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(area)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(content.sizeHint().width() + 6 * UNIT, 640)


def _fill(grid: QGridLayout, menus: tuple[str, ...], column: int) -> int:
    """Write the keys of some menus into two columns; returns the next free row."""
    row = 0
    for menu in menus:
        with_keys = [action for action in ACTIONS if action.menu == menu and action.keys]
        if not with_keys:
            continue
        grid.addWidget(label(menu, "section"), row, column, 1, 2)
        row += 1
        for action in with_keys:
            if action.key.startswith("pair_") and action.key != "pair_1":
                continue
            keys = "1 … 9" if action.key == "pair_1" else ", ".join(shown_keys(action))
            text = "Go to a pair by number" if action.key == "pair_1" else action.text.rstrip("…")
            grid.addWidget(label(keys, "key"), row, column)
            grid.addWidget(label(text), row, column + 1)
            row += 1
    return row
