"""The magnifier: the surroundings of a point that is moved, four times as large, in a corner of the pane."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, QSize
from PyQt6.QtGui import QImage, QPainter

from fusionviewer.geometry import Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.marks.annotations import crosshair
from fusionviewer.rendering.marks.primitives import Stroke, rectangle
from fusionviewer.rendering.slices import SliceRenderer, SliceRequest
from fusionviewer.session.state import Side
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.image import scene_in
from fusionviewer.ui.pane.overlays.painter import paint

SIZE: Final = 132
"""Logical pixels of each side, where there is room."""

TIMES: Final = 4

_GAP: Final = 5
"""The middle of the cross is left free, so that the place itself is seen."""

_RIM: Final = 0.31


class Magnifier:
    """Draws one image alone around a point, with a fine cross. Has a renderer, and so a cache, of its own."""

    def __init__(self) -> None:
        self._renderer = SliceRenderer()

    @staticmethod
    def request(context: PaneContext, side: Side, point: Points, size: QSize) -> SliceRequest | None:
        """What is asked for: the plane of the pane through a point (3,) of its space, in the middle of `size`."""
        frame = context.frame
        if context.state.volume(side) is None:
            return None
        plane = SlicePlane(np.asarray(point), frame.plane.right, frame.plane.down)
        width, height = (max(1, round(n * frame.ratio)) for n in (size.width(), size.height()))
        viewport = Viewport.around(plane.screen(plane.point), width, height, frame.viewport.mm_per_pixel / TIMES)
        return replace(scene_in(context, (side,)), bone_edges=False, mask=None).request(plane, viewport)

    def paint_drag(self, painter: QPainter, context: PaneContext) -> None:
        """Draw it while a point is dragged, away from the mouse."""
        shown = None if context.drag is None else context.drag.magnified
        if shown is not None:
            place = place_for(context.size, shown.mouse)
            self.paint(painter, context, shown.side, shown.point, place=place)

    def paint(self, painter: QPainter, context: PaneContext, side: Side, point: Points, *, place: QRect) -> None:
        """Draw the surroundings of a point (3,) of the space that is looked at, at a place."""
        request = self.request(context, side, point, place.size())
        if request is None:
            return
        pixels = self._renderer.render(request)
        height, width = pixels.shape[:2]
        memory = pixels.tobytes()  # Qt draws from it
        image = QImage(memory, width, height, 4 * width, QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawImage(QRectF(place), image)
        colour, middle = DARK.sides[side], QRectF(place).center()
        left, top, right, bottom = place.x(), place.y(), place.x() + place.width(), place.y() + place.height()
        lines = crosshair(
            (middle.x(), middle.y()), (left, top, right, bottom), (colour, colour),
            opacity=1.0, gap=_GAP, rim_opacity=_RIM,
        )  # fmt: skip
        frame = Stroke((rectangle((left + 0.5, top + 0.5, right + 0.5, bottom + 0.5)),), colour, rim=0.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter, [*lines, frame])


def place_for(pane: QSize, mouse: QPointF) -> QRect:
    """Where the magnifier lies in a pane: in the corner that is furthest from the mouse."""
    side = min(SIZE, round(0.6 * min(pane.width(), pane.height())))
    x = pane.width() - side - UNIT if mouse.x() < pane.width() / 2 else UNIT
    y = pane.height() - side - UNIT if mouse.y() < pane.height() / 2 else UNIT
    return QRect(x, y, side, side)
