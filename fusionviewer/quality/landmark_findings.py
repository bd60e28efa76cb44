"""What the landmarks say for and against a study's pose: what does not fit, what is measured, what is predicted."""

from __future__ import annotations

from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.landmark_facts import Measured, landmark_facts
from fusionviewer.quality.prediction_findings import prediction_findings
from fusionviewer.session.state import FusionState


def landmark_findings(state: FusionState, point_files: tuple[str, str] | None = None) -> list[Finding]:
    """What speaks against the pairs, what check points measure of the pose, and what is predicted at targets.

    `point_files` are the names of the files that the fixed and the moving points were just read from: findings name
    them, and what is odd about the files themselves (units, RAS for LPS) is found as well. No images are needed; with
    them it is found which points do not lie in theirs.
    """
    facts = landmark_facts(state)
    out = [*facts.against(point_files), *outside_findings(state)]
    if facts.measured is not None:
        out.append(measured_finding(facts.measured))
    return [*out, *prediction_findings(state)]


def outside_findings(state: FusionState) -> list[Finding]:
    """Which points of landmarks do not lie in their image."""
    out = []
    for side, rows in landmark_facts(state).outside.items():
        marked = sum(pair.use != "off" and pair.point(side) is not None for pair in state.landmarks)
        names = [state.landmarks[row].name for row in rows]
        if names:
            out.append(found("points_outside", side=side, count=len(names), marked=marked, names=names))
    return out


def measured_finding(measured: Measured) -> Finding:
    """What check points measure of a pose."""
    return found(
        "error_measured",
        count=measured.count,
        mean_mm=measured.mean_mm,
        max_mm=measured.max_mm,
        worst=measured.worst,
    )
