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
    width = values.shape[1]
    pixels = _beside_the_crossing(values > BONE_HU)
    flat = values.ravel()
    across = np.hypot(flat[pixels + 1] - flat[pixels - 1], flat[pixels + width] - flat[pixels - width]) / 2
    steep = across >= _STEEP_HU_PER_MM * mm_per_pixel  # NaN is not steep: the edge of the image is no bone's edge
    pixels, across = pixels[steep], across[steep]
    distance = np.abs(flat[pixels] - np.float32(BONE_HU)) / across
    cover = np.clip(_HALF_LINE_PX + 0.5 - distance, 0, 1)
    return BoneLine(pixels, np.round(cover * 256).astype(np.uint16))


def _beside_the_crossing(bone: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Flat indices of the pixels that have a neighbour on the other side; none on the rim of the picture."""
    beside = np.zeros_like(bone)
    across, down = bone[:, 1:] != bone[:, :-1], bone[1:] != bone[:-1]
    inner = beside[1:-1, 1:-1]
    inner |= across[1:-1, 1:]
    inner |= across[1:-1, :-1]
    inner |= down[1:, 1:-1]
    inner |= down[:-1, 1:-1]
    return np.flatnonzero(beside)
