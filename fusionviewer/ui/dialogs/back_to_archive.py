"""What goes back to the archive: what is written, with or without names, and the tags that say whose it is."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fusionviewer.exchange.archive.choice import ArchiveChoice, Offer
from fusionviewer.exchange.archive.export import ALL, USUAL, Originals, TagValue, What
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.widgets.controls import allow, label, labelled, set_role
from fusionviewer.ui.widgets.form_dialog import FormDialog, choice_box

_KEPT_WHAT: Final = "archive/what"
_KEPT_NAMES: Final = "archive/without_names"

_WHATS: Final[dict[What, tuple[str, str]]] = {
    "registration": (
        "Registration", "A Spatial Registration: planning and navigation systems apply it to the two series",
    ),
    "series": ("Aligned series", "The moving image on the fixed image's voxels, as a new series for every viewer"),
    "colour": (
        "Colour series", "Both images fused, with the fade, windows and colours of the views, for simple viewers",
    ),
}  # fmt: skip
_FOR: Final = ((False, "Back to the archive: with the patient's name"), (True, "Without names: leaves the archive"))
_SAID: Final = {
    False: "The files belong to the patient and the study of the fixed image. Do not hand them on.",
    True: "Names, numbers, dates and places are left out, all UIDs are new. A face can be drawn from a head.",
}
_NOTHING: Final = "Choose what is to be written."
_TWO: Final = "Confirm first that the two images are of one patient."


class ArchiveDialog(FormDialog):
    """What is written, for whom, and the values of patient, study and series as the files will have them."""

    def __init__(self, originals: Originals, caution: str = "", parent: QWidget | None = None) -> None:
        super().__init__("Back to the archive", "", parent)
        self._offer = Offer(originals)
        settings = QSettings()
        chosen = str(settings.value(_KEPT_WHAT, ",".join(USUAL))).split(",")
        self.whats: dict[What, QCheckBox] = {}
        for what in ALL:
            name, tip = _WHATS[what]
            box = QCheckBox(name)
            box.setObjectName(f"archive_{what}")
            box.setToolTip(tip)
            box.setChecked(what in chosen)
            self.whats[what] = box
        allow(self.whats["series"], _WHATS["series"][1], self._offer.why_no_series)
        if self._offer.why_no_series:
            self.whats["series"].setChecked(False)
        self.form.addRow("Write", _in_a_row(list(self.whats.values())))
        self.names = choice_box(_FOR, bool(settings.value(_KEPT_NAMES, False, bool)))
        self.names.setObjectName("archive_names")
        self.names.currentIndexChanged.connect(self._show)
        self.form.addRow(labelled("For", self.names), self.names)
        self.confirmed = QCheckBox("They are of one patient")
        self.confirmed.setObjectName("archive_confirmed")
        self.confirmed.toggled.connect(self._show)
        if self._offer.differing:
            told = label(f"The two images tell of two patients: {_listed(self._offer.differing)}.", wrap=True)
            set_role(told, "warning")
            self.form.addRow("", told)
            self.form.addRow("", self.confirmed)
        if caution:
            warned = label(f"▲ {caution}", "warning", wrap=True)
            warned.setObjectName("archive_caution")
            self.form.addRow("Review", warned)
        self.tags = _TagTable()
        self.form.addRow(labelled("Tags", self.tags), self.tags)
        for box in self.whats.values():
            box.toggled.connect(self._show)
        follow_theme(self, self._take_sizes)
        self._show()

    @property
    def choice(self) -> ArchiveChoice:
        """What is chosen now."""
        return self._offer.choice(self._wanted, without_names=self._without_names)

    @property
    def _wanted(self) -> tuple[What, ...]:
        return tuple(what for what in ALL if self.whats[what].isChecked())

    @property
    def _without_names(self) -> bool:
        return bool(self.names.currentData())

    def accept(self) -> None:
        QSettings().setValue(_KEPT_WHAT, ",".join(self._wanted))
        QSettings().setValue(_KEPT_NAMES, self._without_names)
        super().accept()

    def _take_sizes(self) -> None:
        self.tags.setMinimumSize(scaled(800), scaled(300))
        rows = self.tags.verticalHeader()
        if rows is not None:
            self.tags.ensurePolished()
            rows.setDefaultSectionSize(self.tags.fontMetrics().lineSpacing() + UNIT)

    def _show(self) -> None:
        self.caption.setText(_SAID[self._without_names])
        self.tags.show_tags(self._offer.tags(self._wanted, without_names=self._without_names))
        unsure = bool(self._offer.differing) and not self.confirmed.isChecked()
        self.allow_saving(_TWO if unsure else "" if self._wanted else _NOTHING)


class _TagTable(QTableWidget):
    """Tags by patient and study, then by series."""

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setObjectName("archive_tags")
        self.setAccessibleName("Tags that will be written")
        self.setHorizontalHeaderLabels(["Tag", "Name", "Value"])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        numbers = self.verticalHeader()
        if numbers is not None:
            numbers.hide()
        header = self.horizontalHeader()
        if header is not None:
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setStretchLastSection(True)

    def show_tags(self, tags: list[TagValue]) -> None:
        """Show these, a title above each group."""
        self.clearSpans()
        self.setRowCount(0)
        title = ""
        for tag in tags:
            if tag.what != title:
                title = tag.what
                self._add_title(title)
            row = self.rowCount()
            self.insertRow(row)
            for column, text in enumerate((tag.tag, tag.name, tag.value or "– empty –")):
                cell = QTableWidgetItem(text)
                cell.setToolTip(text)
                self.setItem(row, column, cell)

    def _add_title(self, title: str) -> None:
        row = self.rowCount()
        self.insertRow(row)
        cell = QTableWidgetItem(title)
        font = QFont(self.font())
        font.setBold(True)
        cell.setFont(font)
        cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.setItem(row, 0, cell)
        self.setSpan(row, 0, 1, 3)


def _in_a_row(boxes: list[QCheckBox]) -> QWidget:
    whole = QWidget()
    line = QHBoxLayout(whole)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(3 * UNIT)
    for box in boxes:
        line.addWidget(box)
    line.addStretch(1)
    return whole


def _listed(differing: tuple[str, ...]) -> str:
    if len(differing) == 1:
        return f"the {differing[0]} differs"
    return f"{', '.join(differing[:-1])} and {differing[-1]} differ"
