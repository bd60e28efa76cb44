"""What the landmarks say for and against a study's pose: what does not fit, what is measured, what is predicted."""

from __future__ import annotations

import numpy as np

from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.landmark_facts import Measured, landmark_facts
from fusionviewer.session.state import FusionState


def landmark_findings(state: FusionState, point_files: tuple[str, str] | None = None) -> list[Finding]:
    """What speaks against the pairs, what check points measure of the pose, and what is predicted at targets.

    `point_files` are the names of the files that the fixed and the moving points were just read from: findings name
    them, and what is odd about the files themselves (units, RAS for LPS) is found as well. No images are needed.
    """
    facts = landmark_facts(state)
    out = list(facts.against(point_files))
    if facts.measured is not None:
        out.append(measured_finding(facts.measured))
    if facts.error is not None and state.targets:
        predicted = facts.error.tre_mm(np.array([target.point for target in state.targets]))
        tre_mm = {target.name: float(mm) for target, mm in zip(state.targets, predicted, strict=True)}
        about = prediction_about(state, state.alignment.moving_from_fixed)
        out += [found("error_predicted", tre_mm=tre_mm), *([] if about is None else [about])]
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


def prediction_about(state: FusionState, pose: RigidTransform) -> Finding | None:
    """What the prediction is about, if not about a pose. Without a fit it says nothing of any other pose."""
    fit = landmark_facts(state).fit
    if fit is None or np.allclose(fit.moving_from_fixed.matrix, pose.matrix, rtol=0, atol=1e-6):
        return None
    changed = state.alignment.origin == "landmarks" and pose is state.alignment.moving_from_fixed
    return found("prediction_for_new_fit" if changed else "prediction_for_fit")
