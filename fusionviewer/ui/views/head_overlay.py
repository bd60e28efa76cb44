"""What lies over the 3D view's picture: landmarks, targets, the sides' letters, and a cube that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from PyQt6.QtCore import QPointF, QSize
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from fusionviewer.geometry import Points, SideLetters, SlicePlane
from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.rendering.marks.landmarks import draw_marks
from fusionviewer.rendering.marks.projection import Projection
from fusionviewer.rendering.marks.values import NEAR_MM, Marks
from fusionviewer.rendering.surface.canvas import Canvas
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.look.theme import UNIT, scaled
from fusionviewer.ui.pane.overlays.annotations import draw_scale, draw_sides
from fusionviewer.ui.pane.overlays.painter import letters_of, paint

_HIDDEN_MM: Final = 0.7 * NEAR_MM
"""A mark behind something is drawn as faintly as one that lies so far from a plane."""

_BEHIND_MM: Final = 2.5
"""What lies so little below a surface is on it."""

_CUBE: Final = 20
"""Half an edge of the cube, logical pixels at the usual size of letters."""


@dataclass(frozen=True)
class HeadProjection(Projection):
    """Where points are seen in the 3D view; what is hidden counts as a little away, and is drawn faintly."""

    canvas: Canvas

    def away(self, points: Points) -> list[float]:
        """0 mm for what is seen, more for what is hidden, of points (n, 3)."""
        seen = self.canvas.camera.project(points)
        height, width = self.canvas.depths.shape
        columns = np.clip(np.rint(seen[:, 0]), 0, width - 1).astype(np.intp)
        rows = np.clip(np.rint(seen[:, 1]), 0, height - 1).astype(np.intp)
        hidden = seen[:, 2] > self.canvas.depths[rows, columns] + _BEHIND_MM
        return [_HIDDEN_MM if away else 0.0 for away in hidden]


def paint_over(
    painter: QPainter,
    projection: HeadProjection,
    size: QSize,
    *,
    marks: Marks,
    letters: SideLetters,
    selected: int | None,
) -> None:
    """Paint over a picture of `size` logical pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    written = letters_of(painter.font())
    if not marks.empty:
        paint(painter, draw_marks(marks, projection, written, selected=selected), written)
    paint(painter, draw_sides(projection.plane.sides(letters), size, written), written)
    paint(painter, draw_scale(projection.mm_per_unit, size, written), written)
    _paint_cube(painter, projection.plane, letters, size)


def _paint_cube(painter: QPainter, plane: SlicePlane, letters: SideLetters, size: QSize) -> None:
    """A cube at the lower right that is turned as the head is, with the letter of each side that faces the viewer."""
    half = min(scaled(_CUBE), min(size.width(), size.height()) // 14)
    room = 1.75 * half
    if half < painter.fontMetrics().height() / 2:
        return
    middle = QPointF(size.width() - room - UNIT, size.height() - room - UNIT)
    ends = (("L", "R"), ("P", "A"), (letters[0], letters[1]))
    tints = (PLANE_COLOURS["sagittal"], PLANE_COLOURS["coronal"], PLANE_COLOURS["axial"])
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    for axis, sign in product(range(3), (1, -1)):
        normal = np.zeros(3)
        normal[axis] = sign
        facing = -float(normal @ plane.normal)
        if facing < 0.02:
            continue
        across, along = (np.eye(3)[(axis + n) % 3] for n in (1, 2))
        corners = [normal + a * across + b * along for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        spots = plane.screen(np.array(corners)) * half
        painter.setPen(QPen(QColor(DARK.window), 1.0))
        painter.setBrush(_toned(tints[axis], 0.25 + 0.45 * facing))
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in spots.tolist()]))
        if facing > 0.25:
            right, down = (plane.screen(normal) * half).tolist()
            _write(painter, middle + QPointF(right, down), ends[axis][0 if sign > 0 else 1], min(1.0, 2 * facing))


def _write(painter: QPainter, at: QPointF, letter: str, opacity: float) -> None:
    metrics = painter.fontMetrics()
    colour = QColor(DARK.on_accent)
    colour.setAlphaF(opacity)
    painter.setPen(colour)
    painter.drawText(at + QPointF(-metrics.horizontalAdvance(letter) / 2, metrics.capHeight() / 2), letter)


def _toned(colour: str, light: float) -> QColor:
    """A plane's colour, quieter, so light (0…1)."""
    tone = QColor(colour)
    hue, saturation, _, _ = tone.getHsvF()
    return QColor.fromHsvF(max(0.0, hue or 0.0), 0.55 * (saturation or 0.0), min(1.0, 0.25 + light))
