"""Lines of equal predicted error over a slice, with their numbers and what they are."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from fusionviewer.geometry import Grid, Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.registration.points.error_theory import FitError
from fusionviewer.rendering.colours import ERROR_COLOUR
from fusionviewer.rendering.marks.error_contours import error_lines
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlays.annotations import paint_text
from fusionviewer.ui.widgets.theme import UNIT, WARNING, number_font

_HALO: Final = QColor(0, 0, 0, 110)
_LINE: Final = QColor(ERROR_COLOUR)
_LINE.setAlpha(190)
_STROKES: Final = (
    (_HALO, QPointF(0, -1)),
    (_HALO, QPointF(0.87, 0.5)),
    (_HALO, QPointF(-0.87, 0.5)),
    (_LINE, QPointF(0, 0)),
)
"""A bright line with a dark one on either side, whatever its direction."""

_SMALLEST: Final = 24 * UNIT
"""A narrower pane has no room for the words about the lines."""

LEGEND: Final = ("lines: predicted error of the", "landmark fit (TRE), mm RMS")
DOUBT: Final = "▲ a pair does not fit"


def paint_error_contours(painter: QPainter, context: PaneContext) -> None:
    """The lines, where the pane shows them: in the space of the fixed image, if they are chosen and there is a fit."""
    state, frame = context.state, context.frame
    if not context.view.show_error_lines or context.space != "fixed" or state.fixed is None:
        return
    facts, plane = landmark_facts(state), frame.plane
    if facts.error is not None:
        cut = (plane.right.tobytes(), plane.down.tobytes(), plane.depth_mm)
        lines = _drawn(facts.error, state.fixed.grid, frame.viewport, frame.ratio, cut)
        _paint(painter, lines)
    if context.first and context.size.width() >= _SMALLEST:
        words = LEGEND if facts.error is not None else ("no lines of predicted error:", "no fit to the landmarks yet")
        _paint_legend(painter, words, context.size.height(), doubt=facts.misfit)


_Drawn = list[tuple[str, list[QPolygonF], QPointF | None]]


@lru_cache(maxsize=32)
def _drawn(error: FitError, grid: Grid, viewport: Viewport, ratio: float, cut: tuple[bytes, bytes, float]) -> _Drawn:
    """(number, pieces, where the number stands) of each line in logical pixels; kept, as most paints change nothing."""
    right, down = (np.frombuffer(way) for way in cut[:2])
    plane = SlicePlane(np.cross(right, down) * cut[2], right, down)
    out: _Drawn = []
    for line in error_lines(error.tre_mm, plane, viewport, grid):
        pieces = [QPolygonF(_positions(piece, viewport, ratio)) for piece in line.pieces]
        label = None if line.label is None else _positions(line.label[None], viewport, ratio)[0]
        out.append((f"{line.level_mm:g}", pieces, label))
    return out


def _positions(places: Points, viewport: Viewport, ratio: float) -> list[QPointF]:
    return [QPointF(x, y) for x, y in ((viewport.pixels(places) + 0.5) / ratio).tolist()]


def _paint(painter: QPainter, lines: _Drawn) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, way in _STROKES:
        painter.setPen(QPen(colour, 1.0))  # a wider one would take fifteen times as long
        painter.translate(way)
        for _, pieces, _ in lines:
            for piece in pieces:
                painter.drawPolyline(piece)
        painter.translate(-way)
    font = number_font(painter.font())
    metrics = QFontMetricsF(font)
    for number, _, label in lines:
        if label is not None:
            at = label + QPointF(-metrics.horizontalAdvance(number) / 2, metrics.capHeight() / 2)
            box = metrics.tightBoundingRect(number).translated(at).adjusted(-3, -2, 3, 2)
            painter.fillRect(box, _HALO)
            paint_text(painter, at, number, QColor(ERROR_COLOUR), font)


def _paint_legend(painter: QPainter, words: tuple[str, str], height: int, *, doubt: bool) -> None:
    """What the lines are, above the scale; and that they cannot be believed while a pair does not fit."""
    font = number_font(painter.font())
    lines = [(text, ERROR_COLOUR) for text in words] + ([(DOUBT, WARNING)] if doubt else [])
    line_height = QFontMetricsF(font).height()
    y = height - 3.5 * UNIT - line_height * (len(lines) - 1)
    for text, colour in lines:
        paint_text(painter, QPointF(UNIT, y), text, QColor(colour), font)
        y += line_height
