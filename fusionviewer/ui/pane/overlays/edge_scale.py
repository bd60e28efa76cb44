"""What the colours of the bone contours mean where they tell distances."""

from __future__ import annotations

from typing import Final

from fusionviewer.rendering.marks.edge_field import SCALE_MM, distance_table
from fusionviewer.rendering.marks.primitives import Block, Primitive, Strip, Text
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.painter import PaneLetters

_WIDTH: Final = 10.0
_HEIGHT: Final = 9.0 * UNIT
_LOWEST: Final = 3.5 * UNIT
"""A bar that is lower than this, in a low pane, is not drawn."""

_TABLE: Final = distance_table()


def draw_edge_scale(context: PaneContext, letters: PaneLetters) -> list[Primitive]:
    """An upright bar at the left above the side's letter, in the first pane that shows the contours."""
    if context.edge_field is None or not context.first:
        return []
    head, line = letters.cap("name"), letters.line("name")
    left, top = 1.5 * UNIT, round(1.5 * UNIT + line * (3 if context.title else 1))
    right, bottom = left + _WIDTH, min(top + _HEIGHT, context.size.height() / 2 - 2 * UNIT)
    if bottom - top < _LOWEST:
        return []
    drawn: list[Primitive] = [
        Text((left, top - UNIT), "MR skull from CT"),
        Block((left - 2, top - 2, right + 2, bottom + 2)),
        Block((left - 1, top - 1, right + 1, bottom + 1), DARK.text, 1.0),
        Strip((left, top, right, bottom), _TABLE),
    ]
    for share, text in ((1.0, f"{SCALE_MM:g} mm out"), (0.5, "0"), (0.0, f"{SCALE_MM:g} mm in")):
        base = bottom - share * (bottom - top) + head / 2
        drawn.append(Text((right + 4, min(max(base, top + head - 1), bottom + 1)), text))
    return drawn
