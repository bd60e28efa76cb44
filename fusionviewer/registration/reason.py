"""Why a run ended as it did: codes and numbers, which `quality` puts into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

ReasonCode: TypeAlias = Literal[
    "settled",
    "locked",
    "limit_reached",
    "mirror_better",
    "overlap_doubtful",
    "contrast_of_chance",
    "rival_pose",
    "region_elsewhere",
    "parts_untold",
    "parts_disagree",
    "lone_start",
    "landmarks_elsewhere",
    "landmarks_far",
    "told",
]
"""The first three say how a run ended, the others what speaks against its pose. "told": in a study of version 1 there
is only a text."""


@dataclass(frozen=True)
class Reason:
    """One reason: its code, and the numbers that belong to it under the names that they have elsewhere.

    limit_reached has `max_shift_mm` and `max_rotation_deg`, each only if it was reached; told has a `text`.
    """

    code: ReasonCode
    values: Mapping[str, float | str] = field(default_factory=dict, hash=False)
