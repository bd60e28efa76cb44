"""The table of landmark pairs."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from fusionviewer.app import marking
from fusionviewer.app.workspace import Workspace
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR
from fusionviewer.session import landmark_edits
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.theme import UNIT, number_font

USE, NAME, FIXED, MOVING, RESIDUAL = range(5)
HEADER, ROW = 4 * UNIT, 3 * UNIT
"""Heights: room for three to eight pairs, then the table scrolls."""

MARKED, MISSING = "●", "–"
MARKED_MOVING = "◆"


class LandmarkTable(QTableWidget):
    """One row a pair: used or not, name, what is marked, residual under the current pose. Shows; the verbs edit."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self._workspace = workspace
        self._filling = False
        self.setObjectName("landmarks")
        self.setHorizontalHeaderLabels(["", "Name", "F", "M", "Residual mm"])
        for column, tip in (
            (USE, "Whether the fit takes the pair in"),
            (NAME, "Double-click to rename"),
            (FIXED, "Marked in the fixed image"),
            (MOVING, "Marked in the moving image"),
            (RESIDUAL, "Distance of the two points under the current pose: not the accuracy of the fusion"),
        ):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setToolTip(tip)
        header = self.horizontalHeader()
        if header is not None:
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        if rows is not None:
            rows.hide()
            rows.setDefaultSectionSize(ROW)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setShowGrid(False)
        self.itemChanged.connect(self._changed)
        self.itemSelectionChanged.connect(self._selected)
        document, view_model = workspace.document, workspace.view_model
        document.landmarks_changed.connect(self._fill)
        document.transform_changed.connect(self._fill)
        view_model.selection_changed.connect(self._show_selection)
        self._fill()

    def _fill(self) -> None:
        self._filling = True
        state = self._workspace.document.state
        self.setRowCount(len(state.landmarks))
        for row, (pair, residual) in enumerate(zip(state.landmarks, landmark_edits.residuals_mm(state), strict=True)):
            self._fill_row(row, pair, residual)
        self._filling = False
        self.setFixedHeight(HEADER + ROW * min(max(len(state.landmarks), 3), 8))
        self._show_selection()

    def _fill_row(self, row: int, pair: LandmarkPair, residual: float | None) -> None:
        use = QTableWidgetItem()
        use.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        use.setCheckState(Qt.CheckState.Checked if pair.enabled else Qt.CheckState.Unchecked)
        self.setItem(row, USE, use)
        name = QTableWidgetItem(pair.name)
        name.setToolTip(pair.name)
        self.setItem(row, NAME, name)
        self.setItem(row, FIXED, _mark(pair.fixed_point is not None, MARKED, FIXED_COLOUR))
        self.setItem(row, MOVING, _mark(pair.moving_point is not None, MARKED_MOVING, MOVING_COLOUR))
        number = QTableWidgetItem("" if residual is None else f"{residual:.2f}")
        number.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        number.setFont(number_font())
        number.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setItem(row, RESIDUAL, number)

    def _changed(self, item: QTableWidgetItem) -> None:
        if self._filling:
            return
        if item.column() == USE:
            marking.enable(self._workspace, item.row(), item.checkState() is Qt.CheckState.Checked)
        elif item.column() == NAME:
            marking.rename(self._workspace, item.row(), item.text())
            self._fill()  # a refused name goes back to what it was

    def _selected(self) -> None:
        rows = sorted({item.row() for item in self.selectedItems()})
        if not self._filling and rows and rows[0] != self._workspace.view_model.view.selected_pair:
            marking.select(self._workspace, rows[0])

    def _show_selection(self) -> None:
        self._filling = True
        index = marking.selected(self._workspace)
        if index is None:
            self.clearSelection()
        else:
            self.selectRow(index)
        self._filling = False


def _mark(marked: bool, sign: str, colour: str) -> QTableWidgetItem:
    item = QTableWidgetItem(sign if marked else MISSING)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
    if marked:
        item.setForeground(QColor(colour))
    return item
