"""The line at the bottom: what is shown, what to do next, what has just happened, and what is running."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QToolButton, QWidget

from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.errors import printable
from fusionviewer.progress import Progress
from fusionviewer.ui.look.style_sheet import TEXT
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled
from fusionviewer.ui.widgets.action_set import ActionSet
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.controls import action_button, label, number_label, set_role
from fusionviewer.ui.widgets.show_in_folder import show_in_folder
from fusionviewer.ui.widgets.value_text import FIGURE_SPACE

SAID_MS = 8_000
"""How long a message stays before the guidance comes back, or why something cannot be done; warnings stay until
something else is said."""


SIGN = "▲"
"""Before what must not be overlooked: its colour alone would not tell everybody."""

LINES, LARGE, LINES_IF_LARGE = 2, 18, 3
"""A warning and its remedy may need two lines, or three in letters of that size; their room never changes."""

NOWHERE = "The mouse is over no image"
"""What a screen reader says while nothing is written of the place under the mouse."""

LONGEST_POSITION, BRIEF_POSITION = 55 * FIGURE_SPACE, 40 * FIGURE_SPACE
"""As long as what is said about the place under the mouse, with its voxel and without; progress has that room, too."""

_SHARE = 0.45
"""How much of the line that may take: the voxel is on the page Readout as well, and the sentence stands here alone."""


class StatusBar(QWidget):
    """Guidance on the left, the position under the mouse, progress and Cancel on the right, each in a fixed place."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * UNIT, UNIT, 2 * UNIT, UNIT)
        row.setSpacing(2 * UNIT)
        self.sentence = ClampedLabel(LINES)
        self.sentence.setObjectName("status")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.sign = label("")
        self.sign.setObjectName("status_sign")
        self._written: Path | None = None
        self.show_in_folder = QToolButton()
        self.show_in_folder.setText("Show in folder")
        self.show_in_folder.setObjectName("show_in_folder")
        self.show_in_folder.setProperty("role", "heading")  # flat, as a part of the sentence
        self.show_in_folder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_in_folder.clicked.connect(self._show_in_folder)
        self.show_in_folder.hide()
        self._guidance = ""
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.timeout.connect(self._show_guidance)
        self._sticky = False
        self._hindered = False
        self._title = ""
        self._position = number_label()
        self._position.setObjectName("position")
        self._position.setAccessibleName(NOWHERE)
        self._position.setProperty("role", "position")
        self._position.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._cancel = action_button(actions["cancel"])
        running = QWidget()
        parts = QHBoxLayout(running)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(2 * UNIT)
        parts.addStretch(1)
        parts.addWidget(self._bar, 2)
        parts.addWidget(self._cancel)
        self._right = QStackedWidget()
        self._right.addWidget(self._position)
        self._right.addWidget(running)
        row.addWidget(self.sign)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.show_in_folder)
        row.addWidget(self._right)
        self._running(False)
        follow_theme(self, self._fit)

    def _fit(self) -> None:
        self.sentence.set_lines(LINES if scaled(TEXT) < LARGE else LINES_IF_LARGE)
        self._make_room()

    def _make_room(self) -> None:
        self._right.setFixedWidth(self._advance(BRIEF_POSITION if self.brief else LONGEST_POSITION))

    @property
    def brief(self) -> bool:
        """Whether there is no room for the voxel of a position."""
        return self._advance(LONGEST_POSITION) > _SHARE * self.width()

    def _advance(self, text: str) -> int:
        return self._position.fontMetrics().horizontalAdvance(text)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._make_room()

    def guide(self, shown: str, to_do: str) -> None:
        """What is shown and what to do next; seen unless a message or an error has the place."""
        guidance = f"{shown}  {to_do}".strip()
        if guidance != self._guidance:  # something has changed since the last message: it is old news
            self._guidance = guidance
            self._said.stop()
            self._sticky = False
        if not self._said.isActive() and not self._sticky:
            self._show_guidance()

    def say(self, text: str) -> None:
        """Tell what has happened, for a while."""
        if text:
            self._write(text, "")
            self._sticky = False
            self._said.start(SAID_MS)

    def say_exported(self, text: str, path: Path) -> None:
        """Tell that a file was written, and offer to show it as long as this is told. Without a text it was told."""
        self.say(text)
        self._written = path
        self.show_in_folder.setToolTip(f"Show {path.name} in {path.parent}")
        self.show_in_folder.show()

    def _show_in_folder(self) -> None:
        if self._written is not None:
            show_in_folder(self._written, self.warn)

    def warn(self, text: str) -> None:
        """Tell what to look at, until something else happens."""
        self._said.stop()
        self._sticky = True
        self._write(text, "warning")

    def hinder(self, text: str) -> None:
        """Tell why something cannot be done now, for a while: it is no error, and what to do next counts more."""
        self.say(text)
        self._write(text, "warning")
        self._hindered = True

    def move_on(self) -> None:
        """The user has turned to something else, such as another step or layout: why not is no longer of interest."""
        if self._hindered:
            self._said.stop()
            self._show_guidance()

    def begin(self, title: str) -> None:
        """A job has started."""
        self._said.stop()
        self._sticky = False
        self._bar.setValue(0)
        self._bar.setToolTip(title)
        self._title = title
        self._write(f"{title} …", "")
        self._running(True)

    def progress(self, progress: Progress) -> None:
        """How far the job is."""
        self._bar.setValue(round(progress.fraction * 1000))
        if not self._said.isActive() and not self._sticky:
            self._write(f"{self._title}: {progress.text}" if progress.text else f"{self._title} …", "")

    def end(self, _: Outcome) -> None:
        """The job has ended."""
        self._running(False)
        if not self._sticky:
            self._show_guidance()

    @property
    def position_text(self) -> str:
        """What is said about the place under the mouse."""
        return self._position.text()

    def show_position(self, text: str) -> None:
        """What is under the mouse."""
        self._position.setText(text)
        self._position.setAccessibleName(text or NOWHERE)

    def _running(self, running: bool) -> None:
        self._right.setCurrentIndex(1 if running else 0)

    def _show_guidance(self) -> None:
        self._sticky = False
        self._write(self._guidance, "")

    def _write(self, text: str, role: str) -> None:
        self._hindered = False
        text = printable(text)
        if text != self.sentence.text():  # a running job tells of itself often, and each layout takes its time
            self.show_in_folder.hide()
            self.sentence.setText(text)
            self.sentence.setToolTip(text)
        self.sign.setText(SIGN if role == "warning" else "")
        self.sign.setVisible(role == "warning")
        for part in (self.sign, self.sentence):
            set_role(part, role)
