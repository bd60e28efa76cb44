"""A review and the entries of its history, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusionviewer.geometry import RigidTransform

Decision: TypeAlias = Literal["accepted", "rejected"]

Changed: TypeAlias = Literal["pose", "images", "landmarks"]
"""What may be no longer as it was reviewed."""

LookResult: TypeAlias = Literal["pass", "fail", "skip"]

EventKind: TypeAlias = Literal[
    "accepted", "rejected", "note", "withdrawn", "undone", "redone", "out_of_date", "current"
]
"""What happened to a review: given; its note changed; withdrawn; changed by Undo or Redo; out of date, or no longer."""


@dataclass(frozen=True)
class Reviewed:
    """What was reviewed: enough to see whether that has changed since (see `validity`)."""

    moving_from_fixed: RigidTransform
    fixed: str
    """What identifies the fixed image; empty: there was none."""
    moving: str
    landmarks: str
    """A digest of the pairs that bear on the alignment."""


@dataclass(frozen=True)
class Looked:
    """A place that was looked at before a review, and what the reviewer said of it."""

    name: str
    """Such as “Near the left mastoid”."""
    result: LookResult
    point: tuple[float, float, float]
    """LPS mm of fixed space."""
    of_target: bool = False
    """The name holds that of a target, which the user gave."""


@dataclass(frozen=True)
class AssessedThen:
    """The program's own assessment of the pose when the review was given."""

    verdict: str
    p95_mm: float | None = None
    """The expected error, 95 % of the head; None: it could not be judged."""
    p95_upper_mm: float | None = None


@dataclass(frozen=True)
class Review:
    """That the user accepted or rejected a pose. It stays when that changes, and is out of date then."""

    verdict: Decision
    note: str
    date: str
    """ISO date and time, UTC."""
    of: Reviewed
    by: str = ""
    """The reviewer's initials; empty in studies of earlier versions."""
    version: str = ""
    """Of the program with which it was given; empty in studies of earlier versions."""
    looked_at: tuple[Looked, ...] = ()
    assessed: AssessedThen | None = None
    """None: the pose had not been assessed."""

    @property
    def failed(self) -> tuple[Looked, ...]:
        """The places that did not pass."""
        return tuple(place for place in self.looked_at if place.result == "fail")


@dataclass(frozen=True)
class ReviewEvent:
    """An entry of the history: what happened when, and what stood afterwards."""

    kind: EventKind
    date: str
    """ISO date and time, UTC."""
    review: Review | None
    """The review as it stood then; None: there was none."""
    changed: tuple[Changed, ...] = ()
    """What was not as it had been reviewed then."""
