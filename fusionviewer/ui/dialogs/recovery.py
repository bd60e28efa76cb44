"""What crashes have left, offered beside the window: nothing has to be answered before the work goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QDateTime, QLocale, Qt
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from fusionviewer.session.recovery import Leftover
from fusionviewer.ui.look.theme import UNIT, scaled
from fusionviewer.ui.widgets.controls import label, set_accent

COLUMNS = ("Kept at", "Images", "Steps not saved", "Study")
QUESTION = "fusionviewer ended without being closed. Work that was not saved was kept:"


class RecoveryDialog(QDialog):
    """Lists what was left. *Restore* and *Discard* are about the row that is chosen; *Later* keeps what remains.

    `restore` begins to open a leftover and says whether it did; it is then no longer this dialog's.
    """

    def __init__(self, leftovers: Sequence[Leftover], restore: Callable[[Leftover], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Restore unsaved work")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._leftovers = list(leftovers)
        self._restore = restore
        column = QVBoxLayout(self)
        column.addWidget(label(QUESTION, "section", wrap=True))
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName("Unsaved work")
        self.table.setHorizontalHeaderLabels(COLUMNS)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names often differ in their end alone
        self.table.setWordWrap(False)  # a second line, such as the time of a date, would not be seen
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        rows, header = self.table.verticalHeader(), self.table.horizontalHeader()
        if rows is not None and header is not None:
            rows.hide()
            header.setSectionResizeMode(header.ResizeMode.ResizeToContents)
            for column_of_names in (1, 3):
                header.setSectionResizeMode(column_of_names, header.ResizeMode.Stretch)
        for leftover in self._leftovers:
            self._add(leftover)
        self.table.selectRow(0)
        self.table.setTabKeyNavigation(False)  # Tab leads on to the buttons
        column.addWidget(self.table)
        self.restore_button, self.discard_button, later = (QPushButton(t) for t in ("Restore", "Discard", "Later"))
        self.discard_button.setToolTip("Remove this work for good")
        later.setToolTip("Keep it, and ask again at the next start")
        set_accent(self.restore_button, True)
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        buttons.addStretch(1)
        for button in (self.restore_button, self.discard_button, later):
            buttons.addWidget(button)
        self.restore_button.clicked.connect(self._restore_chosen)
        self.discard_button.clicked.connect(self._discard_chosen)
        later.clicked.connect(self.reject)
        column.addLayout(buttons)
        self.resize(min(scaled(90 * UNIT), parent.width()), scaled(36 * UNIT))

    def _add(self, leftover: Leftover) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        # As Qt's own type: a Python datetime is a date to PyQt as well, and would be written without its time.
        moment = QDateTime.fromSecsSinceEpoch(round(leftover.date.timestamp()))
        when = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
        images = " and ".join(leftover.images)
        study = leftover.path.name if leftover.path is not None else "never saved"
        steps = "unknown" if leftover.steps is None else str(leftover.steps)
        for column, text in enumerate((when, images, steps, study)):
            item = QTableWidgetItem(text)
            item.setToolTip(str(leftover.path) if column == 3 and leftover.path is not None else text)
            self.table.setItem(row, column, item)

    def _restore_chosen(self) -> None:
        row = self.table.currentRow()
        if self._restore(self._leftovers[row]):
            self._take(row)

    def _discard_chosen(self) -> None:
        row = self.table.currentRow()
        self._leftovers[row].discard()
        self._take(row)

    def _take(self, row: int) -> None:
        del self._leftovers[row]
        self.table.removeRow(row)
        if self._leftovers:
            self.table.selectRow(0)
        else:
            self.accept()

    def done(self, result: int) -> None:
        """Later: what remains is offered at the next start."""
        for leftover in self._leftovers:
            leftover.files.release()
        self._leftovers = []
        super().done(result)
