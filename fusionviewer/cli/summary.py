"""What `register` prints about its result, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.displacement import displacement
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.guard.words import TITLES, assessment_record, expected_text
from fusionviewer.quality.run_findings import evidence_findings, landmark_report
from fusionviewer.quality.wording import outcome_text, reason_text, record, sentence
from fusionviewer.registration import Bounds, Ending, Evidence, RegistrationResult, RegistrationSettings
from fusionviewer.version import __version__

_WHAT = {
    ".tfm": "maps fixed points to moving points (ITK, LPS mm)",
    ".gz": "the moving image on the fixed image's grid",
    ".json": "the study, for: fusionviewer view",
}


def result_json(result: RegistrationResult, findings: tuple[Finding, ...], assessment: Assessment | None = None) -> str:
    """One JSON object about a finished run; `moving_from_fixed` is 4×4, row-major, LPS mm."""
    checked = {} if assessment is None else {"check": assessment_record(assessment)}
    return _dump(
        {
            "moving_from_fixed": result.moving_from_fixed.matrix.tolist(),
            "seconds": result.seconds,
            "seed": result.settings.seed,
            "ending": str(result.ending),
            "reason": reason_text(result),
            "bounds": _bounds(result.bounds, result.moving_from_fixed) if result.bounds else None,
            "evidence": _evidence(result.evidence) if result.evidence else None,
            "landmarks": asdict(result.landmarks) if result.landmarks else None,
            "only": result.only,
            "findings": [record(finding) for finding in findings],
            **checked,
            "version": __version__,
        }
    )


def no_result_json(settings: RegistrationSettings, ending: Ending, reason: str, only: str) -> str:
    """The same object about a run that failed or was cancelled."""
    return _dump(
        {
            "moving_from_fixed": None,
            "seconds": None,
            "seed": settings.seed,
            "ending": str(ending),
            "reason": reason,
            "bounds": None,
            "evidence": None,
            "landmarks": None,
            "only": only,
            "findings": [],
            "version": __version__,
        }
    )


def result_text(
    result: RegistrationResult,
    fixed: Volume,
    findings: tuple[Finding, ...],
    written: tuple[Path, ...],
    assessment: Assessment | None = None,
) -> str:
    """How it ended, how far the head was moved, which limits were touched, what is wrong, and where the files are."""
    automatic = result.start_kind == "auto"
    moved = displacement(head_mask(fixed).corners, result.start, result.moving_from_fixed)
    lines = [
        f"Registered in {result.seconds:.1f} s. {outcome_text(result)}",
        f"Max. displacement from {'scanner position' if automatic else 'the start'}: {moved.max_mm:.1f} mm "
        f"(mean {moved.mean_mm:.1f} mm).",
    ]
    if result.only:
        lines.append(f"Restricted to {result.only}.")
    if result.evidence:
        lines += ["Registration summary (none of this measures accuracy):"]
        lines += [f"  {sentence(fact)}" for fact in evidence_findings(result.evidence, result.only)]
    if result.landmarks:
        lines.append(sentence(landmark_report(result.landmarks)))
    if result.bounds:
        lines.append(_bounds_text(result.bounds, result.moving_from_fixed))
    told = {"doubtful", *(reason.code for reason in result.reasons)}  # in the first line
    against = [one for one in findings if one.level == "warning" and one.code not in told]
    lines += [f"WARNING: {sentence(finding)}" for finding in against]
    if assessment is not None:
        lines.append(f"Check: {TITLES[assessment.verdict]}")
        lines += [f"  {expected_text(assessment.expected)}"] if assessment.expected else []
        lines += [f"  {sentence(one)}" for one in assessment.reasons if one not in findings]
    lines.append("Written:")
    width = max(len(str(path)) for path in written)
    lines += [f"  {path!s:<{width}}  {_WHAT[path.suffix]}" for path in written]
    lines.append("Look at the fused images before you rely on them. Not a medical device.")
    return "\n".join(lines)


def _bounds(bounds: Bounds, pose: RigidTransform) -> dict[str, Any]:
    shift, angle = bounds.reached(pose)
    return {
        "max_shift_mm": bounds.max_shift_mm,
        "max_rotation_deg": bounds.max_rotation_deg,
        "centre_lps_mm": [float(v) for v in bounds.centre],
        "shift_mm": shift,
        "rotation_deg": angle,
        "touched": list(bounds.touched(pose)),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"agreement": evidence.agreement, **asdict(evidence)}


def _bounds_text(bounds: Bounds, pose: RigidTransform) -> str:
    shift, angle = bounds.reached(pose)
    touched = bounds.touched(pose)
    return (
        f"Limits: translation {shift:.2f} of {bounds.max_shift_mm:g} mm, rotation {angle:.2f} of "
        f"{bounds.max_rotation_deg:g}° about the head's centre; reached: {' and '.join(touched) or 'none'}."
    )


def _dump(facts: dict[str, Any]) -> str:
    return json.dumps(facts, indent=1, allow_nan=False)
