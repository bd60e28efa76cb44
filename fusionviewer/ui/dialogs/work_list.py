"""The studies of a batch beside the window: which need a look, which are reviewed, and the one that is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PyQt6.QtCore import QEvent, QSettings, Qt
from PyQt6.QtGui import QColor, QHideEvent, QKeyEvent
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fusionviewer.app.commands.batch import batch_review
from fusionviewer.app.state.worklist.work_list import WorkItem
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, number_font, scaled
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.controls import allow, enter_only_here, label, set_accent

GEOMETRY: Final = "work_list/geometry"
PAIR, ASSESSMENT, ERROR, REVIEW = range(4)
HEADINGS: Final = (
    ("Pair", "The id of the pair in the table of the batch. ▶ is the one that is open"),
    ("Assessment", "Worst first, as the check of the batch found it"),
    ("Error mm", "The expected error, 95 % of the head, calibrated on simulations"),
    ("Review", "What the study's file says: accepted, rejected, out of date"),
)
ASSESSMENTS: Final = {"fine": "✓ fine", "look": "▲ look", "wrong": "✗ wrong", "": "– no result"}
REVIEWS: Final = {
    "": "", "accepted": "✓ accepted", "rejected": "✗ rejected", "out of date": "▲ out of date",
}  # fmt: skip
_ROW: Final = 3 * UNIT
_DETAIL_LINES: Final = 5


def show_work_list(workspace: Workspace, choose: Callable[[], object], window: QWidget) -> None:
    """Show the one list of a window, or bring it to the front; `choose` asks for another batch."""
    shown = window.findChild(WorkListDialog) or WorkListDialog(workspace, choose, window)
    shown.show()
    shown.raise_()
    shown.activateWindow()


class WorkListDialog(QDialog):
    """Not modal: it stays open beside the work. Enter or a double-click opens the study of a row."""

    def __init__(self, workspace: Workspace, choose: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._filled: object = None
        self._open_before: int | None = None
        self.setWindowTitle("Batch review")
        self.summary = label("", "section")
        self.table = _Table(self._open)
        self.details = ClampedLabel(_DETAIL_LINES, "caption")
        self.details.setObjectName("work_details")
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.open_button, self.next_button, self.other_button = (
            QPushButton(text) for text in ("Open", "Next to review", "Other batch…")
        )
        buttons = {"work_open": self.open_button, "work_next": self.next_button, "work_other": self.other_button}
        for name, button in buttons.items():
            button.setObjectName(name)
            enter_only_here(button)  # Enter in the list opens its row
        set_accent(self.next_button, True)
        self.open_button.clicked.connect(lambda: self._open(self.table.currentRow()))
        self.next_button.clicked.connect(partial(batch_review.open_next, workspace))
        self.other_button.clicked.connect(choose)
        self._arrange()
        self.table.itemSelectionChanged.connect(self._tell)
        workspace.work_list.changed.connect(self._fill)
        for signal in (workspace.runner.started, workspace.runner.ended):
            signal.connect(self._tell)
        follow_theme(self, self._dress)
        self._dress()
        self._place(parent)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        buttons.addWidget(self.other_button)
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.next_button)
        column = QVBoxLayout(self)
        column.setSpacing(UNIT)
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)
        column.addWidget(self.details)
        column.addLayout(buttons)

    def _place(self, window: QWidget) -> None:
        """Where it was the last time; at first over the right part of the window, where no image is."""
        kept = QSettings().value(GEOMETRY)
        self.resize(scaled(56 * UNIT), min(scaled(72 * UNIT), window.height() - scaled(8 * UNIT)))
        if kept is not None:
            self.restoreGeometry(kept)

    def _fill(self) -> None:
        work = self._workspace.work_list
        chosen, rows = self.table.currentRow(), [item.record.id for item in work.items]
        key = (work.folder, rows)
        self.table.setRowCount(len(rows))
        for number, item in enumerate(work.items):
            self._put(number, item, number == work.current)
        if key != self._filled:
            self._filled, chosen = key, work.current or 0
        if work.current is not None and work.current != self._open_before:
            chosen = work.current
        self._open_before = work.current
        if 0 <= chosen < len(rows):
            self.table.selectRow(chosen)
        left = sum(item.waits for item in work.items)
        missing = len(rows) - work.studies
        text = f"{work.reviewed} of {work.studies} reviewed, {left} to go"
        self.summary.setText(text + (f"; {missing} without a result" if missing else ""))
        self.summary.setToolTip("" if work.folder is None else str(work.folder))
        self._tell()

    def _put(self, row: int, item: WorkItem, is_open: bool) -> None:
        record, palette = item.record, colours()
        verdict = record.verdict if record.outcome == "done" else ""
        error = "" if record.expected_p95_mm is None else f"{record.expected_p95_mm:.1f}"
        texts = (("▶ " if is_open else "") + record.id, ASSESSMENTS[verdict], error, REVIEWS[item.mark])
        inks = {"wrong": palette.failure, "look": palette.caution, "rejected": palette.failure}
        for column, text in enumerate(texts):
            cell = self.table.item(row, column)
            if cell is None:
                cell = QTableWidgetItem()
                self.table.setItem(row, column, cell)
            cell.setText(text)
            cell.setToolTip(_why(item))
            ink = {ASSESSMENT: inks.get(verdict), REVIEW: inks.get(item.mark)}.get(column)
            if item.mark == "out of date" and column == REVIEW:
                ink = palette.caution
            cell.setForeground(QColor(ink or (palette.text if item.study else palette.disabled)))
            if column == ERROR:
                cell.setFont(number_font())
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _tell(self) -> None:
        """What is known of the row that is chosen, and what can be done with it."""
        work, row = self._workspace.work_list, self.table.currentRow()
        item = work.items[row] if 0 <= row < len(work.items) else None
        self.details.say("" if item is None else _why(item), "caption")
        busy = f"{self._workspace.runner.title} is still going on." if self._workspace.runner.busy else ""
        why_not = busy or (
            "Choose a row." if item is None
            else "It has no result." if item.study is None
            else "It is open." if row == work.current
            else ""
        )  # fmt: skip
        allow(self.open_button, "Open the study of this row (Enter)", why_not)
        why_no_next = busy or batch_review.why_no_next(self._workspace)
        allow(self.next_button, "Open the next study that is still to be reviewed", why_no_next)
        allow(self.other_button, "Choose the folder of another batch", busy)

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._workspace.work_list.items):
            batch_review.open_row(self._workspace, row)

    def _dress(self) -> None:
        rows = self.table.verticalHeader()
        if rows is not None:
            rows.setDefaultSectionSize(scaled(_ROW))
        self._fill()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Remember where it was."""
        QSettings().setValue(GEOMETRY, self.saveGeometry())
        super().hideEvent(event)


