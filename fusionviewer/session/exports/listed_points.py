"""The lists of points of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.frames import PointFrame
from fusionviewer.exchange.points.named_points import NamedPoints, tidy
from fusionviewer.session.state import FusionState, Point, Side

PointList: TypeAlias = Literal["targets", "fixed-landmarks", "moving-landmarks"]

POINT_LISTS: Final[tuple[PointList, ...]] = get_args(PointList)

LIST_NAMES: Final[dict[PointList, str]] = {
    "targets": "Targets",
    "fixed-landmarks": "Landmarks of the fixed image",
    "moving-landmarks": "Landmarks of the moving image",
}


@dataclass(frozen=True)
class PointsChoice:
    """Which points are written, and in which frame."""

    which: PointList = "targets"
    frame: PointFrame = "scanner-ras"


def side_of(which: PointList) -> Side:
    """The image in whose space a list lies."""
    return "moving" if which == "moving-landmarks" else "fixed"


def points_of_list(state: FusionState, which: PointList) -> NamedPoints:
    """A list of points, LPS mm, each with a name of its own; it may be empty."""
    if which == "targets":
        return listed([(target.name, target.point) for target in state.targets])
    side = side_of(which)
    points = [(pair.name, pair.point(side)) for pair in state.landmarks]
    return listed([(name, point) for name, point in points if point is not None])


def marked_points(state: FusionState, which: PointList) -> NamedPoints:
    """The same. Raises BadArgument where there are none."""
    points = points_of_list(state, which)
    if not points.names:
        raise BadArgument(f"The study has no {which.replace('-', ' ')}.", "Place some in the window first.")
    return points


def listed(points: list[tuple[str, Point]]) -> NamedPoints:
    """The points with tidy names; one that has none, or that of an earlier one, gets its number."""
    names: list[str] = []
    for number, (name, _) in enumerate(points, 1):
        plain = tidy(name)
        names.append(plain if plain and plain not in names else f"{plain} {number}".strip())
    return NamedPoints(tuple(names), np.array([point for _, point in points], dtype=np.float64).reshape(-1, 3))
