"""What a scene shows, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.volume import Volume

SceneColours: TypeAlias = Literal["grey", "inverted", "blue", "amber", "hot", "iron", "viridis"]

NO_POINTS: Final = NamedPoints((), NamedPoints.of({}).points)

_ALLOWED: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
"""Letters of a name: those that no system and no format of a scene takes for anything else."""


@dataclass(frozen=True)
class Look:
    """From which value on an image is black, from which on it is white, and in which colours it is shown."""

    black: float
    white: float
    colours: SceneColours = "grey"

    @property
    def window(self) -> float:
        """How many values lie between black and white."""
        return self.white - self.black

    @property
    def level(self) -> float:
        """The value in the middle."""
        return (self.white + self.black) / 2


@dataclass(frozen=True, eq=False)
class SceneContent:
    """Both images, how they lie and look, and what is marked. Raises BadArgument for names that no file can have."""

    fixed: Volume
    moving: Volume
    moving_from_fixed: RigidTransform
    fixed_look: Look
    moving_look: Look
    fade: float
    """0: the fixed image alone, 1: the moving one alone."""
    cursor: Points
    """(3,) LPS mm of fixed space."""
    targets: NamedPoints = NO_POINTS
    """In fixed space."""
    fixed_landmarks: NamedPoints = NO_POINTS
    """In fixed space."""
    moving_landmarks: NamedPoints = NO_POINTS
    """In moving space."""
    names: tuple[str, str] = ("fixed", "moving")
    """What the files of the images are called, without their ending."""

    def __post_init__(self) -> None:
        check_names(self.names)

    def points(self) -> Iterator[tuple[str, NamedPoints, bool]]:
        """Each list of points that is not empty: its name, its points, and whether it lies in moving space."""
        for name, points, moves in (
            ("targets", self.targets, False),
            (f"{self.names[0]}-landmarks", self.fixed_landmarks, False),
            (f"{self.names[1]}-landmarks", self.moving_landmarks, True),
        ):
            if points.names:
                yield name, points, moves


def check_names(names: tuple[str, str]) -> None:
    """Raise BadArgument for names of images that cannot be those of two files everywhere."""
    for name in names:
        if not 0 < len(name) <= 60 or not set(name) <= _ALLOWED:
            raise BadArgument(
                f"“{name}” cannot be the name of an image in a scene.", "Use letters, digits, - and _ alone."
            )
    if names[0].lower() == names[1].lower():
        raise BadArgument("The two images of a scene have the same name.", "Give each a name of its own.")
