"""Where the crosshair is, and what both images hold there."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.landmark_lines import prediction_text
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ROWS
from fusionviewer.ui.widgets.controls import label, number_label
from fusionviewer.ui.widgets.theme import UNIT
from fusionviewer.ui.widgets.value_text import value_text, voxel_text, written_point

LPS_HEADINGS = ("x mm (R–L)", "y mm (A–P)", "z mm (F–H)", "voxel", "value")
RAS_HEADINGS = ("x mm (L–R)", "y mm (P–A)", "z mm (F–H)", "voxel", "value")


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
        right = Qt.AlignmentFlag.AlignRight
        self._headings = [label(heading, "caption") for heading in LPS_HEADINGS]
        for column, heading in enumerate(self._headings):
            grid.addWidget(heading, 0, column + 1, right)
            grid.setColumnStretch(column + 1, 1)
        self._cells = {side: [number_label("–") for _ in LPS_HEADINGS] for side in SIDES}
        for row, side in enumerate(SIDES, start=1):
            grid.addWidget(label(side.upper(), side), row, 0)
            for column, cell in enumerate(self._cells[side], start=1):
                cell.setMinimumWidth((10 if column == 4 else 6) * UNIT)
                cell.setAlignment(right)
                grid.addWidget(cell, row, column)
        self._predicted = number_label()
        self._predicted.setObjectName("predicted_here")
        self._predicted.setProperty("role", "caption")
        grid.addWidget(self._predicted, len(SIDES) + 1, 0, 1, len(LPS_HEADINGS) + 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for signal in (
            workspace.document.when(Changes.LANDMARKS | Changes.POSE | Changes.IMAGES),
            workspace.judge.judged,
            workspace.view_model.cursor_changed,
            workspace.view_model.layout_changed,
            workspace.view_model.numbers_changed,
        ):
            signal.connect(self.show_values)
        self.show_values()

    @property
    def _ras(self) -> bool:
        return self._workspace.view_model.view.ras

    def show_values(self) -> None:
        """Show where the crosshair is now."""
        for heading, text in zip(self._headings, RAS_HEADINGS if self._ras else LPS_HEADINGS, strict=True):
            heading.setText(text)
        view_model = self._workspace.view_model
        fixed_point = np.asarray(view_model.view.fixed.cursor)
        moving_point = (
            np.asarray(view_model.view.moving.cursor)
            if view_model.view.layout in ROWS
            else view_model.pose.apply(fixed_point)
        )
        self._show_row("fixed", fixed_point)
        self._show_row("moving", moving_point)
        self._predicted.setText(prediction_text(landmark_facts(self._workspace.document.state), fixed_point))

    def _show_row(self, side: Side, point: Points) -> None:
        volume = self._workspace.document.state.volume(side)
        cells = self._cells[side]
        if volume is None:
            for cell in cells:
                cell.setText("–")
            return
        for cell, value in zip(cells, written_point(point, ras=self._ras), strict=False):
            cell.setText(f"{value:z.1f}")
        cells[3].setText(voxel_text(volume, point))
        cells[4].setText(value_text(volume, point))
