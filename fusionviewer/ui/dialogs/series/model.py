"""The series of a folder as a tree: patient, study, series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from PyQt6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PyQt6.QtGui import QPixmap

from fusionviewer.imaging.dicom import series_words as words
from fusionviewer.imaging.dicom.series_choice import Person, SeriesChoice, SeriesKey
from fusionviewer.session.state import Side
from fusionviewer.ui.dialogs.series.picks import Picks


class Column(IntEnum):
    """What stands beside each other; the first one has the tree."""

    SERIES = 0
    FIXED = 1
    MOVING = 2
    KIND = 3
    SLICES = 4
    PIXEL = 5
    PLANE = 6
    WHEN = 7
    NUMBER = 8


HEADINGS: Final = {
    Column.SERIES: ("Series", "Description, and a remark where there is one"),
    Column.FIXED: ("Fixed", "The image that stays: a click or the key F chooses it"),
    Column.MOVING: ("Moving", "The image that is aligned: a click or the key M chooses it"),
    Column.KIND: ("Kind", "Modality, and the convolution kernel of a CT or the sequence of an MR"),
    Column.SLICES: ("Slices", "How many slices, and how far apart they lie"),
    Column.PIXEL: ("Pixel", "Distance of columns and of rows"),
    Column.PLANE: ("Plane", "The plane of the slices, the nearest one within 30°"),
    Column.WHEN: ("Date and time", "When the series was made"),
    Column.NUMBER: ("No.", "The number of the series in its study"),
}

SIDE_OF: Final[dict[int, Side]] = {Column.FIXED: "fixed", Column.MOVING: "moving"}

SORT_ROLE: Final = Qt.ItemDataRole.UserRole
REMARK_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""What stands below the description, in one line."""
CHOICE_ROLE: Final = Qt.ItemDataRole.UserRole + 2
"""The SeriesChoice of a row; None for patients and studies."""
SEARCH_ROLE: Final = Qt.ItemDataRole.UserRole + 3
"""Every word that is shown of a row, in small letters."""


@dataclass(eq=False)
class Row:
    """A patient, a study or a series."""

    parent: Row | None = None
    row: int = 0
    text: str = ""
    choice: SeriesChoice | None = None
    cells: Mapping[Column, str] = field(default_factory=dict)
    keys: Mapping[Column, Any] = field(default_factory=dict)
    """What a column is sorted by."""
    children: list[Row] = field(default_factory=list)

    def add(self, **facts: Any) -> Row:
        """A new row below this one."""
        made = Row(self, len(self.children), **facts)
        self.children.append(made)
        return made


