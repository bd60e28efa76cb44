"""What is marked on a picture: landmarks, targets, distances and TRE isocontours, as plain values.

All places are in the space of the picture, LPS mm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.geometry import Grid, Points
from fusionviewer.rendering.marks.annotations import LEGEND

Place: TypeAlias = tuple[float, float, float]

ImageSide: TypeAlias = Literal["fixed", "moving"]
"""Which of the two images a point was marked in."""

PairUse: TypeAlias = Literal["fit", "check", "off"]
"""Whether a pair is fitted, measures the error of the fit, or does neither."""

NEAR_MM: Final = 5.0
"""What lies farther from the plane than this is not shown."""

MEASURED_NEAR_MM: Final = 1.0
"""A distance is drawn where both of its ends lie this near to the plane."""

_ON_PLANE_MM: Final = 0.5
_FAINTEST_TARGET: Final = 0.45


def strength(away_mm: float) -> float:
    """How strongly a landmark is drawn so far from the plane: 1 on it, falling with the distance; 0 is not shown."""
    if away_mm > NEAR_MM:
        return 0.0
    return 1.0 - 0.75 * max(0.0, away_mm - _ON_PLANE_MM) / (NEAR_MM - _ON_PLANE_MM)


def target_strength(away_mm: float) -> float:
    """The same of a target, which stays easier to see."""
    return 0.0 if away_mm > NEAR_MM else 1.0 - (1.0 - _FAINTEST_TARGET) * away_mm / NEAR_MM


@dataclass(frozen=True)
class MarkedPair:
    """A landmark pair; None for a point that is not marked, or not shown on this picture."""

    number: int
    """Its place in the list, from 1."""
    name: str
    """Free text, which may tell who the patient is: written only where names are asked for."""
    fixed: Place | None
    moving: Place | None
    complete: bool = True
    """Whether the study has both points."""
    part: PairUse = "fit"
    colour: str = ""
    """Of its label: "#rrggbb", or empty: like the others."""

    @property
    def points(self) -> list[tuple[ImageSide, Place]]:
        """The points that there are, by their image."""
        both: tuple[tuple[ImageSide, Place | None], ...] = (("fixed", self.fixed), ("moving", self.moving))
        return [(side, point) for side, point in both if point is not None]


@dataclass(frozen=True)
class MarkedTarget:
    """A place where the error of the fusion matters; its name is free text, as that of a pair."""

    number: int
    name: str
    place: Place


@dataclass(frozen=True)
class MarkedDistance:
    """A measured distance."""

    start: Place
    end: Place

    @property
    def length_mm(self) -> float:
        """How long it is."""
        return math.dist(self.start, self.end)


@dataclass(frozen=True, eq=False)
class PredictedError:
    """An error, of which lines are drawn within an image's box (`error_lines`)."""

    tre_mm: Callable[[Points], Points]
    """(n,) mm at points (n, 3); its square is quadratic in the place."""
    grid: Grid
    own_mm: float = 0.0
    """So much is taken off `tre_mm`, as squares."""
    least_mm: float = 0.0
    """What is left is never less."""
    legend: tuple[str, str] = LEGEND
    """What the lines are, in full and where there is little room."""


@dataclass(frozen=True)
class Marks:
    """All that is marked on a picture."""

    pairs: tuple[MarkedPair, ...] = ()
    targets: tuple[MarkedTarget, ...] = ()
    distances: tuple[MarkedDistance, ...] = ()
    error: PredictedError | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw, on whatever plane."""
        return not (self.pairs or self.targets or self.distances or self.error)
