"""A pane of a picture: what lies over its image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.geometry import SideLetters, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.colours import TEXT_COLOUR
from fusionviewer.rendering.layout import PixelBox
from fusionviewer.rendering.marks.annotations import (
    crosshair,
    glass,
    legend,
    room_of,
    rooms_of_sides,
    scale_bar,
    side_letters,
)
from fusionviewer.rendering.marks.error_contours import draw_error_lines
from fusionviewer.rendering.marks.landmarks import draw_marks
from fusionviewer.rendering.marks.primitives import Block, Primitive, Room, Text
from fusionviewer.rendering.marks.projection import Projection
from fusionviewer.rendering.marks.sheet import DIM, Sheet
from fusionviewer.rendering.marks.values import Marks
from fusionviewer.rendering.slices import SliceRequest

_INSET: Final = 10.0
_AROUND_LETTERS: Final = 5.0
_BEHIND_LETTERS: Final = 0.75
_CROSS: Final = "#cdd6e4"
_CROSS_OPACITY: Final = 0.38
_GAP: Final = 9.0
_MOST_LINES: Final = 3
"""Of the full legend; with more of them a shorter one is written."""


@dataclass(frozen=True)
class Pane:
    """One of the views: where it lies on the sheet, what it shows, what it is called and where its plane lies."""

    box: PixelBox
    plane: SlicePlane
    viewport: Viewport
    title: str
    place: str
    crosshair: bool = True
    letters: SideLetters = "HF"


def draw_over(sheet: Sheet, pane: Pane, request: SliceRequest, marks: Marks, *, names: bool, legend: bool) -> None:
    """Draw what must not reach beyond a pane on a sheet that it fills: crosshair, spyglass and marks.

    Without `names`, pairs and targets have their numbers. `legend` says what the TRE isocontours are.
    """
    view, letters = Projection(pane.plane, pane.viewport, sheet.unit), sheet.face
    items: list[Primitive] = []
    if pane.crosshair:
        (at,) = view.spots(pane.plane.point[None])
        items += crosshair(at, (0, 0, *view.extent), (_CROSS, _CROSS), opacity=_CROSS_OPACITY, gap=_GAP)
    if request.back and request.front and request.blend.mode is BlendMode.SPY_GLASS and request.focus_mm:
        middle = view.on_pane(np.array(request.focus_mm)).tolist()
        items.append(glass((middle[0], middle[1]), request.blend.glass_mm / 2 / view.mm_per_unit))
    taken = rooms_of_words(sheet, pane)
    error: list[Primitive] = []
    if marks.error is not None:
        error = draw_error_lines(marks.error, view, letters, taken)
        words = _legend(sheet, pane, marks.error.legend) if legend else []
        taken += [room_of(text, letters) for text in words]
        error += words
    sheet.paint([*items, *error, *draw_marks(marks, view, letters, names=names, taken=taken)])


def _legend(sheet: Sheet, pane: Pane, told: tuple[str, str]) -> list[Text]:
    """What the lines are, left of the letter at the lower edge; where there is no room, in short and above it."""
    letters, (width, height) = sheet.face, (v / sheet.unit for v in (pane.box.width, pane.box.height))
    letter = letters.cap("side") + _AROUND_LETTERS
    at, room = (_INSET, height - _INSET - 3), width / 2 - letter - _INSET
    words = legend(told[0], at, letters, room=room)
    if len(words) > _MOST_LINES or max(letters.length(text.text, text.role) for text in words) > room:
        words = legend(told[1], (_INSET, at[1] - 1.3 * letter), letters, room=width - 2 * _INSET)
    return words


def annotate_pane(sheet: Sheet, pane: Pane, bar_mm: float | None) -> None:
    """Name, position, side letters and a scale bar of `bar_mm` (None: no bar) on one pane, over all else."""
    rooms, title = _letters_and_title(sheet, pane)
    # The crosshair makes way, so that no letter is ever crossed out.
    items: list[Primitive] = [Block(room, opacity=_BEHIND_LETTERS) for room in rooms]
    items += [*side_letters(pane.plane.sides(pane.letters), rooms), *title]
    if bar_mm is not None:
        corner = pane.box.width / sheet.unit - _INSET, pane.box.height / sheet.unit - _INSET
        items += scale_bar(bar_mm, pane.viewport.mm_per_pixel * sheet.unit, corner, right=True)
    sheet.paint(items, (pane.box.left, pane.box.top))


def rooms_of_words(sheet: Sheet, pane: Pane) -> list[Room]:
    """Where letters and title stand in a pane."""
    rooms, title = _letters_and_title(sheet, pane)
    return [*rooms, *(room_of(text, sheet.face) for text in title)]


def _letters_and_title(sheet: Sheet, pane: Pane) -> tuple[list[Room], list[Text]]:
    """The rooms of the side letters, and the pane's name and place at the upper left.

    What of these would run into the letter at the upper edge goes below.
    """
    extent = pane.box.width / sheet.unit, pane.box.height / sheet.unit
    rooms = rooms_of_sides(pane.plane.sides(pane.letters), extent, sheet.face, _INSET, _AROUND_LETTERS)
    letters, words, upper = sheet.face, list[Text](), rooms[2]
    x, y = _INSET, (upper[1] + upper[3]) / 2
    for text, colour in ((pane.title, TEXT_COLOUR), (pane.place, DIM if pane.title else TEXT_COLOUR)):
        if text:
            length = letters.length(text, "title")
            if x + length >= upper[0]:
                x, y = _INSET, y + letters.line("title")
            words.append(Text((x, y), text, colour, "title", "lm"))
            x += length + 10
    return rooms, words
