"""Where the panes of a picture lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Extent = tuple[float, float]
"""Width and height in mm."""


@dataclass(frozen=True)
class PixelBox:
    """A rectangle of whole pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column beyond."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row beyond."""
        return self.top + self.height

    def inset(self, margin: int) -> PixelBox:
        """Smaller by a margin on every side."""
        return PixelBox(self.left + margin, self.top + margin, self.width - 2 * margin, self.height - 2 * margin)


@dataclass(frozen=True)
class Arrangement:
    """Boxes for the axial, coronal and sagittal panes and for the words, and the scale that all panes share."""

    axial: PixelBox
    coronal: PixelBox
    sagittal: PixelBox
    words: PixelBox
    words_in_a_row: bool
    """Whether the box of words is a low strip and not a cell."""
    mm_per_pixel: float


def arrange(size: tuple[int, int], extents: tuple[Extent, Extent, Extent], gap: int, strip: int) -> Arrangement:
    """Lay three panes out so that what they must show (axial, coronal, sagittal) is drawn as large as possible.

    Either in a row above a strip of words `strip` pixels high, or as two by two with the words in the fourth cell.
    """
    width, height = size
    axial, coronal, sagittal = extents
    tall = height - gap - strip
    wide_mm, high_mm = [e[0] for e in extents], max(e[1] for e in extents)
    row_scale = min((width - 2 * gap) / sum(wide_mm), tall / high_mm)
    columns, rows = (max(axial[0], coronal[0]), sagittal[0]), (max(axial[1], sagittal[1]), coronal[1])
    grid_scale = min((width - gap) / sum(columns), (height - gap) / sum(rows))
    if row_scale > grid_scale:
        a, c, s = (PixelBox(left, 0, wide, tall) for left, wide in _share(width, wide_mm, row_scale, gap))
        return Arrangement(a, c, s, PixelBox(0, tall + gap, width, strip), True, 1 / row_scale)
    (left, wide_left), (right, wide_right) = _share(width, columns, grid_scale, gap)
    (top, tall_top), (bottom, tall_bottom) = _share(height, rows, grid_scale, gap)
    return Arrangement(
        axial=PixelBox(left, top, wide_left, tall_top),
        coronal=PixelBox(left, bottom, wide_left, tall_bottom),
        sagittal=PixelBox(right, top, wide_right, tall_top),
        words=PixelBox(right, bottom, wide_right, tall_bottom),
        words_in_a_row=False,
        mm_per_pixel=1 / grid_scale,
    )


def natural_size(extents: tuple[Extent, Extent, Extent], pixels_per_mm: float, gap: int) -> tuple[int, int]:
    """The size of a picture in which `arrange` puts the panes two by two at this scale."""
    axial, coronal, sagittal = extents
    wide_mm = max(axial[0], coronal[0]) + sagittal[0]
    high_mm = max(axial[1], sagittal[1]) + coronal[1]
    return math.ceil(wide_mm * pixels_per_mm) + gap, math.ceil(high_mm * pixels_per_mm) + gap


def tile(size: tuple[int, int], tiles: tuple[int, int], gap: int) -> list[PixelBox]:
    """So many boxes (columns, rows) in reading order that fill a size, alike to a pixel, with gaps between."""
    across, down = (_share(pixels, [0.0] * n, 0.0, gap) for pixels, n in zip(size, tiles, strict=True))
    return [PixelBox(left, top, width, height) for top, height in down for left, width in across]


def _share(pixels: int, extents_mm: Sequence[float], scale: float, gap: int) -> list[tuple[int, int]]:
    """(start, length) of parts that fill `pixels` with gaps between: each as long as it needs, and the rest evenly."""
    spare = (pixels - gap * (len(extents_mm) - 1) - scale * sum(extents_mm)) / len(extents_mm)
    parts, start, exact = [], 0, 0.0
    for number, extent in enumerate(extents_mm):
        exact += scale * extent + spare
        end = pixels if number == len(extents_mm) - 1 else round(exact) + number * gap
        parts.append((start, end - start))
        start = end + gap
    return parts