class SeriesModel(QAbstractItemModel):
    """Patients are numbered until `show_names` is asked to name them."""

    def __init__(
        self, choices: Iterable[SeriesChoice], persons: tuple[Person, ...], picks: Picks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._persons, self._picks = persons, picks
        self._named = False
        self._pictures: dict[SeriesKey, QPixmap] = {}
        self._rows: dict[SeriesKey, Row] = {}
        self._root = Row()
        patients: dict[int, Row] = {}
        studies: dict[tuple[int, str], Row] = {}
        for choice in sorted(choices, key=lambda c: (c.patient, c.facts.study_when, c.facts.study_uid)):
            patient = patients.get(choice.patient)
            if patient is None:
                patient = patients[choice.patient] = self._root.add(text=f"Patient {choice.patient}")
            study = studies.get((choice.patient, choice.facts.study_uid))
            if study is None:
                study = studies[choice.patient, choice.facts.study_uid] = patient.add(text=_study(choice))
            cells, keys = cells_of(choice), _keys_of(choice)
            self._rows[choice.key] = study.add(choice=choice, text=words.title(choice), cells=cells, keys=keys)
        self._numbers = dict(zip(map(id, patients.values()), patients, strict=True))

    @property
    def n_series(self) -> int:
        """How many series there are."""
        return len(self._rows)

    def show_names(self, shown: bool) -> None:
        """Name the patients, or number them only."""
        self._named = shown
        last = len(self._root.children) - 1
        self.dataChanged.emit(self.index(0, 0), self.index(last, 0))

    def set_picture(self, key: SeriesKey, picture: QPixmap) -> None:
        """The picture of a series has been made."""
        self._pictures[key] = picture
        place = self.index_of(key)
        self.dataChanged.emit(place, place, [Qt.ItemDataRole.DecorationRole])

    def picture(self, key: SeriesKey) -> QPixmap | None:
        """The picture of a series; None: there is none, or not yet."""
        return self._pictures.get(key)

    def index_of(self, key: SeriesKey) -> QModelIndex:
        """Where a series stands."""
        row = self._rows[key]
        return self.createIndex(row.row, Column.SERIES, row)

    def index(self, row: int, column: int, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's
        above = self._row(parent)
        if not (0 <= row < len(above.children) and 0 <= column < len(Column)) or parent.column() > 0:
            return QModelIndex()
        return self.createIndex(row, column, above.children[row])

    def parent(self, child: QModelIndex = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = self._row(child).parent
        return QModelIndex() if above is None or above is self._root else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self._row(parent).children)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(Column):
            title, tip = HEADINGS[Column(section)]
            if role == Qt.ItemDataRole.DisplayRole:
                return title
            if role == Qt.ItemDataRole.ToolTipRole:
                return tip
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._row(index), Column(index.column())
        if row.choice is None:
            return self._of_group(row, role) if column == Column.SERIES else None
        if role == CHOICE_ROLE:
            return row.choice
        if role == SEARCH_ROLE:
            return self._searched(row)
        if role == SORT_ROLE:
            side = SIDE_OF.get(column)
            return row.keys[column] if side is None else self._picks.side_of(row.choice) != side
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row, row.choice, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._why_no_pick(row.choice, column) or _tip(row, row.choice, column)
        if column == Column.SERIES and role == Qt.ItemDataRole.DecorationRole:
            return self._pictures.get(row.choice.key)
        if column == Column.SERIES and role == REMARK_ROLE:
            return _remark(row.choice)
        return row.cells[column] if role == Qt.ItemDataRole.DisplayRole else None

    def _row(self, index: QModelIndex) -> Row:
        row = index.internalPointer() if index.isValid() else None
        return row if isinstance(row, Row) else self._root

    def _of_group(self, row: Row, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._called(row)
        if role == SEARCH_ROLE:
            return self._called(row).casefold()
        return row.row if role == SORT_ROLE else None

    def _called(self, row: Row) -> str:
        number = self._numbers.get(id(row))
        if number is None or not self._named or number > len(self._persons):
            return row.text
        return self._persons[number - 1].shown or f"{row.text} (the files have no name)"

    def _searched(self, row: Row) -> str:
        assert row.choice is not None
        above = [self._called(one) for one in (row.parent, row.parent and row.parent.parent) if one is not None]
        return "\n".join((*row.cells.values(), *row.choice.remarks, *above)).casefold()

    def _why_no_pick(self, choice: SeriesChoice, column: Column) -> str:
        if column not in SIDE_OF:
            return ""
        if SIDE_OF[column] not in self._picks.sides:
            return f"The {SIDE_OF[column]} image is not chosen here."
        return "This series cannot be opened." if not choice.openable else ""

    def _spoken(self, row: Row, choice: SeriesChoice, column: Column) -> str:
        if column in SIDE_OF:
            side = SIDE_OF[column]
            return f"{side} image" if self._picks.side_of(choice) == side else f"not the {side} image"
        if column != Column.SERIES:
            return f"{HEADINGS[column][0]}: {row.cells[column] or 'not known'}"
        picked = self._picks.side_of(choice)
        told = (words.title(choice), f"chosen as the {picked} image" if picked else "", *choice.remarks)
        return ", ".join(part for part in told if part)


def cells_of(choice: SeriesChoice) -> Mapping[Column, str]:
    """What stands in the cells of a series: made once, for it is asked for over and over while a word is typed."""
    return {
        Column.SERIES: words.title(choice),
        Column.FIXED: "",
        Column.MOVING: "",
        Column.KIND: words.kind(choice),
        Column.SLICES: words.slices(choice),
        Column.PIXEL: words.pixel(choice),
        Column.PLANE: choice.plane,
        Column.WHEN: words.moment(choice.facts.when),
        Column.NUMBER: "" if choice.facts.number is None else str(choice.facts.number),
    }


def _keys_of(choice: SeriesChoice) -> Mapping[Column, Any]:
    return {
        Column.SERIES: words.title(choice).casefold(),
        Column.KIND: words.kind(choice).casefold(),
        Column.SLICES: (choice.n_slices, choice.slice_mm),
        Column.PIXEL: choice.spacing[:2],
        Column.PLANE: choice.plane,
        Column.WHEN: choice.facts.when,
        Column.NUMBER: -1 if choice.facts.number is None else choice.facts.number,
    }


def _remark(choice: SeriesChoice) -> str:
    sign = "✗" if choice.why_not else "▲"
    return "  ".join(f"{sign} {remark}" for remark in choice.remarks)


def _tip(row: Row, choice: SeriesChoice, column: Column) -> str:
    if column in SIDE_OF:
        return HEADINGS[column][1]
    return "\n".join((row.cells[column], *(choice.remarks if column == Column.SERIES else ()))).strip()


def _study(choice: SeriesChoice) -> str:
    facts = choice.facts
    when = words.moment(facts.study_when) or "without a date"
    return f"Study {when}" + (f" · {facts.study_description}" if facts.study_description else "")
