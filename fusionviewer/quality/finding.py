"""One judgement or fact about a study: a code, how serious it is, its numbers, and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from fusionviewer.registration import FrozenValues

Level: TypeAlias = Literal["fact", "note", "warning"]
"""A fact speaks neither for nor against an alignment, a note is worth a look, a warning must not be overlooked."""

Place: TypeAlias = tuple[float, float, float]
"""LPS mm of fixed space."""

LEVELS: Final[dict[str, Level]] = {
    # how the run ended, and what speaks against its pose (the codes of `registration.ReasonCode`)
    "settled": "fact",
    "locked": "fact",
    "doubtful": "warning",
    "limit_reached": "warning",
    "mirror_better": "warning",
    "overlap_doubtful": "warning",
    "contrast_of_chance": "warning",
    "rival_pose": "warning",
    "region_elsewhere": "warning",
    "parts_untold": "warning",
    "parts_disagree": "warning",
    "lone_start": "warning",
    "landmarks_elsewhere": "warning",
    "landmarks_far": "warning",
    "told": "warning",
    # what the run measured
    "run_starts": "fact",
    "run_overlap": "fact",
    "run_contrast": "fact",
    "run_mirror": "fact",
    "run_parts": "fact",
    "run_rival": "fact",
    "run_region": "fact",
    "run_landmarks": "fact",
    "limits_used": "fact",
    "region_only": "fact",
    # the pose
    "not_aligned": "note",
    "origin": "fact",
    "moved": "fact",
    "moved_far": "note",
    "centres_apart": "note",
    "frame_left": "note",
    "turned_far": "note",
    "images_apart": "warning",
    "overlap_little": "warning",
    "overlap_part": "note",
    # the landmarks
    "pair_displaced": "warning",
    "pair_on_wrong_side": "warning",
    "pairs_swapped": "warning",
    "pair_off_the_pose": "warning",
    "pairs_off_the_pose": "warning",
    "pairs_mirrored": "warning",
    "pairs_scaled": "warning",
    "pairs_disagree": "warning",
    "pairs_turned_round": "warning",
    "pairs_huddled": "warning",
    "points_outside": "warning",
    "error_measured": "fact",
    "error_predicted": "fact",
    "prediction_contradicted": "warning",
    "prediction_for_new_fit": "fact",
    "prediction_for_fit": "fact",
    # the second opinion on the pose, by skull and skin
    "residual_small": "fact",
    "residual_some": "note",
    "residual_far": "warning",
    "edges_fit_nowhere": "warning",
    "mirrored_edges": "warning",
    "cannot_judge": "note",
    "voxel_size_wrong": "warning",
    "bone_distance": "fact",
    "ventricles_near": "fact",
    "ventricles_apart": "note",
    "inverse_near": "fact",
    "inverse_apart": "note",
    # the review
    "not_reviewed": "note",
    "accepted": "fact",
    "rejected": "warning",
    "review_out_of_date": "warning",
    # the images
    "same_image": "warning",
    "other_patient": "warning",
    "both_ct": "note",
    "dates_apart": "note",
    "same_frame": "fact",
    "image_remark": "note",
}
"""Every code that there is. `wording` has a sentence for each."""


@dataclass(frozen=True)
class Finding:
    """What there is to say, as values; `wording.sentence` says it, and everything that shows it renders that."""

    code: str
    level: Level
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Plain values that JSON knows, lengths in mm and angles in degrees as their names say. Read-only."""
    where: Place | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", FrozenValues(self.values))


def found(code: str, where: Place | None = None, **values: object) -> Finding:
    """A finding at the level of its code."""
    return Finding(code, LEVELS[code], values, where)


def warnings_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """The same findings, the loudest first."""
    order: dict[Level, int] = {"warning": 0, "note": 1, "fact": 2}
    return tuple(sorted(findings, key=lambda one: order[one.level]))
