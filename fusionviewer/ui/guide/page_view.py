"""A page of the guide: text and pictures that fit the width; it opens nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QByteArray, Qt, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QImage,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
    QTextImageFormat,
)
from PyQt6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from fusionviewer.ui.look.theme import UNIT, colours, scaled

WIDEST: Final = 110 * UNIT
"""Logical pixels of a line at the usual size of letters: longer ones are hard to read."""

_SETTLED_MS: Final = 60
_IN_A_TABLE: Final = 0.5
"""Of the width: what a picture in a table may take."""


class PageView(QTextBrowser):
    """Shows HTML; pictures are read from a folder, and links are announced and not followed."""

    link_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setOpenLinks(False)
        self.setAccessibleName("Page of the guide")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.anchorClicked.connect(lambda url: self.link_chosen.emit(url.toString()))
        self._folder = Path()
        self._pictures: dict[str, QImage] = {}
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(_SETTLED_MS)
        self._resized.timeout.connect(self._fit)

    def show_html(self, html: str, style: str, folder: Path) -> None:
        """Show a page from its beginning; the paths of its pictures begin in the folder."""
        self._folder, self._pictures = folder, {}
        document = QTextDocument(self)
        document.setDefaultStyleSheet(style)
        self.ensurePolished()  # before it is seen for the first time it has not the style sheet's font yet
        document.setDefaultFont(self.font())
        self.setDocument(document)
        self.setHtml(html)
        self._fit()

    @property
    def folder(self) -> Path:
        """Where the paths of its pictures begin."""
        return self._folder

    def loadResource(self, kind: int, name: QUrl) -> object:
        """A picture from the folder; anything else, from the network above all, is not there."""
        if kind != QTextDocument.ResourceType.ImageResource.value or not name.isRelative():
            return QByteArray()
        return self._picture(name.toString())

    def pictures(self) -> Iterator[tuple[QTextImageFormat, QTextCursor]]:
        """Every picture of the page, with a cursor over it."""
        document = self.document()
        block = None if document is None else document.begin()
        while block is not None and block.isValid():
            parts = block.begin()
            while not parts.atEnd():
                part: QTextFragment = parts.fragment()
                if part.charFormat().isImageFormat():
                    cursor = QTextCursor(document)
                    cursor.setPosition(part.position())
                    cursor.setPosition(part.position() + part.length(), QTextCursor.MoveMode.KeepAnchor)
                    yield part.charFormat().toImageFormat(), cursor
                parts += 1
            block = block.next()

    def pictures_read(self) -> dict[str, bool]:
        """Of every picture of the page, by its path, whether there is one."""
        return {name: not picture.isNull() for name, picture in self._pictures.items()}

    def find_all(self, text: str) -> list[QTextCursor]:
        """Every place of a text in the page, in order."""
        document, found = self.document(), []
        if document is None or not text:
            return []
        at = document.find(text)
        while not at.isNull():
            found.append(at)
            at = document.find(text, at)
        return found

    def mark(self, found: list[QTextCursor], chosen: int) -> None:
        """Mark places of the page, and go to the chosen one of them."""
        marks, now = [], colours()
        for number, cursor in enumerate(found):
            mark, look = QTextEdit.ExtraSelection(), QTextCharFormat()
            look.setBackground(QColor(now.accent if number == chosen else now.line))
            look.setForeground(QColor(now.on_accent if number == chosen else now.text))
            mark.cursor, mark.format = cursor, look
            marks.append(mark)
        self.setExtraSelections(marks)
        if found:
            there = QTextCursor(found[chosen])
            there.clearSelection()
            self.setTextCursor(there)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._resized.start()

    def _picture(self, name: str) -> QImage:
        if name not in self._pictures:
            self._pictures[name] = QImage(str(self._folder / name))
        return self._pictures[name]

    def _fit(self) -> None:
        """Give text and pictures the width that there is; pictures are scaled smoothly, which Qt's drawing is not."""
        document, viewport = self.document(), self.viewport()
        if document is None or viewport is None:
            return
        margin = max(3 * UNIT, (viewport.width() - scaled(WIDEST)) // 2)
        frame = document.rootFrame()
        if frame is not None:
            look = frame.frameFormat()
            look.setLeftMargin(margin)
            look.setRightMargin(margin)
            look.setTopMargin(2 * UNIT)
            look.setBottomMargin(4 * UNIT)
            frame.setFrameFormat(look)
        room, ratio = viewport.width() - 2 * margin, self.devicePixelRatioF()
        for picture, cursor in list(self.pictures()):
            whole = self._picture(picture.name())
            if whole.isNull():
                continue
            width = min(whole.width(), round(room * (_IN_A_TABLE if cursor.currentTable() else 1.0)))
            drawn = whole.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
            document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(picture.name()), drawn)
            picture.setWidth(width)
            picture.setHeight(width * whole.height() / whole.width())
            cursor.setCharFormat(picture)
