"""What the cells of the table of landmark pairs look like, and how a name is edited."""

from __future__ import annotations

from functools import cache, partial
from typing import Final

from PyQt6 import sip
from PyQt6.QtCore import QModelIndex, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import QCompleter, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fusionviewer.app.commands.landmarks.landmark_list import USE_WORDS
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.rendering.marks.landmarks import OFF_OPACITY, sign
from fusionviewer.session.landmark_names import names_left
from fusionviewer.session.state import Side
from fusionviewer.ui.look.theme import colours, scaled
from fusionviewer.ui.pane.overlays.painter import paint

_SIGN_RADIUS: Final = 4.0


class NameDelegate(QStyledItemDelegate):
    """Edits a name, and offers the usual ones that no pair has."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace

    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex) -> QWidget | None:
        editor = NameEditor(parent)
        editor.setFrame(False)
        editor.setStyleSheet("QLineEdit { min-height: 0; border: none; border-radius: 0; padding: 0 2px; }")
        pairs = self._workspace.document.state.landmarks
        completer = QCompleter(names_left(pair.name for pair in pairs), editor)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = completer.popup()
        if popup is not None:
            popup.setMinimumWidth(scaled(208))
        editor.setCompleter(completer)
        completer.activated[str].connect(partial(self._take, editor))
        editor.entered.connect(lambda: QTimer.singleShot(0, partial(self._take_if_open, editor)))
        return editor

    def _take_if_open(self, editor: QLineEdit) -> None:
        """Where Enter went to the editor itself, Qt has taken the name by now, and closed it."""
        if not sip.isdeleted(editor) and editor.isVisible():
            self._take(editor, editor.text())

    def _take(self, editor: QLineEdit, name: str) -> None:
        """A name that is chosen from the list, or entered over it, needs no second Enter."""
        editor.setText(name)
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)


class NameEditor(QLineEdit):
    """Enter takes what was typed at once, where Qt would only close the list of names first.

    The list has the keys and hands them on past the event filter by which a delegate hears of Enter.
    """

    entered = pyqtSignal()
    """Enter was pressed while the list of names was open and none of them was chosen."""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        completer = self.completer()
        popup = None if completer is None else completer.popup()
        enters = event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters and popup is not None and popup.isVisible() and not popup.currentIndex().isValid():
            popup.hide()
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class SignDelegate(QStyledItemDelegate):
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
            gap = 2 if int(align) & int(Qt.AlignmentFlag.AlignRight) else 0
            painter.drawText(option.rect.adjusted(0, 0, -gap, 0), int(align), index.data() or "")
            painter.restore()


class PointDelegate(SignDelegate):
    """Draws a point that is marked as the views do."""

    def __init__(self, workspace: Workspace, side: Side, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._side: Side = side

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        pairs = self._workspace.document.state.landmarks
        pair = pairs[index.row()] if index.row() < len(pairs) else None
        if painter is None or pair is None or pair.point(self._side) is None:
            super().paint(painter, option, index)
            return
        QStyledItemDelegate.paint(self, painter, option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, opacity = option.rect.toRectF().center(), 1.0 if pair.use != "off" else OFF_OPACITY
        at, colour = (middle.x(), middle.y()), colours().sides[self._side]
        strokes = sign(
            self._side, at, pair.use, pair.complete,
            radius=_SIGN_RADIUS, opacity=opacity, width=1.2, rim=0.0, colour=colour,
        )  # fmt: skip
        paint(painter, strokes)
        painter.restore()


class PartDelegate(SignDelegate):
    """Draws a pair's part as a small button."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        if painter is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            used = index.data() != USE_WORDS["off"]
            painter.setPen(QPen(QColor(colours().outline if used else colours().line), 1))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
            painter.restore()


def _icon(picture: QPixmap) -> QIcon:
    """An icon that looks the same in a selected row."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


@cache
def swatch(colour: str) -> QIcon:
    """A pair's colour as a bar; nothing without one."""
    picture = QPixmap(4, 14)
    picture.fill(QColor(colour) if colour else QColor(0, 0, 0, 0))
    return _icon(picture)


@cache
def padlock(closed: bool, colour: str) -> QIcon:
    """A closed or an open padlock."""
    picture = QPixmap(28, 28)  # twice as fine as it is shown
    picture.setDevicePixelRatio(2.0)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 1.4))
    shift = 0 if closed else 3
    painter.drawArc(4 + shift, 2, 6, 7, 0, 180 * 16)
    painter.drawLine(4 + shift, 5, 4 + shift, 7)
    if closed:
        painter.drawLine(10, 5, 10, 7)
        painter.setBrush(QColor(colour))
    painter.drawRect(3, 7, 8, 5)
    painter.end()
    return _icon(picture)
