"""Landmarks, targets and distances near a plane, as primitives: the same on the screen and in pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np

from fusionviewer.geometry import Points
from fusionviewer.rendering.colours import ERROR_COLOUR, FIXED_COLOUR, MOVING_COLOUR, TEXT_COLOUR
from fusionviewer.rendering.marks.labels import BELOW, FAINTEST, Label, beside
from fusionviewer.rendering.marks.primitives import (
    Circle,
    Letters,
    Line,
    Primitive,
    Room,
    Shape,
    Spot,
    Stroke,
    cross,
    rectangle,
    room_about,
)
from fusionviewer.rendering.marks.projection import Projection
from fusionviewer.rendering.marks.values import (
    MEASURED_NEAR_MM,
    ImageSide,
    MarkedDistance,
    MarkedPair,
    MarkedTarget,
    Marks,
    PairUse,
    Place,
    strength,
    target_strength,
)

COLOURS: Final[dict[ImageSide, str]] = {"fixed": FIXED_COLOUR, "moving": MOVING_COLOUR}

OFF_OPACITY: Final = 0.7
"""Pairs that are off are fainter."""

_RADIUS: Final = 5.0
_FRAME: Final = 1.7
"""A check point's square, half of its side over the radius of the mark: the diamond does not touch it."""
_SELECTED_FRAME: Final = _FRAME * _RADIUS + 3
_AWAY: Final = _RADIUS + 6
_AWAY_FROM_FRAME: Final = _SELECTED_FRAME + 4
"""How far from a mark its name begins."""
_FILL: Final = 0.35
_DASH: Final = 3.0
_TARGET_RADIUS: Final = 6.0
_LONGEST_TARGET: Final = 128.0
_TICK: Final = 6.0
_DISTANCE_COLOUR: Final = "#ffffff"
_DISTANCE_RIM: Final = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class SeenPoint:
    """A landmark point as a pane shows it: `point` (3,) in the space that is looked at, `at` in units."""

    index: int
    """Of its pair, from 0."""
    side: ImageSide
    point: Points
    at: Spot
    strength: float
    """1 on the plane, falling with the distance from it; 0 is not shown."""


def seen_points(pairs: Iterable[MarkedPair], projection: Projection) -> list[SeenPoint]:
    """The points of pairs, near the plane or not, the fixed one of a pair first."""
    marked = [(pair.number - 1, side, point) for pair in pairs for side, point in pair.points]
    if not marked:
        return []
    points = np.array([point for _, _, point in marked])
    where = zip(marked, points, projection.spots(points), projection.away(points), strict=True)
    return [SeenPoint(index, side, point, at, strength(away)) for (index, side, _), point, at, away in where]


def draw_marks(
    marks: Marks,
    projection: Projection,
    letters: Letters,
    *,
    names: bool = True,
    selected: int | None = None,
    taken: list[Room] | None = None,
) -> list[Primitive]:
    """All of a study's marks near a plane but its lines of equal error; labels last, where no mark hides them.

    Without `names`, pairs and targets have their numbers. `selected` is a pair's place in the list, from 0. With rooms
    that are `taken` labels make way for them (see `beside`).
    """
    found = _Found(projection, names)
    for distance in marks.distances:
        found.add_distance(distance)
    for target in marks.targets:
        found.add_target(target)
    points: dict[int, list[SeenPoint]] = {}
    for seen in seen_points(marks.pairs, projection):
        points.setdefault(seen.index, []).append(seen)
    for pair in sorted(marks.pairs, key=lambda pair: pair.number - 1 == selected):  # the selected one lies on top
        found.add_pair(pair, points.get(pair.number - 1, []), chosen=pair.number - 1 == selected)
    if taken is not None:
        taken += found.rooms
    return [*found.drawn, *beside(found.labels, projection.extent, letters, taken)]


