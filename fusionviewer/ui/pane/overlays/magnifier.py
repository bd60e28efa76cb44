"""The magnifier: the surroundings of a point that is moved, four times as large, in a corner of the view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PyQt6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from fusionviewer.geometry import Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.slices import SliceRenderer, SliceRequest
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.widgets.theme import SIDE_COLOURS, UNIT

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView

SIZE: Final = 132
"""Logical pixels of each side, where there is room."""

TIMES: Final = 4

_GAP: Final = 5
"""The middle of the cross is left free, so that the place itself is seen."""


class Magnifier:
    """Draws one image alone around a point, with a fine cross. Has a renderer, and so a cache, of its own."""

    def __init__(self) -> None:
        self._renderer = SliceRenderer()

    def request(
        self, view: SliceView, frame: SliceFrame, side: Side, point: Points, size: QSize
    ) -> SliceRequest | None:
        """What is asked for: the plane of the view through a point (3,) of its space, in the middle of `size`."""
        if view.document.state.volume(side) is None:
            return None
        plane = SlicePlane(np.asarray(point), frame.plane.right, frame.plane.down)
        width, height = (max(1, round(n * frame.ratio)) for n in (size.width(), size.height()))
        viewport = Viewport.around(plane.screen(plane.point), width, height, frame.viewport.mm_per_pixel / TIMES)
        return replace(view.scene(side), bone_edges=False, mask=None).request(plane, viewport)

    def paint(
        self, view: SliceView, painter: QPainter, frame: SliceFrame, side: Side, point: Points, *, place: QRect
    ) -> None:
        """Draw it at a place."""
        request = self.request(view, frame, side, point, place.size())
        if request is None:
            return
        pixels = self._renderer.render(request)
        height, width = pixels.shape[:2]
        memory = pixels.tobytes()  # Qt draws from it
        image = QImage(memory, width, height, 4 * width, QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawImage(QRectF(place), image)
        middle, reach = QRectF(place).center(), place.width() / 2
        for colour, thick in ((QColor(0, 0, 0, 80), 3.0), (QColor(SIDE_COLOURS[side]), 1.0)):
            painter.setPen(QPen(colour, thick))
            for way in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
                painter.drawLine(middle + way * _GAP, middle + way * reach)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(SIDE_COLOURS[side]), 1.5))
        painter.drawRect(place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def place_for(pane: QSize, mouse: QPointF) -> QRect:
    """Where the magnifier lies in a pane: in the corner that is furthest from the mouse."""
    side = min(SIZE, round(0.6 * min(pane.width(), pane.height())))
    x = pane.width() - side - UNIT if mouse.x() < pane.width() / 2 else UNIT
    y = pane.height() - side - UNIT if mouse.y() < pane.height() / 2 else UNIT
    return QRect(x, y, side, side)
