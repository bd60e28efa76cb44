"""What the user has made: the study, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.registration import Region, RegistrationResult, RegistrationSettings
from fusionviewer.registration.bounds import DEFAULT_ROTATION_DEG, DEFAULT_SHIFT_MM

Side: TypeAlias = Literal["fixed", "moving"]
"""Which of the two images, and which space a point lies in."""

SIDES: Final[tuple[Side, Side]] = ("fixed", "moving")

Point: TypeAlias = tuple[float, float, float]
"""LPS mm, as plain numbers so that states compare and go to files without loss."""

PoseOrigin: TypeAlias = Literal["header", "centre", "landmarks", "registration", "refinement", "file", "hand"]
"""Where the current pose came from."""


@dataclass(frozen=True)
class LandmarkPair:
    """One anatomical place, marked in each image in that image's own space (LPS mm); None: not marked yet."""

    name: str
    fixed_point: Point | None = None
    moving_point: Point | None = None
    enabled: bool = True

    @property
    def complete(self) -> bool:
        """Whether both points are marked."""
        return self.fixed_point is not None and self.moving_point is not None

    @property
    def used(self) -> bool:
        """Whether a fit takes it in."""
        return self.enabled and self.complete

    def point(self, side: Side) -> Point | None:
        """The point in one of the images."""
        return self.fixed_point if side == "fixed" else self.moving_point


@dataclass(frozen=True)
class Limits:
    """What a refinement may do at most, as totals about its start."""

    max_shift_mm: float = DEFAULT_SHIFT_MM
    max_rotation_deg: float = DEFAULT_ROTATION_DEG


@dataclass(frozen=True)
class Review:
    """The user's verdict on the current pose. It goes when the pose changes."""

    verdict: Literal["accepted", "rejected"]
    note: str
    date: str
    """ISO date and time, UTC."""


@dataclass(frozen=True, eq=False)
class FusionState:
    """The whole study at one moment. Edits make new ones (see `edits`); undo swaps them."""

    fixed: Volume | None = None
    moving: Volume | None = None
    moving_from_fixed: RigidTransform = field(default_factory=RigidTransform.identity)
    origin: PoseOrigin = "header"
    start: RigidTransform = field(default_factory=RigidTransform.identity)
    """The pose that the current one is compared with: where its run began, or the header's."""
    landmarks: tuple[LandmarkPair, ...] = ()
    limits: Limits = Limits()
    region: Region | None = None
    """The part of the fixed image that the next run looks at; None: all of it."""
    settings: RegistrationSettings = field(default_factory=RegistrationSettings)
    run: RegistrationResult | None = None
    """The run that gave the current pose; None if the pose was set in another way."""
    review: Review | None = None
    accepted: RigidTransform | None = None
    """The pose that was accepted last. It stays when the pose changes, to go back to."""

    @property
    def has_pair(self) -> bool:
        """Whether both images are there."""
        return self.fixed is not None and self.moving is not None

    def volume(self, side: Side) -> Volume | None:
        """One of the two images."""
        return self.fixed if side == "fixed" else self.moving

    def used_points(self) -> tuple[Points, Points]:
        """The points of all pairs that a fit takes in: fixed (n, 3) and moving (n, 3), LPS mm, each in its space."""
        used = [pair for pair in self.landmarks if pair.used]
        fixed = np.array([pair.fixed_point for pair in used], dtype=np.float64).reshape(-1, 3)
        moving = np.array([pair.moving_point for pair in used], dtype=np.float64).reshape(-1, 3)
        return fixed, moving
