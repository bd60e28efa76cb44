"""The tree of series: how its rows are painted, and what mouse and keyboard do in it."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Stroke
from fusionviewer.session.state import Side
from fusionviewer.ui.dialogs.series.model import CHOICE_ROLE, REMARK_ROLE, SIDE_OF, Column
from fusionviewer.ui.dialogs.series.picks import Picks
from fusionviewer.ui.dialogs.series.sorting import SortedSeries
from fusionviewer.ui.look.theme import UNIT, colours, follow_theme, number_font, scaled
from fusionviewer.ui.pane.overlays.painter import paint

_KEYS: Final[dict[int, Side]] = {Qt.Key.Key_F: "fixed", Qt.Key.Key_M: "moving"}
_RADIUS: Final = 5.5
_PICTURE: Final = 5 * UNIT
_WIDTHS: Final = {
    Column.FIXED: 52, Column.MOVING: 60, Column.KIND: 112, Column.SLICES: 104, Column.PIXEL: 80, Column.PLANE: 64,
    Column.WHEN: 132, Column.NUMBER: 48,
}  # fmt: skip
_NARROWEST, _ROOMY, _MORE = 220, 360, 72
"""Of the first column, logical pixels at the usual size of letters; and from where on the kinds get how much of it."""


class SeriesTree(QTreeView):
    """Says which series is wanted as which image; what comes of that is for the dialog."""

    wanted = pyqtSignal(str, object)
    """A side, and a SeriesChoice to be that image."""
    entered = pyqtSignal(object)
    """Enter, or a double click on a series: the SeriesChoice of that row, or None where Enter met no series."""
    selected = pyqtSignal(object)
    """The SeriesChoice of the row that is selected now, or None."""

    def __init__(self, series: SortedSeries, picks: Picks) -> None:
        super().__init__()
        self._picks = picks
        self.setObjectName("series")
        self.setAccessibleName("Series of the folder")
        self.setModel(series)
        self.setItemDelegate(_CellDelegate(picks, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(2 * UNIT)
        header = self.header()
        if header is not None:
            header.setStretchLastSection(False)
            header.setSectionResizeMode(Column.SERIES, QHeaderView.ResizeMode.Interactive)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSortingEnabled(True)
        self.unfold()
        follow_theme(self, self._fit_columns)

    def unfold(self) -> None:
        """Show all series that there are, each patient and study in one line over all columns."""
        self.expandAll()
        self._span(QModelIndex())

    def select(self, choice: SeriesChoice, *, centred: bool = False) -> None:
        """Select a series and bring it into view, in the middle if it can be `centred`."""
        model = self._series()
        place = model.mapFromSource(model.source.index_of(choice.key))
        if place.isValid():
            self.setCurrentIndex(place)
            hints = QAbstractItemView.ScrollHint
            self.scrollTo(place, hints.PositionAtCenter if centred else hints.EnsureVisible)

    def show_picks(self) -> None:
        """Paint the signs anew. The rows stay where they are, and the model, which may be filtering, is left alone."""
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def select_first(self) -> None:
        """Select the first series, if there is one."""
        model, place = self._series(), QModelIndex()
        while model.rowCount(place) and place.data(CHOICE_ROLE) is None:
            place = model.index(0, 0, place)
        if place.isValid():
            self.setCurrentIndex(place)

    @property
    def current(self) -> SeriesChoice | None:
        """The series that is selected."""
        found = self.currentIndex().siblingAtColumn(Column.SERIES).data(CHOICE_ROLE)
        return found if isinstance(found, SeriesChoice) else None

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row() or current.parent() != previous.parent():
            self.selected.emit(self.current)

    def drawRow(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """A flat ground below the whole row of what is selected."""
        selection = self.selectionModel()
        if painter is not None and selection is not None and selection.isSelected(index):
            painter.fillRect(option.rect, QColor(colours().hover))
        super().drawRow(painter, option, index)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(self.current)
        elif plain and event.key() in _KEYS and self.current is not None:
            self.wanted.emit(_KEYS[event.key()], self.current)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str | None) -> None:
        """Letters choose images: what is looked for is typed into the filter."""

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A click on the sign of an image chooses a series without selecting it."""
        choice, side = self._sign_at(event)
        if choice is None or side is None:
            super().mousePressEvent(event)
        else:
            self.wanted.emit(side, choice)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        choice, side = self._sign_at(event)
        if event is None or side is not None:
            return
        super().mouseDoubleClickEvent(event)
        choice = self.indexAt(event.position().toPoint()).siblingAtColumn(Column.SERIES).data(CHOICE_ROLE)
        if isinstance(choice, SeriesChoice) and event.button() == Qt.MouseButton.LeftButton:
            self.entered.emit(choice)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit_columns()

    def _sign_at(self, event: QMouseEvent | None) -> tuple[SeriesChoice | None, Side | None]:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return None, None
        place = self.indexAt(event.position().toPoint())
        choice = place.siblingAtColumn(Column.SERIES).data(CHOICE_ROLE)
        return (choice, SIDE_OF[place.column()]) if choice is not None and place.column() in SIDE_OF else (None, None)

    def _series(self) -> SortedSeries:
        model = self.model()
        assert isinstance(model, SortedSeries)
        return model

    def _span(self, parent: QModelIndex) -> None:
        model = self._series()
        for row in range(model.rowCount(parent)):
            place = model.index(row, 0, parent)
            if place.data(CHOICE_ROLE) is None:
                self.setFirstColumnSpanned(row, parent, True)
                self._span(place)

    def _fit_columns(self) -> None:
        header, viewport = self.header(), self.viewport()
        if header is None or viewport is None:
            return
        for column, width in _WIDTHS.items():
            header.resizeSection(column, scaled(width))
        rest = viewport.width() - sum(scaled(width) for width in _WIDTHS.values())
        more = max(0, min(scaled(_MORE), rest - scaled(_ROOMY)))  # names of kernels and sequences can be long
        header.resizeSection(Column.KIND, scaled(_WIDTHS[Column.KIND]) + more)
        header.resizeSection(Column.SERIES, max(scaled(_NARROWEST), rest - more))


