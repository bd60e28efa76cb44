"""Messages over the images that stay until they are closed: errors, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fusionviewer.errors import FusionError, printable
from fusionviewer.process.uncaught import Problem
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.controls import breakable, label, set_role

Answer: TypeAlias = tuple[str, Callable[[], object]]
"""What stands on a button, and what a click does; the message stays."""

_LONG_NAME: Final = 48
"""Letters: shorter ones fit into the smallest window, and can be searched for and copied as they are."""


FEW: Final = 2
"""So many messages are closed one by one."""


class MessageBar(QFrame):
    """Shows one message at a time, the newest first, each until it is closed. Hidden while there is none."""

    problem = pyqtSignal(object)
    """A `Problem` to show; may be emitted in any thread, and while something paints."""

    def __init__(self, save: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._waiting: list[tuple[str, Sequence[Answer]]] = []
        self.setProperty("role", "message")
        self.setAccessibleName("Messages")
        self.sentence = label("", "warning", wrap=True)
        self.sentence.setObjectName("message")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._count = label("", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, UNIT, 2 * UNIT, UNIT)
        column.setSpacing(UNIT)
        column.addWidget(self.sentence)
        self._row = QHBoxLayout()
        self._row.setSpacing(UNIT)
        self._row.addWidget(self._count)
        self._row.addStretch(1)
        column.addLayout(self._row)
        self._buttons: list[QPushButton] = []
        queued = Qt.ConnectionType.QueuedConnection
        self.problem.connect(self._show_problem, queued)  # type: ignore[call-arg] # PyQt6's stubs do not know it
        self.hide()

    def show_message(self, sentence: str, answers: Sequence[Answer] = ()) -> None:
        """Show a sentence with buttons for its answers and one to close it. A sentence is never shown twice."""
        sentence = printable(sentence)
        self._waiting = [kept for kept in self._waiting if kept[0] != sentence]
        self._waiting.append((sentence, answers))
        self._show()

    def show_error(self, error: FusionError) -> None:
        """Tell what was refused and what to do about it; it stays until it was read and closed."""
        self.show_message(f"✗ {error}")

    def close_newest(self) -> bool:
        """Close the message that is shown, and show the one before it; False if there is none."""
        if not self._waiting:
            return False
        self._close_message()
        return True

    def close_message(self, sentence: str) -> None:
        """Close the message of this sentence, if it still waits."""
        self._waiting = [kept for kept in self._waiting if kept[0] != printable(sentence)]
        self._show()

    def close_all(self) -> None:
        """Close every message."""
        self._waiting = []
        self._show()

    def button(self, text: str) -> QPushButton:
        """The button with this text. Raises KeyError if there is none."""
        for button in self._buttons:
            if button.text() == text:
                return button
        raise KeyError(text)

    def _show_problem(self, problem: Problem) -> None:
        copy = partial(self._copy, problem.details)
        self.show_message(f"✗ {problem.sentence}", (("Copy details", copy), ("Save study", self._save)))

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
            self.sentence.setText(" ".join(map(_in_pieces, sentence.split(" "))))
            set_role(self.sentence, "failure" if sentence.startswith("✗") else "warning")
            self._count.setText(f"{len(self._waiting)} messages" if len(self._waiting) > 1 else "")
            every = (("Close all", self.close_all),) if len(self._waiting) > FEW else ()
            for text, answer in (*answers, *every, ("Close", self._close_message)):
                self._add(text, answer)
        self.setVisible(bool(self._waiting))
        column = self.layout()
        if column is not None:
            column.invalidate()  # it was laid out without height while it was hidden, and a click would find no button
            column.activate()

    def _add(self, text: str, answer: Callable[[], object]) -> None:
        button = QPushButton(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _: answer())
        self._row.addWidget(button)
        self._buttons.append(button)


def _in_pieces(word: str) -> str:
    """A word that can be broken if it is a long file name: it would else go beyond the message's edge."""
    return breakable(word) if len(word) > _LONG_NAME else word
