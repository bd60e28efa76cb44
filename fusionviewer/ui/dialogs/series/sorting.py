"""The tree as it is sorted and filtered."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt

from fusionviewer.imaging.dicom.series_choice import SeriesKey
from fusionviewer.ui.dialogs.series.model import CHOICE_ROLE, SEARCH_ROLE, SORT_ROLE, Column, SeriesModel


class SortedSeries(QSortFilterProxyModel):
    """Series sorted within their study, and only those in which every typed word is found in some column.

    Patients and studies keep their order, and are there as long as one of their series is.
    """

    def __init__(self, source: SeriesModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self.setRecursiveFilteringEnabled(True)
        self.setSourceModel(source)
        self.source = source

    def search(self, text: str) -> None:
        """Show what has all these words."""
        self._words = text.casefold().split()
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        place = self.source.index(row, 0, parent)
        if self.source.data(place, CHOICE_ROLE) is None:
            return False  # a patient or a study is there for its series
        searched = self.source.data(place, SEARCH_ROLE)
        return all(word in searched for word in self._words)

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        if self.source.data(left.siblingAtColumn(0), CHOICE_ROLE) is None:
            up = self.sortOrder() == Qt.SortOrder.AscendingOrder
            return (left.row() < right.row()) is up
        first, second = self._key(left), self._key(right)
        return bool(first < second)

    def _key(self, place: QModelIndex) -> tuple[object, ...]:
        """What is alike in the sorted column goes by the number of the series."""
        number = self.source.data(place.siblingAtColumn(Column.NUMBER), SORT_ROLE)
        return self.source.data(place, SORT_ROLE), number, place.row()

    def shows(self, key: SeriesKey) -> bool:
        """Whether a series is among those that are left."""
        return self.mapFromSource(self.source.index_of(key)).isValid()

    def shown(self) -> int:
        """How many series are left."""
        return self._below(QModelIndex())

    def _below(self, parent: QModelIndex) -> int:
        count = 0
        for row in range(self.rowCount(parent)):
            place = self.index(row, 0, parent)
            count += 1 if place.data(CHOICE_ROLE) is not None else self._below(place)
        return count
