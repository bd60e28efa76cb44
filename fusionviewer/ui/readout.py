"""Where the crosshair is, and what both images hold there."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from fusionviewer.app.landmark_facts import landmark_facts, prediction_text
from fusionviewer.app.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.session.state import SIDES, Side
from fusionviewer.session.view_state import ROWS
from fusionviewer.ui.controls import label, number_label
from fusionviewer.ui.theme import UNIT

LPS_HEADINGS = ("x mm (R–L)", "y mm (A–P)", "z mm (F–H)", "voxel", "value")
RAS_HEADINGS = ("x mm (L–R)", "y mm (P–A)", "z mm (F–H)", "voxel", "value")


class Readout(QWidget):
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
            workspace.document.landmarks_changed,
            workspace.view_model.cursor_changed,
            workspace.view_model.layout_changed,
            workspace.view_model.preview_changed,
            workspace.document.transform_changed,
            workspace.document.volumes_changed,
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


FIGURE_SPACE = "\u2007"


def written_point(point: Points, *, ras: bool) -> Points:
    """A point (3,) in LPS mm as it is written: the same, or as RAS with x and y negated."""
    return point * (-1.0, -1.0, 1.0) if ras else point


def voxel_text(volume: Volume, point: Points) -> str:
    """The index (i j k, from 0) of the voxel around a point (3,) of the image's space, LPS mm; or a dash outside."""
    if not bool(volume.grid.contains(point)):
        return "–"
    index = np.clip(np.round(volume.grid.indices(point)), 0, np.asarray(volume.grid.size) - 1)
    return " ".join(str(int(n)) for n in index)


def place_text(side: Side, volume: Volume, point: Points, *, ras: bool) -> str:
    """One line about a place in an image: side, position with its frame, voxel, value."""
    numbers = "".join(f"{value:z8.1f}" for value in written_point(point, ras=ras))
    voxel = " ".join(f"{word:>3}" for word in voxel_text(volume, point).split())
    where = f"{numbers.replace('-', '−')} mm {'RAS' if ras else 'LPS'}   [{voxel:>11}]"
    # spaces as wide as digits, so that the lines of both images stand in columns
    return f"{side[0].upper()} {where}{value_text(volume, point):>11}".replace(" ", FIGURE_SPACE)


def value_text(volume: Volume, point: Points) -> str:
    """The value at a point with its unit, or a word where the image does not reach."""
    value = volume.value_at(point)
    if value is None:
        return "outside"
    return written_value(value, volume.modality)


def written_value(value: float, modality: str = "") -> str:
    """A value as it is written, with the unit of its kind of image if it has one."""
    number = f"{value:.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:.3g}"
    return f"{number} HU" if modality == "CT" else number
