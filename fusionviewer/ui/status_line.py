"""The line at the bottom: what is shown, what to do next, what has just happened, and what is running."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from fusionviewer.app.jobs import Outcome
from fusionviewer.errors import FusionError
from fusionviewer.progress import Progress
from fusionviewer.ui.controls import action_button, label, number_label
from fusionviewer.ui.menus import ActionSet
from fusionviewer.ui.theme import UNIT

SAID_MS = 8_000
"""How long a message stays before the guidance comes back; errors stay until something else is said."""


class ElidedLabel(QLabel):
    """A line of text that is cut with an ellipsis where the room ends; the tool tip has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def whole_text(self) -> str:
        """The text without cuts."""
        return self._whole

    def set_whole_text(self, text: str) -> None:
        """Show a text, as much of it as there is room for."""
        self._whole = text
        self.setToolTip(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(0, self.width() - 2)))


class StatusLine(QWidget):
    """Guidance on the left, the position under the mouse, progress and Cancel on the right, each in a fixed place."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * UNIT, UNIT // 2, 2 * UNIT, UNIT // 2)
        row.setSpacing(2 * UNIT)
        self.sentence = ElidedLabel()
        self.sentence.setObjectName("status")
        self._guidance = ""
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.timeout.connect(self._show_guidance)
        self._sticky = False
        self._position = number_label()
        self._position.setObjectName("position")
        self._position.setMinimumWidth(45 * UNIT)
        self._position.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._doing = label("", "caption")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(16 * UNIT)
        self._cancel = action_button(actions["cancel"])
        row.addWidget(self.sentence, 1)
        row.addWidget(self._position)
        row.addWidget(self._doing)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        self._running(False)

    def guide(self, shown: str, to_do: str) -> None:
        """What is shown and what to do next; seen unless a message or an error has the place."""
        self._guidance = f"{shown}  {to_do}".strip()
        if not self._said.isActive() and not self._sticky:
            self._show_guidance()

    def say(self, text: str) -> None:
        """Tell what has happened, for a while."""
        if text:
            self._write(text, "")
            self._sticky = False
            self._said.start(SAID_MS)

    def warn(self, error: FusionError) -> None:
        """Tell what went wrong and what to do, until something else happens."""
        self._said.stop()
        self._sticky = True
        self._write(str(error), "warning")

    def begin(self, title: str) -> None:
        """A job has started."""
        self._said.stop()
        self._sticky = False
        self._show_guidance()
        self._bar.setValue(0)
        self._doing.setText(title)
        self._running(True)

    def progress(self, progress: Progress) -> None:
        """How far the job is."""
        self._bar.setValue(round(progress.fraction * 1000))
        if progress.text:
            self.sentence.set_whole_text(progress.text)

    def end(self, _: Outcome) -> None:
        """The job has ended."""
        self._running(False)
        self._show_guidance()

    @property
    def position_text(self) -> str:
        """What is said about the place under the mouse."""
        return self._position.text()

    def show_position(self, text: str) -> None:
        """What is under the mouse."""
        self._position.setText(text)

    def _running(self, running: bool) -> None:
        for widget in (self._doing, self._bar, self._cancel):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(widget is not self._doing)  # nothing else may move when a job begins
            widget.setSizePolicy(policy)
            widget.setVisible(running)

    def _show_guidance(self) -> None:
        self._sticky = False
        self._write(self._guidance, "")

    def _write(self, text: str, role: str) -> None:
        self.sentence.set_whole_text(text)
        if self.sentence.property("role") != role:
            self.sentence.setProperty("role", role)
            style = self.sentence.style()
            if style is not None:
                style.unpolish(self.sentence)
                style.polish(self.sentence)
