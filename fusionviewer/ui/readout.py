"""Where the crosshair is, and what both images hold there."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from fusionviewer.app.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.controls import label, number_label
from fusionviewer.ui.theme import UNIT

HEADINGS = ("x mm (R–L)", "y mm (A–P)", "z mm (F–H)", "value")


class Readout(QWidget):
    """A small table: position (LPS mm of each image's own space) and value of each image at the crosshair."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        grid = QGridLayout(self)
        grid.setContentsMargins(UNIT, UNIT, UNIT, 0)
        grid.setHorizontalSpacing(2 * UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        right = Qt.AlignmentFlag.AlignRight
        for column, heading in enumerate(HEADINGS):
            grid.addWidget(label(heading, "caption"), 0, column + 1, right)
            grid.setColumnStretch(column + 1, 1)
        self._cells = {side: [number_label("–") for _ in HEADINGS] for side in SIDES}
        for row, side in enumerate(SIDES, start=1):
            grid.addWidget(label(side.upper(), side), row, 0)
            for column, cell in enumerate(self._cells[side], start=1):
                cell.setMinimumWidth(7 * UNIT)
                cell.setAlignment(right)
                grid.addWidget(cell, row, column)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for signal in (
            workspace.view_model.cursor_changed,
            workspace.view_model.layout_changed,
            workspace.view_model.preview_changed,
            workspace.document.transform_changed,
            workspace.document.volumes_changed,
        ):
            signal.connect(self.show_values)
        self.show_values()

    def show_values(self) -> None:
        """Show where the crosshair is now."""
        view_model = self._workspace.view_model
        fixed_point = np.asarray(view_model.view.fixed.cursor)
        moving_point = (
            np.asarray(view_model.view.moving.cursor)
            if view_model.view.layout == "pairs"
            else view_model.pose.apply(fixed_point)
        )
        self._show_row("fixed", fixed_point)
        self._show_row("moving", moving_point)

    def _show_row(self, side: Side, point: Points) -> None:
        volume = self._workspace.document.state.volume(side)
        cells = self._cells[side]
        if volume is None:
            for cell in cells:
                cell.setText("–")
            return
        for cell, value in zip(cells, point, strict=False):
            cell.setText(f"{value:z.1f}")
        cells[3].setText(value_text(volume, point))


def value_text(volume: Volume, point: Points) -> str:
    """The value at a point with its unit, or a word where the image does not reach."""
    value = volume.value_at(point)
    if value is None:
        return "outside"
    number = f"{value:.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"
    return f"{number} HU" if volume.modality == "CT" else number
