"""An overlay that is kept looks as if it were drawn, and is drawn anew when it changes."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PyQt6.QtWidgets import QApplication

from fusionviewer.ui.pane.overlay_cache import OverlayCache

SIZE = QSize(150, 90)


class Words:
    """Something see-through in several corners, which counts how often it is drawn."""

    def __init__(self) -> None:
        self.drawn = 0
        self.text = "A"

    def draw(self, painter: QPainter) -> None:
        self.drawn += 1
        painter.setPen(QPen(QColor(255, 200, 0, 150), 1.5))
        painter.drawEllipse(QRectF(3.3, 4.2, 20, 11))
        painter.drawText(100, 80, self.text)
        painter.fillRect(QRectF(148, 0, 2, 90), QColor(0, 0, 0, 90))


def shown(overlay: OverlayCache | None, words: Words, ratio: float) -> np.ndarray:
    image = QImage(SIZE * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(40, 90, 120))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if overlay is None:
        words.draw(painter)
    else:
        overlay.paint(painter, SIZE, words.text, words.draw)
    painter.end()
    bits = image.constBits()
    assert bits is not None
    return np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), -1).astype(int)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_copy_looks_like_the_drawing_and_is_made_once(qapp: QApplication, ratio: float) -> None:
    overlay, words = OverlayCache(), Words()
    for text, drawings in (("A", 2), ("long", 4), ("A", 6)):
        words.text = text
        wanted = shown(None, Words(), ratio) if text == "A" else None
        pictures = [shown(overlay, words, ratio) for _ in range(4)]
        assert words.drawn == drawings  # as it is, and to be copied
        for picture in pictures[1:]:
            assert np.abs(picture - pictures[0]).max() <= 3  # see-through colours are rounded twice
        if wanted is not None:
            assert np.array_equal(pictures[0], wanted)
    assert np.abs(shown(overlay, words, ratio) - shown(None, Words(), ratio)).max() <= 3


def test_another_size_or_resolution_is_another_look(qapp: QApplication) -> None:
    overlay, words = OverlayCache(), Words()
    for ratio in (1.0, 1.0, 2.0, 2.0):
        assert np.abs(shown(overlay, words, ratio) - shown(None, Words(), ratio)).max() <= 3


def test_other_letters_are_another_look(qapp: QApplication) -> None:
    """As when the size of letters is changed while the window is open."""
    overlay, words = OverlayCache(), Words()
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    for pixels, drawings in ((12, 2), (20, 4)):
        for _ in range(3):
            painter, font = QPainter(image), QFont(qapp.font())
            font.setPixelSize(pixels)
            painter.setFont(font)
            overlay.paint(painter, SIZE, words.text, words.draw)
            painter.end()
        assert words.drawn == drawings
