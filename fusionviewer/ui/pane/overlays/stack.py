"""What a pane shows over its picture, in its order from below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtGui import QPainter

from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.overlay_cache import OverlayCache
from fusionviewer.ui.pane.overlays.annotations import (
    paint_corners,
    paint_crosshair,
    paint_rubber,
    paint_scale,
    paint_sides,
    paint_spy_glass,
    paint_title,
)
from fusionviewer.ui.pane.overlays.colour_bar import colours_shown, paint_colours
from fusionviewer.ui.pane.overlays.distances import paint_distances
from fusionviewer.ui.pane.overlays.error_contours import paint_error_contours
from fusionviewer.ui.pane.overlays.landmark_marks import paint_landmarks
from fusionviewer.ui.pane.overlays.magnifier import Magnifier
from fusionviewer.ui.pane.overlays.predicted_point import paint_predicted_point
from fusionviewer.ui.pane.overlays.region_box import paint_region_box
from fusionviewer.ui.pane.overlays.rotation_handle import paint_rotation_handle
from fusionviewer.ui.pane.overlays.targets import paint_targets

OVERLAYS: Final[tuple[Callable[[QPainter, PaneContext], None], ...]] = (
    paint_region_box,
    paint_crosshair,
    paint_spy_glass,
    paint_error_contours,
    paint_distances,
    paint_targets,
    paint_landmarks,
    paint_predicted_point,
    paint_rotation_handle,
    paint_rubber,
)
"""From below; over them are the words, and the magnifier."""


class OverlayStack:
    """Paints everything that is no image. Keeps for one pane what most paints leave as it is."""

    def __init__(self) -> None:
        self._words = OverlayCache()
        self._magnifier = Magnifier()

    def paint(self, painter: QPainter, context: PaneContext) -> None:
        """Paint over the picture of a pane."""
        font = painter.font().key()  # the pane's own: overlays change the painter's
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for paint in OVERLAYS:
            paint(painter, context)
        self._paint_words(painter, context, font)
        self._magnifier.paint_drag(painter, context)

    def _paint_words(self, painter: QPainter, context: PaneContext, font: str) -> None:
        """Side letters, scale, colours, title, and the corners of the pane in which keys act."""
        size, letters, mm_per_unit = context.size, context.frame.plane.sides(), context.frame.mm_per_unit
        title, side = context.title, None if context.fused else context.space
        plane, colours = context.orientation.name, colours_shown(context)
        corners = context.active and not context.view.enlarged

        def draw(pen: QPainter) -> None:
            paint_sides(pen, letters, size)
            paint_scale(pen, mm_per_unit, size)
            if colours is not None:
                paint_colours(pen, colours, size)
            paint_title(pen, title, side, plane, letters=letters[2], size=size)
            if corners:
                paint_corners(pen, size)

        look = (letters, title, side, plane, mm_per_unit, corners, colours and colours.look, font)
        self._words.paint(painter, size, look, draw)