class _CellDelegate(QStyledItemDelegate):
    """A series in two lines with its picture, the signs of the images, and everything else in one line."""

    def __init__(self, picks: Picks, parent: SeriesTree) -> None:
        super().__init__(parent)
        self._picks = picks

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        if index.column() != Column.SERIES:
            return QSize(0, 0)  # the first column is the highest, and 200 series are laid out while a word is typed
        series = index.data(CHOICE_ROLE) is not None
        lines = option.fontMetrics.lineSpacing() * 2 + UNIT // 2
        return QSize(0, max(lines, _PICTURE) + UNIT if series else option.fontMetrics.height() + UNIT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        choice = index.siblingAtColumn(Column.SERIES).data(CHOICE_ROLE)
        if painter is None:
            return
        painter.save()
        painter.setClipRect(option.rect)
        painter.setFont(number_font(option.font))
        painter.setPen(QColor(colours().text if choice is None or choice.usable else colours().disabled))
        room = option.rect.adjusted(UNIT // 2, 0, -UNIT // 2, 0)
        if choice is None:
            self._paint_group(painter, room, index)
        elif index.column() in SIDE_OF:
            self._paint_sign(painter, room, choice, SIDE_OF[index.column()])
        elif index.column() == Column.SERIES:
            self._paint_series(painter, room, index, choice)
        else:
            _write(painter, room, str(index.data() or ""))
        painter.restore()

    def _paint_group(self, painter: QPainter, room: QRect, index: QModelIndex) -> None:
        font = painter.font()
        font.setBold(not index.parent().isValid())
        painter.setFont(font)
        if index.parent().isValid():
            painter.setPen(QColor(colours().caption))
        _write(painter, room, str(index.data() or ""))

    def _paint_series(self, painter: QPainter, room: QRect, index: QModelIndex, choice: SeriesChoice) -> None:
        edge = _PICTURE
        square = QRect(QPoint(room.left(), room.center().y() - edge // 2 + 1), QSize(edge, edge))
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        painter.fillRect(square, QColor("black"))
        if picture is not None:
            painter.setOpacity(1.0 if choice.usable else 0.5)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(square, picture)
            painter.setOpacity(1.0)
        text = room.adjusted(edge + UNIT, 0, 0, 0)
        if not (choice.description or choice.facts.protocol):
            painter.setPen(QColor(colours().caption if choice.usable else colours().disabled))
        remark = str(index.data(REMARK_ROLE) or "")
        if not remark:
            _write(painter, text, str(index.data()))
            return
        middle = text.center().y()
        _write(
            painter,
            QRect(text.topLeft(), QPoint(text.right(), middle)),
            str(index.data()),
            Qt.AlignmentFlag.AlignBottom,
        )
        painter.setPen(QColor(colours().disabled if choice.why_not else colours().caution))
        below = QRect(QPoint(text.left(), middle + UNIT // 4), text.bottomRight())
        _write(painter, below, remark, Qt.AlignmentFlag.AlignTop)

    def _paint_sign(self, painter: QPainter, room: QRect, choice: SeriesChoice, side: Side) -> None:
        """The disc of the fixed image or the diamond of the moving one: full where it is chosen."""
        if not choice.openable or side not in self._picks.sides:
            return
        chosen, middle = self._picks.side_of(choice) == side, room.toRectF().center()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = (shape(side, (middle.x(), middle.y()), _RADIUS if chosen else _RADIUS - 1),)
        colour = colours().sides[side] if chosen else colours().outline
        paint(painter, [Stroke(outline, colour, 1.4, rim=0.0, fill=1.0 if chosen else 0.0)])


def _write(
    painter: QPainter, room: QRect, text: str, vertical: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignVCenter
) -> None:
    """One line, elided where there is no room for all of it."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(vertical | Qt.AlignmentFlag.AlignLeft), shown)
