"""Text on pictures, without Qt."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.rendering.marks.primitives import Role

Font = ImageFont.FreeTypeFont

_SYSTEM_FONTS: Final = ("DejaVuSans.ttf", "segoeui.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "msyh.ttc")
"""Asked for only where a file name has letters that the program's typeface lacks."""

_TYPEFACE: Final = "InterTabular-Regular.ttf"

_ELLIPSIS: Final = "…"


@cache
def typeface_folder() -> Path | None:
    """The folder of the typeface that comes with the program; None where an installation lacks it."""
    try:
        folder = sample_folder().parent / "typeface"
    except UnreadableInput:
        return None
    return folder if (folder / _TYPEFACE).is_file() else None


@cache
def _font(size: int, name: str = "") -> Font:
    """The program's typeface, or one of the system's by its file name. Raises OSError if that is not there."""
    # The basic layout looks the same on every system, and takes whatever letters a file name has.
    if name:
        return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)
    folder = typeface_folder()
    if folder is not None:
        return ImageFont.truetype(folder / _TYPEFACE, size, layout_engine=ImageFont.Layout.BASIC)
    font = ImageFont.load_default(size)  # Pillow's own
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise OSError("Pillow was built without FreeType")
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


def _can_write(font: Font, text: str) -> bool:
    unknown = font.getmask("\U0010ffff")
    empty = (unknown.size, bytes(unknown))
    masks = (font.getmask(letter) for letter in set(text) - {" "})
    return all((mask.size, bytes(mask)) != empty for mask in masks)


def lettering(text: str, size: int) -> tuple[str, Font]:
    """A font of `size` pixels that can write the text, and the text as that font writes it.

    Where no font at hand has a letter, its accents are dropped, and what is still unknown becomes a question mark.
    """
    text = "".join(c if c.isprintable() else "?" for c in text)
    font = _font(size)
    if _can_write(font, text):
        return text, font
    for name in _SYSTEM_FONTS:
        try:
            other = _font(size, name)
        except OSError:
            continue
        if _can_write(other, text):
            return text, other
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if c == " " or _can_write(font, c) else "?" for c in plain), font


def elided(text: str, size: int, width: float) -> str:
    """The text itself if it fits into `width` pixels, else with its middle left out: names differ at their ends."""
    written, font = lettering(text, size)
    if font.getlength(written) <= width:
        return text
    low, high = 0, len(text) - 1  # the most letters that fit
    while low < high:
        kept = (low + high + 1) // 2
        written, font = lettering(_without_middle(text, kept), size)
        low, high = (kept, high) if font.getlength(written) <= width else (low, kept - 1)
    return _without_middle(text, low)


def _without_middle(text: str, kept: int) -> str:
    tail = kept // 2
    return text[: kept - tail] + _ELLIPSIS + text[len(text) - tail :]


_UNITS: Final[dict[Role, float]] = {"name": 14, "strong": 14, "title": 16, "side": 17, "note": 13}

FINE: Final = 4
"""Letters are drawn so many times larger and reduced."""
_SMALLEST: Final = 11
"""Pixels: what is smaller cannot be read."""


@dataclass(frozen=True)
class Face:
    """How large texts are on a picture whose unit is so many pixels; lengths are units (see `primitives.Letters`)."""

    unit: float

    def units(self, role: Role) -> float:
        """The size of letters."""
        return _UNITS[role]

    def pixels(self, units: float) -> int:
        """The size of letters in whole pixels."""
        return max(_SMALLEST, round(units * self.unit))

    def long(self, text: str, units: float) -> float:
        """How long a text is in letters of a size."""
        written, font = lettering(text, self.pixels(units) * FINE)
        return font.getlength(written) / FINE / self.unit

    def length(self, text: str, role: Role) -> float:
        """How long a text is."""
        return self.long(text, _UNITS[role])

    def elided(self, text: str, role: Role, room: float) -> str:
        """The text, or as much of its ends as there is room for."""
        return elided(text, self.pixels(_UNITS[role]) * FINE, room * self.unit * FINE)

    def cap(self, role: Role) -> float:
        """How high capitals are."""
        return -_font(self.pixels(_UNITS[role]) * FINE).getbbox("H", anchor="ls")[1] / FINE / self.unit

    def line(self, role: Role) -> float:
        """From one base line to the next."""
        return 1.35 * self.pixels(_UNITS[role]) / self.unit
