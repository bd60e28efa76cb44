"""A bar above the status line for what waits for an answer but must not stop the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from fusionviewer.process.uncaught import Problem
from fusionviewer.ui.widgets.controls import label
from fusionviewer.ui.widgets.theme import UNIT

Answer: TypeAlias = tuple[str, Callable[[], object]]
"""What stands on a button, and what a click does; the message stays."""


class MessageBar(QWidget):
    """Shows one sentence at a time, the newest first, each until it is closed. Hidden while there is none."""

    problem = pyqtSignal(object)
    """A `Problem` to show; may be emitted in any thread, and while something paints."""

    def __init__(self, save: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._waiting: list[tuple[str, Sequence[Answer]]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * UNIT, UNIT // 2, 2 * UNIT, UNIT // 2)
        self._row.setSpacing(UNIT)
        self.sentence = label("", "warning", wrap=True)
        self._row.addWidget(self.sentence, 1)
        self._buttons: list[QPushButton] = []
        queued = Qt.ConnectionType.QueuedConnection
        self.problem.connect(self._show_problem, queued)  # type: ignore[call-arg] # PyQt6's stubs do not know it
        self.hide()

    def show_message(self, sentence: str, answers: Sequence[Answer] = ()) -> None:
        """Show a sentence with buttons for its answers and one to close it. A sentence is never shown twice."""
        self._waiting = [kept for kept in self._waiting if kept[0] != sentence]
        self._waiting.append((sentence, answers))
        self._show()

    def button(self, text: str) -> QPushButton:
        """The button with this text. Raises KeyError if there is none."""
        for button in self._buttons:
            if button.text() == text:
                return button
        raise KeyError(text)

    def _show_problem(self, problem: Problem) -> None:
        copy = partial(self._copy, problem.details)
        self.show_message(f"⚠ {problem.sentence}", (("Copy details", copy), ("Save study", self._save)))

    def _copy(self, text: str) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)

    def _close_message(self) -> None:
        self._waiting.pop()
        self._show()

    def _show(self) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        if self._waiting:
            sentence, answers = self._waiting[-1]
            self.sentence.setText(sentence)
            for text, answer in (*answers, ("Close", self._close_message)):
                self._add(text, answer)
        self.setVisible(bool(self._waiting))

    def _add(self, text: str, answer: Callable[[], object]) -> None:
        button = QPushButton(text)
        button.clicked.connect(lambda _: answer())
        self._row.addWidget(button)
        self._buttons.append(button)