@dataclass
class _Found:
    """What is near the plane: marks, their labels, and what rooms the marks take."""

    projection: Projection
    names: bool
    drawn: list[Primitive] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)

    def add_pair(self, pair: MarkedPair, points: Sequence[SeenPoint], *, chosen: bool) -> None:
        """The points; where the pair has both of them here, a line between them shows its residual."""
        shown = [seen for seen in points if seen.strength > 0]
        if not shown:
            return
        checks, off = pair.part == "check", pair.part == "off"
        if len(points) == 2:
            residual = Line((points[0].at, points[1].at))
            self.drawn.append(Stroke((residual,), TEXT_COLOUR, 1.2, max(seen.strength for seen in shown), rim=0.9))
        for seen in shown:
            opacity = seen.strength * (OFF_OPACITY if off else 1.0)
            self.drawn += sign(
                seen.side, seen.at, pair.part, pair.complete, opacity=opacity, width=2.0 if chosen else 1.5
            )
            if chosen:
                ring = (
                    rectangle(room_about(seen.at, _SELECTED_FRAME))
                    if checks
                    else shape(seen.side, seen.at, _RADIUS + 4)
                )
                self.drawn.append(Stroke((ring,), TEXT_COLOUR, 1.2, opacity))
            self._take(seen.at, 1.0 + _RADIUS * (_FRAME if checks else 1.25))
        label = Label(
            shown[0].at,
            pair.name if self.names else str(pair.number),
            pair.colour or TEXT_COLOUR,
            _AWAY_FROM_FRAME if checks else _AWAY,
            opacity=FAINTEST if off else max(FAINTEST, shown[0].strength),
            role="strong" if chosen else "name",
            ending="" if pair.complete else " ?",
        )
        self.labels.append(label)

    def add_target(self, target: MarkedTarget) -> None:
        """A small cross in a circle."""
        (at,), (away,), r = *self._seen(target.place), _TARGET_RADIUS
        share = target_strength(away)
        if share == 0:
            return
        self.drawn.append(Stroke((Circle(at, r), *cross(at, (r, 0.0), (0.0, r))), ERROR_COLOUR, opacity=share))
        self._take(at, r + 2)
        text = target.name if self.names else f"T{target.number}"
        self.labels.append(Label(at, text, ERROR_COLOUR, _AWAY, BELOW, max(FAINTEST, share), longest=_LONGEST_TARGET))

    def add_distance(self, distance: MarkedDistance) -> None:
        """A line with ticks at its ends, and its length."""
        (start, end), away = self._seen(distance.start, distance.end)
        if max(away) > MEASURED_NEAR_MM:
            return
        length = math.dist(start, end) or 1.0
        across = ((start[1] - end[1]) * _TICK / length, (end[0] - start[0]) * _TICK / length)
        across = across if start != end else (0.0, _TICK)
        lines = (Line((start, end)), *cross(start, across), *cross(end, across))
        self.drawn.append(Stroke(lines, _DISTANCE_COLOUR, rim_opacity=_DISTANCE_RIM))
        for at in (start, end):
            self._take(at, _TICK)
        side, text = 1 if end[0] >= start[0] else -1, f"{distance.length_mm:.1f} mm"
        self.labels.append(Label(end, text, TEXT_COLOUR, 8.0, -8.0, role="strong", side=side))

    def _seen(self, *places: Place) -> tuple[list[Spot], list[float]]:
        """Where places are seen, and how far they lie from the plane, mm."""
        points = np.array(places)
        return self.projection.spots(points), self.projection.away(points)

    def _take(self, at: Spot, reach: float) -> None:
        self.rooms.append(room_about(at, reach))


def sign(
    side: ImageSide,
    at: Spot,
    part: PairUse,
    complete: bool,
    *,
    radius: float = _RADIUS,
    opacity: float = 1.0,
    width: float = 1.5,
    rim: float = 1.0,
    colour: str = "",
) -> list[Stroke]:
    """A pair's point: the shape of its image. A check point stands in a square; a pair that is off is struck out.

    What is fitted has a faint fill and a dot in the middle; a half pair is dashed. The table shows the same,
    in the `colour` of its theme.
    """
    colour = colour or COLOURS[side]
    stroke = partial(Stroke, colour=colour, width=width, opacity=opacity, rim=rim)
    strokes = [stroke((rectangle(room_about(at, radius * _FRAME)),))] if part == "check" else []
    fill, dash = _FILL if part == "fit" else 0.0, 0.0 if complete else _DASH
    strokes.append(stroke((shape(side, at, radius),), fill=fill, dash=dash))
    if part == "off":
        reach = radius * (1.2 if side == "fixed" else 1.0)
        strokes.append(stroke(cross(at, (reach, reach), (reach, -reach))))
    else:
        strokes.append(Stroke((Circle(at, 0.21 * radius),), colour, 0.0, opacity, rim=0.0, fill=1.0))
    return strokes


def shape(side: ImageSide, at: Spot, radius: float) -> Shape:
    """The shape that goes with an image's colour: a circle for the fixed one, a diamond for the moving one."""
    if side == "fixed":
        return Circle(at, radius)
    (x, y), r = at, radius * 1.25  # looks as large as the circle
    return Line(((x, y - r), (x + r, y), (x, y + r), (x - r, y)), closed=True)


def draw_predicted_point(seen: SeenPoint, name: str, projection: Projection, letters: Letters) -> list[Primitive]:
    """Where a missing point is expected: hollow and dashed, and a question behind the name."""
    ring = Stroke((shape(seen.side, seen.at, _RADIUS + 2),), COLOURS[seen.side], opacity=seen.strength, dash=_DASH)
    opacity = max(FAINTEST, seen.strength)
    label = Label(seen.at, name, TEXT_COLOUR, _AWAY, _RADIUS + 9, opacity, ending=" here?")
    return [ring, *beside([label], projection.extent, letters)]
