"""What a pane shows over its picture, in its order from below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PyQt6.QtGui import QPainter

from fusionviewer.rendering.marks.primitives import Primitive
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlay_cache import OverlayCache
from fusionviewer.ui.pane.overlays.annotations import (
    draw_corners,
    draw_crosshair,
    draw_rubber,
    draw_said,
    draw_scale,
    draw_sides,
    draw_spy_glass,
    draw_title,
)
from fusionviewer.ui.pane.overlays.colour_bar import colours_shown, draw_colours
from fusionviewer.ui.pane.overlays.edge_scale import draw_edge_scale
from fusionviewer.ui.pane.overlays.error_contours import draw_error_contours
from fusionviewer.ui.pane.overlays.landmark_marks import draw_prediction, draw_study
from fusionviewer.ui.pane.overlays.magnifier import Magnifier
from fusionviewer.ui.pane.overlays.painter import PaneLetters, letters_of, paint
from fusionviewer.ui.pane.overlays.region_box import draw_region_box
from fusionviewer.ui.pane.overlays.rotation_handle import draw_rotation_handle

OVERLAYS: Final[tuple[Callable[[PaneContext, PaneLetters], Sequence[Primitive]], ...]] = (
    draw_region_box,
    draw_crosshair,
    draw_spy_glass,
    draw_error_contours,
    draw_edge_scale,
    draw_study,
    draw_prediction,
    draw_rotation_handle,
    draw_rubber,
    draw_said,
)
"""From below; over them are the words, and the magnifier."""


class OverlayStack:
    """Paints everything that is no image. Keeps for one pane what most paints leave as it is."""

    def __init__(self) -> None:
        self._words = OverlayCache()
        self._magnifier = Magnifier()

    def paint(self, painter: QPainter, context: PaneContext) -> None:
        """Paint over the picture of a pane."""
        letters = letters_of(painter.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for draw in OVERLAYS:
            paint(painter, draw(context, letters), letters)
        self._paint_words(painter, context, letters)
        self._magnifier.paint_drag(painter, context)

    def _paint_words(self, painter: QPainter, context: PaneContext, letters: PaneLetters) -> None:
        """Side letters, scale, colours, title, and the corners of the pane in which keys act."""
        size, mm_per_unit = context.size, context.frame.mm_per_unit
        sides = context.frame.plane.sides(context.side_letters)
        title = context.title
        plane, colours = context.orientation.name, colours_shown(context)
        corners = context.active and not context.view.enlarged

        def draw(pen: QPainter) -> None:
            paint(pen, draw_sides(sides, size, letters), letters)
            paint(pen, draw_scale(mm_per_unit, size, letters), letters)
            if colours is not None:
                paint(pen, draw_colours(colours, size, letters), letters)
            paint(pen, draw_title(title, plane, letters, upper=sides[2], width=size.width()), letters)
            if corners:
                paint(pen, draw_corners(size), letters)

        look = (sides, title, plane, mm_per_unit, corners, colours and colours.look, letters)
        self._words.paint(painter, size, look, draw)
