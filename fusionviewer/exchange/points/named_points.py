"""What a file of points holds, whichever program wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import Points
from fusionviewer.geometry.types import FARTHEST, frozen

Frame: TypeAlias = Literal["LPS", "RAS", "voxels"]
Unit: TypeAlias = Literal["mm", "µm", "voxels"]


@dataclass(frozen=True)
class PointFlags:
    """What some formats say of a point besides its name and place."""

    description: str = ""
    locked: bool = False
    visible: bool = True
    selected: bool = True


@dataclass(frozen=True, eq=False)
class NamedPoints:
    """Points of one image. Raises BadArgument if two names are alike, one is empty, or something is not a number."""

    names: tuple[str, ...]
    points: Points
    """(n, 3) LPS mm, whatever the file had."""
    marks: tuple[PointFlags, ...] = ()
    """(n); left out: nothing special about any point."""
    frame: Frame | None = None
    """What the file said its numbers are; None: it said nothing, and what its format means was taken."""
    unit: Unit | None = None
    notes: tuple[str, ...] = ()
    """What was odd, left out or assumed: a sentence each."""
    in_order: bool = False
    """The file has no names: P1, P2 … say nothing but the order."""

    def __post_init__(self) -> None:
        points = np.asarray(self.points, dtype=np.float64)
        object.__setattr__(self, "points", frozen(points.reshape(-1, 3) if points.size == 0 else points))
        object.__setattr__(self, "marks", self.marks or (PointFlags(),) * len(self.names))
        if self.points.shape != (len(self.names), 3) or len(self.marks) != len(self.names):
            raise BadArgument("There are not as many names as points.", "Give each point a name.")
        if not np.isfinite(self.points).all():
            raise BadArgument("A point's position is not a finite number.", "Place or type it again.")
        if (np.abs(self.points) > FARTHEST).any():
            raise BadArgument("A point lies far beyond any image.", "Place or type it again.")
        if not all(self.names):
            raise BadArgument("A point has no name.", "Give each point a name.")
        if (again := _first_twice(self.names)) is not None:
            raise BadArgument(f"The name “{again}” comes twice.", "Give each point a name of its own.")

    @staticmethod
    def of(points: Mapping[str, Points]) -> NamedPoints:
        """From points (3,) in LPS mm by name."""
        return NamedPoints(tuple(points), np.array([np.asarray(p) for p in points.values()], dtype=np.float64))

    @property
    def by_name(self) -> dict[str, Points]:
        """Points (3,) in LPS mm by name, in the order of the file."""
        return dict(zip(self.names, self.points, strict=True))


def tidy(label: str) -> str:
    """A label as a name: one line, no control characters, nothing that cannot be written, no spaces around it."""
    line = "".join(" " if _ends_lines(letter) else letter for letter in label)
    return line.encode("utf-8", "replace").decode("utf-8").strip()


def names_for(path: Path, labels: Iterable[str], wanted: str) -> tuple[str, ...]:
    """Tidy names for the labels in a file; points without a label become P1, P2 … as they stand in the file.

    Raises UnreadableInput if two labels are alike.
    """
    names = [tidy(label) for label in labels]
    if (again := _first_twice([name for name in names if name])) is not None:
        raise UnreadableInput(f"{path.name} cannot be read: the name “{again}” comes twice.", wanted)
    taken = set(names)
    for row, name in enumerate(names):
        if not name:
            number = row + 1
            while f"P{number}" in taken:
                number += 1
            names[row] = f"P{number}"
            taken.add(names[row])
    return tuple(names)


def lps_from_ras(points: Points) -> Points:
    """The same places with x and y negated, (n, 3); no zero gets a sign. It is its own inverse."""
    return np.asarray(np.asarray(points, dtype=np.float64) * (-1.0, -1.0, 1.0) + 0.0)


def _ends_lines(letter: str) -> bool:
    return ord(letter) < 32 or 127 <= ord(letter) < 160 or letter in "\u2028\u2029"


def _first_twice(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
