"""TRE isocontours on a plane: lines of equal predicted error, from a field whose square is quadratic in the place.

The predicted registration error of a landmark fit is such a field: a small turn moves a place in proportion to its arm,
so that the mean square is a sum of squares of linear functions of the place. On a plane its levels are therefore
ellipses about one centre, and six values of the field tell them all: nothing is interpolated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Grid, Points, SlicePlane
from fusionviewer.imaging.reslice import Viewport
from fusionviewer.rendering.colours import ERROR_COLOUR
from fusionviewer.rendering.marks.labels import shared
from fusionviewer.rendering.marks.primitives import Block, Letters, Primitive, Room, Stroke, Text, line_of
from fusionviewer.rendering.marks.projection import Projection
from fusionviewer.rendering.marks.values import PredictedError

MOST_LINES: Final = 7
"""More on one plane would hide the image."""

_STEPS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_SAG_PX: Final = 0.2
"""So far the pieces of a line may lie from the ellipse."""

_LABEL_WAY: Final = math.radians(35)
"""Labels stand in this direction from the middle of the ellipses, clockwise from the screen's right, if they can."""

_LABEL_ROOM_PX: Final = 22.0
"""A label stands at least so far from where its line is cut off."""


_OPACITY: Final = 0.75
_RIM: Final = 0.43
"""How strong the lines are, and how dark what is beside them and behind their numbers."""


@dataclass(frozen=True, eq=False)
class ErrorLine:
    """A line on which the predicted error is `level_mm`; places are on the screen's axes in mm, as `plane.screen`."""

    level_mm: float
    pieces: tuple[Points, ...]
    """(n, 2) each: what of the line lies in the picture and in the image."""
    label: Points | None
    """(2,): where on the line its number stands; None where there is no room."""


def error_lines(
    tre_mm: Callable[[Points], Points],
    plane: SlicePlane,
    viewport: Viewport,
    grid: Grid,
    *,
    own_mm: float = 0.0,
    least_mm: float = 0.0,
) -> tuple[ErrorLine, ...]:
    """The lines at round levels within a picture, inside an image's box; few enough to see the image.

    `tre_mm` gives the field in mm (n,) at points (n, 3), LPS mm; its square must be quadratic in the place. The error
    is that less `own_mm`, as squares, and at least `least_mm`.
    """
    outline = _clipped(section_of(plane, grid.corners), viewport)
    if len(outline) < 3:
        return ()
    ellipses = _Ellipses.of(lambda places: tre_mm(plane.points(places[:, 0], places[:, 1])), outline, own_mm)
    sides = _Sides.of(outline)
    middle = sides.depths(ellipses.centre[None])[0]
    along = np.concatenate(
        [outline + share * (np.roll(outline, -1, axis=0) - outline) for share in (0, 0.25, 0.5, 0.75)]
    )
    values = ellipses.values(np.vstack([along, ellipses.centre]) if (middle > 0).all() else along)
    levels = round_levels(max(float(values.min()), least_mm), float(values.max()))
    if not levels:
        return ()
    scale = viewport.mm_per_pixel
    ring = ellipses.ring(levels[-1], scale)
    label_first = np.cos(np.arctan2(ring[:, 1], ring[:, 0]) - _LABEL_WAY)
    inwards = ring @ sides.inwards.T  # the depth of a place is linear in it: one ring does for all levels
    lines = []
    for level in levels:
        radius = math.sqrt(max(level**2 - ellipses.least, 0.0))
        depths = (middle + radius * inwards).min(axis=1)
        places, room = ellipses.centre + radius * ring, depths >= _LABEL_ROOM_PX * scale
        label = places[int(np.argmax(np.where(room, label_first, -2)))] if room.any() else None
        pieces = _runs(places, depths >= 0)
        if pieces:
            lines.append(ErrorLine(level, pieces, label))
    return tuple(lines)


def draw_error_lines(
    error: PredictedError, projection: Projection, letters: Letters, taken: list[Room] | None = None
) -> list[Primitive]:
    """The lines of a prediction and their numbers; those that would stand in rooms that are `taken` are left out."""
    found = error_lines(
        error.tre_mm,
        projection.plane,
        projection.viewport,
        error.grid,
        own_mm=error.own_mm,
        least_mm=error.least_mm,
    )
    lines = tuple(line_of(projection.on_pane(piece)) for line in found for piece in line.pieces)
    drawn: list[Primitive] = [Stroke(lines, ERROR_COLOUR, 1.0, _OPACITY, rim_opacity=_RIM / _OPACITY)] if lines else []
    for line in found:
        if line.label is None:
            continue
        (x, y), number = projection.on_pane(line.label).tolist(), f"{line.level_mm:g}"
        across, down = letters.length(number, "name") / 2 + 3, letters.cap("name") / 2 + 2
        room = (x - across, y - down, x + across, y + down)
        if taken is not None:
            if any(shared(room, other) for other in taken):  # crowded numbers could not be read, and others are left
                continue
            taken.append(room)
        drawn += [Block(room, opacity=_RIM), Text((x, y), number, ERROR_COLOUR, anchor="mm")]
    return drawn


def round_levels(low: float, high: float) -> list[float]:
    """Round numbers between two, at most `MOST_LINES`."""
    for step in _STEPS:
        first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
        if last - first < MOST_LINES:
            return [round(n * step, 6) for n in range(first, last + 1)]
    return []


