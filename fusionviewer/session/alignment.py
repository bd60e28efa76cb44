"""How the two images lie to each other, how that was found and judged, and how it is looked for next: one value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from fusionviewer.geometry import RigidTransform
from fusionviewer.registration import RegistrationResult, RegistrationSettings
from fusionviewer.registration.bounds import DEFAULT_ROTATION_DEG, DEFAULT_SHIFT_MM
from fusionviewer.session.review.values import Review, ReviewEvent

PoseOrigin: TypeAlias = Literal[
    "header", "centre", "landmarks", "registration", "refinement", "correction", "file", "hand"
]
"""Where the current pose came from."""

AlternativeKind: TypeAlias = Literal["landmarks", "registration", "refinement", "correction"]
"""Where a pose came from that the user can choose again."""


@dataclass(frozen=True)
class Limits:
    """What a refinement may do at most, as totals about its start."""

    max_shift_mm: float = DEFAULT_SHIFT_MM
    max_rotation_deg: float = DEFAULT_ROTATION_DEG


@dataclass(frozen=True, eq=False)
class Alternative:
    """A pose that was found in one of the ways, to compare with the others and to choose."""

    kind: AlternativeKind
    moving_from_fixed: RigidTransform
    run: RegistrationResult | None = None


@dataclass(frozen=True, eq=False)
class Alignment:
    """The pose of two images, where it came from, what was said of it, and how the next run is made."""

    moving_from_fixed: RigidTransform = field(default_factory=RigidTransform.identity)
    origin: PoseOrigin = "header"
    start: RigidTransform = field(default_factory=RigidTransform.identity)
    """The pose that the current one is compared with: where its run began, or the header's."""
    run: RegistrationResult | None = None
    """The run that gave the current pose; None if the pose was set in another way."""
    review: Review | None = None
    history: tuple[ReviewEvent, ...] = ()
    """What has happened to the reviews, oldest first. Undo does not shorten it (see `review.history`)."""
    accepted: RigidTransform | None = None
    """The pose that was accepted last. It stays when the pose changes, to go back to."""
    alternatives: tuple[Alternative, ...] = ()
    """The last pose of each way to find one."""
    limits: Limits = Limits()
    """How far the next refinement may go."""
    settings: RegistrationSettings = field(default_factory=RegistrationSettings)
    """How the next run is made."""
    landmark_weight: float = 0.0
    """How much the next run respects the landmarks (see `LandmarkPull`); 0: not at all."""

    def alternative(self, kind: AlternativeKind) -> Alternative | None:
        """The last pose that was found in one way."""
        return next((found for found in self.alternatives if found.kind == kind), None)

    @property
    def is_made(self) -> bool:
        """Whether anything has aligned the images but their headers or their middles."""
        return self.origin not in {"header", "centre"}

    @property
    def accepted_elsewhere(self) -> RigidTransform | None:
        """The pose that was accepted last, unless it is the current one: what is left if that is accepted no longer."""
        return None if self.accepted == self.moving_from_fixed else self.accepted

    def __invert__(self) -> Alignment:
        """The same seen from the other image: the run holds no longer, and the review is out of date."""
        return replace(
            self,
            moving_from_fixed=~self.moving_from_fixed,
            start=~self.start,
            accepted=None if self.accepted is None else ~self.accepted,
            alternatives=tuple(Alternative(found.kind, ~found.moving_from_fixed) for found in self.alternatives),
            run=None,
        )

    def at(self, pose: RigidTransform, origin: PoseOrigin, *, start: RigidTransform | None = None) -> Alignment:
        """With another pose; `start` is the pose to compare with (default: as before). The run does not hold."""
        start = self.start if start is None else start
        return replace(self, moving_from_fixed=pose, origin=origin, start=start, run=None)

    def found_by(self, result: RegistrationResult) -> Alignment:
        """With what a registration or a refinement found, which is also kept beside the other results."""
        kind: AlternativeKind = "refinement" if result.bounds is not None else "registration"
        after = replace(self.at(result.moving_from_fixed, kind, start=result.start), run=result)
        return after.with_alternative(Alternative(kind, result.moving_from_fixed, result))

    def with_alternative(self, found: Alternative) -> Alignment:
        """With a pose kept beside those that were found in other ways."""
        others = tuple(other for other in self.alternatives if other.kind != found.kind)
        return replace(self, alternatives=(*others, found))
