"""The icons of the window: line drawings in the colours of the theme, sharp at every scale."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PyQt6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.ui.look.theme import colours

_INK = "currentColor"


def icon(name: str) -> QIcon:
    """The icon of this name in resources/icons. It takes the theme's colours each time that it is drawn.

    An installation that lacks the file has an empty icon; what it stands on has a name anyway.
    """
    return QIcon(_Engine(lambda painter, room, colour: _draw(name, painter, room, colour)))


def drawn_icon(draw: Callable[[QPainter, QRectF, str], None]) -> QIcon:
    """An icon that a function draws into a room, in a colour of the theme."""
    return QIcon(_Engine(draw))


class _Engine(QIconEngine):
    """Draws when Qt asks, in the colours of then: an icon follows another theme without being made anew."""

    def __init__(self, draw: Callable[[QPainter, QRectF, str], None]) -> None:
        super().__init__()
        self._draw = draw

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if painter is not None:
            now = colours()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, QRectF(rect), now.disabled if mode is QIcon.Mode.Disabled else now.text)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return drawn

    def clone(self) -> QIconEngine:
        return _Engine(self._draw)


def _draw(name: str, painter: QPainter, room: QRectF, colour: str) -> None:
    renderer = _renderer(name, colour)
    if renderer is not None:
        renderer.render(painter, room)


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer | None:
    path = _folder()
    try:
        drawing = "" if path is None else (path / f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return None
    return QSvgRenderer(QByteArray(drawing.replace(_INK, colour).encode())) if drawing else None


def _folder() -> Path | None:
    try:
        return sample_folder().parent / "icons"
    except UnreadableInput:
        return None
