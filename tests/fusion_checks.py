"""Checks of fusions in tests: none begins by itself, which takes seconds, but where a test wants it; made-up ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import phantoms
import pytest

from fusionviewer.app.state.guard.fusion_check import FusionCheck
from fusionviewer.app.state.guard.judging import Evidence, Pair
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.guard.assessment import Assessment, with_known
from fusionviewer.quality.guard.expected_error import expected_error, expected_map
from fusionviewer.quality.second_opinion.motion import RADIUS_MM
from fusionviewer.quality.second_opinion.residual import Residual

BY_ITSELF: Any = FusionCheck.__dict__["by_itself"]
"""What a test puts back that wants checks to begin by themselves."""


def no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FusionCheck, "by_itself", False)


def made_residual(shift_mm: float = 0.0, rotation_deg: float = 0.0, unsure_mm: float = 0.2) -> Residual:
    """As if skull and skin lay so far to the back, and turned so far about the axis to the head."""
    centre = np.array([0.0, 0.0, 0.0])
    places = centre + 80.0 * np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1.0]])
    motion = np.array([0, shift_mm, 0, 0, 0, np.deg2rad(rotation_deg) * RADIUS_MM])
    covariance = np.diag([unsure_mm**2 / 3] * 3 + [0.0] * 3)
    return Residual(centre, places, motion, covariance, (), ())


def made_evidence(pose: RigidTransform, shift_mm: float = 0.0, rotation_deg: float = 0.0, *more: Finding) -> Evidence:
    """As a check finds it of a pose so far off: `more` are findings beside that of the motion."""
    residual = made_residual(shift_mm, rotation_deg)
    moved = residual.p95_mm
    code = "residual_far" if moved > 3 else "residual_some" if moved > 1.75 else "residual_small"
    motion = found(code, p95_mm=moved, shift_mm=shift_mm, rotation_deg=rotation_deg, unsure_mm=0.2)
    bone = found("bone_distance", (10.0, -20.0, 30.0), mean_mm=1.2, median_mm=1.2, worst="left", regions={"left": 2.5})
    corrected = pose @ RigidTransform.from_rotation(np.eye(3), np.array([0, shift_mm, 0]))
    alone = Assessment(
        "fine", (motion, *more, bone), expected_error(residual), None, residual, corrected,
        (0.0, shift_mm, 0.0), (0.0, 0.0, rotation_deg), 1.5,
    )  # fmt: skip
    return Evidence(pose, with_known(alone, ()), expected_map(residual, RigidTransform.identity()))


def put_evidence(workspace: Workspace, evidence: Evidence) -> None:
    """Let a check of the study's images have found this."""
    state, check = workspace.document.state, workspace.check
    assert state.fixed is not None
    assert state.moving is not None
    if check._pair is None:
        check._pair = Pair(state.fixed, state.moving)
    check._pair.judged.insert(0, evidence)
    check._tell()


TRUE_POSE = phantoms.MOVING_FROM_FIXED
