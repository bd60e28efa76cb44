"""The rotation handle of the mouse mode Move: where it is, which part of it a mouse can take, how a pane shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from PyQt6.QtCore import QPointF, QSize

from fusionviewer.rendering.colours import PLANE_COLOURS
from fusionviewer.rendering.marks.primitives import RIM, Circle, Letters, Line, Primitive, Stroke, Text
from fusionviewer.ui.look.palettes import DARK
from fusionviewer.ui.look.theme import UNIT
from fusionviewer.ui.pane.context import PaneContext

Part: TypeAlias = Literal["rim", "centre", ""]

SHARE: Final = 0.36
"""The handle's radius, as a share of the pane's shorter side."""

SMALLEST: Final = 60.0
GRIP: Final = 9.0
"""A press this near (logical pixels) to the rim or the centre takes hold of it."""

_CENTRE_RADIUS: Final = 5.0
_TICK: Final = 9.0
_DIM: Final = 0.47
_PIECE: Final = 3.0
"""The arc of a turn is drawn in straight pieces so long."""


@dataclass(frozen=True)
class RotationHandle:
    """A circle in a pane, logical pixels; turning its rim turns the moving image about its centre."""

    centre: QPointF
    radius: float

    def part_under(self, mouse: QPointF) -> Part:
        """What a press here takes hold of."""
        far = math.hypot(mouse.x() - self.centre.x(), mouse.y() - self.centre.y())
        return "centre" if far <= GRIP else "rim" if abs(far - self.radius) <= GRIP else ""

    def angle_of(self, mouse: QPointF) -> float:
        """The direction of a place from the centre, radians clockwise from the screen's right."""
        return math.atan2(mouse.y() - self.centre.y(), mouse.x() - self.centre.x())

    def at(self, angle: float, radius: float) -> QPointF:
        """The place in a direction at a distance from the centre."""
        return self.centre + radius * QPointF(math.cos(angle), math.sin(angle))


def handle_of(context: PaneContext) -> RotationHandle | None:
    """The handle that a pane shows now; None if it shows none."""
    if context.tool != "move" or not context.shows_pair:
        return None
    radius = max(SMALLEST, SHARE * min(context.size.width(), context.size.height()))
    return RotationHandle(context.frame.position(context.rotation_centre), radius)


def draw_rotation_handle(context: PaneContext, letters: Letters) -> list[Primitive]:
    """The handle, bright where the mouse can take it or holds it; while it turns, by how much."""
    handle = handle_of(context)
    if handle is None:
        return []
    turned = None if context.drag is None else context.drag.turned
    free = context.drag is None and not context.locked
    part = handle.part_under(context.mouse) if free and context.mouse is not None else ""
    colour, middle = PLANE_COLOURS[context.orientation.name], (handle.centre.x(), handle.centre.y())
    lit, held = part == "rim" or turned is not None, part == "centre"
    rim, centre = Circle(middle, round(handle.radius)), Circle(middle, _CENTRE_RADIUS)
    drawn: list[Primitive] = [
        Stroke((rim,), colour, 2.5, rim=1.0) if lit else Stroke((rim,), colour, 1.5, _DIM, 0.75, RIM / _DIM),
        Stroke((centre,), colour, 2.0) if held else Stroke((centre,), colour, 2.0, _DIM, rim_opacity=RIM / _DIM),
    ]
    return drawn if turned is None else [*drawn, *_draw_turn(handle, colour, turned, context.size, letters)]


def _draw_turn(
    handle: RotationHandle, colour: str, turned: tuple[float, float], pane: QSize, letters: Letters
) -> list[Primitive]:
    """A mark where the turn began, an arc from there to the tick where it is now, and the angle in degrees.

    The angle stands beside the tick, inside the handle, where there is room, and always inside the pane.
    """
    (start, angle), r = turned, handle.radius
    ways = np.linspace(start, start + angle, max(2, math.ceil(abs(angle) * r / _PIECE)))
    x, y = handle.centre.x(), handle.centre.y()
    arc = Line(tuple((x + r * math.cos(way), y + r * math.sin(way)) for way in ways.tolist()))
    drawn: list[Primitive] = [Stroke((arc,), colour, 5.0)]
    for way, length, width in ((start, 0.6 * _TICK, 1.5), (start + angle, _TICK, 3.0)):
        ends = (handle.at(way, r - length), handle.at(way, r + length))
        drawn.append(Stroke((Line(tuple((end.x(), end.y()) for end in ends)),), DARK.text, width))
    text = turn_text(angle)
    width, height = letters.length(text, "strong"), letters.cap("strong")
    middle = handle.at(start + angle, r - _TICK - UNIT - width / 2)
    left = min(max(middle.x() - width / 2, UNIT), pane.width() - UNIT - width)
    base = min(max(middle.y() + height / 2, UNIT + height), float(pane.height() - UNIT))
    return [*drawn, Text((left, base), text, role="strong")]


def turn_text(angle: float) -> str:
    """An angle in radians as it is written: degrees, clockwise is positive."""
    return f"{math.degrees(angle):+z.2f}°".replace("-", "−")
