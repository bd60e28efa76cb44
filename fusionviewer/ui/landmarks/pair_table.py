"""The table of landmark pairs."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QBrush, QColor, QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks
from fusionviewer.app.commands.landmarks.landmark_list import USE_WORDS, Order, PairRow, pair_rows
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.rendering.marks.values import PairUse
from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES, LandmarkPair
from fusionviewer.ui.landmarks.pair_delegates import (
    NameDelegate,
    NameEditor,
    PartDelegate,
    PointDelegate,
    SignDelegate,
    padlock,
    swatch,
)
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, number_font, scaled

COLUMNS: Final = ("#", "Name", "F", "M", "Use", "Dist.", "LOO", "", "")
NUMBER, NAME, FIXED, MOVING, PART, RESIDUAL, OUT, REMARK, LOCK = range(len(COLUMNS))
WIDTHS: Final = {NUMBER: 24, FIXED: 18, MOVING: 18, PART: 48, RESIDUAL: 31, OUT: 31, REMARK: 13, LOCK: 21}
"""Logical pixels at the usual size of letters; the name has what is left, at least 8 letters of it."""

SPOKEN: Final = (
    "Number", "Name", "Fixed", "Moving", "Use", "Distance", "Leave-one-out distance", "Remark", "Lock",
)  # fmt: skip
"""The columns as a screen reader says them."""

TIPS: Final = (
    "The number, which is the pair's key from 1 to 9; click it to give the pair a colour",
    "Double-click, or F6, to rename; click to order by name",
    "Marked in the fixed image",
    "Marked in the moving image",
    "Use: Fit, Check (kept out of the fit to measure its error) or Ignore; click to change it",
    "Distance of the two points in mm under the alignment shown, not its accuracy; click to order by it",
    "Leave-one-out: distance in mm from where the fit to all other pairs expects it; click to order by it",
    "▲ does not fit the others, or lies outside of its image",
    "A locked pair's points cannot be moved; click to lock",
)

ORDERS: Final[dict[int, Order]] = {NAME: "name", RESIDUAL: "residual", OUT: "left out"}
"""What a click on a column's header orders by."""

HEADER, ROW = 3 * UNIT, 5 * UNIT // 2
FEWEST, MOST = 3, 8
"""Rows that are always seen; more than the second number scroll, unless the column is high."""

LOW_COLUMN, HIGH_COLUMN = 600, 880
FEW, MANY = 6, 12
"""In a column of fewer pixels than the first so many rows at most, in one of more than the second so many."""

MARKED, MARKED_MOVING, MISSING, WANTED = "●", "◆", "–", "?"

SIGNS: Final[dict[PairUse, str]] = {"fit": "", "check": "; a check point: in a square", "off": "; ignored: struck out"}
"""How the views and the first columns tell the parts apart."""

PAIR_COLOURS: Final = (
    ("Red", "#ff7b72"), ("Pink", "#f778ba"), ("Violet", "#d2a8ff"), ("Cyan", "#56d4dd"), ("Green", "#7ee787"),
    ("Lime", "#d4e157"), ("White", "#ffffff"),
)  # fmt: skip
"""Far from the colours of the two images."""

