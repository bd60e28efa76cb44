"""Fine lines where the values on a plane cross a threshold: the outline of bone on a CT, and that of a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.rendering.colours import BONE_COLOUR, REGION_COLOUR, rgb

BONE_HU: Final = 300.0
"""Above soft tissue, contrast and fresh blood, below even thin cortical bone at full resolution."""

_STEEP_HU_PER_MM: Final = 30.0
"""A surface of bone rises faster than this; noise and marrow near the threshold do not, and draw no line."""

_HALF_LINE_PX: Final = 0.6


@dataclass(frozen=True, eq=False)
class ContourLine:
    """Pixels of an outline: flat indices into the picture, and how much each is covered, 0…256."""

    pixels: NDArray[np.intp]
    cover: NDArray[np.uint16]
    colour: str

    def draw(self, picture: NDArray[np.uint8]) -> None:
        """Draw into a (height, width, 4) picture in the order blue, green, red, 255."""
        flat = picture.reshape(-1, 4)
        colour = np.array([*rgb(self.colour)[::-1], 255], dtype=np.uint16)
        under = flat[self.pixels].astype(np.uint16)
        cover = self.cover[:, None]
        flat[self.pixels] = (under * (256 - cover) + colour * cover) >> 8


def bone_line(values: NDArray[np.float32], mm_per_pixel: float) -> ContourLine:
    """The outline of bone on a plane of HU values (h, w), NaN outside, about a pixel wide and smooth."""
    return _line(values, BONE_HU, _STEEP_HU_PER_MM * mm_per_pixel, BONE_COLOUR)


def mask_line(values: NDArray[np.float32]) -> ContourLine:
    """The outline of a mask on a plane of its values (h, w), 0…1, NaN outside its grid, which counts as 0."""
    # where the mask ends with its grid the values fall from 1 to 0 between two pixels, and both are a pixel away
    return _line(np.nan_to_num(values), 0.5, 1e-3, REGION_COLOUR, 2 * _HALF_LINE_PX)


def _line(
    values: NDArray[np.float32], level: float, steepest_from: float, colour: str, half_px: float = _HALF_LINE_PX
) -> ContourLine:
    """Where a plane (h, w) crosses a level while it rises by so much a pixel or more.

    The distance of a pixel from the crossing is |value − level| / |gradient|, so that the line is as fine as
    the interpolated image and not a staircase of whole pixels.
    """
    width = values.shape[1]
    pixels = _beside_the_crossing(values > level)
    flat = values.ravel()
    across = np.hypot(flat[pixels + 1] - flat[pixels - 1], flat[pixels + width] - flat[pixels - width]) / 2
    steep = across >= steepest_from  # NaN is not steep: the edge of the image is no bone's edge
    pixels, across = pixels[steep], across[steep]
    distance = np.abs(flat[pixels] - np.float32(level)) / across
    cover = np.clip(half_px + 0.5 - distance, 0, 1)
    return ContourLine(pixels, np.round(cover * 256).astype(np.uint16), colour)


def _beside_the_crossing(above: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Flat indices of the pixels that have a neighbour on the other side; none on the rim of the picture."""
    beside = np.zeros_like(above)
    across, down = above[:, 1:] != above[:, :-1], above[1:] != above[:-1]
    inner = beside[1:-1, 1:-1]
    inner |= across[1:-1, 1:]
    inner |= across[1:-1, :-1]
    inner |= down[1:, 1:-1]
    inner |= down[:-1, 1:-1]
    return np.flatnonzero(beside)
