"""The table of landmark pairs."""

from __future__ import annotations

from functools import cache, partial
from typing import Final

from PyQt6.QtCore import QModelIndex, QPoint, Qt
from PyQt6.QtGui import QBrush, QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fusionviewer.app import marking, pair_list
from fusionviewer.app.pair_list import Order, PairRow, pair_rows
from fusionviewer.app.workspace import Workspace
from fusionviewer.rendering.colours import FIXED_COLOUR, MOVING_COLOUR
from fusionviewer.session.landmark_names import names_left
from fusionviewer.session.state import LandmarkPair
from fusionviewer.ui.theme import CAPTION, LINE, OUTLINE, TEXT, UNIT, WARNING, number_font

COLUMNS: Final = ("#", "Name", "F", "M", "Part", "Off", "Out", "", "")
NUMBER, NAME, FIXED, MOVING, PART, OFF, OUT, REMARK, LOCK = range(len(COLUMNS))
WIDTHS: Final = {NUMBER: 27, FIXED: 18, MOVING: 18, PART: 46, OFF: 32, OUT: 32, REMARK: 16, LOCK: 22}
"""Logical pixels; the name has what is left."""

TIPS: Final = (
    "The number, which is the pair's key from 1 to 9; click it to give the pair a colour",
    "Double-click, or F6, to rename; click here to order by name",
    "Marked in the fixed image",
    "Marked in the moving image",
    "Fitted, or kept out of the fit to measure its error (check), or neither (off); click to change it",
    "Distance of the two points in mm under the current alignment, not its accuracy; click here to order by it",
    "Distance in mm from where the fit to all other pairs expects it; click here to order by it",
    "▲ does not fit the others",
    "A locked pair's points cannot be moved; click to lock",
)

ORDERS: Final[dict[int, Order]] = {NAME: "name", OFF: "residual", OUT: "left out"}
"""What a click on a column's header orders by."""

HEADER, ROW = 4 * UNIT, 3 * UNIT
"""Heights: room for three to eight pairs, then the table scrolls."""

MARKED, MARKED_MOVING, MISSING, WANTED = "●", "◆", "–", "?"

PAIR_COLOURS: Final = (
    ("Red", "#ff7b72"), ("Pink", "#f778ba"), ("Violet", "#d2a8ff"), ("Cyan", "#56d4dd"), ("Green", "#7ee787"),
    ("Lime", "#d4e157"), ("White", "#ffffff"),
)  # fmt: skip
"""Far from the colours of the two images."""

