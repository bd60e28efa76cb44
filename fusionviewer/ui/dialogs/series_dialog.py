"""The series of a DICOM folder: which one is meant."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from fusionviewer.imaging.readers import SeriesChoice
from fusionviewer.ui.widgets.controls import label


class SeriesDialog(QDialog):
    """The series of a DICOM folder, the usable ones to choose from, the others with the reason why not."""

    def __init__(self, choices: tuple[SeriesChoice, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose a series")
        self._choices = choices
        column = QVBoxLayout(self)
        column.addWidget(label("The folder holds several series. Which one is meant?", "section"))
        self.table = QTableWidget(len(choices), 4)
        self.table.setAccessibleName("Series")
        self.table.setHorizontalHeaderLabels(["Modality", "Description", "Size", "Remark"])
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)  # Tab leads on to the buttons
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        rows = self.table.verticalHeader()
        if rows is not None:
            rows.hide()
        for row, choice in enumerate(choices):
            size = " × ".join(str(n) for n in choice.size)
            described = choice.description or f"series {row + 1}, without a description"
            for column_number, text in enumerate((choice.modality, described, size, choice.why_not)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if not choice.usable:
                    item.setFlags(Qt.ItemFlag.NoItemFlags)
                self.table.setItem(row, column_number, item)
        header = self.table.horizontalHeader()
        if header is not None:
            header.setSectionResizeMode(header.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(1, header.ResizeMode.Stretch)
            header.setSectionResizeMode(3, header.ResizeMode.Stretch)
        column.addWidget(self.table)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._open = buttons.button(QDialogButtonBox.StandardButton.Open)
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.itemDoubleClicked.connect(lambda item: self.accept() if choices[item.row()].usable else None)
        column.addWidget(buttons)
        self.resize(720, 320)
        first = next((row for row, choice in enumerate(choices) if choice.usable), None)
        if first is not None:
            self.table.selectRow(first)
        self._enable()

    @property
    def chosen(self) -> str | None:
        """The UID of the selected series."""
        rows = {item.row() for item in self.table.selectedItems()}
        return self._choices[rows.pop()].uid if rows else None

    def _enable(self) -> None:
        if self._open is not None:
            self._open.setEnabled(self.chosen is not None)
