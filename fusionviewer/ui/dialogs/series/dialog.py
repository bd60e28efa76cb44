"""The series browser: which series of a DICOM folder one or both images are."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QSettings, QSize, Qt
from PyQt6.QtGui import QImage, QKeyEvent, QKeySequence, QPixmap, QShortcut
from PyQt6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fusionviewer.app.tasks.series_question import SeriesPicks, SeriesQuestion
from fusionviewer.app.tasks.series_thumbnails import SeriesThumbnails
from fusionviewer.imaging.dicom.series_choice import SeriesChoice, SeriesKey
from fusionviewer.session.state import SIDES, Side
from fusionviewer.ui.dialogs.series.details import SeriesDetails
from fusionviewer.ui.dialogs.series.model import Column, SeriesModel
from fusionviewer.ui.dialogs.series.pick_card import PickCard
from fusionviewer.ui.dialogs.series.picks import Picks
from fusionviewer.ui.dialogs.series.sorting import SortedSeries
from fusionviewer.ui.dialogs.series.tree_view import SeriesTree
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.widgets.controls import allow, label, set_accent, set_role
from fusionviewer.ui.widgets.elided_label import ElidedLabel

_SETTINGS: Final = "series"
_FIRST_SIZE: Final = QSize(1160, 760)
_MARGIN: Final = 5 * UNIT
"""What is left of the window around the dialog at its first time."""
_PIXELS: Final = 160
"""Of a picture: enough for the larger one beside the details."""

_NAMES_TIP: Final = "Patients' names and numbers: off at every start, kept nowhere, and never written to a file"


class SeriesDialog(QDialog):
    """Chooses the series of a folder; `picks` has the answer once it was accepted."""

    def __init__(self, question: SeriesQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_title(question.sides))
        folder = question.folder
        self._picks = Picks(question)
        self._model = SeriesModel(folder.choices, folder.persons, self._picks, self)
        self._series = SortedSeries(self._model, self)
        self.tree = SeriesTree(self._series, self._picks)
        self.filter = QLineEdit()
        self.names = QCheckBox("Show names")
        self.details = SeriesDetails()
        self._count = label("", "caption")
        self._said = ElidedLabel("caption")
        self._said.setObjectName("series_said")
        self._cards = [PickCard(side, self._picks) for side in SIDES]
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self._thumbnails = SeriesThumbnails(folder.entries, _PIXELS, self)
        self._build()
        self._connect()
        self._restore()
        self._begin()

    @property
    def picks(self) -> SeriesPicks:
        """The series that are chosen, by image."""
        return self._picks.answer

    def _build(self) -> None:
        self.filter.setObjectName("series_filter")
        self.filter.setAccessibleName("Filter the series by words in any column")
        self.filter.setPlaceholderText("Filter by words in any column (Ctrl+F)")
        self.filter.setClearButtonEnabled(True)
        self.names.setObjectName("show_names")
        self.names.setToolTip(_NAMES_TIP)
        column = QVBoxLayout(self)
        column.setSpacing(UNIT)
        column.addLayout(_row((self.filter, 1), (self._count, 0), (self.names, 0)))
        column.addWidget(self.tree, 1)
        column.addWidget(self.details)
        cards = QHBoxLayout()
        cards.setSpacing(3 * UNIT)
        for card in self._cards:
            cards.addWidget(card, 1)
        column.addLayout(cards)
        column.addLayout(_row((self._said, 1), (self._buttons, 0)))

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._search)
        self.names.toggled.connect(self._show_names)
        self.tree.wanted.connect(self._take)
        self.tree.entered.connect(self._enter)
        self.tree.selected.connect(self._select)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._thumbnails.made.connect(self._show_picture)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.filter.setFocus)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.filter, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._go_to_tree)

    def _begin(self) -> None:
        """Select what is suggested, and begin with the pictures."""
        chosen = [self._picks.chosen[side] for side in SIDES if side in self._picks.chosen]
        if chosen:
            self.tree.select(chosen[0], centred=True)
        else:
            self.tree.select_first()
        self.tree.setFocus()
        self._show_picks()
        self._show_count()
        self._thumbnails.start()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter in the filter leads to what was found, where Qt would open what is chosen."""
        enter = event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.filter.hasFocus():
            self._go_to_tree()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Leave, however it was answered: remembers size and order, and nothing of what was seen."""
        self._thumbnails.stop()
        settings, header = QSettings(), self.tree.header()
        settings.setValue(f"{_SETTINGS}/size", self.size())
        if header is not None:
            settings.setValue(f"{_SETTINGS}/column", header.sortIndicatorSection())
            settings.setValue(f"{_SETTINGS}/descending", header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder)
        super().done(result)

    def _restore(self) -> None:
        settings, window = QSettings(), self.parentWidget()
        size = settings.value(f"{_SETTINGS}/size", _FIRST_SIZE)
        size = size if isinstance(size, QSize) and size.isValid() else _FIRST_SIZE
        if window is not None:
            whole = window.window()
            size = size.boundedTo((whole or window).size() - QSize(_MARGIN, _MARGIN))
        self.resize(size)
        column = settings.value(f"{_SETTINGS}/column", int(Column.NUMBER), int)
        descending = settings.value(f"{_SETTINGS}/descending", False, bool)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.tree.sortByColumn(column if column in iter(Column) else int(Column.NUMBER), order)

    def _search(self, text: str) -> None:
        selected = self.tree.current
        self._series.search(text)
        self.tree.unfold()
        if selected is not None:
            self.tree.select(selected)
        if self.tree.current is None:
            self.tree.select_first()
        self._show_count()
        self._select(self.tree.current)

    def _go_to_tree(self) -> None:
        self.tree.setFocus()
        if self.tree.current is None:
            self.tree.select_first()

    def _show_count(self) -> None:
        shown, all_of_them = self._series.shown(), self._model.n_series
        self._count.setText(f"{all_of_them} series" if shown == all_of_them else f"{shown} of {all_of_them} series")

    def _show_names(self, shown: bool) -> None:
        self._model.show_names(shown)
        self._search(self.filter.text())

    def _show_picture(self, key: SeriesKey, greys: NDArray[Any]) -> None:
        self._model.set_picture(key, _pixmap(greys))
        current = self.tree.current
        if current is not None and current.key == key:
            self.details.show_picture(self._model.picture(key))

    def _select(self, choice: SeriesChoice | None) -> None:
        self.details.show_series(choice, None if choice is None else self._model.picture(choice.key))
        self._picks.follow(choice)
        self._show_picks()

    def _take(self, side: Side, choice: SeriesChoice) -> None:
        why_not = self._picks.take(side, choice)
        self._show_picks(why_not)

    def _enter(self, choice: SeriesChoice | None) -> None:
        why_not = self._picks.enter(choice)
        if why_not:
            self._show_picks(why_not)
        else:
            self.accept()

    def _show_picks(self, refused: str = "") -> None:
        self.tree.show_picks()
        for card in self._cards:
            card.show_pick(self._series.shows)
        caution = refused or self._picks.caution()
        set_role(self._said, "caption_warning" if caution else "caption")
        self._said.say(f"▲ {caution}" if caution else self._picks.hint(self.tree.current))
        button = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        if button is not None:
            allow(button, "Read what is chosen", self._picks.why_not_open())
            set_accent(button, not self._picks.why_not_open())


def _title(sides: tuple[Side, ...]) -> str:
    return "Choose the series of both images" if len(sides) > 1 else f"Choose the series of the {sides[0]} image"


def _row(*parts: tuple[QWidget, int]) -> QHBoxLayout:
    """Widgets side by side, with their shares of the room that is left."""
    row = QHBoxLayout()
    row.setSpacing(2 * UNIT)
    for widget, share in parts:
        row.addWidget(widget, share)
    return row


def _pixmap(greys: NDArray[Any]) -> QPixmap:
    rows, columns = greys.shape
    data = np.ascontiguousarray(greys).tobytes()
    return QPixmap.fromImage(QImage(data, columns, rows, columns, QImage.Format.Format_Grayscale8))
