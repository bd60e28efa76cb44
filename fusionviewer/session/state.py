"""What the user has made: the study, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.registration import LandmarkPull, Region
from fusionviewer.registration.points.error_theory import default_fle_mm
from fusionviewer.rendering.marks.values import PairUse
from fusionviewer.session.alignment import Alignment

Side: TypeAlias = Literal["fixed", "moving"]
"""Which of the two images, and which space a point lies in."""

SIDES: Final[tuple[Side, Side]] = ("fixed", "moving")

Point: TypeAlias = tuple[float, float, float]
"""LPS mm, as plain numbers so that states compare and go to files without loss."""


@dataclass(frozen=True)
class LandmarkPair:
    """One anatomical place, marked in each image in that image's own space (LPS mm); None: not marked yet."""

    name: str
    fixed_point: Point | None = None
    moving_point: Point | None = None
    use: PairUse = "fit"
    """Whether it is fitted, kept out of the fit to measure its error, or left out of both."""
    fle_mm: float | None = None
    """How well it can be placed, RMS in 3D of both images together; None: like the others."""
    locked: bool = False
    colour: str = ""
    """"#rrggbb" where the user gave it one."""
    again: tuple[tuple[Side, Point], ...] = ()
    """Repeated marks of the same place, each in its image's own space."""

    @property
    def complete(self) -> bool:
        """Whether both points are marked."""
        return self.fixed_point is not None and self.moving_point is not None

    @property
    def used(self) -> bool:
        """Whether a fit takes it in."""
        return self.complete and self.use == "fit"

    @property
    def checks(self) -> bool:
        """Whether it measures the error of the fit."""
        return self.complete and self.use == "check"

    def point(self, side: Side) -> Point | None:
        """The point in one of the images."""
        return self.fixed_point if side == "fixed" else self.moving_point


@dataclass(frozen=True)
class Target:
    """A place in fixed space (LPS mm) where the error of the fusion matters."""

    name: str
    point: Point


@dataclass(frozen=True, eq=False)
class FusionState:
    """The whole study at one moment. Edits make new ones (see `edits`); undo swaps them."""

    fixed: Volume | None = None
    moving: Volume | None = None
    alignment: Alignment = field(default_factory=Alignment)
    landmarks: tuple[LandmarkPair, ...] = ()
    fle_mm: float | None = None
    """How well pairs can be placed that say nothing of their own, RMS in 3D; None: as their voxels let expect."""
    targets: tuple[Target, ...] = ()
    region: Region | None = None
    """The part of the fixed image that the next run looks at; None: all of it."""

    @property
    def has_pair(self) -> bool:
        """Whether both images are there."""
        return self.fixed is not None and self.moving is not None

    def volume(self, side: Side) -> Volume | None:
        """One of the two images."""
        return self.fixed if side == "fixed" else self.moving

    def volumes(self) -> dict[Side, Volume]:
        """The images that there are, by the sides that they are on."""
        return {side: volume for side in SIDES if (volume := self.volume(side)) is not None}

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides that no image has been opened on."""
        return tuple(side for side in SIDES if self.volume(side) is None)

    def with_volumes(self, volumes: Mapping[Side, Volume]) -> FusionState:
        """The same study with these images in the place of those on their sides."""
        return replace(self, fixed=volumes.get("fixed", self.fixed), moving=volumes.get("moving", self.moving))

    def for_files(self, *, descriptions: bool) -> FusionState:
        """The same study with its images called as files call them (see `Volume.for_files`)."""
        return self.with_volumes({s: v.for_files(descriptions=descriptions) for s, v in self.volumes().items()})

    def used_points(self) -> tuple[Points, Points]:
        """The points of all pairs that a fit takes in: fixed (n, 3) and moving (n, 3), LPS mm, each in its space."""
        return points_of([pair for pair in self.landmarks if pair.used])

    def fle_of(self, pair: LandmarkPair) -> float:
        """How well a pair can be placed, RMS in 3D, mm: its own, else the study's, else what the voxels let expect."""
        if pair.fle_mm is not None:
            return pair.fle_mm
        if self.fle_mm is not None:
            return self.fle_mm
        if self.fixed is None or self.moving is None:
            return 1.0
        return default_fle_mm(self.fixed.grid.spacing, self.moving.grid.spacing)

    def used_fle(self) -> tuple[float, ...]:
        """`fle_of` for the pairs of `used_points`."""
        return tuple(self.fle_of(pair) for pair in self.landmarks if pair.used)


def pull_of(state: FusionState) -> LandmarkPull | None:
    """What holds a run near to the study's landmarks; None where nothing does."""
    fixed, moving = state.used_points()
    if state.alignment.landmark_weight == 0 or not len(fixed):
        return None
    return LandmarkPull(fixed, moving, np.asarray(state.used_fle()), state.alignment.landmark_weight)


def points_of(pairs: Sequence[LandmarkPair]) -> tuple[Points, Points]:
    """The points of complete pairs: fixed (n, 3) and moving (n, 3), LPS mm, each in its own space."""
    fixed = np.array([pair.fixed_point for pair in pairs], dtype=np.float64).reshape(-1, 3)
    moving = np.array([pair.moving_point for pair in pairs], dtype=np.float64).reshape(-1, 3)
    return fixed, moving
