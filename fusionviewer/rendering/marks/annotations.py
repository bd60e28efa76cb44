"""Letters and lines on the panes of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from fusionviewer.geometry import Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.colours import rgb
from fusionviewer.rendering.layout import Box
from fusionviewer.rendering.marks.lettering import elided, lettering
from fusionviewer.rendering.slices import SliceRequest

GROUND: Final = "#2a2f36"
"""What shows between the panes."""

BRIGHT: Final = "#e4e7ec"
DIM: Final = "#98a1ac"
"""Words that are read first, and those that are read if one wants to know."""

_CROSS: Final = (205, 214, 228)

_FINE: Final = 4


@dataclass(frozen=True)
class Sheet:
    """What is drawn on, and how large a unit of the design is (a pixel at 1280×800)."""

    image: Image.Image
    unit: float

    @cached_property
    def draw(self) -> ImageDraw.ImageDraw:
        """Pillow's pen, which mixes colours that have an alpha."""
        return ImageDraw.Draw(self.image, "RGBA")

    def px(self, units: float) -> int:
        """Whole pixels, at least one."""
        return max(1, round(units * self.unit))

    def letters(self, units: float) -> int:
        """The size of text in pixels; what is smaller than eleven cannot be read."""
        return max(11, round(units * self.unit))

    def length(self, text: str, units: float) -> float:
        """How long a text would be, in pixels."""
        written, font = lettering(text, self.letters(units) * _FINE)
        return font.getlength(written) / _FINE

    def write(
        self,
        place: tuple[float, float],
        text: str,
        units: float,
        colour: str,
        *,
        anchor: str = "la",
        room: float | None = None,
        opacity: float = 1.0,
    ) -> float:
        """Write text with its anchor (Pillow's two letters) at a place (x, y), rimmed dark so that no image hides it.

        It is elided to `room` pixels; `opacity` is that of the letters, not of their rim. Returns its length in pixels.
        """
        # Drawn large and reduced: at screen sizes whole-pixel hinting would pull words together.
        size, rim = self.letters(units) * _FINE, round(self.unit * _FINE)
        text, font = lettering(text if room is None else elided(text, size, room * _FINE), size)
        x, y = place[0] * _FINE, place[1] * _FINE
        left, top, right, bottom = font.getbbox(text, anchor=anchor, stroke_width=rim)
        column, row = math.floor((x + left) / _FINE), math.floor((y + top) / _FINE)
        mask_size = ((math.ceil((right - left) / _FINE) + 2) * _FINE, (math.ceil((bottom - top) / _FINE) + 2) * _FINE)
        for ink, stroke in (((0, 0, 0), rim), (rgb(colour), 0)):
            mask = Image.new("L", mask_size)
            at = (x - column * _FINE, y - row * _FINE)
            ImageDraw.Draw(mask).text(at, text, 255, font, anchor, stroke_width=stroke)
            mask = mask.reduce(_FINE)
            if opacity < 1 and not stroke:
                mask = mask.point([round(n * opacity) for n in range(256)])
            self.image.paste(ink, (column, row), mask)
        return font.getlength(text) / _FINE


@dataclass(frozen=True)
class Pane:
    """One of the views: where it lies on the sheet, what it shows, what it is called and where its plane lies."""

    box: Box
    plane: SlicePlane
    viewport: Viewport
    title: str
    place: str
    crosshair: bool = True


def annotate_pane(sheet: Sheet, pane: Pane, bar_mm: float | None) -> None:
    """Name, position, side letters and a scale bar of `bar_mm` (None: no bar) on one pane, over all else."""
    plane, viewport = pane.plane, pane.viewport
    inner = pane.box.inset(sheet.px(10))
    sides = _side_letters(sheet, inner, plane.sides())
    for at, text, colour, _ in _title(sheet, inner, pane, before=sides[2][0]):
        sheet.write(at, text, 16, colour)
    for letters, (left, top, right, bottom) in zip(plane.sides(), sides, strict=True):
        # The crosshair makes way, so that no letter is ever crossed out.
        sheet.draw.rectangle((round(left), round(top), round(right), round(bottom)), (0, 0, 0, 190))
        sheet.write(((left + right) / 2, (top + bottom) / 2), letters, 17, BRIGHT, anchor="mm")
    if bar_mm is not None:
        _scale_bar(sheet, inner, bar_mm, viewport.mm_per_pixel)


