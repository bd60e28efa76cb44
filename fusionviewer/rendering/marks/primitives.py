"""The display list: what lies over an image, as plain shapes that each painter paints in its own way.

All lengths and places (x, y) are units of the design: a logical pixel in the window, and as many pixels as the letters
are enlarged by in a picture. Whole numbers are the corners of pixels, at the upper left of a pane is (0, 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Protocol, TypeAlias

import numpy as np

from fusionviewer.geometry import Points
from fusionviewer.rendering.colours import TEXT_COLOUR, Table

Spot: TypeAlias = tuple[float, float]
Room: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

RIM: Final = 0.67
"""How dark the rim of lines and letters is: they are seen on black and on white."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle about a place."""

    at: Spot
    radius: float
    closed: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line from place to place; a closed one is a convex polygon."""

    places: tuple[Spot, ...]
    closed: bool = False


Shape: TypeAlias = Circle | Line


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Shapes in one line, over the dark rims of all of them."""

    shapes: tuple[Shape, ...]
    colour: str
    width: float = 1.5
    opacity: float = 1.0
    rim: float = 1.0
    """How far the rim stands out on either side; 0: there is none."""
    rim_opacity: float = RIM
    """How dark it is, compared with the line."""
    dash: float = 0.0
    """The length of dashes and of the gaps between them; 0: the line is whole."""
    fill: float = 0.0
    """How much of what lies within is covered by the line's colour."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An upright or level line, one pixel wide and on whole pixels however it falls, with a rim of the same width."""

    start: Spot
    end: Spot
    colour: str
    opacity: float
    rim_opacity: float = 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """A filled rectangle."""

    room: Room
    colour: str = "#000000"
    opacity: float = RIM


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Colours (n, 3) side by side in a rectangle, from the left to the right or, where it is upright, upwards."""

    room: Room
    colours: Table


Role: TypeAlias = Literal["name", "strong", "title", "side", "note"]
"""What a text is there for; each painter has its own letters for it."""

Anchor: TypeAlias = Literal["ls", "ms", "rs", "lm", "mm", "rm", "lt", "mt", "rt"]
"""What of a text lies at its place: left, middle or right; base line, middle or top of its capitals."""


@dataclass(frozen=True, slots=True)
class Text:
    """A word or a line of words, with a rim."""

    at: Spot
    text: str
    colour: str = TEXT_COLOUR
    role: Role = "name"
    anchor: Anchor = "ls"
    opacity: float = 1.0


Primitive: TypeAlias = Stroke | Rule | Block | Strip | Text


class Letters(Protocol):
    """How large a painter writes, in units."""

    def length(self, text: str, role: Role) -> float:
        """How long a text is."""

    def elided(self, text: str, role: Role, room: float) -> str:
        """The text, or as much of it as there is room for."""

    def cap(self, role: Role) -> float:
        """How high capitals are."""

    def line(self, role: Role) -> float:
        """From one base line to the next."""


def strip_pixels(strip: Strip, width: int, height: int) -> Table:
    """A strip in so many pixels, (height, width, 3)."""
    long, upright = max(width, height), height > width
    line = strip.colours[np.arange(long) * len(strip.colours) // long]
    shaped = line[::-1, None] if upright else line[None]
    return np.ascontiguousarray(np.broadcast_to(shaped, (height, width, 3)))


def start_of(text: Text, letters: Letters) -> Spot:
    """Where the base line of a text begins."""
    across, down = {"l": 0.0, "m": 0.5, "r": 1.0}[text.anchor[0]], {"s": 0.0, "m": 0.5, "t": 1.0}[text.anchor[1]]
    left = text.at[0] - (across * letters.length(text.text, text.role) if across else 0.0)
    return left, text.at[1] + (down * letters.cap(text.role) if down else 0.0)


def line_of(places: Points, closed: bool = False) -> Line:
    """The line through places (n, 2)."""
    return Line(tuple(map(tuple, places.tolist())), closed)


def rectangle(room: Room) -> Line:
    """The outline of a room."""
    left, top, right, bottom = room
    return Line(((left, top), (right, top), (right, bottom), (left, bottom)), closed=True)


def room_about(at: Spot, half: float) -> Room:
    """An upright square whose side is twice `half`."""
    return at[0] - half, at[1] - half, at[0] + half, at[1] + half


def cross(at: Spot, *arms: Spot) -> tuple[Line, ...]:
    """A line through a place for each arm, which is half of it."""
    x, y = at
    return tuple(Line(((x - dx, y - dy), (x + dx, y + dy))) for dx, dy in arms)
