"""What stands on every pane: crosshair, spyglass, side letters, scale, title, readable on black and on white."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from fusionviewer.geometry import Orientation
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.rendering.marks.annotations import (
    crosshair,
    glass,
    rooms_of_sides,
    round_length,
    scale_bar,
    side_letters,
)
from fusionviewer.rendering.marks.primitives import Block, Letters, Line, Primitive, Stroke, Text, rectangle
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.painter import letters_of

_CORNER, _INSET = 10.0, 3.0
_GAP: Final = 12.0
_CROSS_OPACITY, _CROSS_RIM = 0.6, 0.35
_DASH: Final = 4.5
_SHORTEST_BAR: Final = 16.0
_WIDEST_SIDE: Final = "FA"


@cache
def _line_colours(orientation: Orientation) -> tuple[str, str]:
    """The colours of the planes that a view's upright and level crosshair lines stand for."""
    by_axis = {0: "sagittal", 1: "coronal", 2: "axial"}
    across, down = (int(np.argmax(np.abs(way))) for way in (orientation.right, orientation.down))
    return PLANE_COLOURS[by_axis[across]], PLANE_COLOURS[by_axis[down]]


def draw_crosshair(context: PaneContext, letters: Letters) -> list[Primitive]:
    """An upright and a level thin line that leave the crosshair's point itself free, in two colours."""
    if not context.shows_crosshair:
        return []
    at, room = context.crosshair, (0, 0, context.size.width(), context.size.height())
    colours = _line_colours(context.orientation)
    return crosshair((at.x(), at.y()), room, colours, opacity=_CROSS_OPACITY, gap=_GAP, rim_opacity=_CROSS_RIM)


def draw_spy_glass(context: PaneContext, letters: Letters) -> list[Primitive]:
    """The rim of the spyglass, at the mouse or at the crosshair."""
    if not context.shows_pair or context.blend.mode is not BlendMode.SPY_GLASS:
        return []
    at = context.crosshair if context.mouse is None else context.mouse
    return [glass((at.x(), at.y()), context.blend.glass_mm / 2 / context.frame.mm_per_unit)]


def draw_sides(sides: tuple[str, str, str, str], size: QSize, letters: Letters) -> list[Text]:
    """R L A P, and H F or S I, at the left, right, top and bottom edges."""
    return side_letters(sides, rooms_of_sides(sides, (size.width(), size.height()), letters, UNIT))


def draw_scale(mm_per_unit: float, size: QSize, letters: Letters) -> list[Primitive]:
    """A bar of a round length in mm, at the lower left. It ends before the letters in the middle of the lower edge,
    or stands above them in a view that is too narrow for both."""
    free = size.width() / 2 - letters.length(_WIDEST_SIDE, "side") / 2 - 3 * UNIT
    length_mm = round_length(mm_per_unit * min(160.0, size.width() / 4))
    while length_mm > mm_per_unit * max(_SHORTEST_BAR, free - letters.length(f"{length_mm:g} mm", "name")):
        length_mm = round_length(0.9 * length_mm)
    beside = length_mm / mm_per_unit + letters.length(f"{length_mm:g} mm", "name") <= free
    up = UNIT if beside else 2 * UNIT + letters.cap("side")
    return scale_bar(length_mm, mm_per_unit, (UNIT, size.height() - up), right=False)


def draw_title(name: str, plane: str, letters: Letters, *, upper: str, width: int) -> list[Primitive]:
    """The view's name at the upper left after its plane's colour; nothing without a name.

    It ends before the letters in the middle of the upper edge. Where there is no room for it, its unit goes first: the
    scale in the corner has it.
    """
    if not name:
        return []
    room = (width - letters.length(upper, "side")) / 2 - UNIT
    x, top, cap = float(UNIT), float(UNIT), letters.cap("title")
    drawn: list[Primitive] = [
        Block((x - 1, top - 1, x + 5, top + cap + 1)),
        Block((x, top, x + 4, top + cap), PLANE_COLOURS[plane], 1.0),
    ]
    x += 1.5 * UNIT
    short = name if letters.length(name, "title") <= room - x else name.removesuffix(" mm")
    drawn.append(Text((x, top + cap), letters.elided(short, "title", room - x), role="title"))
    return drawn


def draw_rubber(context: PaneContext, letters: Letters) -> list[Primitive]:
    """A box that is being drawn."""
    rect = None if context.drag is None else context.drag.rubber
    if rect is None:
        return []
    return [Stroke((rectangle((rect.left(), rect.top(), rect.right(), rect.bottom())),), DARK.text, dash=_DASH)]


def draw_said(context: PaneContext, letters: Letters) -> list[Primitive]:
    """What a drag changes, at the upper left, in the colour of the image."""
    said = None if context.drag is None else context.drag.said
    if said is None:
        return []
    words, side = said
    text, cap = letters.elided(words, "title", context.size.width() - 2 * UNIT), letters.cap("title")
    lines = 3 if context.title else 1
    return [Text((float(UNIT), UNIT + lines * cap), text, DARK.sides[side], "title")]


def draw_corners(size: QSize) -> list[Primitive]:
    """The corners of the view in which keys act."""
    near, far_x, far_y = _INSET, size.width() - _INSET, size.height() - _INSET
    ends = ((near, near, 1, 1), (far_x, near, -1, 1), (near, far_y, 1, -1), (far_x, far_y, -1, -1))
    lines = (Line(((x + dx * _CORNER, y), (x, y), (x, y + dy * _CORNER))) for x, y, dx, dy in ends)
    return [Stroke(tuple(lines), DARK.accent, 2.0, rim=0.0)]


def paint_note(painter: QPainter, text: str, size: QSize) -> None:
    """A quiet sentence in the middle of an empty pane."""
    painter.setPen(QColor(DARK.caption))
    painter.setFont(letters_of(painter.font()).font("name"))
    painter.drawText(QRectF(0, 0, size.width(), size.height()), Qt.AlignmentFlag.AlignCenter, text)


def paint_focus(painter: QPainter, size: QSize) -> None:
    """A ring that shows where the keyboard is."""
    painter.setPen(QPen(QColor(DARK.accent), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(1, 1, size.width() - 2, size.height() - 2))
