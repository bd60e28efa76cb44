"""What the colours of a pane mean: a slim bar for each image that is not simply grey, and the two colours' legend."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from fusionviewer.rendering.blends import FADED, Blend, BlendMode
from fusionviewer.rendering.colours import PAIRS, Pair, Table, colour_table, tint_table
from fusionviewer.rendering.window import SHOULDER, Window
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.view_state import ViewState
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.annotations import paint_text, shape
from fusionviewer.ui.widgets.theme import SIDE_COLOURS, TEXT, UNIT, number_font
from fusionviewer.ui.widgets.value_text import written_value

_WIDTH: Final = 10.0
_SHORTEST: Final = 5.0 * UNIT
_MARGIN: Final = float(UNIT)
_HALO: Final = QColor(0, 0, 0, 170)
_EDGE: Final = QColor(TEXT)


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
    """What a pane says of its colours: the bars, and the two colours of which a legend tells which is which."""

    bars: tuple[Bar, ...]
    pair: Pair | None

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
    if tinted and blend.mode is BlendMode.TWO_COLOUR:
        return tint_table(PAIRS[blend.pair][SIDES.index(side)], up=side == "moving")
    return colour_table(view.colours(side))


def bars_of(state: FusionState, view: ViewState, blend: Blend, sides: tuple[Side, ...]) -> list[Bar]:
    """The bars of a pane of these images; none for what is grey anyway, or not seen in its colours."""
    both = len(sides) == 2 and state.has_pair
    two_colours = both and blend.mode is BlendMode.TWO_COLOUR
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
    if blend.mode is BlendMode.EDGES:  # the other one is lines
        return ("moving",) if blend.swapped else ("fixed",)
    return () if blend.mode is BlendMode.DIFFERENCE else SIDES


def colours_shown(context: PaneContext) -> ColoursShown | None:
    """What a pane says of its colours; nothing where they are grey, or where another pane says the same."""
    if not context.view.colour_bar or not context.first:
        return None
    bars = bars_of(context.state, context.view, context.blend, context.sides)
    two = context.shows_pair and context.blend.mode is BlendMode.TWO_COLOUR
    return ColoursShown(tuple(bars), context.blend.pair if two else None) if bars or two else None


def paint_colours(painter: QPainter, shown: ColoursShown, size: QSize) -> None:
    """The bars, at the right above the side's letter; and below it, which colour is which image."""
    font, bars = number_font(painter.font()), shown.bars
    x, widths = size.width() - _MARGIN, [_width_of(bar, font) for bar in bars]
    top, bottom = _MARGIN, size.height() / 2 - 3 * UNIT
    if x - sum(widths) < size.width() / 2 + 2 * UNIT:  # below the letter of the upper side
        top += 2 * UNIT
    for bar, width in zip(reversed(bars), reversed(widths), strict=True):
        _paint_bar(painter, bar, QRectF(x - width, top, width, bottom - top), font)
        x -= width
    if shown.pair is not None:
        swatches = {side: QColor(*PAIRS[shown.pair][n]) for n, side in enumerate(SIDES)}
        _paint_legend(painter, swatches, QPointF(size.width() - _MARGIN, size.height() - _MARGIN), font)


def _width_of(bar: Bar, font: QFont) -> float:
    """The room that a bar takes, with its words and a gap left of them."""
    metrics = QFontMetricsF(font)
    return max(metrics.horizontalAdvance(text) for _, text in bar.ticks) + _WIDTH + 4 + 1.5 * UNIT


def _paint_bar(painter: QPainter, bar: Bar, room: QRectF, font: QFont) -> None:
    """Paint a bar at the right of its room: the image's letter and shape, below them the colours and their limits."""
    metrics = QFontMetricsF(font)
    head = metrics.capHeight()
    strip = room.adjusted(room.width() - _WIDTH, head + UNIT, 0, 0)
    if strip.height() < _SHORTEST:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(strip.adjusted(-2, -2, 2, 2), _HALO)
    painter.fillRect(strip.adjusted(-1, -1, 1, 1), _EDGE)
    painter.drawImage(strip, _image(bar.table))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    left = strip.left() - 4
    for share, text in bar.ticks:
        y = strip.bottom() - share * strip.height()
        base = min(max(y + head / 2, strip.top() + head - 1), strip.bottom() + 1)
        if 0 < share < 1:
            painter.fillRect(QRectF(strip.left() - 3, y - 0.5, _WIDTH + 3, 1), _EDGE)
        paint_text(painter, QPointF(left - metrics.horizontalAdvance(text), base), text, QColor(TEXT), font)
    letter, colour, bold = bar.side[0].upper(), QColor(SIDE_COLOURS[bar.side]), QFont(font)
    bold.setBold(True)
    _paint_swatch(painter, bar.side, QPointF(strip.center().x(), room.top() + head / 2), colour)
    start = left - QFontMetricsF(bold).horizontalAdvance(letter)
    paint_text(painter, QPointF(start, room.top() + head), letter, colour, bold)


def _paint_legend(painter: QPainter, swatches: dict[Side, QColor], corner: QPointF, font: QFont) -> None:
    """Which colour is which image, in lines that end at a corner at the lower right."""
    metrics = QFontMetricsF(font)
    line, last = metrics.height(), "alike: grey"
    left = corner.x() - max(metrics.horizontalAdvance(text) + 2 * UNIT * (text != last) for text in (*swatches, last))
    y = corner.y() - line * len(swatches)
    for side, colour in swatches.items():
        _paint_swatch(painter, side, QPointF(left + 5, y - metrics.capHeight() / 2), colour)
        paint_text(painter, QPointF(left + 2 * UNIT, y), side, QColor(TEXT), font)
        y += line
    paint_text(painter, QPointF(left, y), last, QColor(TEXT), font)


def _paint_swatch(painter: QPainter, side: Side, at: QPointF, colour: QColor) -> None:
    """The image's shape, filled with a colour, with a rim that is seen on black and on white."""
    path = shape(side, at, 4.5)
    painter.setBrush(colour)
    for pen in (QPen(_HALO, 3.0), QPen(colour.lighter(130), 1.0)):
        painter.setPen(pen)
        painter.drawPath(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _image(table: Table) -> QImage:
    """A table as an upright strip of one column, bright at the top."""
    pixels = np.ascontiguousarray(table[::-1])
    return QImage(pixels.tobytes(), 1, len(pixels), 3, QImage.Format.Format_RGB888).copy()
