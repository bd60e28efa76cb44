"""Fine lines where the values on a plane cross a threshold: the outline of bone on a CT, and that of a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from fusionviewer.rendering.colours import BONE_COLOUR, REGION_COLOUR, rgb

BONE_HU: Final = 300.0
"""Above soft tissue, contrast and fresh blood, below even thin cortical bone at full resolution."""

_STEEP_HU_PER_MM: Final = 30.0
"""A surface of bone rises faster than this; noise and marrow near the threshold do not, and draw no line."""

_HALF_LINE_PX: Final = 0.6

_EDGE_SIGMA_MM: Final = 1.0
"""Structures finer than this are no edges of an image: noise is not, and the brain's surface is."""

_STEEP_GREYS_PER_MM: Final = 12.0
"""Of the window's 256: a twentieth of it within a millimetre."""


@dataclass(frozen=True, eq=False)
class ContourLine:
    """Pixels of an outline: flat indices into the picture, and how much each is covered, 0…256."""

    pixels: NDArray[np.intp]
    cover: NDArray[np.uint16]
    colour: str

    def draw(self, picture: NDArray[np.uint8], strength: float = 1.0) -> None:
        """Draw into a (height, width, 4) picture in the order blue, green, red, 255, so strongly (0…1)."""
        flat = picture.reshape(-1, 4)
        colour = np.array([*rgb(self.colour)[::-1], 255], dtype=np.uint16)
        under = flat[self.pixels].astype(np.uint16)
        cover = np.round(self.cover * strength).astype(np.uint16)[:, None]
        flat[self.pixels] = (under * (256 - cover) + colour * cover) >> 8


def bone_line(
    values: NDArray[np.float32], mm_per_pixel: float, colour: str = BONE_COLOUR, half_px: float = _HALF_LINE_PX
) -> ContourLine:
    """The outline of bone on a plane of HU values (h, w), NaN outside, about a pixel wide and smooth."""
    return level_line(values, BONE_HU, _STEEP_HU_PER_MM * mm_per_pixel, colour, half_px)


def edge_line(greys: NDArray[np.uint8], outside: NDArray[np.bool_], mm_per_pixel: float, colour: str) -> ContourLine:
    """Where brightness changes most on a plane of greys (h, w), between the pixels as `bone_line` is.

    The zero crossings of the Laplacian of the smoothed greys (Marr & Hildreth 1980), where these rise by
    `_STEEP_GREYS_PER_MM` or more: what is an edge follows the window. The border of the image is none.
    """
    sigma = max(_EDGE_SIGMA_MM / mm_per_pixel, 1.0)
    smooth = _smoothed(greys, sigma)
    across, down = np.zeros_like(smooth), np.zeros_like(smooth)
    across[:, 1:-1] = smooth[:, 2:] - smooth[:, :-2]
    down[1:-1] = smooth[2:] - smooth[:-2]
    steep = across * across + down * down >= (2 * _STEEP_GREYS_PER_MM * mm_per_pixel) ** 2
    if outside.any():
        steep &= _smoothed(outside.astype(np.uint8), 2 * sigma) < 0.02
    bend = np.zeros_like(smooth)
    bend[1:-1, 1:-1] = smooth[1:-1, 2:] + smooth[1:-1, :-2] + smooth[2:, 1:-1] + smooth[:-2, 1:-1]
    bend[1:-1, 1:-1] -= 4 * smooth[1:-1, 1:-1]
    line = level_line(bend, 0.0, 1e-6, colour)
    kept = steep.ravel()[line.pixels]
    return ContourLine(line.pixels[kept], line.cover[kept], colour)


def _smoothed(values: NDArray[np.uint8], sigma_px: float) -> NDArray[np.float32]:
    """Blurred by a Gaussian, the border going on beyond it; as it is if it is too small for that."""
    if min(values.shape) < 4:
        return values.astype(np.float32)
    image = sitk.SmoothingRecursiveGaussian(sitk.GetImageFromArray(values.astype(np.float32)), sigma_px)
    out: NDArray[np.float32] = sitk.GetArrayFromImage(image)
    return out


def mask_line(values: NDArray[np.float32]) -> ContourLine:
    """The outline of a mask on a plane of its values (h, w), 0…1, NaN outside its grid, which counts as 0."""
    # where the mask ends with its grid the values fall from 1 to 0 between two pixels, and both are a pixel away
    return level_line(np.nan_to_num(values), 0.5, 1e-3, REGION_COLOUR, 2 * _HALF_LINE_PX)


def level_line(
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
