"""What a registration found, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fusionviewer.geometry import RigidTransform
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.settings import RegistrationSettings


class Ending(StrEnum):
    """How a run ended. `doubtful` has a pose that should not be believed without a look."""

    CONVERGED = "converged"
    BOUNDED = "bounded"
    DOUBTFUL = "doubtful"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class PoseUpdate:
    """Where a running registration stands; the `detail` of its progress reports."""

    moving_from_fixed: RigidTransform
    metric: float
    """Similarity, larger is better (normalised mutual information or alike)."""
    stage: str
    """A few words: "looking for the head", "4 mm", …; a new stage may change the metric's scale."""
    iteration: int


@dataclass(frozen=True)
class RegistrationResult:
    """A finished run."""

    moving_from_fixed: RigidTransform
    start: RigidTransform
    """The pose that the run began with (for an automatic start the one that the search chose)."""
    ending: Ending
    reason: str
    """One sentence for the user."""
    settings: RegistrationSettings
    start_kind: str
    """auto, header, centre, landmarks, file, current."""
    metric: float
    seconds: float
    bounds: Bounds | None = None
    trace: tuple[tuple[str, int, float], ...] = ()
    """(stage, iteration, metric) of every step."""

    @property
    def touched(self) -> tuple[str, ...]:
        """Which limits the result touches."""
        return self.bounds.touched(self.moving_from_fixed) if self.bounds else ()
