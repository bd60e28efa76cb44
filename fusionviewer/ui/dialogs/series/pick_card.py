"""Which series is chosen as an image, and why it was suggested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from fusionviewer.imaging.dicom import series_words as words
from fusionviewer.imaging.dicom.series_choice import SeriesKey
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Stroke
from fusionviewer.session.state import Side
from fusionviewer.ui.dialogs.series.picks import Picks
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme
from fusionviewer.ui.pane.overlays.painter import paint
from fusionviewer.ui.widgets.clamped_label import ClampedLabel
from fusionviewer.ui.widgets.controls import label
from fusionviewer.ui.widgets.elided_label import ElidedLabel

_SIGN: Final = 2 * UNIT


class PickCard(QWidget):
    """The sign and name of an image, its series, and below that the reason or what is known of it."""

    def __init__(self, side: Side, picks: Picks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side, self._picks = side, picks
        self._sign = QLabel()
        self._sign.setFixedSize(_SIGN, _SIGN)
        self._name = ElidedLabel("strong")
        self._name.setObjectName(f"picked_{side}")
        self._why = ClampedLabel(2, "caption")
        self._why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._why.setObjectName(f"why_{side}")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(UNIT)
        grid.setVerticalSpacing(UNIT // 4)
        grid.addWidget(self._sign, 0, 0)
        grid.addWidget(label(side.capitalize(), side), 0, 1)
        grid.addWidget(self._name, 0, 2)
        grid.addWidget(self._why, 1, 1, 1, 2)
        grid.setColumnStretch(2, 1)
        follow_theme(self, self._draw)

    def show_pick(self, shows: Callable[[SeriesKey], bool]) -> None:
        """Say what is chosen now, and if it is none of the series that the list `shows`."""
        question = self._picks.question
        choice = self._picks.chosen.get(self._side)
        if choice is not None:
            why = self._picks.why(self._side) or words.facts(choice)
            hidden = not shows(choice.key)
            self._name.say(words.title(choice), words.facts(choice))
            role = "caption_warning" if hidden else "caption"
            self._why.say(f"▲ The filter hides it. {why}" if hidden else why, role)
            return
        elsewhere = question.elsewhere.get(self._side)
        if elsewhere is not None:
            self._name.say(words.title(elsewhere), words.facts(elsewhere))
            self._why.say(f"Chosen from another folder: {words.facts(elsewhere)}", "caption")
            return
        self._name.say("none chosen" if self._side in self._picks.sides else "not chosen here")
        self._why.say(self._why_none(), "caption")

    def _why_none(self) -> str:
        key = self._side[0].upper()
        if self._side not in self._picks.sides:
            return f"The {self._side} image comes from another file or folder."
        question = self._picks.question
        if self._side in question.open_modalities:
            return f"The {self._side} image that is open stays. {key} chooses the selected series instead."
        if self._side in question.optional:
            return f"{key} chooses the selected series as well; it can also be opened later."
        if self._picks.following == self._side:
            return "Select a series that can be opened."
        return f"Select a series and press {key}."

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        made = QPixmap(round(_SIGN * ratio), round(_SIGN * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = shape(self._side, (_SIGN / 2, _SIGN / 2), _SIGN / 3)
        paint(painter, [Stroke((outline,), colours().sides[self._side], 1.0, rim=0.0, fill=1.0)])
        painter.end()
        self._sign.setPixmap(made)
