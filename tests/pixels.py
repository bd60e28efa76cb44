"""Pictures of Qt as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QGuiApplication, QImage


def rgb(image: QImage) -> NDArray[np.uint8]:
    """(h, w, 3) red, green, blue."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    bits = plain.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asstring(plain.sizeInBytes()), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3)


def clipboard() -> NDArray[np.uint8]:
    """(h, w, 3) of the picture on the clipboard."""
    board = QGuiApplication.clipboard()
    assert board is not None
    return rgb(board.image())
