"""The painter of pictures: a display list on an image, with Pillow and NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from fusionviewer.geometry import Points
from fusionviewer.rendering.colours import rgb
from fusionviewer.rendering.marks import strokes
from fusionviewer.rendering.marks.lettering import FINE, Face, elided, lettering
from fusionviewer.rendering.marks.primitives import (
    Block,
    Line,
    Primitive,
    Room,
    Rule,
    Shape,
    Spot,
    Strip,
    Stroke,
    start_of,
    strip_pixels,
)

GROUND: Final = "#2a2f36"
"""What shows between the panes."""

DIM: Final = "#98a1ac"
"""Words that are read if one wants to know."""

_DARK: Final = (0, 0, 0)
_THINNEST: Final = 1.1
"""Pixels: a thinner line would look uneven."""


@dataclass(frozen=True)
class Sheet:
    """What is drawn on, and how large a unit of the design is (a pixel at 1280×800)."""

    image: Image.Image
    unit: float

    @cached_property
    def draw(self) -> ImageDraw.ImageDraw:
        """Pillow's pen, which mixes colours that have an alpha."""
        return ImageDraw.Draw(self.image, "RGBA")

    @property
    def face(self) -> Face:
        """The letters of texts in a display list."""
        return Face(self.unit)

    def px(self, units: float) -> int:
        """Whole pixels, at least one."""
        return max(1, round(units * self.unit))

    def letters(self, units: float) -> int:
        """The size of text in pixels; what is smaller than eleven cannot be read."""
        return self.face.pixels(units)

    def length(self, text: str, units: float) -> float:
        """How long a text would be, in pixels."""
        return self.face.long(text, units) * self.unit

    def paint(self, items: Iterable[Primitive], corner: tuple[int, int] = (0, 0)) -> None:
        """Paint a display list, whose (0, 0) is the upper left corner of a pixel."""
        left, top = corner
        for item in items:
            match item:
                case Stroke():
                    self._stroke(item, np.array(corner) - 0.5)
                case Block(room, colour, opacity):
                    x, y, right, bottom = self._pixels(room, corner)
                    self.draw.rectangle((x, y, right - 1, bottom - 1), (*rgb(colour), round(255 * opacity)))
                case Strip(room):
                    x, y, right, bottom = self._pixels(room, corner)
                    self.image.paste(Image.fromarray(strip_pixels(item, right - x, bottom - y)), (x, y))
                case Rule(start, end, colour, opacity):
                    (x, y), (right, bottom) = ((math.floor(v * self.unit) for v in place) for place in (start, end))
                    line = (left + x, top + y, left + max(x, right - 1), top + max(y, bottom - 1))
                    self.draw.line(line, (*rgb(colour), round(255 * opacity)))
                case _:
                    across, down = start_of(item, self.face)
                    place = left + across * self.unit, top + down * self.unit
                    units = self.face.units(item.role)
                    self.write(place, item.text, units, item.colour, anchor="ls", opacity=item.opacity)

    def write(
        self,
        place: Spot,
        text: str,
        units: float,
        colour: str,
        *,
        anchor: str = "la",
        room: float | None = None,
        opacity: float = 1.0,
    ) -> float:
        """Write text with its anchor (Pillow's two letters) at a place (x, y), rimmed dark so that no image hides it.

        It is elided to `room` pixels. Returns its length in pixels.
        """
        # Drawn large and reduced: at screen sizes whole-pixel hinting would pull words together.
        size, rim = self.letters(units) * FINE, round(self.unit * FINE)
        text, font = lettering(text if room is None else elided(text, size, room * FINE), size)
        x, y = place[0] * FINE, place[1] * FINE
        left, top, right, bottom = font.getbbox(text, anchor=anchor, stroke_width=rim)
        column, row = math.floor((x + left) / FINE), math.floor((y + top) / FINE)
        mask_size = ((math.ceil((right - left) / FINE) + 2) * FINE, (math.ceil((bottom - top) / FINE) + 2) * FINE)
        for ink, stroke in ((_DARK, rim), (rgb(colour), 0)):
            mask = Image.new("L", mask_size)
            at = (x - column * FINE, y - row * FINE)
            ImageDraw.Draw(mask).text(at, text, 255, font, anchor, stroke_width=stroke)
            mask = mask.reduce(FINE)
            if opacity < 1:
                mask = mask.point([round(n * opacity) for n in range(256)])
            self.image.paste(ink, (column, row), mask)
        return font.getlength(text) / FINE

    def _pixels(self, room: Room, corner: tuple[int, int]) -> tuple[int, int, int, int]:
        (left, top), (x, y, right, bottom) = corner, (round(v * self.unit) for v in room)
        return left + x, top + y, left + right, top + bottom

    def _stroke(self, item: Stroke, corner: Points) -> None:
        """The rims of all shapes, what is within them, and the lines."""
        width, rim, colour = max(_THINNEST, item.width * self.unit), item.rim * self.unit, rgb(item.colour)
        room = width / 2 + rim + 1
        closed = [shape for shape in item.shapes if shape.closed]
        runs = [self._places(shape, corner) for shape in item.shapes if not shape.closed]
        whole = [strokes.lines(self.image, runs, room), *(self._closed(shape, corner, room) for shape in closed)]
        traces = [trace for trace in whole if trace is not None]
        for trace in traces if rim else ():
            trace.draw(self.image, width + 2 * rim, _DARK, item.opacity * item.rim_opacity)
        for trace in traces if item.fill else ():
            trace.fill(self.image, colour, item.opacity * item.fill)
        if item.dash:
            pieces = [
                piece
                for shape in closed
                for piece in strokes.dashes(self._places(shape, corner), item.dash * self.unit, width)
            ]
            dashed = strokes.lines(self.image, pieces, room)
            traces = [] if dashed is None else [dashed]
        for trace in traces if item.width else ():
            trace.draw(self.image, width, colour, item.opacity)

    def _closed(self, shape: Shape, corner: Points, room: float) -> strokes.Trace | None:
        if isinstance(shape, Line):
            return strokes.polygon(self.image, self._places(shape, corner), room)
        x, y = (corner + np.array(shape.at) * self.unit).tolist()
        return strokes.circle(self.image, (x, y), shape.radius * self.unit, room)

    def _places(self, shape: Shape, corner: Points) -> Points:
        """A line's places, or some around a circle, (n, 2) as `strokes` counts them."""
        if isinstance(shape, Line):
            return np.asarray(corner + np.array(shape.places) * self.unit)
        turn = np.linspace(0, 2 * math.pi, 64, endpoint=False)[:, None]
        around = np.array(shape.at) + shape.radius * np.hstack([np.cos(turn), np.sin(turn)])
        return np.asarray(corner + around * self.unit)
