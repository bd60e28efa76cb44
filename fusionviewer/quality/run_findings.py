"""What is found about the run that gave the pose."""

from __future__ import annotations

from dataclasses import asdict

from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.finding import Finding, Place, found
from fusionviewer.quality.grades import RIVAL_APART_MM, UNTOLD_MM
from fusionviewer.registration import Bounds, Ending, Evidence, LandmarkReport, RegistrationResult


def reason_findings(run: RegistrationResult, missing: Place | None = None) -> list[Finding]:
    """Why a run ended as it did; `missing` is the middle of what the moving image does not hold of the head."""
    out = []
    for reason in run.reasons:
        finding = found(reason.code, missing if reason.code == "overlap_doubtful" else None, **reason.values)
        fact = run.ending is Ending.CONVERGED
        out.append(Finding(finding.code, "fact", finding.values) if fact else finding)
    return out


def limits_used(bounds: Bounds, pose: RigidTransform) -> Finding:
    """How much of its limits a refinement has used."""
    shift_mm, rotation_deg = bounds.reached(pose)
    return found(
        "limits_used",
        shift_mm=shift_mm,
        max_shift_mm=bounds.max_shift_mm,
        rotation_deg=rotation_deg,
        max_rotation_deg=bounds.max_rotation_deg,
        touched=bounds.touched(pose),
    )


def evidence_findings(evidence: Evidence, only: str = "") -> tuple[Finding, ...]:
    """The evidence, whether it speaks for the pose or against it. None of it measures accuracy.

    `only` is what a run's result calls the region that alone counted.
    """
    e = evidence
    out = [
        found("run_starts", agreeing=e.agreeing, starts=e.starts, spread_mm=e.spread_mm),
        found("run_overlap", overlap=e.overlap, only=only),
        found("run_contrast", contrast=e.contrast),
    ]
    if e.mirror_share:
        out.append(found("run_mirror", mirror_share=e.mirror_share))
    if e.parts_mm < UNTOLD_MM:
        out.append(found("run_parts", parts_mm=e.parts_mm, only=only))
    if e.rival_mm > RIVAL_APART_MM:
        out.append(found("run_rival", rival_mm=e.rival_mm, rival_share=e.rival_share))
    if e.region_mm:
        out.append(found("run_region", region_mm=e.region_mm))
    return tuple(out)


def landmark_report(report: LandmarkReport) -> Finding:
    """What the landmarks that held a run asked for, and what they got."""
    return found("run_landmarks", **asdict(report))
