"""What a check does in its thread: it prepares a pair of images once, and judges poses of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from fusionviewer.errors import Cancelled, FusionError
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.quality.guard.assessment import Assessment, assess_prepared
from fusionviewer.quality.guard.expected_error import ExpectedMap, expected_map
from fusionviewer.quality.second_opinion.opinion import PreparedPair, prepared_pair


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was found of one pose: an assessment without what else is known of the study, and the map of its error."""

    pose: RigidTransform
    assessment: Assessment
    expected: ExpectedMap | None


@dataclass(eq=False)
class Pair:
    """Two images, and what was prepared of them by the one thread that judges them."""

    fixed: Volume
    moving: Volume
    prepared: PreparedPair | None = None
    is_prepared: bool = False
    judged: list[Evidence] = field(default_factory=list)
    """The last poses, the newest first; for the window's thread alone."""


def judge(pair: Pair, pose: RigidTransform, observer: Observer) -> Evidence | None:
    """The evidence on a pose; None if it was no longer wanted, or cannot be had. What was prepared is kept."""
    try:
        if not pair.is_prepared:
            pair.prepared = prepared_pair(pair.fixed, pair.moving, observer.part(0.0, 0.5))
            pair.is_prepared = True
        assessment = assess_prepared(pair.prepared, pose, observer=observer.part(0.5, 1.0))
    except (Cancelled, FusionError, MemoryError):
        return None
    found = assessment.residual
    fixed_from_ct = None if pair.prepared is None else pair.prepared.fixed_from_ct(pose)
    return Evidence(
        pose, assessment, None if found is None or fixed_from_ct is None else expected_map(found, fixed_from_ct)
    )