_READ_ONLY = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class LandmarkTable(QTableWidget):
    """One row a pair. It shows; the commands edit. Everything in it can be reached by keys as well."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self._workspace = workspace
        self._filling = False
        self._back: QWidget | None = None
        self._most = MOST
        self.setObjectName("landmarks")
        self.setAccessibleName("Landmark pairs")
        self.setHorizontalHeaderLabels(COLUMNS)
        self.setStyleSheet("QTableView::item { padding: 2px; }")
        for column, (tip, said) in enumerate(zip(TIPS, SPOKEN, strict=True)):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
                item.setToolTip(tip)
                item.setTextAlignment(_alignment(column))
        self._set_up_headers()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)  # else a long name ends after its first word
        self.setItemDelegateForColumn(NAME, NameDelegate(workspace, self))
        self.setItemDelegateForColumn(PART, PartDelegate(self))
        for column in (NUMBER, RESIDUAL, OUT, REMARK):
            self.setItemDelegateForColumn(column, SignDelegate(self))
        for column, side in ((FIXED, SIDES[0]), (MOVING, SIDES[1])):
            self.setItemDelegateForColumn(column, PointDelegate(workspace, side, self))
        self.itemChanged.connect(self._changed)
        self.itemSelectionChanged.connect(self._selected)
        self.cellClicked.connect(self._clicked)
        document, view_model = workspace.document, workspace.view_model
        for signal in (document.when(Changes.LANDMARKS | Changes.POSE), workspace.judge.judged):
            signal.connect(self._fill)
        view_model.selection_changed.connect(self._show_selection)
        follow_theme(self, self._dress)

    def _set_up_headers(self) -> None:
        header, rows = self.horizontalHeader(), self.verticalHeader()
        if header is not None:
            header.setMinimumSectionSize(16)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
            header.setStyleSheet("QHeaderView::section { padding: 0 2px; }")
            header.setSectionsClickable(True)
            header.setHighlightSections(False)
            header.sectionClicked.connect(self._order)
        if rows is not None:
            rows.hide()

    def _dress(self) -> None:
        header, rows = self.horizontalHeader(), self.verticalHeader()
        if header is not None:
            header.setFixedHeight(scaled(HEADER))
            for column, width in WIDTHS.items():
                header.resizeSection(column, scaled(width))
        if rows is not None:
            rows.setMinimumSectionSize(scaled(ROW))
            rows.setDefaultSectionSize(scaled(ROW))
        self._fill()

    def adapt_to_height(self, height: int) -> None:
        """Show as many rows at most as suit a column of so many pixels."""
        self._most = FEW if height < LOW_COLUMN else MOST if height < HIGH_COLUMN else MANY
        self._fit_height()

    def _fit_height(self) -> None:
        frame = 2 * self.frameWidth()
        self.setFixedHeight(scaled(HEADER) + scaled(ROW) * min(max(self.rowCount(), FEWEST), self._most) + frame)

    def edit_name(self, index: int, back: QWidget) -> None:
        """Let the user type a pair's name; afterwards the keyboard goes to `back`."""
        item = self.item(index, NAME)
        if item is not None and self.state() is not QAbstractItemView.State.EditingState:
            self._back = back
            self.setFocus()
            self.editItem(item)

    # What it shows

    def _fill(self) -> None:
        self._filling = True
        state = self._workspace.document.state
        self._leave_editor_of_another([pair.name for pair in state.landmarks])
        self.setRowCount(len(state.landmarks))
        for row, (pair, facts) in enumerate(zip(state.landmarks, pair_rows(state), strict=True)):
            self._fill_row(row, pair, facts)
        self._filling = False
        self._fit_height()
        self._show_selection()

    def _leave_editor_of_another(self, names: list[str]) -> None:
        """An editor belongs to a row: where another pair comes to stand there, what was typed was not meant for it."""
        editor = self.findChild(NameEditor)
        if editor is None or self.state() is not QAbstractItemView.State.EditingState:
            return
        row = self.indexAt(editor.pos()).row()
        item = self.item(row, NAME)
        if item is None or names[row : row + 1] != [item.text()]:
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _fill_row(self, row: int, pair: LandmarkPair, facts: PairRow) -> None:
        now = colours()
        number = self._put(row, NUMBER, str(row + 1), TIPS[NUMBER], now.caption)
        number.setIcon(swatch(pair.colour))
        self._put(row, NAME, pair.name, pair.name, now.text, editable=True)
        for column, side, sign, colour in (
            (FIXED, "fixed", MARKED, now.fixed_text),
            (MOVING, "moving", MARKED_MOVING, now.moving_text),
        ):
            marked = (pair.fixed_point if column == FIXED else pair.moving_point) is not None
            missing = MISSING if pair.fixed_point is None and pair.moving_point is None else WANTED
            tip = f"{'Marked' if marked else 'Not marked yet'} in the {side} image{SIGNS[facts.use] if marked else ''}"
            shown, seen = sign if marked else missing, now.caption if missing == MISSING else now.caution
            point = self._put(row, column, shown, tip, colour if marked else seen)
            point.setData(Qt.ItemDataRole.AccessibleTextRole, tip)
        self._put(row, PART, USE_WORDS[facts.use], TIPS[PART], now.text if facts.use != "off" else now.caption)
        for column, mm in ((RESIDUAL, facts.residual_mm), (OUT, facts.left_out_mm)):
            cell = self._put(row, column, _distance(mm), _full(mm, TIPS[column]), now.text)
            cell.setData(Qt.ItemDataRole.AccessibleTextRole, _distance(mm) or "not known")
        remark = self._put(row, REMARK, "▲" if facts.remark else "", facts.remark, now.caution)
        remark.setData(Qt.ItemDataRole.AccessibleTextRole, facts.remark or "no remark")
        lock = self._put(row, LOCK, "", "Locked: click to unlock" if pair.locked else "Click to lock", now.text)
        lock.setIcon(padlock(pair.locked, now.text if pair.locked else now.outline))
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
            if column in (NUMBER, RESIDUAL, OUT):
                item.setFont(number_font())
            self.setItem(row, column, item)
        if item.text() != text:
            item.setText(text)
        item.setToolTip(tip)
        item.setForeground(QBrush(QColor(colour)))
        return item

    def _show_selection(self) -> None:
        self._filling = True
        index = mark_landmarks.selected(self._workspace)
        if index is None:
            self.clearSelection()
        elif index != self.currentRow() or not self.selectedItems():
            self.selectRow(index)
        self._filling = False

    # What it is asked to do

    def _changed(self, item: QTableWidgetItem) -> None:
        if not self._filling and item.column() == NAME:
            mark_landmarks.rename(self._workspace, item.row(), item.text())
            self._fill()  # a refused name goes back to what it was

    def _selected(self) -> None:
        rows = sorted({item.row() for item in self.selectedItems()})
        if not self._filling and rows and rows[0] != self._workspace.view_model.view.selected_pair:
            mark_landmarks.select(self._workspace, rows[0])

    def _clicked(self, row: int, column: int) -> None:
        if column == PART:
            landmark_list.next_use(self._workspace, row)
        elif column == LOCK:
            landmark_list.toggle_lock(self._workspace, row)
        elif column == NUMBER:
            self._offer_colours(row)

    def _order(self, column: int) -> None:
        if column in ORDERS:
            self.setFocus()  # a name that is being typed is taken first
            landmark_list.order_pairs(self._workspace, ORDERS[column])

    def _offer_colours(self, row: int) -> None:
        menu = QMenu(self)
        menu.setObjectName("pair_colours")
        for name, colour in (*PAIR_COLOURS, ("No colour", "")):
            action = menu.addAction(swatch(colour), name)
            if action is not None:
                action.triggered.connect(lambda _=False, c=colour: landmark_list.set_colour(self._workspace, row, c))
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
    across = Qt.AlignmentFlag.AlignRight if column in (NUMBER, RESIDUAL, OUT) else Qt.AlignmentFlag.AlignHCenter
    return (Qt.AlignmentFlag.AlignLeft if column == NAME else across) | Qt.AlignmentFlag.AlignVCenter


def _distance(mm: float | None) -> str:
    """Places are seldom known better than to a tenth; the tool tip has more."""
    return "" if mm is None else f"{mm:.1f}" if mm < 99.95 else f"{mm:.0f}"


def _full(mm: float | None, tip: str) -> str:
    return tip if mm is None else f"{mm:.3f} mm\n{tip}"