class _Table(QTableWidget):
    """The rows. Enter and a double-click open one."""

    def __init__(self, open_row: Callable[[int], None]) -> None:
        super().__init__(0, len(HEADINGS))
        self._open_row = open_row
        self.setObjectName("work_list")
        self.setAccessibleName("Pairs of the batch")
        self.setHorizontalHeaderLabels([heading for heading, _ in HEADINGS])
        for column, (_, tip) in enumerate(HEADINGS):
            if head := self.horizontalHeaderItem(column):
                head.setToolTip(tip)
                side = Qt.AlignmentFlag.AlignRight if column == ERROR else Qt.AlignmentFlag.AlignLeft
                head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        header, rows = self.horizontalHeader(), self.verticalHeader()
        if header is not None and rows is not None:
            rows.hide()
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(PAIR, QHeaderView.ResizeMode.Stretch)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # ids often differ in their end alone
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.cellDoubleClicked.connect(lambda row, _: open_row(row))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter opens the row."""
        if event is not None and event.type() == QEvent.Type.KeyPress and event.key() in {
            Qt.Key.Key_Return, Qt.Key.Key_Enter,
        }:  # fmt: skip
            self._open_row(self.currentRow())
            return
        super().keyPressEvent(event)


def _why(item: WorkItem) -> str:
    """The reasons of the assessment, or why there is none."""
    record = item.record
    if record.outcome != "done":
        return record.sentence
    return " ".join(record.reasons) or "No warnings."
