"""Everything that is known of the series that is selected, in full."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPixmap
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QWidget

from fusionviewer.imaging.dicom import series_words as words
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.ui.look.theme import UNIT, follow_theme, scaled

_LINES: Final = 4
_EMPTY: Final = "Select a series to see all that is known of it."


class SeriesDetails(QFrame):
    """A larger picture, and beside it the description, the facts and every remark, wrapped and scrolled if need be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName("Middle slice of the selected series")
        self._pixmap: QPixmap | None = None
        self.text = QPlainTextEdit()
        self.text.setObjectName("series_details")
        self.text.setAccessibleName("All that is known of the selected series")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        row.addWidget(self._picture)
        row.addWidget(self.text, 1)
        follow_theme(self, self._fit)
        self.show_series(None, None)

    def show_series(self, choice: SeriesChoice | None, picture: QPixmap | None) -> None:
        """Show a series, and its picture if that has been made; None: nothing is selected."""
        self._pixmap = picture
        self._draw()
        if choice is None:
            self.text.setPlainText(_EMPTY)
            return
        sign = "✗ This series cannot be opened." if choice.why_not else "▲"
        remarks = [f"{sign} {remark}" for remark in choice.remarks]
        self.text.setPlainText("\n".join((words.title(choice), words.facts(choice), *remarks)))

    def show_picture(self, picture: QPixmap | None) -> None:
        """The picture of what is shown has been made meanwhile."""
        self._pixmap = picture
        self._draw()

    def _fit(self) -> None:
        """As high as a few lines."""
        height = self.text.fontMetrics().lineSpacing() * _LINES + 2 * UNIT + UNIT // 2
        self.text.setFixedHeight(height)
        self._picture.setFixedSize(height, height)
        self._picture.setStyleSheet("background: black;")
        self._draw()

    def _draw(self) -> None:
        edge, ratio = self._picture.width(), self.devicePixelRatioF()
        if self._pixmap is None or edge < scaled(UNIT):
            self._picture.clear()
            return
        pixels = round(edge * ratio)
        smooth = Qt.TransformationMode.SmoothTransformation
        made = self._pixmap.scaled(pixels, pixels, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        made.setDevicePixelRatio(ratio)
        self._picture.setPixmap(made)
