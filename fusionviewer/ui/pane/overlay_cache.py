"""What lies over a picture and looks the same in frame after frame, such as rimmed letters: copied, not drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QSize
from PyQt6.QtGui import QImage, QPainter

_TILE: Final = 32
"""Only tiles of so many pixels with something on them are copied: most of a pane is empty."""


class OverlayCache:
    """Draws an overlay, and from its second time on copies it as long as it looks the same.

    A word with its rim costs ten times as much as its copy.
    """

    def __init__(self) -> None:
        self._look: Hashable = None
        self._pieces: list[tuple[QPointF, QImage]] | None = None

    def paint(self, painter: QPainter, size: QSize, look: Hashable, draw: Callable[[QPainter], None]) -> None:
        """Show what `draw` draws in a pane of that size; `look` names everything that it depends on, but for those."""
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        look = (look, size.width(), size.height(), ratio, painter.font().key())
        if look != self._look:
            self._look, self._pieces = look, None
            draw(painter)
            return
        if self._pieces is None:
            self._pieces = _pieces(_drawn(painter, size, ratio, draw), ratio)
        for place, piece in self._pieces:
            painter.drawImage(place, piece)


def _drawn(like: QPainter, size: QSize, ratio: float, draw: Callable[[QPainter], None]) -> QImage:
    image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    painter.setRenderHints(like.renderHints())
    painter.setFont(like.font())
    draw(painter)
    painter.end()
    return image


def _pieces(image: QImage, ratio: float) -> list[tuple[QPointF, QImage]]:
    """The parts with something on them: rows of neighbouring tiles, and where in the pane each lies."""
    bits = image.constBits()
    if bits is None or image.isNull():
        return []
    pixels = np.frombuffer(bits.asstring(image.sizeInBytes()), dtype=np.uint32)
    inked = pixels.reshape(image.height(), image.bytesPerLine() // 4) != 0
    pieces = []
    for top in range(0, image.height(), _TILE):
        row = inked[top : top + _TILE].any(axis=0)
        tiles = [bool(row[left : left + _TILE].any()) for left in range(0, image.width(), _TILE)]
        steps = np.flatnonzero(np.diff([False, *tiles, False])).reshape(-1, 2) * _TILE
        for left, right in steps.tolist():
            piece = image.copy(QRect(left, top, right - left, _TILE) & image.rect())
            piece.setDevicePixelRatio(ratio)
            pieces.append((QPointF(left, top) / ratio, piece))
    return pieces