_READ_ONLY = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class LandmarkTable(QTableWidget):
    """One row a pair. It shows; the verbs edit. Everything in it can be reached by keys as well."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self._workspace = workspace
        self._filling = False
        self._back: QWidget | None = None
        self.setObjectName("landmarks")
        self.setAccessibleName("Landmark pairs")
        self.setHorizontalHeaderLabels(COLUMNS)
        self.setStyleSheet("QTableView::item { padding: 2px; }")
        for column, tip in enumerate(TIPS):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setToolTip(tip)
                item.setTextAlignment(_alignment(column))
        self._lay_out()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setItemDelegateForColumn(NAME, _NameDelegate(workspace, self))
        self.setItemDelegateForColumn(PART, _PartDelegate(self))
        for column in (FIXED, MOVING, OFF, OUT, REMARK):
            self.setItemDelegateForColumn(column, _SignDelegate(self))
        self.itemChanged.connect(self._changed)
        self.itemSelectionChanged.connect(self._selected)
        self.cellClicked.connect(self._clicked)
        document, view_model = workspace.document, workspace.view_model
        document.landmarks_changed.connect(self._fill)
        document.transform_changed.connect(self._fill)
        view_model.selection_changed.connect(self._show_selection)
        self._fill()

    def _lay_out(self) -> None:
        header, rows = self.horizontalHeader(), self.verticalHeader()
        if header is not None:
            header.setMinimumSectionSize(16)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
            for column, width in WIDTHS.items():
                header.resizeSection(column, width)
            header.setStyleSheet("QHeaderView::section { padding: 4px 2px; }")
            header.setSectionsClickable(True)
            header.setHighlightSections(False)
            header.sectionClicked.connect(self._order)
        if rows is not None:
            rows.hide()
            rows.setDefaultSectionSize(ROW)

    def edit_name(self, index: int, back: QWidget) -> None:
        """Let the user type a pair's name; afterwards the keyboard goes to `back`."""
        item = self.item(index, NAME)
        if item is not None:
            self._back = back
            self.setFocus()
            self.editItem(item)

    # What it shows

    def _fill(self) -> None:
        self._filling = True
        state = self._workspace.document.state
        self.setRowCount(len(state.landmarks))
        for row, (pair, facts) in enumerate(zip(state.landmarks, pair_rows(state), strict=True)):
            self._fill_row(row, pair, facts)
        self._filling = False
        self.setFixedHeight(HEADER + ROW * min(max(len(state.landmarks), 3), 8))
        self._show_selection()

    def _fill_row(self, row: int, pair: LandmarkPair, facts: PairRow) -> None:
        number = self._put(row, NUMBER, str(row + 1), TIPS[NUMBER], CAPTION)
        number.setIcon(_swatch(pair.colour))
        self._put(row, NAME, pair.name, pair.name, TEXT, editable=True)
        for column, side, sign, colour in (
            (FIXED, "fixed", MARKED, FIXED_COLOUR),
            (MOVING, "moving", MARKED_MOVING, MOVING_COLOUR),
        ):
            marked = (pair.fixed_point if column == FIXED else pair.moving_point) is not None
            missing = MISSING if pair.fixed_point is None and pair.moving_point is None else WANTED
            tip = f"{'Marked' if marked else 'Not marked yet'} in the {side} image"
            self._put(
                row,
                column,
                sign if marked else missing,
                tip,
                colour if marked else CAPTION if missing == MISSING else WARNING,
            )
        self._put(row, PART, facts.part, TIPS[PART], TEXT if facts.part != "off" else CAPTION)
        self._put(row, OFF, _distance(facts.residual_mm), _full(facts.residual_mm, TIPS[OFF]), TEXT)
        self._put(row, OUT, _distance(facts.left_out_mm), _full(facts.left_out_mm, TIPS[OUT]), TEXT)
        self._put(row, REMARK, "▲" if facts.remark else "", facts.remark, WARNING)
        lock = self._put(row, LOCK, "", "Locked: click to unlock" if pair.locked else "Click to lock", TEXT)
        lock.setIcon(_padlock(pair.locked))
        lock.setData(Qt.ItemDataRole.AccessibleTextRole, "locked" if pair.locked else "not locked")

    def _put(
        self,
        row: int,
        column: int,
        text: str,
        tip: str,
        colour: str,
        *,
        editable: bool = False,
    ) -> QTableWidgetItem:
        """Write a cell; one that is there already stays, so that an open editor is not taken away."""
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setFlags(_READ_ONLY | Qt.ItemFlag.ItemIsEditable if editable else _READ_ONLY)
            item.setTextAlignment(_alignment(column))
            if column in (NUMBER, OFF, OUT):
                item.setFont(number_font())
            self.setItem(row, column, item)
        if item.text() != text:
            item.setText(text)
        item.setToolTip(tip)
        item.setForeground(QBrush(QColor(colour)))
        return item

    def _show_selection(self) -> None:
        self._filling = True
        index = marking.selected(self._workspace)
        if index is None:
            self.clearSelection()
        elif index != self.currentRow() or not self.selectedItems():
            self.selectRow(index)
        self._filling = False

    # What it is asked to do

    def _changed(self, item: QTableWidgetItem) -> None:
        if not self._filling and item.column() == NAME:
            marking.rename(self._workspace, item.row(), item.text())
            self._fill()  # a refused name goes back to what it was

    def _selected(self) -> None:
        rows = sorted({item.row() for item in self.selectedItems()})
        if not self._filling and rows and rows[0] != self._workspace.view_model.view.selected_pair:
            marking.select(self._workspace, rows[0])

    def _clicked(self, row: int, column: int) -> None:
        if column == PART:
            pair_list.next_part(self._workspace, row)
        elif column == LOCK:
            pair_list.toggle_lock(self._workspace, row)
        elif column == NUMBER:
            self._offer_colours(row)

    def _order(self, column: int) -> None:
        if column in ORDERS:
            pair_list.order_pairs(self._workspace, ORDERS[column])

    def _offer_colours(self, row: int) -> None:
        menu = QMenu(self)
        menu.setObjectName("pair_colours")
        for name, colour in (*PAIR_COLOURS, ("No colour", "")):
            action = menu.addAction(_swatch(colour), name)
            if action is not None:
                action.triggered.connect(lambda _=False, c=colour: pair_list.set_colour(self._workspace, row, c))
        menu.aboutToHide.connect(menu.deleteLater)
        below = self.visualItemRect(self.item(row, NUMBER)).bottomLeft()
        view = self.viewport()
        menu.popup(view.mapToGlobal(below) if view is not None else QPoint())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Space and Enter do what a click on the current cell does, and edit the name."""
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        editing = self.state() is QAbstractItemView.State.EditingState  # then the key comes from the editor
        if event is None or event.key() not in keys or self.currentRow() < 0 or editing:
            super().keyPressEvent(event)
        elif self.currentColumn() == NAME:
            self.editItem(self.currentItem())
        else:
            self._clicked(self.currentRow(), self.currentColumn())

    def closeEditor(self, editor: QWidget | None, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        back, self._back = self._back, None
        if back is not None:
            back.setFocus()


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Numbers end at the right, names begin at the left, signs stand in the middle."""
    across = Qt.AlignmentFlag.AlignRight if column in (NUMBER, OFF, OUT) else Qt.AlignmentFlag.AlignHCenter
    return (Qt.AlignmentFlag.AlignLeft if column == NAME else across) | Qt.AlignmentFlag.AlignVCenter