@dataclass(frozen=True, eq=False)
class _Ellipses:
    """A square that is `least` + (x − centre)ᵀ · C · (x − centre) on a plane; `half` is C to the power of −1/2."""

    centre: Points
    least: float
    half: NDArray[np.float64]
    bend: NDArray[np.float64]

    @staticmethod
    def of(field: Callable[[Points], Points], outline: Points, own: float = 0.0) -> _Ellipses:
        """From six values about the middle of an outline, a few centimetres apart."""
        middle = outline.mean(axis=0)
        reach = float(np.abs(outline - middle).max()) or 1.0
        ways = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1]]) * reach
        at, right, left, down, up, corner = (np.square(field(middle + ways)) - own**2).tolist()
        slope = np.array([right - left, down - up]) / (2 * reach)
        across = (corner - at) / reach**2 - slope.sum() / reach
        xx, yy = (right + left - 2 * at) / (2 * reach**2), (down + up - 2 * at) / (2 * reach**2)
        bend = np.array([[xx, (across - xx - yy) / 2], [(across - xx - yy) / 2, yy]])
        shares, axes = np.linalg.eigh(bend)
        shares = np.maximum(shares, 1e-12)
        away = -axes @ (axes.T @ slope / shares) / 2
        bend = axes * shares @ axes.T
        return _Ellipses(middle + away, at - float(away @ bend @ away), axes / np.sqrt(shares) @ axes.T, bend)

    def values(self, places: Points) -> Points:
        """The field itself at places (n, 2)."""
        way = places - self.centre
        return np.asarray(np.sqrt(np.maximum(self.least + ((way @ self.bend) * way).sum(axis=1), 0.0)))

    def ring(self, longest_level: float, mm_per_pixel: float) -> Points:
        """(n, 2): the ellipse for a radius of 1, fine enough to be drawn as the line of a level."""
        radius = math.sqrt(max(longest_level**2 - self.least, 0.0)) * float(np.abs(self.half).sum(axis=1).max())
        count = min(4096, max(48, math.ceil(math.pi * math.sqrt(radius / mm_per_pixel / (2 * _SAG_PX)))))
        angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
        return np.asarray(np.stack([np.cos(angles), np.sin(angles)], axis=1) @ self.half)


@dataclass(frozen=True, eq=False)
class _Sides:
    """The sides of a convex outline that runs clockwise on the screen: unit vectors inwards (k, 2), offsets (k,)."""

    inwards: Points
    offsets: Points

    @staticmethod
    def of(outline: Points) -> _Sides:
        ways = np.roll(outline, -1, axis=0) - outline
        long = np.hypot(ways[:, 0], ways[:, 1])
        kept = long > 1e-9
        inwards = np.stack([-ways[kept, 1], ways[kept, 0]], axis=1) / long[kept, None]
        return _Sides(inwards, (outline[kept] * inwards).sum(axis=1))

    def depths(self, places: Points) -> Points:
        """(n, k): how far places (n, 2) lie inside each side, mm; negative outside."""
        return np.asarray(places @ self.inwards.T - self.offsets)


def _runs(places: Points, shown: NDArray[np.bool_]) -> tuple[Points, ...]:
    """The pieces of a closed line that are shown; a piece has at least two places."""
    if shown.all():
        return (np.vstack([places, places[:1]]),)
    if not shown.any():
        return ()
    start = int(np.argmin(shown))  # begin where the line is hidden, so that no piece is cut in two
    places, shown = np.roll(places, -start, axis=0), np.roll(shown, -start)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], shown.astype(np.int8), [0]])))
    return tuple(places[a:b] for a, b in edges.reshape(-1, 2) if b - a > 1)


def section_of(plane: SlicePlane, corners: Points) -> Points:
    """Where a plane cuts a box with corners (8, 3), in order, (n, 2) screen mm; fewer than three: it does not.

    Corners whose numbers differ in one binary digit are joined by an edge, as those of a grid.
    """
    ends = np.array([(a, a | bit) for bit in (1, 2, 4) for a in range(8) if not a & bit])
    depth = plane.distance(corners)
    one, other = depth[ends[:, 0]], depth[ends[:, 1]]
    cut = (one < 0) != (other < 0)
    if cut.sum() < 3:
        return np.zeros((0, 2))
    share = (one[cut] / (one[cut] - other[cut]))[:, None]
    places = plane.screen(corners[ends[cut, 0]] * (1 - share) + corners[ends[cut, 1]] * share)
    way = places - places.mean(axis=0)
    return np.asarray(places[np.argsort(np.arctan2(way[:, 1], way[:, 0]))])


def _clipped(outline: Points, viewport: Viewport) -> Points:
    """What of a convex outline (n, 2) lies in a picture (Sutherland and Hodgman 1974)."""
    width, height = viewport.width * viewport.mm_per_pixel, viewport.height * viewport.mm_per_pixel
    low = np.array([viewport.left_mm, viewport.top_mm]) - viewport.mm_per_pixel / 2
    for axis, limit, sign in ((0, low[0], 1), (0, low[0] + width, -1), (1, low[1], 1), (1, low[1] + height, -1)):
        if not len(outline):
            return outline
        room = sign * (outline[:, axis] - limit)
        kept = []
        for number in range(len(outline)):
            here, there = room[number - 1], room[number]
            if (here < 0) != (there < 0):
                kept.append(outline[number - 1] + here / (here - there) * (outline[number] - outline[number - 1]))
            if there >= 0:
                kept.append(outline[number])
        outline = np.array(kept).reshape(-1, 2)
    return outline
