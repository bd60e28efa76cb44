"""A study of the phantoms as registered, marked and reviewed, with a patient's name wherever a user can type one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import phantoms
import pytest

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.report.facts import Report, report_of
from fusionviewer.session import edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState, LandmarkPair, Target

NAME = "Doe-Jane"
_FITTED = ("left eye", "right eye", "nose", "lesion")


def marked(fixed: Volume, moving: Volume, pose: RigidTransform) -> FusionState:
    """Four pairs to fit, and one held out that lies 3 mm off."""
    pairs = []
    for number, name in enumerate((*_FITTED, "sinus")):
        point = phantoms.centre_of(name)
        twin = phantoms.MOVING_FROM_FIXED.apply(point) + (np.array([0, 0, 3.0]) if name == "sinus" else 0)
        use = "check" if name == "sinus" else "fit"
        pairs.append(LandmarkPair(f"{NAME} {number}", point_of(point), point_of(twin), use))  # type: ignore[arg-type]
    state = replace(
        edits.set_pose(
            edits.new_study(replace(fixed, name=f"{NAME} T1"), replace(moving, name=f"{NAME} CT")), pose, "hand"
        ),
        landmarks=tuple(pairs),
        targets=(Target(f"{NAME} tumour", (-30.0, 30.0, 28.0)),),
    )
    when = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
    return edits.set_review(state, "accepted", f"{NAME} moved", when, by="<b>AB")


@pytest.fixture(scope="session")
def marked_study(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    return marked(phantom_mr, phantom_ct, phantoms.MOVING_FROM_FIXED)


@pytest.fixture(scope="session")
def anonymous_report(marked_study: FusionState) -> Report:
    return report_of(marked_study, tolerance_mm=50.0)
