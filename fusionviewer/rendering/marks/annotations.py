"""What stands on every pane: crosshair, side letters, scale, title, the spyglass' rim and what lines mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from fusionviewer.rendering.colours import ERROR_COLOUR, TEXT_COLOUR
from fusionviewer.rendering.marks.primitives import (
    Circle,
    Letters,
    Line,
    Primitive,
    Room,
    Rule,
    Spot,
    Stroke,
    Text,
    start_of,
)

LEGEND: Final = ("lines: predicted error of the landmark fit (TRE), mm RMS", "TRE of the landmark fit, mm")
"""What the TRE isocontours are, in full and where there is little room."""

_LEGEND_ROOM: Final = 210.0
"""What they are takes no longer lines than this."""


def crosshair(
    at: Spot, room: Room, colours: tuple[str, str], *, opacity: float, gap: float, rim_opacity: float = 0.0
) -> list[Primitive]:
    """An upright and a level thin line through a place that leave the place itself free, in two colours."""
    (x, y), (left, top, right, bottom), (upright, level) = (math.floor(v) for v in at), room, colours
    lines = (
        ((x, top), (x, y - gap), upright),
        ((x, y + gap), (x, bottom), upright),
        ((left, y), (x - gap, y), level),
        ((x + gap, y), (right, y), level),
    )
    return [Rule(start, end, colour, opacity, rim_opacity) for start, end, colour in lines if start < end]


def glass(at: Spot, radius: float) -> Stroke:
    """The rim of the spyglass."""
    return Stroke((Circle(at, radius),), TEXT_COLOUR)


def rooms_of_sides(sides: Sequence[str], extent: Spot, letters: Letters, inset: float, margin: float = 0) -> list[Room]:
    """Where the letters at the left, right, top and bottom stand, with a margin about them."""
    (width, height), high = extent, letters.cap("side") + margin
    wide = [max(high if margin else 0.0, letters.length(text, "side") + margin) for text in sides]
    lefts = (inset, width - inset - wide[1], (width - wide[2]) / 2, (width - wide[3]) / 2)
    tops = ((height - high) / 2, (height - high) / 2, inset, height - inset - high)
    return [(x, y, x + w, y + high) for x, y, w in zip(lefts, tops, wide, strict=True)]


def side_letters(sides: Sequence[str], rooms: Sequence[Room]) -> list[Text]:
    """R L A P, and H F or S I, in the middle of their rooms."""
    middles = (((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in rooms)
    return [Text(at, text, role="side", anchor="mm") for at, text in zip(middles, sides, strict=True)]


def round_length(longest_mm: float) -> float:
    """The greatest of 1, 2, 5 × 10ⁿ that is not longer."""
    power = 10.0 ** math.floor(math.log10(longest_mm))
    return max(n * power for n in (1, 2, 5) if n * power <= longest_mm)


def scale_bar(length_mm: float, mm_per_unit: float, corner: Spot, *, right: bool) -> list[Primitive]:
    """A bar that is so long, with ticks at its ends, and its length in words.

    It begins at a corner at the lower left, with the words behind it, or ends at one at the lower right, with them
    above it.
    """
    length, (x, y), tick, words = length_mm / mm_per_unit, corner, 5.0, f"{length_mm:g} mm"
    left = x - length if right else x
    ends = (left + 0.5, y - tick), (left + 0.5, y - 0.5), (left + length, y - 0.5), (left + length, y - tick)
    text = Text((left + length / 2, y - tick - 4), words, anchor="ms") if right else Text((left + length + 8, y), words)
    return [Stroke((Line(ends),), TEXT_COLOUR), text]


def legend(text: str, at: Spot, letters: Letters, *, room: float) -> list[Text]:
    """What TRE isocontours are, or why there are none; the last base line begins at `at`."""
    lines = _wrapped(text, letters, min(room, _LEGEND_ROOM))
    top, step = at[1] - letters.line("note") * (len(lines) - 1), letters.line("note")
    return [Text((at[0], top + n * step), line, ERROR_COLOUR, "note") for n, line in enumerate(lines)]


def room_of(text: Text, letters: Letters) -> Room:
    """What a text takes."""
    (left, base), cap = start_of(text, letters), letters.cap(text.role)
    return left, base - 1.2 * cap, left + letters.length(text.text, text.role), base + 0.3 * cap


def _wrapped(text: str, letters: Letters, room: float) -> list[str]:
    """A text in lines that are not longer than there is room for, if its words are not."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letters.length(longer, "note") <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
