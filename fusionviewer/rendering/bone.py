"""The outline of bone on a resliced CT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.rendering.colours import BONE_COLOUR, rgb

BONE_HU: Final = 300.0
"""Above soft tissue, contrast and fresh blood, below even thin cortical bone at full resolution."""

_STEEP_HU_PER_MM: Final = 30.0
"""A surface of bone rises faster than this; noise and marrow near the threshold do not, and draw no line."""

_HALF_LINE_PX: Final = 0.6


@dataclass(frozen=True, eq=False)
class BoneLine:
    """Pixels of an outline: flat indices into the picture, and how much each is covered, 0…256."""

    pixels: NDArray[np.intp]
    cover: NDArray[np.uint16]

    def draw(self, picture: NDArray[np.uint8]) -> None:
        """Draw into a (height, width, 4) picture in the order blue, green, red, 255."""
        flat = picture.reshape(-1, 4)
        colour = np.array([*rgb(BONE_COLOUR)[::-1], 255], dtype=np.uint16)
        under = flat[self.pixels].astype(np.uint16)
        cover = self.cover[:, None]
        flat[self.pixels] = (under * (256 - cover) + colour * cover) >> 8


def bone_line(values: NDArray[np.float32], mm_per_pixel: float) -> BoneLine:
    """The line where a plane of HU values (h, w), NaN outside, crosses 300 HU, about a pixel wide and smooth.

    The distance of a pixel from the crossing is |value − 300| / |gradient|, so that the line is as fine as
    the interpolated image and not a staircase of whole pixels.
    """
    if min(values.shape) < 3:
        return BoneLine(np.empty(0, np.intp), np.empty(0, np.uint16))
    near = np.abs(values - np.float32(BONE_HU))
    across = np.full_like(values, np.nan)
    dx = values[1:-1, 2:] - values[1:-1, :-2]
    dy = values[2:, 1:-1] - values[:-2, 1:-1]
    np.hypot(dx, dy, out=across[1:-1, 1:-1])
    across *= np.float32(0.5)
    distance = near / np.maximum(across, np.float32(_STEEP_HU_PER_MM * mm_per_pixel))
    steep = across >= _STEEP_HU_PER_MM * mm_per_pixel
    pixels = np.flatnonzero(steep & (distance < _HALF_LINE_PX + 0.5))
    cover = np.clip(_HALF_LINE_PX + 0.5 - distance.ravel()[pixels], 0, 1)
    return BoneLine(pixels, np.round(cover * 256).astype(np.uint16))
