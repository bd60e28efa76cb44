"""A dialog that asks a few things before it asks for a file."""

from __future__ import annotations

from typing import TypeVar

from PyQt6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.controls import allow, label

Choice = TypeVar("Choice")


class FormDialog(QDialog):
    """Rows in `form`, a caption below them, and the buttons Save as… and Cancel."""

    def __init__(self, title: str, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(2 * UNIT)
        self.form.setVerticalSpacing(UNIT)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._save = buttons.button(QDialogButtonBox.StandardButton.Save)
        if self._save is not None:
            self._save.setText("Save as…")
        column = QVBoxLayout(self)
        column.setSpacing(2 * UNIT)
        column.addLayout(self.form)
        self.caption = label(caption, "caption")
        column.addWidget(self.caption)
        column.addWidget(buttons)

    def allow_saving(self, why_not: str) -> None:
        """Whether there is something to save; the reason against it is the button's tool tip."""
        if self._save is not None:
            allow(self._save, "Choose the file", why_not)


def choice_box(choices: tuple[tuple[Choice, str], ...], now: object) -> QComboBox:
    """A box with a text for each value, one of them chosen."""
    made = QComboBox()
    for value, text in choices:
        made.addItem(text, value)
    made.setCurrentIndex(max(0, made.findData(now)))
    return made
