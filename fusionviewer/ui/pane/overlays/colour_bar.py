"""What the colours of a pane mean: a slim bar for each image that is not grey, and the legend of the colour overlay."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from PyQt6.QtCore import QSize

from fusionviewer.rendering.blends import FADED, Blend
from fusionviewer.rendering.colours import COLOUR_PAIRS, ColourPair, Table, colour_table, tint_table
from fusionviewer.rendering.marks.landmarks import shape
from fusionviewer.rendering.marks.primitives import Block, Letters, Primitive, Room, Spot, Strip, Stroke, Text
from fusionviewer.rendering.window import SHOULDER, Window
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.widgets.value_text import written_value

_WIDTH: Final = 10.0
_SHORTEST: Final = 5.0 * UNIT
_MARGIN: Final = float(UNIT)


@dataclass(frozen=True, eq=False)
class Bar:
    """One image's colours: its table from dark to bright, and (share of the height, words) of what is written."""

    side: Side
    table: Table
    ticks: tuple[tuple[float, str], ...]

    @property
    def look(self) -> Hashable:
        """Everything that it looks like."""
        return self.side, self.table.tobytes(), self.ticks


@dataclass(frozen=True)
class ColoursShown:
    """What a pane says of its colours: the bars, and the colours of the overlay, for which there is a legend."""

    bars: tuple[Bar, ...]
    pair: ColourPair | None

    @property
    def look(self) -> Hashable:
        """Everything that it looks like."""
        return tuple(bar.look for bar in self.bars), self.pair


def ticks_of(window: Window, modality: str) -> tuple[tuple[float, str], ...]:
    """(share, words) of a window's ends, and of its shoulder if it has one; the unit stands at the top."""
    top = (1.0, written_value(window.white, modality))
    shoulder = ((SHOULDER, written_value(window.high)),) if window.toned else ()
    return ((0.0, written_value(window.low)), *shoulder, top)


def shown_table(view: ViewState, blend: Blend, side: Side, *, tinted: bool) -> Table:
    """The colours in which an image is seen now, dark to bright; `tinted`: where both are put together."""
    if tinted and blend.tint is not None:
        return tint_table(COLOUR_PAIRS[blend.tint][SIDES.index(side)], up=side == "moving")
    return colour_table(view.colours(side))


def bars_of(state: FusionState, view: ViewState, blend: Blend, sides: tuple[Side, ...]) -> list[Bar]:
    """The bars of a pane of these images; none for what is grey anyway, or not seen in its colours."""
    both = len(sides) == 2 and state.has_pair
    two_colours = both and blend.tint is not None
    bars = []
    for side in _seen(blend) if both else sides:
        volume = state.volume(side)
        if volume is not None and (two_colours or view.colours(side) != "grey"):
            table = shown_table(view, blend, side, tinted=both)
            bars.append(Bar(side, table, ticks_of(view.window(side), volume.modality)))
    return bars


def _seen(blend: Blend) -> tuple[Side, ...]:
    """Which of both images are seen in their own colours."""
    if blend.mode in FADED and blend.fade in (0.0, 1.0):
        return ("moving",) if blend.fade else ("fixed",)
    return tuple(side for side, seen in zip(SIDES, blend.in_colours, strict=True) if seen)


def colours_shown(context: PaneContext) -> ColoursShown | None:
    """What a pane says of its colours; nothing where they are grey, or where another pane says the same."""
    if not context.view.colour_bar or not context.first:
        return None
    bars = bars_of(context.state, context.view, context.blend, context.sides)
    pair = context.blend.tint if context.shows_pair else None
    return ColoursShown(tuple(bars), pair) if bars or pair is not None else None


def draw_colours(shown: ColoursShown, size: QSize, letters: Letters) -> list[Primitive]:
    """The bars, at the right above the side's letter; and below it, which colour is which image."""
    bars, drawn = shown.bars, list[Primitive]()
    x, widths = size.width() - _MARGIN, [_width_of(bar, letters) for bar in bars]
    top, bottom = _MARGIN, size.height() / 2 - 3 * UNIT
    if x - sum(widths) < size.width() / 2 + 2 * UNIT:  # below the letter of the upper side
        top += 2 * UNIT
    for bar, width in zip(reversed(bars), reversed(widths), strict=True):
        drawn += _draw_bar(bar, (x - width, top, x, bottom), letters)
        x -= width
    if shown.pair is not None:
        swatches = {side: "#{:02x}{:02x}{:02x}".format(*COLOUR_PAIRS[shown.pair][n]) for n, side in enumerate(SIDES)}
        drawn += _draw_legend(swatches, (size.width() - _MARGIN, size.height() - _MARGIN), letters)
    return drawn


def _width_of(bar: Bar, letters: Letters) -> float:
    """The room that a bar takes, with its words and a gap left of them."""
    return max(letters.length(text, "name") for _, text in bar.ticks) + _WIDTH + 4 + 1.5 * UNIT


def _draw_bar(bar: Bar, room: Room, letters: Letters) -> list[Primitive]:
    """A bar at the right of its room: the image's letter and shape, below them the colours and their limits."""
    head, (_, above, right, _) = letters.cap("name"), room
    left, top, bottom = right - _WIDTH, round(above + head + UNIT), round(room[3])
    if bottom - top < _SHORTEST:
        return []
    drawn: list[Primitive] = [
        Block((left - 2, top - 2, right + 2, bottom + 2)),
        Block((left - 1, top - 1, right + 1, bottom + 1), DARK.text, 1.0),
        Strip((left, top, right, bottom), bar.table),
    ]
    for share, text in bar.ticks:
        at = bottom - share * (bottom - top)
        base = min(max(at + head / 2, top + head - 1), bottom + 1)
        if 0 < share < 1:
            drawn.append(Block((left - 3, round(at - 0.5), right, round(at + 0.5)), DARK.text, 1.0))
        drawn.append(Text((left - 4, base), text, anchor="rs"))
    drawn.append(_swatch(bar.side, ((left + right) / 2, above + head / 2), DARK.sides[bar.side]))
    return [*drawn, Text((left - 4, above + head), bar.side[0].upper(), DARK.sides[bar.side], "strong", "rs")]


def _draw_legend(swatches: dict[Side, str], corner: Spot, letters: Letters) -> list[Primitive]:
    """Which colour is which image, in lines that end at a corner at the lower right."""
    line, last = letters.line("name"), "alike: grey"
    left = corner[0] - max(letters.length(text, "name") + 2 * UNIT * (text != last) for text in (*swatches, last))
    drawn: list[Primitive] = [Text((left, corner[1]), last)]
    for n, (side, colour) in enumerate(swatches.items()):
        y = corner[1] - line * (len(swatches) - n)
        drawn.append(_swatch(side, (left + 5, y - letters.cap("name") / 2), colour))
        drawn.append(Text((left + 2 * UNIT, y), side))
    return drawn


def _swatch(side: Side, at: Spot, colour: str) -> Stroke:
    """The image's shape, filled with a colour, with a rim that is seen on black and on white."""
    return Stroke((shape(side, at, 4.5),), colour, 1.0, fill=1.0)
