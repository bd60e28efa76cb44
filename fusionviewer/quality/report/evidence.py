"""The evidence of a report against its limits, and the skull's distance by region of the head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from fusionviewer.quality.finding import Finding
from fusionviewer.quality.grades import (
    FAR_MM,
    FINE_MM,
    LITTLE_OVERLAP,
    NO_FIT_MM,
    PART_OVERLAP,
    RIVAL_APART_MM,
    UNSURE_MM,
    UNTOLD_MM,
    WRONG_MM,
)
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.registration import Evidence
from fusionviewer.registration.grades import (
    CHANCE_CONTRAST,
    MIRRORED,
    PARTS_MM,
    REGION_MM,
    RIVAL,
    WEAK_CONTRAST,
)
from fusionviewer.session.state import FusionState

Kept: TypeAlias = Literal["yes", "look", "no"]

_LOWER: Final = {"head_overlap", "contrast"}
"""What is worse the lower it is; all else is worse the higher."""


def evidence_record(
    state: FusionState, checked: Assessment, head_overlap: float, displacement_mm: float
) -> list[dict[str, Any]]:
    """Each number that speaks for a pose or against it as a JSON object, with the limits that it is held against.

    `look` and `wrong` are the limits beyond which it asks for a look, and beyond which it speaks clearly against the
    pose (null: none); `kept` is what that makes of it.
    """
    out = []
    if checked.residual is not None:
        out.append(_against("residual_mm", checked.residual.p95_mm, "mm", FINE_MM, WRONG_MM))
        out.append(_against("standard_error_mm", checked.residual.unsure_mm, "mm", UNSURE_MM, NO_FIT_MM))
    out.append(_against("head_overlap", head_overlap, "share", PART_OVERLAP, LITTLE_OVERLAP))
    out.append(_against("displacement_mm", displacement_mm, "mm", FAR_MM, None))
    run = state.alignment.run
    if run is not None and run.evidence is not None:
        out += _of_run(run.evidence)
    if run is not None and run.bounds is not None:
        shift, angle = run.bounds.reached(run.moving_from_fixed)
        touched = run.bounds.touched(run.moving_from_fixed)
        for code, value, unit, most in (
            ("limit_shift_mm", shift, "mm", run.bounds.max_shift_mm),
            ("limit_rotation_deg", angle, "degrees", run.bounds.max_rotation_deg),
        ):
            kept = "look" if code.split("_")[1] in touched else "yes"
            out.append(_against(code, value, unit, most, None) | {"kept": kept})
    return out


def region_record(checked: Assessment) -> list[dict[str, Any]]:
    """By region of the head, how far the MR's skull lies outside of the CT's, mm; empty where no table was seen."""
    bone = next((one for one in checked.reasons if one.code == "bone_distance"), None)
    return [] if bone is None else [{"region": name, "mm": mm} for name, mm in _regions(bone)]


def _regions(bone: Finding) -> Iterator[tuple[str, float]]:
    yield from sorted(bone.values["regions"].items(), key=lambda one: -abs(one[1]))


def _of_run(evidence: Evidence) -> Iterator[dict[str, Any]]:
    yield _against("contrast", evidence.contrast, "", WEAK_CONTRAST, CHANCE_CONTRAST)
    if evidence.mirror_share:
        yield _against("mirror_share", evidence.mirror_share, "share", None, MIRRORED)
    if evidence.parts_mm < UNTOLD_MM:
        yield _against("parts_mm", evidence.parts_mm, "mm", None, PARTS_MM)
    if evidence.rival_mm > RIVAL_APART_MM:
        yield _against("rival_share", evidence.rival_share, "share", None, RIVAL)
    if evidence.region_mm:
        yield _against("region_mm", evidence.region_mm, "mm", None, REGION_MM)


def _against(code: str, value: float, unit: str, look: float | None, wrong: float | None) -> dict[str, Any]:
    lower = code in _LOWER

    def beyond(limit: float | None) -> bool:
        return limit is not None and (value < limit if lower else value > limit)

    kept: Kept = "no" if beyond(wrong) else "look" if beyond(look) else "yes"
    return {"code": code, "value": float(value), "unit": unit, "look": look, "wrong": wrong, "kept": kept}