class _NameDelegate(QStyledItemDelegate):
    """Edits a name, and offers the usual ones that no pair has."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace

    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex) -> QWidget | None:
        editor = _NameEditor(parent)
        editor.setFrame(False)
        editor.setStyleSheet("QLineEdit { min-height: 0; border: none; border-radius: 0; padding: 0 2px; }")
        pairs = self._workspace.document.state.landmarks
        completer = QCompleter(names_left(pair.name for pair in pairs), editor)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = completer.popup()
        if popup is not None:
            popup.setMinimumWidth(26 * UNIT)
        editor.setCompleter(completer)
        completer.activated[str].connect(partial(self._take, editor))
        return editor

    def _take(self, editor: QLineEdit, name: str) -> None:
        """A name that is chosen from the list needs no more saying so."""
        editor.setText(name)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


class _NameEditor(QLineEdit):
    """Enter takes what was typed at once, where Qt would only close the list of names first."""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        completer = self.completer()
        popup = None if completer is None else completer.popup()
        enters = event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters and popup is not None and popup.isVisible() and not popup.currentIndex().isValid():
            popup.hide()
        super().keyPressEvent(event)


class _SignDelegate(QStyledItemDelegate):
    """Draws a sign or number in its own colour in a selected row as well, where the style sheet has one for all.

    It needs no room beside the text, where Qt's own keeps some for a focus frame.
    """

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        if option is not None:
            option.text = ""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        brush, align = index.data(Qt.ItemDataRole.ForegroundRole), index.data(Qt.ItemDataRole.TextAlignmentRole)
        if painter is not None and isinstance(brush, QBrush):
            painter.save()
            painter.setFont(option.font)
            painter.setPen(brush.color())
            painter.drawText(option.rect.adjusted(0, 0, -2, 0), int(align), index.data() or "")
            painter.restore()


class _PartDelegate(QStyledItemDelegate):
    """Draws a pair's part as a small button."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        if painter is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(OUTLINE if index.data() != "off" else LINE), 1))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(1.5, 3.5, -1.5, -3.5), 3, 3)
            painter.restore()


def _distance(mm: float | None) -> str:
    """Places are seldom known better than to a tenth; the tool tip has more."""
    return "" if mm is None else f"{mm:.1f}" if mm < 99.95 else f"{mm:.0f}"


def _full(mm: float | None, tip: str) -> str:
    return tip if mm is None else f"{mm:.3f} mm\n{tip}"


def _icon(picture: QPixmap) -> QIcon:
    """An icon that looks the same in a selected row."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


@cache
def _swatch(colour: str) -> QIcon:
    """A pair's colour as a bar; nothing without one."""
    picture = QPixmap(4, 14)
    picture.fill(QColor(colour) if colour else QColor(0, 0, 0, 0))
    return _icon(picture)


@cache
def _padlock(closed: bool) -> QIcon:
    """A closed padlock, or a faint open one."""
    picture = QPixmap(28, 28)  # twice as fine as it is shown
    picture.setDevicePixelRatio(2.0)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(TEXT if closed else OUTLINE)
    painter.setPen(QPen(colour, 1.4))
    shift = 0 if closed else 3
    painter.drawArc(4 + shift, 2, 6, 7, 0, 180 * 16)
    painter.drawLine(4 + shift, 5, 4 + shift, 7)
    if closed:
        painter.drawLine(10, 5, 10, 7)
        painter.setBrush(colour)
    painter.drawRect(3, 7, 8, 5)
    painter.end()
    return _icon(picture)
