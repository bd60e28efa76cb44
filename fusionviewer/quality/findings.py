"""Everything that there is to say about a study. None of it measures accuracy but `error_measured`."""

from __future__ import annotations

from fusionviewer.geometry import Points
from fusionviewer.quality.finding import Finding, found, warnings_first
from fusionviewer.quality.image_findings import image_findings
from fusionviewer.quality.landmark_findings import landmark_findings
from fusionviewer.quality.pose_findings import (
    centre_findings,
    head_overlap,
    header_findings,
    origin_findings,
    outlier_findings,
    overlap_findings,
)
from fusionviewer.quality.review_findings import review_findings
from fusionviewer.quality.run_findings import limits_used, reason_findings
from fusionviewer.registration import Ending
from fusionviewer.session.state import FusionState


def alignment_findings(
    state: FusionState, head_corners: Points | None, point_files: tuple[str, str] | None = None
) -> tuple[Finding, ...]:
    """What is known of the pose, its images and its landmarks, and what speaks against them.

    Warnings come first, then notes, then facts; empty without two images. The window, the command line and the library
    all show this. `head_corners` (8, 3) are those of the head's box in fixed space, LPS mm; None where no head was
    found. `point_files` are as in `landmark_findings`.
    """
    if not state.has_pair:
        return ()
    inside, run = head_overlap(state, head_corners), state.alignment.run
    findings = [*origin_findings(state, head_corners), *centre_findings(state), *header_findings(state, head_corners)]
    if run is not None:
        if run.bounds is not None:
            findings.append(limits_used(run.bounds, run.moving_from_fixed))
        if run.only:
            findings.append(found("region_only", region=run.only))
        if run.ending is Ending.DOUBTFUL:
            findings.append(found("doubtful"))
        findings += reason_findings(run, None if inside is None else inside.missing_point)
    if not any(finding.code == "overlap_doubtful" for finding in findings):
        findings += overlap_findings(inside)
    findings += [*landmark_findings(state, point_files), *outlier_findings(state), *review_findings(state)]
    findings += image_findings(state)
    return warnings_first(findings)
