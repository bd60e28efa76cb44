"""Names and lengths beside marks: where each of them is written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from fusionviewer.rendering.marks.primitives import Letters, Role, Room, Spot, Text

ABOVE: Final = -5.0
BELOW: Final = 11.0
"""The base line of a label beside a mark, from its middle."""

FAINTEST: Final = 0.7
"""However faint a mark is, its name can be read."""

_EDGE: Final = 4.0
_SHORTEST: Final = 32.0
"""A label is cut to no less than this, so far from the edges of its pane."""

_LONGEST: Final = 130.0
_SHARE: Final = 0.45
"""Where labels make way for each other none of them takes more, in units and of the pane's width."""

_MARGIN: Final = 0.2
"""What a label takes above and below its capitals, as a share of their height."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside a mark, `reach` away from its middle. It may be cut, but not its ending."""

    at: Spot
    text: str
    colour: str
    reach: float
    base: float = ABOVE
    opacity: float = 1.0
    role: Role = "name"
    ending: str = ""
    longest: float = math.inf
    side: int = 1
    """Where it stands if it can: 1 right of the mark, -1 left of it."""


def beside(labels: Iterable[Label], extent: Spot, letters: Letters, taken: list[Room] | None = None) -> list[Text]:
    """The labels as they are written on a pane of an extent: beside their marks, on the other side where the pane ends.

    With rooms that are `taken` they make way for these and for each other, on whichever side is free, and what they
    take is added; without, each one stays where it is whatever else is near, so that nothing jumps while slices pass.
    """
    written = []
    for label in labels:
        cap, (x, _) = letters.cap(label.role), label.at
        ending = letters.length(label.ending, label.role) if label.ending else 0.0
        whole = letters.length(label.text, label.role) + ending
        longest = label.longest if taken is None else min(label.longest, _LONGEST, _SHARE * extent[0])
        one = label.side
        sides = (one, -one) if taken is None else (one, one, -one, -one, 0, 0)
        bases = (label.base, BELOW if label.base < 0 else ABOVE) if taken is not None else (label.base,)
        places = list(zip(sides, cycle(bases)))
        rooms = [_room(label, place, min(whole, longest), extent[0], cap) for place in places]
        costs = [_hidden(room, extent, taken or ()) for room in rooms]
        best = costs.index(min(costs))
        if taken is not None and not shared(rooms[best], (0, 0, *extent)):
            continue
        most = (x - label.reach - _EDGE, extent[0], extent[0] - _EDGE - x - label.reach)[places[best][0] + 1]
        text, room = label.text, min(longest, max(most, _SHORTEST))
        if whole > room:
            text = letters.elided(text, label.role, room - ending)
            shorter = letters.length(text, label.role) + ending
            rooms[best] = _room(label, places[best], shorter, extent[0], cap)
        if taken is not None:
            taken.append(rooms[best])
        at = rooms[best][0], rooms[best][3] - _MARGIN * cap
        written.append(Text(at, text + label.ending, label.colour, label.role, opacity=label.opacity))
    return written


def _room(label: Label, place: tuple[int, float], length: float, width: float, cap: float) -> Room:
    """What a label takes on one side of its mark: left (-1), above or below it (0), or right (1)."""
    (x, y), (side, base) = label.at, place
    left = (x - label.reach - length, min(max(_EDGE, x - length / 2), width - _EDGE - length), x + label.reach)[
        side + 1
    ]
    if not side:
        base = -label.reach if base < 0 else label.reach + cap
    return left, y + base - (1 + _MARGIN) * cap, left + length, y + base + _MARGIN * cap


def _hidden(room: Room, extent: Spot, taken: Iterable[Room]) -> float:
    """How much of a label would lie on something else or beyond the edges, in units²."""
    left, top, right, bottom = room
    outside = (right - left) * (bottom - top) - shared(room, (_EDGE, 0, extent[0] - _EDGE, extent[1]))
    return 4 * outside + sum(shared(room, other) for other in taken)


def shared(one: Room, other: Room) -> float:
    """What two rooms have in common, in units²."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, high)
