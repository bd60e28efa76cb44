"""Do points lie in the image that they are for, and if not: which other reading of their numbers would put them there?

Files mix up LPS and RAS, centimetres and millimetres, voxels and places, and images. A suggestion is never more than a
question: where the points lie in the image as they are written, nothing is asked, even if another reading fits as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Final

import numpy as np

from fusionviewer.geometry import Grid, Matrix, Points
from fusionviewer.geometry.types import frozen

_UNITS: Final = (("centimetres", 10.0), ("metres", 1000.0))
_HUDDLED: Final = {10.0: 25.0, 1000.0: 1.5}
"""mm: points this near to each other may well be in the unit of this many mm, if they then spread over the head."""
_SPREAD_MM: Final = 50.0
_FEWEST_HUDDLED: Final = 4


@dataclass(frozen=True, eq=False)
class Suggestion:
    """Another reading of the numbers of a file."""

    reading: str
    """In a few words: RAS, centimetres, voxels …"""
    sentence: str
    inside: int
    """How many points lie in the image by this reading."""
    matrix: Matrix
    """4×4: from what was read to LPS mm."""
    other_image: bool = False
    """The points are for the other image, and lie in that one."""

    def apply(self, points: Points) -> Points:
        """The points (n, 3) by this reading, LPS mm (of the other image, if `other_image`)."""
        return np.asarray(np.asarray(points) @ self.matrix[:3, :3].T + self.matrix[:3, 3])


def outside_of(points: Points, grid: Grid) -> list[int]:
    """Which of points (n, 3), LPS mm, do not lie in an image: their numbers."""
    places = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    return [int(number) for number in np.flatnonzero(~grid.contains(places))]


def suggest_readings(
    points: Points, grid: Grid, other: Grid | None = None, image: str = "the image", other_name: str = "the other image"
) -> tuple[Suggestion, ...]:
    """Better readings of points (n, 3), read as LPS mm, than as they are written; the best first, none if all is well.

    `grid` is that of the image they are for, `other` that of the other image; `image` and `other_name` name them in the
    sentences. All is well where more than half of the points lie in the image and are not huddled together as a head in
    centimetres or metres would be.
    """
    places = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    count = len(places)
    as_written = count - len(outside_of(places, grid))
    well = 2 * as_written > count
    found: list[tuple[int, bool, Suggestion]] = []
    for reading, matrix, belongs_to_other in _readings(grid, other):
        one = Suggestion(reading, "", 0, frozen(matrix), belongs_to_other)
        there = one.apply(places)
        target = other if belongs_to_other and other is not None else grid
        inside = int(target.contains(there).sum())
        if (well and not _unhuddles(places, there, inside)) or 2 * inside <= count or inside < as_written:
            continue
        if not well and inside == as_written:
            continue
        where = other_name if belongs_to_other else image
        sentence = _sentence(reading, where, (inside, count), (as_written, image if belongs_to_other else ""))
        suggestion = Suggestion(reading, sentence, inside, one.matrix, belongs_to_other)
        found.append((-inside, _huddled(there), suggestion))
    return tuple(one for *_, one in sorted(found, key=lambda each: each[:2]))  # stable: the likelier reading first


def _readings(grid: Grid, other: Grid | None) -> Iterator[tuple[str, Matrix, bool]]:
    """What can be meant, the likeliest first: in words, as a matrix, and whether it is the other image's."""
    as_is: Matrix = np.eye(4)
    ras: Matrix = np.diag([-1.0, -1.0, 1.0, 1.0])
    yield "RAS", ras, False
    if other is not None:
        yield "as written", as_is, True
    yield "voxels", grid.point_from_index, False
    for unit, mm in _UNITS:
        scale: Matrix = np.diag([mm, mm, mm, 1.0])
        yield unit, scale, False
        yield f"RAS and {unit}", scale @ ras, False
    if other is not None:
        yield "RAS", ras, True
        yield "voxels", other.point_from_index, True
    yield "voxels counted k, j, i", grid.point_from_index @ _reordered((2, 1, 0)), False
    for order in list(permutations(range(3)))[1:]:
        names = ", ".join("xyz"[order.index(column)] for column in range(3))
        yield f"columns {names}", _reordered(order), False


def _reordered(order: tuple[int, ...]) -> Matrix:
    """4×4 that takes x, y and z from the columns of these numbers."""
    out = np.zeros((4, 4))
    out[range(3), order] = 1.0
    out[3, 3] = 1.0
    return out


def _span(points: Points) -> float:
    """How far the points reach along the axis that they reach farthest along, mm."""
    return float(np.ptp(points, axis=0).max())


def _huddled(points: Points) -> bool:
    """Whether so many points are so close together that they are hardly those of a head."""
    return len(points) >= _FEWEST_HUDDLED and _span(points) <= max(_HUDDLED.values())


def _unhuddles(written: Points, there: Points, inside: int) -> bool:
    """Whether points that lie in the image as written are so close together that a larger unit explains them."""
    if len(written) < _FEWEST_HUDDLED or inside < len(written):
        return False
    before, after = _span(written), _span(there)
    return any(
        before <= near and np.isclose(after, mm * before) and after >= _SPREAD_MM for mm, near in _HUDDLED.items()
    )


def _sentence(reading: str, where: str, by_reading: tuple[int, int], as_written: tuple[int, str]) -> str:
    inside, count = by_reading
    before, image = as_written
    lie = "lies" if inside == 1 else "lie"
    do = "does" if before == 1 else "do"
    start = f"{inside} of {count} {lie}" if reading == "as written" else f"Read as {reading}, {inside} of {count} {lie}"
    if image:
        return f"{start} inside {where}; as written, {before} {do} inside {image}."
    if before == count:
        return f"{start} inside {where}, spread over the head; as written, all {count} lie close together."
    return f"{start} inside {where}; as written, {before} {do}."
