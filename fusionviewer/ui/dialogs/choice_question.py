"""A question with a few answers, each of them a button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from fusionviewer.errors import printable
from fusionviewer.ui.widgets.controls import breakable

Answer = TypeVar("Answer")


def ask(
    window: QWidget, text: str, information: str, answers: Sequence[tuple[str, Answer]], *, careful: bool = False
) -> Answer | None:
    """What was answered; None for Cancel. Enter is the first answer, or Cancel where one should be `careful`."""
    box = QMessageBox(window)
    box.setWindowTitle("fusionviewer")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(breakable(printable(text)))  # a file's name can be longer than the box is wide
    box.setInformativeText(breakable(printable(information)))
    buttons = [(box.addButton(name, QMessageBox.ButtonRole.AcceptRole), answer) for name, answer in answers]
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel if careful else buttons[0][0])
    box.exec()
    return next((answer for button, answer in buttons if button is box.clickedButton()), None)
