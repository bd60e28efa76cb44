"""The words, letters and lines on a picture of the fused views."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

import fusionviewer
from fusionviewer.geometry import Orientation, Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.blends import FADED
from fusionviewer.rendering.colours import BONE_COLOUR, FIXED_COLOUR, MOVING_COLOUR, rgb
from fusionviewer.rendering.layout import Box, Layout
from fusionviewer.rendering.lettering import elided, lettering
from fusionviewer.rendering.slices import Layer, SliceRequest

GROUND: Final = "#2a2f36"
"""What shows between the panes."""

_PANEL: Final = "#16181c"
_BRIGHT: Final = "#e4e7ec"
_DIM: Final = "#98a1ac"
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
    ) -> float:
        """Write text with its anchor (Pillow's two letters) at a place (x, y), rimmed dark so that no image hides it.

        It is elided to `room` pixels. Returns its length in pixels.
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
            self.image.paste(ink, (column, row), mask.reduce(_FINE))
        return font.getlength(text) / _FINE


@dataclass(frozen=True)
class Pane:
    """One of the three views: where it lies on the sheet, and what it shows."""

    box: Box
    orientation: Orientation
    plane: SlicePlane
    viewport: Viewport


def annotate_pane(sheet: Sheet, pane: Pane, bar_mm: float) -> None:
    """Crosshair, name, position, side letters and a scale bar of `bar_mm` on one pane."""
    box, orientation, plane, viewport = pane.box, pane.orientation, pane.plane, pane.viewport
    _crosshair(sheet, box, viewport.pixels(plane.screen(plane.point)))
    inner = box.inset(sheet.px(10))
    axis = orientation.normal_axis
    length = sheet.write((inner.left, inner.top), orientation.name.capitalize(), 16, _BRIGHT)
    position = f"{'xyz'[axis]} {_number(float(plane.point[axis]))} mm"
    across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    half = sheet.letters(17) / 2
    beside = inner.left + length + sheet.px(10)
    if beside + sheet.length(position, 16) < across - 2 * half:
        sheet.write((beside, inner.top), position, 16, _DIM)
    else:
        sheet.write((inner.left, inner.top + 2.4 * half), position, 16, _DIM)
    centres = (
        (inner.left + half, down),
        (inner.right - half, down),
        (across, inner.top + half),
        (across, inner.bottom - half),
    )
    for letter, (x, y) in zip(plane.sides(), centres, strict=True):
        # The crosshair makes way, so that no letter is ever crossed out.
        sheet.draw.rectangle((round(x - half), round(y - half), round(x + half), round(y + half)), (0, 0, 0, 190))
        sheet.write((x, y), letter, 17, _BRIGHT, anchor="mm")
    _scale_bar(sheet, inner, bar_mm, viewport.mm_per_pixel)


def _crosshair(sheet: Sheet, box: Box, at: Points) -> None:
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
    for rim, colour in ((1, (0, 0, 0)), (0, rgb(_BRIGHT))):
        for left, top, right, bottom in strokes:
            sheet.draw.rectangle((left - rim, top - rim, right + rim, bottom + rim), colour)
    sheet.write(((begin + end) / 2, base - tick - sheet.px(3)), f"{length_mm:g} mm", 14, _BRIGHT, anchor="md")


def write_words(sheet: Sheet, layout: Layout, back: Layer, front: Layer, request: SliceRequest) -> None:
    """What is shown: names and windows of the images, the blend, the place, and what this is not."""
    box = layout.words
    sheet.draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), _PANEL)
    inner = box.inset(sheet.px(16))
    if layout.words_in_a_row:
        gap = sheet.px(32)
        wide = inner.width - 3 * gap
        rooms = (0.27 * wide, 0.27 * wide, 0.18 * wide, 0.28 * wide)
        places = [(inner.left + sum(rooms[:n]) + n * gap, float(inner.top)) for n in range(4)]
    else:
        step = min(inner.height / 4, sheet.letters(15) * 4.2)
        rooms = (inner.width,) * 2 + (min(inner.width, sheet.px(360)), inner.width)
        places = [(float(inner.left), inner.top + n * step) for n in range(4)]
    _name(sheet, places[0], rooms[0], ("FIXED", FIXED_COLOUR), back)
    _name(sheet, places[1], rooms[1], ("MOVING", MOVING_COLOUR), front)
    _blend(sheet, places[2], rooms[2], request)
    _position(sheet, places[3], rooms[3], request.plane.point)


def _second_line(sheet: Sheet, place: tuple[float, float]) -> tuple[float, float]:
    return place[0], place[1] + sheet.letters(15) * 1.7


def _name(sheet: Sheet, place: tuple[float, float], room: float, role: tuple[str, str], layer: Layer) -> None:
    """The role and its colour, the image's name in it, and its window."""
    title, colour = role
    length = sheet.write(place, title, 15, _DIM) + sheet.px(9)
    sheet.write((place[0] + length, place[1]), layer.volume.name, 15, colour, room=room - length)
    unit = " HU" if layer.volume.modality == "CT" else ""
    window = f"level {_short(layer.window.level)}   width {_short(layer.window.width)}{unit}"
    sheet.write(_second_line(sheet, place), window, 13, _DIM, room=room)


def _blend(sheet: Sheet, place: tuple[float, float], width: float, request: SliceRequest) -> None:
    """The fade as a bar from the fixed image's colour to the moving one's, or the checkerboard in words."""
    low = _second_line(sheet, place)
    if request.bone_edges:
        sheet.write((place[0] + width, place[1]), "bone of the CT", 13, BONE_COLOUR, anchor="ra")
    blend = request.blend
    if blend.mode not in FADED:
        sheet.write(place, blend.mode.value, 15, _BRIGHT)
        sheet.write(low, blend.parameter_text, 13, _DIM)
        return
    sheet.write(place, blend.parameter_text, 15, _BRIGHT)
    left, top, thick = place[0], round(low[1] + sheet.letters(13) * 0.4), sheet.px(5)
    ends = np.array([rgb(FIXED_COLOUR), rgb(MOVING_COLOUR)], dtype=np.float64)
    for column in range(round(width)):
        share = column / max(1.0, width - 1)
        red, green, blue = (round(v) for v in ends[0] * (1 - share) + ends[1] * share)
        sheet.draw.line((left + column, top, left + column, top + thick - 1), (red, green, blue, 170))
    knob, half, over = round(left + blend.fade * width), sheet.px(2), sheet.px(5)
    sheet.draw.rectangle((knob - half, top - over, knob + half, top + thick - 1 + over), _BRIGHT)


def _position(sheet: Sheet, place: tuple[float, float], room: float, at: Points) -> None:
    position = "   ".join(f"{axis} {_number(float(v))}" for axis, v in zip("xyz", at, strict=True))
    sheet.write(place, f"{position} mm", 15, _BRIGHT, room=room)
    warning = "not a medical device"
    signed = f"fusionviewer {fusionviewer.__version__} · {warning}"
    fits = sheet.length(signed, 13) <= room
    sheet.write(_second_line(sheet, place), signed if fits else warning, 13, _DIM)


def _number(value: float) -> str:
    """A position in mm with one digit; never "-0.0"."""
    return f"{round(value, 1) + 0.0:.1f}"


def _short(value: float) -> str:
    """Up to four digits, and no exponent where a plain number is as short."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.4g}"
