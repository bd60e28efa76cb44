"""Values such as each finding has them, for what shows findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fusionviewer.quality.finding import Finding, found

_DATE: Final = "2026-01-02T03:04:05+00:00"

VALUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "settled": {},
    "locked": {},
    "doubtful": {},
    "limit_reached": {"max_shift_mm": 3.0},
    "mirror_better": {},
    "overlap_doubtful": {"overlap": 0.2},
    "contrast_of_chance": {},
    "rival_pose": {"rival_mm": 20.0, "rival_share": 1.1},
    "region_elsewhere": {"region_mm": 3.0},
    "parts_untold": {},
    "parts_disagree": {"parts_mm": 3.0},
    "lone_start": {"starts": 16},
    "landmarks_elsewhere": {"alone_mm": 4.0},
    "landmarks_far": {"after_median_mm": 4.0},
    "told": {"text": "A reason."},
    "run_starts": {"agreeing": 7, "starts": 16, "spread_mm": 2.0},
    "run_overlap": {"overlap": 0.98, "only": ""},
    "run_contrast": {"contrast": 2.5},
    "run_mirror": {"mirror_share": 0.6},
    "run_parts": {"parts_mm": 0.4, "only": "a box"},
    "run_rival": {"rival_mm": 30.0, "rival_share": 0.7},
    "run_region": {"region_mm": 0.5},
    "run_landmarks": {
        "weight": 1.0, "pairs": 6, "before_mean_mm": 5.0, "before_max_mm": 9.0, "after_mean_mm": 0.9,
        "after_median_mm": 0.8, "after_max_mm": 2.0, "alone_mm": 1.1, "fle_mm": 1.0, "outvoted": 1,
    },
    "limits_used": {
        "shift_mm": 1.0, "max_shift_mm": 8.0, "rotation_deg": 0.5, "max_rotation_deg": 2.5, "touched": ("shift",),
    },
    "region_only": {"region": "a box"},
    "not_aligned": {"origin": "header"},
    "origin": {"origin": "registration"},
    "moved": {"max_mm": 8.0, "mean_mm": 5.0, "start": "header"},
    "moved_far": {"max_mm": 44.0},
    "centres_apart": {"apart_mm": 74.0},
    "frame_left": {"max_mm": 12.34},
    "turned_far": {"rotation_deg": 88.8},
    "images_apart": {"overlap": 0.0},
    "overlap_little": {"overlap": 0.3},
    "overlap_part": {"overlap": 0.8},
    "pair_displaced": {"name": "L2", "off_mm": 12.0},
    "pair_on_wrong_side": {"name": "L3", "off_mm": 90.0},
    "pairs_swapped": {"name": "L4", "twin": "L5", "off_mm": 70.0},
    "pairs_off_the_pose": {"pairs": 5, "median_mm": 27.0},
    "pair_off_the_pose": {"name": "L6", "apart_mm": 9.0, "others_mm": 1.0},
    "pairs_mirrored": {"mirrored_mm": 1.0, "fre_mm": 40.0, "fixed": "f.csv", "moving": "m.csv"},
    "pairs_scaled": {"scale": 1.08, "fixed": "f.csv", "moving": "m.csv"},
    "pairs_disagree": {"times": 6.0, "fle_mm": 1.0, "usual_mm": 6.0},
    "pairs_turned_round": {"rotation_deg": 178.0},
    "pairs_huddled": {"reach_mm": 16.0},
    "points_outside": {"side": "moving", "count": 2, "marked": 8, "names": ("L1", "L7")},
    "error_measured": {"count": 2, "mean_mm": 1.2, "max_mm": 1.6, "worst": "L8"},
    "error_predicted": {"tre_mm": {"tumour": 1.4}, "withheld": False},
    "prediction_contradicted": {
        "because": "residuals", "suspects": (), "fre_mm": 11.7, "fle_mm": 1.0, "times": 12.4,
    },
    "prediction_for_new_fit": {},
    "prediction_for_fit": {},
    "residual_small": {"p95_mm": 0.6, "shift_mm": 0.3, "rotation_deg": 0.2, "unsure_mm": 0.2},
    "residual_some": {"p95_mm": 2.2, "shift_mm": 1.9, "rotation_deg": 0.8, "unsure_mm": 0.2},
    "residual_far": {"p95_mm": 6.1, "shift_mm": 5.0, "rotation_deg": 2.2, "unsure_mm": 0.2},
    "edges_fit_nowhere": {"unsure_mm": 0.9, "misfit_mm": 2.4},
    "mirrored_edges": {"mirror_share": 3.1},
    "cannot_judge": {"because": "unsure", "unsure_mm": 0.45},
    "voxel_size_wrong": {"percent": -3.9, "axis": "left–right", "image_axis": 0},
    "bone_distance": {"mean_mm": 0.7, "median_mm": 0.6, "worst": "vertex", "regions": {"left": 0.2, "vertex": -0.9}},
    "ventricles_near": {"distance_mm": 1.4, "shift_mm": (0.4, -0.2, 1.3)},
    "ventricles_apart": {"distance_mm": 6.2, "shift_mm": (6.0, -0.2, 1.3)},
    "inverse_near": {"apart_mm": 0.6},
    "inverse_apart": {"apart_mm": 4.2},
    "not_reviewed": {},
    "accepted": {"date": _DATE, "note": "fits"},
    "rejected": {"date": _DATE, "note": "does not fit"},
    "review_out_of_date": {"verdict": "accepted", "date": _DATE, "note": "", "changed": ("pose", "landmarks")},
    "same_image": {"fixed": "t1", "moving": "t1-copy", "mirrored": False},
    "other_patient": {"differing": ("name", "ID")},
    "both_ct": {"fixed": "ct", "moving": "ct2"},
    "dates_apart": {"days": 400, "fixed": "2024-01-02", "moving": "2025-02-05"},
    "same_frame": {},
    "image_remark": {"side": "moving", "name": "ct.nii.gz", "remark": "Two slices are missing."},
}  # fmt: skip
"""By code."""


def example(code: str) -> Finding:
    """A finding of this code, at the level of its code and without a place."""
    return found(code, **VALUES[code])
