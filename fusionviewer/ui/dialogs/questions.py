"""Dialogs: only for questions that must be answered, and for choosing files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fusionviewer.exchange.points.questions import Suggestion
from fusionviewer.imaging.mirroring import WAYS
from fusionviewer.imaging.readers import SeriesChoice
from fusionviewer.imaging.volume import Axis
from fusionviewer.session.landmark_joining import Mismatch, Pairing
from fusionviewer.session.state import Side
from fusionviewer.session.study_file import ImageReference
from fusionviewer.ui.dialogs import landmark_questions
from fusionviewer.ui.widgets.controls import label

IMAGES = "Images (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.hdr *.img *.dcm);;All files (*)"
STUDIES = "fusionviewer studies (*.fusion.json)"


class WindowQuestions:
    """Asks the user on behalf of the commands. `save` saves the study and says whether that worked."""

    def __init__(self, window: QWidget, modified: Callable[[], bool], save: Callable[[], bool]) -> None:
        self._window = window
        self._modified = modified
        self._save = save

    def may_discard_changes(self) -> bool:
        """Whether what is not saved may go; offers to save it first."""
        if not self._modified():
            return True
        box = self._box("Save the changes to this study first?", "Otherwise they are lost.")
        save = _button(box, "Save", QMessageBox.ButtonRole.AcceptRole)
        discard = _button(box, "Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(save)
        box.exec()
        if box.clickedButton() is save:
            return self._save()
        return box.clickedButton() is discard

    def choose_series(self, folder: Path, choices: tuple[SeriesChoice, ...]) -> str | None:
        """Which series of a folder to open."""
        dialog = SeriesDialog(choices, self._window)
        return dialog.chosen if dialog.exec() == QDialog.DialogCode.Accepted else None

    def choose_side(self, name: str) -> Side | None:
        """Which image a dropped one replaces."""
        box = self._box(f"Open “{name}” as which image?", "It replaces the one that is open, and its alignment.")
        fixed = _button(box, "Fixed", QMessageBox.ButtonRole.AcceptRole)
        moving = _button(box, "Moving", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        return "fixed" if box.clickedButton() is fixed else "moving" if box.clickedButton() is moving else None

    def find_image(self, what: str, reference: ImageReference) -> Path | None:
        """Where an image or the mask of a study lies now."""
        box = self._box(f"The study's {what} “{reference.name}” is not where it was.", "Where does it lie now?")
        file = _button(box, "Choose a file…", QMessageBox.ButtonRole.AcceptRole)
        folder = _button(box, "Choose a folder…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is file:
            return choose_file(self._window, f"The study's {what}", IMAGES)
        return choose_folder(self._window, f"The study's {what}") if box.clickedButton() is folder else None

    def accept_changed_image(self, what: str, reference: ImageReference) -> bool:
        """Whether to go on with an image that is not what the study was made with."""
        box = self._box(
            f"The {what} “{reference.name}” is not the one that the study was made with.",
            "Its voxels or their places are different."
            if what == "mask"
            else "Its voxels or their places are different, so the alignment and the landmarks may not fit it.",
        )
        go_on = _button(box, "Open all the same", QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.exec()
        return box.clickedButton() is go_on

    def choose_points_side(self, name: str) -> Side | None:
        """Which image the points of a dropped file are for."""
        return landmark_questions.ask_points_side(self._window, name)

    def choose_pairing(self, name: str, side: Side, different: Mismatch) -> Pairing | None:
        """What to do with points whose names are not those of the pairs that there are."""
        return landmark_questions.ask_pairing(self._window, name, side, different)

    def choose_joining(self, name: str, new: int, old: int) -> Literal["instead", "add"] | None:
        """Whether pairs from a file replace those that there are."""
        return landmark_questions.ask_joining(self._window, name, new, old)

    def choose_reading(
        self, name: str, image: str, outside: tuple[int, int], suggestions: tuple[Suggestion, ...]
    ) -> Suggestion | Literal["as written"] | None:
        """How to read points that do not lie in their image."""
        return landmark_questions.ask_reading(self._window, name, image, outside, suggestions)

    def may_mirror(self, axis: Axis) -> bool:
        """Whether to mirror the moving image's voxels."""
        box = self._box(
            f"Mirror the moving image {WAYS[axis]}?",
            "Do this only if its header is wrong: make sure by something that tells, such as a shunt, a lesion or a "
            "marker. No transform can hold a mirror, so the image itself is changed: transforms made afterwards belong "
            "to the mirrored image only, which must be exported with them. The run and the verdict go.",
        )
        go_on = _button(box, "Mirror it", QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.exec()
        return box.clickedButton() is go_on

    def _box(self, text: str, information: str) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setWindowTitle("fusionviewer")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText(information)
        return box


class SeriesDialog(QDialog):
    """The series of a DICOM folder, the usable ones to choose from, the others with the reason why not."""

    def __init__(self, choices: tuple[SeriesChoice, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose a series")
        self._choices = choices
        column = QVBoxLayout(self)
        column.addWidget(label("The folder holds several series. Which one is meant?", "section"))
        self.table = QTableWidget(len(choices), 4)
        self.table.setHorizontalHeaderLabels(["Modality", "Description", "Size", "Remark"])
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
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


def choose_file(parent: QWidget, title: str, kinds: str) -> Path | None:
    """An existing file; None if the user thought better of it."""
    name, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(name) if name else None


def choose_folder(parent: QWidget, title: str) -> Path | None:
    """An existing folder."""
    name = QFileDialog.getExistingDirectory(parent, title)
    return Path(name) if name else None


def choose_new_file(parent: QWidget, title: str, suggestion: str, kinds: str) -> Path | None:
    """A file to write; the dialog asks before it replaces one.

    A name without an ending gets that of the kind that is chosen, else the suggestion's; so does one with another
    ending where there is only one. Other endings are left for the writer to refuse.
    """
    name, kind = QFileDialog.getSaveFileName(parent, title, suggestion, kinds)
    if not name:
        return None
    path, endings = Path(name), _endings(kinds)
    if path.name.lower().endswith(endings) or (len(endings) > 1 and path.suffix[1:].isalpha()):
        return path
    ending = (*_endings(kind), suggestion[suggestion.index(".") :])[0]
    bare = path.name
    for part in reversed(Path(ending).name.split(".")[1:]):  # of “a.json” and “a.fusion” as well
        bare = bare.removesuffix(f".{part}")
    named = path.with_name(bare + ending)
    return named if not named.exists() or _may_replace(parent, named) else None


def _endings(kinds: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\*(\.[\w.]+)", kinds))


def _may_replace(parent: QWidget, path: Path) -> bool:
    """The dialog has asked about the name without its ending only."""
    answer = QMessageBox.question(parent, "fusionviewer", f"{path.name} exists already. Replace it?")
    return answer is QMessageBox.StandardButton.Yes


def _button(box: QMessageBox, text: str, role: QMessageBox.ButtonRole) -> QPushButton | None:
    return box.addButton(text, role)
