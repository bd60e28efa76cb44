"""What a registration found, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from fusionviewer.geometry import RigidTransform
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.points.landmark_prior import LandmarkReport
from fusionviewer.registration.reason import Reason
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
class Evidence:
    """What speaks for or against a pose besides the metric that was climbed."""

    starts: int
    """How many starts were refined."""
    agreeing: int
    """How many of them led to the result: they ended within 1 mm and 1° of it, or ran into a climb that did."""
    spread_mm: float
    """Median distance, at the head's box, between where the starts ended and the result."""
    overlap: float
    """Share of the fixed head, or of its part in the region, that lies inside the moving image."""
    contrast: float
    """How far the metric is above that of poses in all rotations, in units of how far their best twentieth is above
    their middle: near 1 nothing was found."""
    parts_mm: float
    """How far the halves of the head would each go by themselves."""
    rival_mm: float
    """How far away, at the head's box, the best other pose is (0: there is none)."""
    rival_share: float
    """That other pose's metric as a share of the result's."""
    mirror_share: float = 0.0
    """What share of the metric the best mirror image reaches: above 1 left and right are wrong in a header."""
    region_mm: float = 0.0
    """How far a small region has led from where the whole head did, at the head's box (0: there is none)."""

    @property
    def agreement(self) -> float:
        """Share of the starts that agree with the result."""
        return self.agreeing / self.starts if self.starts else 0.0


Trace: TypeAlias = tuple[tuple[str, int, float], ...]
"""(stage, iteration, metric) of each step."""


@dataclass(frozen=True)
class RegistrationResult:
    """A finished run."""

    moving_from_fixed: RigidTransform
    start: RigidTransform
    """The pose that the run began with; for an automatic start, as the headers place the images."""
    ending: Ending
    reasons: tuple[Reason, ...]
    """Why it ended so; `quality.wording.reason_text` says it in words."""
    settings: RegistrationSettings
    start_kind: str
    """auto, header, centre, landmarks, file, current."""
    metric: float
    seconds: float
    bounds: Bounds | None = None
    trace: Trace = ()
    only: str = ""
    """The region that alone counted, in words; empty: everything did."""
    evidence: Evidence | None = None
    """What speaks for the pose besides the metric."""
    landmarks: LandmarkReport | None = None
    """What the landmarks that held the run asked for, and what they got; None: none did."""

    @property
    def touched(self) -> tuple[str, ...]:
        """Which limits the result touches."""
        return self.bounds.touched(self.moving_from_fixed) if self.bounds else ()
