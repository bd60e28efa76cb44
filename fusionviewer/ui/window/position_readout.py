"""Where the crosshair is, and what both images hold there."""

from __future__ import annotations

from itertools import chain
from typing import Final

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.exchange.points.frames import WORDS
from fusionviewer.geometry import Points, SideLetters
from fusionviewer.quality.guard.words import expected_here
from fusionviewer.quality.landmark_lines import prediction_text
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ROWS
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.widgets.controls import label, number_label
from fusionviewer.ui.widgets.elided_label import ElidedLabel
from fusionviewer.ui.widgets.value_text import frames_text, value_text, voxel_text, written_point

COLUMNS: Final = 5
ROOM: Final = 52 * UNIT
"""How wide a row for each image is, at the usual size of letters."""


def headings(letters: SideLetters, *, ras: bool) -> tuple[str, ...]:
    """What stands above the columns: each axis from its negative to its positive end."""
    across = ("L–R", "P–A") if ras else ("R–L", "A–P")
    ends = (*across, f"{letters[1]}–{letters[0]}")
    return (*(f"{axis} ({end})" for axis, end in zip("xyz", ends, strict=True)), "Voxel", "Value")


class PositionReadout(QWidget):
    """A small table: position (mm of each image's own space, LPS or RAS), voxel and value of each image at the
    crosshair."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        grid = QGridLayout(self)
        grid.setContentsMargins(UNIT, UNIT, UNIT, 0)
        grid.setHorizontalSpacing(UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        self._headings = [label("", "caption") for _ in range(COLUMNS)]
        self._frame = label("", "caption")
        self._cells = {side: [number_label("–") for _ in range(COLUMNS)] for side in SIDES}
        self._names = {side: label(side.upper(), side) for side in SIDES}
        for cell in chain.from_iterable(self._cells.values()):
            cell.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._grid = grid
        self._narrow: bool | None = None
        self._predicted = ElidedLabel("caption")
        self._predicted.setObjectName("predicted_here")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for signal in (
            workspace.document.when(Changes.LANDMARKS | Changes.POSE | Changes.IMAGES),
            workspace.judge.judged,
            workspace.view_model.expected_error.changed,
            workspace.view_model.cursor_changed,
            workspace.view_model.layout_changed,
            workspace.view_model.numbers_changed,
        ):
            signal.connect(self.show_values)
        self.show_values()
        follow_theme(self, self._fit)

    def _fit(self) -> None:
        for cells in self._cells.values():
            for column, cell in enumerate(cells, start=1):
                cell.setMinimumWidth(scaled((10 if column == 4 else 6) * UNIT))
        self._lay_out(narrow=self.width() < scaled(ROOM))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._lay_out(narrow=self.width() < scaled(ROOM))

    def _lay_out(self, *, narrow: bool) -> None:
        """A row for each image; where there is no room for that, a column for each."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        lines: list[list[QWidget]] = [[self._frame, *self._headings]]
        lines += [[self._names[side], *self._cells[side]] for side in SIDES]
        for number, line in enumerate(lines):
            for place, part in enumerate(line):
                row, column = (place, number) if narrow else (number, place)
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                self._grid.addWidget(part, row, column, side)
        rows, columns = (len(lines[0]), len(lines)) if narrow else (len(lines), len(lines[0]))
        self._grid.addWidget(self._predicted, rows, 0, 1, columns)
        for column in range(len(lines[0])):
            self._grid.setColumnStretch(column, int(0 < column < columns))

    @property
    def _ras(self) -> bool:
        return self._workspace.view_model.view.ras

    def show_values(self) -> None:
        """Show where the crosshair is now."""
        letters = self._workspace.preferences.now.side_letters
        for heading, text in zip(self._headings, headings(letters, ras=self._ras), strict=True):
            heading.setText(text)
        self._frame.setText("RAS mm" if self._ras else "LPS mm")
        words = WORDS["scanner-ras" if self._ras else "lps"]
        self._frame.setToolTip(f"{words.title}. {words.meaning}")
        for side, cells in self._cells.items():
            for cell, heading in zip(cells, self._headings, strict=True):
                cell.setAccessibleDescription(f"{heading.text()} of the {side} image")
        view_model = self._workspace.view_model
        fixed_point = np.asarray(view_model.view.fixed.cursor)
        moving_point = (
            np.asarray(view_model.view.moving.cursor)
            if view_model.view.layout in ROWS
            else view_model.pose.apply(fixed_point)
        )
        self._show_row("fixed", fixed_point)
        self._show_row("moving", moving_point)
        state = self._workspace.document.state
        predicted, expected = prediction_text(state, view_model.pose, fixed_point), view_model.expected_error.now
        told = "" if expected is None else expected_here(expected, fixed_point)
        self._predicted.say((told if view_model.view.error_of == "check" else predicted) or predicted or told)

    def _show_row(self, side: Side, point: Points) -> None:
        volume = self._workspace.document.state.volume(side)
        cells = self._cells[side]
        if volume is None:
            for cell in cells:
                cell.setText("–")
            for part in (self._names[side], *cells[:3]):
                part.setToolTip("")
            return
        for cell, value in zip(cells, written_point(point, ras=self._ras), strict=False):
            cell.setText(f"{value:z.1f}")
        frames = frames_text(volume, point)
        for part in (self._names[side], *cells[:3]):
            part.setToolTip(frames)
        cells[3].setText(voxel_text(volume, point))
        cells[4].setText(value_text(volume, point))
