"""Whether colours can be told apart, as WCAG 2.2 measures it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pixels import rgb
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage

TEXT, DISABLED, EDGE = 4.5, 3.0, 3.0
"""The least ratio of text to what it stands on, of text that cannot be used now, and of an edge to both its sides."""


def _luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The relative luminance (n,) of colours (n, 3)."""
    share = pixels / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    """WCAG's contrast ratio of two colours, 1…21."""
    low, high = sorted(_luminance(np.array([QColor(a).getRgb()[:3], QColor(b).getRgb()[:3]], np.uint8)))
    return float((high + 0.05) / (low + 0.05))


def contrast_within(image: QImage, room: QRect) -> float:
    """The ratio of what is commonest in a part of a picture, the surface, to what differs most from it, the text."""
    colours, counts = np.unique(rgb(image.copy(room)).reshape(-1, 3), axis=0, return_counts=True)
    light = _luminance(colours) + 0.05
    surface = light[np.argmax(counts)]
    return float(np.maximum(light / surface, surface / light).max())
