"""The table of targets."""

from __future__ import annotations

from typing import Final

import numpy as np
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from fusionviewer.app.commands.compare_results import disagreement_mm
from fusionviewer.app.commands.display import NO_EXPECTED
from fusionviewer.app.commands.landmarks import targets as target_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.quality.landmark_lines import about_pose, why_withheld_text
from fusionviewer.session.changes import Changes
from fusionviewer.session.view_state import ErrorSource
from fusionviewer.ui.look.theme import UNIT, follow_theme, number_font, scaled
from fusionviewer.ui.widgets.value_text import frames_text, written_point

NAME, WHERE, PREDICTED, APART = range(4)
HEADER, ROW = 4 * UNIT, 3 * UNIT
FEWEST, MOST = 2, 6
"""Rows that are always seen; more than the second number scroll."""

HEADINGS = (
    ("Target", "Click: the crosshair goes there. Double-click or Enter: rename. Del: remove"),
    ("mm", "Position in the fixed image"),
    ("TRE mm", ""),
    ("Apart", "How far the pose shown and the results of the other ways to align lie apart there at most, in mm"),
)

ERROR_TIPS: Final[dict[ErrorSource, str]] = {
    "landmarks": "Error of the landmark fit predicted there, root mean square",
    "check": "Expected error of the pose shown there, calibrated on simulations",
}
"""What stands in the third column."""


class TargetTable(QTableWidget):
    """One row a target: name, place, predicted error, disagreement of the results. Shows; the commands edit."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(0, len(HEADINGS), parent)
        self._workspace = workspace
        self._filling = False
        self.setObjectName("targets")
        self.setAccessibleName("Targets")
        self.setHorizontalHeaderLabels([heading for heading, _ in HEADINGS])
        for column, (_, tip) in enumerate(HEADINGS):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setToolTip(tip)
                side = Qt.AlignmentFlag.AlignLeft if column == NAME else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        header, rows = self.horizontalHeader(), self.verticalHeader()
        if header is not None:
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        if rows is not None:
            rows.hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)  # F2 is a plane's
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.itemChanged.connect(self._changed)
        self.itemSelectionChanged.connect(self._selected)
        self.cellClicked.connect(lambda row, _: target_commands.jump(workspace, row))
        document, model = workspace.document, workspace.view_model
        for signal in (
            document.when(Changes.TARGETS | Changes.LANDMARKS | Changes.POSE | Changes.IMAGES),
            workspace.judge.judged, model.numbers_changed, model.layout_changed, model.expected_error.changed,
        ):  # fmt: skip
            signal.connect(self._fill)
        self._names: list[str] = []
        self._fill()
        follow_theme(self, self._fit_height)

    @property
    def target(self) -> int | None:
        """The selected target's number."""
        rows = {index.row() for index in self.selectedIndexes()}
        return min(rows) if rows else None

    def _fill(self) -> None:
        state, pose = self._workspace.document.state, self._workspace.view_model.pose
        before, kept, source = self._names, self.target, self._workspace.view_model.view.error_of
        heading = self.horizontalHeaderItem(PREDICTED)
        if heading is not None:
            heading.setToolTip(ERROR_TIPS[source])
        self._names = [target.name for target in state.targets]
        self._filling = True
        self.setRowCount(len(state.targets))
        for row, target in enumerate(state.targets):
            point = np.asarray(target.point)
            written = written_point(point, ras=self._workspace.view_model.view.ras)
            apart = disagreement_mm(state, pose, point)
            self._put(row, NAME, target.name, target.name)
            exact = "" if state.fixed is None else frames_text(state.fixed, point)
            self._put(row, WHERE, " ".join(f"{value:z.0f}" for value in written).replace("-", "−"), exact)
            self._put(row, PREDICTED, *self._error(point))
            self._put(row, APART, _mm(apart), HEADINGS[APART][1])
        self._filling = False
        self._fit_height()
        self._keep_selection(before, kept)

    def _error(self, point: Points) -> tuple[str, str]:
        """The error that is chosen at a point (3,) of fixed space, mm, and what it is, or why there is none."""
        state, model = self._workspace.document.state, self._workspace.view_model
        if model.view.error_of == "check":
            expected = model.expected_error.now
            if expected is None:
                return "–", NO_EXPECTED
            mm, upper = expected.at(point)
            return f"{mm:.1f}", f"{ERROR_TIPS['check']}: {mm:.1f} mm, at most {upper:.1f} mm."
        facts = landmark_facts(state)
        why_not, about = facts.why_not or why_withheld_text(facts), about_pose(state, model.pose)
        tip = why_not or f"{ERROR_TIPS['landmarks']}. {about}".rstrip(" .") + "."
        return _mm(None if why_not else facts.tre_mm(point)), tip

    def _fit_height(self) -> None:
        rows = self.verticalHeader()
        if rows is not None:
            rows.setDefaultSectionSize(scaled(ROW))
        self.setFixedHeight(scaled(HEADER) + scaled(ROW) * min(max(self.rowCount(), FEWEST), MOST))

    def _keep_selection(self, before: list[str], kept: int | None) -> None:
        """A new target is the selected one; else the same as before stays it."""
        new = [row for row, name in enumerate(self._names) if name not in before]
        self._filling = True
        if len(self._names) > len(before) and new:
            self.selectRow(new[-1])
        elif kept is not None and len(self._names) < len(before):
            name = before[kept]
            self.clearSelection()
            if name in self._names:
                self.selectRow(self._names.index(name))
        self._filling = False
        self.itemSelectionChanged.emit()

    def _put(self, row: int, column: int, text: str, tip: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
            if column != NAME:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setFont(number_font())
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if item.text() != text:
            item.setText(text)
        item.setToolTip(tip)

    def _changed(self, item: QTableWidgetItem) -> None:
        if not self._filling and item.column() == NAME:
            target_commands.rename(self._workspace, item.row(), item.text())
            self._fill()  # a refused name goes back to what it was

    def _selected(self) -> None:
        if not self._filling and self.hasFocus() and self.target is not None:
            target_commands.jump(self._workspace, self.target)

    def event(self, event: QEvent | None) -> bool:
        # with the keyboard here, Del is never meant for the selected pair, even if there is no target left for it
        deletes = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete
        if event is not None and event.type() == QEvent.Type.ShortcutOverride and deletes:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Del removes the selected target, Enter edits its name."""
        key, row = None if event is None else event.key(), self.target
        editing = self.state() is QAbstractItemView.State.EditingState  # then the key comes from the editor
        if key == Qt.Key.Key_Delete and row is not None and not editing:
            target_commands.delete(self._workspace, row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None and not editing:
            self.editItem(self.item(row, NAME))
        else:
            super().keyPressEvent(event)


def _mm(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