def _side_letters(sheet: Sheet, inner: Box, sides: tuple[str, ...]) -> list[tuple[float, float, float, float]]:
    """Where the letters at the left, right, top and bottom lie: (left, top, right, bottom)."""
    across, down = (inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2
    high = sheet.letters(17)
    wide = [max(high, sheet.length(letters, 17) + sheet.px(5)) for letters in sides]
    lefts = (inner.left, inner.right - wide[1], across - wide[2] / 2, across - wide[3] / 2)
    tops = (down - high / 2, down - high / 2, inner.top, inner.bottom - high)
    return [(x, y, x + w, y + high) for x, y, w in zip(lefts, tops, wide, strict=True)]


def _title(sheet: Sheet, inner: Box, pane: Pane, before: float) -> list[tuple[tuple[float, float], str, str, float]]:
    """The pane's name and place, at the upper left; what would run into the upper letters (`before`) goes below.

    (place, text, colour, length) of each.
    """
    x, y, line = float(inner.left), float(inner.top), 1.2 * sheet.letters(17)
    words = []
    for text, colour in ((pane.title, BRIGHT), (pane.place, DIM if pane.title else BRIGHT)):
        if not text:
            continue
        length = sheet.length(text, 16)
        if x + length >= before:
            x, y = float(inner.left), y + line
        words.append(((x, y), text, colour, length))
        x += length + sheet.px(10)
    return words


def rooms_of_words(sheet: Sheet, pane: Pane) -> list[tuple[float, float, float, float]]:
    """Where letters and title stand in a pane that fills the sheet: left, top, right, bottom in pixels of each."""
    inner = Box(0, 0, pane.box.width, pane.box.height).inset(sheet.px(10))
    sides, high = _side_letters(sheet, inner, pane.plane.sides()), sheet.letters(16)
    title = _title(sheet, inner, pane, before=sides[2][0])
    return [*sides, *((x, y, x + length, y + high) for (x, y), _, _, length in title)]


def draw_glass(view: Image.Image, request: SliceRequest, thick: int) -> None:
    """The rim of the spy-glass on the picture of one pane, if there is one."""
    if request.blend.mode is not BlendMode.SPY_GLASS or request.focus_mm is None:
        return
    x, y = (float(v) for v in request.viewport.pixels(np.array(request.focus_mm)))
    radius = request.blend.glass_mm / 2 / request.viewport.mm_per_pixel
    pen = ImageDraw.Draw(view, "RGBA")
    for more, colour in ((1, (0, 0, 0, 170)), (0, (*rgb(BRIGHT), 255))):
        r = radius + more
        pen.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=thick + 2 * more)


def draw_crosshair(sheet: Sheet, box: Box, at: Points) -> None:
    """Two faint lines through a pixel (column, row) of the pane, with a gap that leaves the place itself free."""
    x, y = box.left + round(float(at[0])), box.top + round(float(at[1]))
    gap, colour = sheet.px(9), (*_CROSS, 96)
    right, bottom = box.right - 1, box.bottom - 1
    if box.left <= x <= right:
        for top, low in ((box.top, min(y - gap, bottom)), (max(y + gap, box.top), bottom)):
            if top <= low:
                sheet.draw.line((x, top, x, low), colour)
    if box.top <= y <= bottom:
        for left, end in ((box.left, min(x - gap, right)), (max(x + gap, box.left), right)):
            if left <= end:
                sheet.draw.line((left, y, end, y), colour)


def bar_length_mm(room_mm: float) -> float:
    """The longest of a few round lengths that fits."""
    return max((mm for mm in (5.0, 10.0, 20.0, 50.0, 100.0) if mm <= room_mm), default=5.0)


def _scale_bar(sheet: Sheet, inner: Box, length_mm: float, mm_per_pixel: float) -> None:
    """A bar with ticks and its length in words, at the lower right of a pane."""
    end, base = inner.right - 1, inner.bottom - 1
    begin = end - round(length_mm / mm_per_pixel)
    thick, tick = sheet.px(2), sheet.px(6)
    strokes = (
        (begin, base - thick + 1, end, base),
        (begin, base - tick, begin + thick - 1, base),
        (end - thick + 1, base - tick, end, base),
    )
    for rim, colour in ((1, (0, 0, 0)), (0, rgb(BRIGHT))):
        for left, top, right, bottom in strokes:
            sheet.draw.rectangle((left - rim, top - rim, right + rim, bottom + rim), colour)
    sheet.write(((begin + end) / 2, base - tick - sheet.px(3)), f"{length_mm:g} mm", 14, BRIGHT, anchor="md")
