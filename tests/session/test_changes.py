"""Which groups of a study's parts an edit changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest

from fusionviewer.geometry import RigidTransform
from fusionviewer.registration import Ending, RegistrationResult, RegistrationSettings
from fusionviewer.registration.reason import Reason
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Alignment, Limits
from fusionviewer.session.changes import EVERYTHING, GROUPS, NOTHING, Changes, changes_between
from fusionviewer.session.state import FusionState

POSE = RigidTransform.from_euler((1, 2, 3, 4, 5, 6), np.zeros(3))
RUN = RegistrationResult(POSE, POSE, Ending.CONVERGED, (Reason("settled"),), RegistrationSettings(), "auto", 1.0, 1.0)


def test_every_field_belongs_to_a_group_and_every_group_has_one() -> None:
    names = {field.name for kind in (FusionState, Alignment) for field in fields(kind)} - {"alignment"}
    assert names == set(GROUPS)
    assert set(GROUPS.values()) == set(Changes)
    assert all(group in EVERYTHING for group in Changes)


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (lambda s: s, NOTHING),
        (landmark_edits.add_pair, Changes.LANDMARKS),
        (lambda s: landmark_edits.set_fle(s, 2.0), Changes.LANDMARKS),
        (lambda s: landmark_edits.add_target(s, (1, 2, 3)), Changes.TARGETS),
        (lambda s: edits.set_box(s, ((0.0, 0.0, 0.0), (50.0, 50.0, 50.0))), Changes.REGION),
        (lambda s: edits.set_pose(s, POSE, "hand"), Changes.POSE),
        (lambda s: edits.take_run(s, RUN), Changes.POSE | Changes.RESULTS),
        (lambda s: edits.set_review(s, "accepted", ""), Changes.REVIEW),
        (lambda s: edits.set_limits(s, Limits(1, 2)), Changes.LIMITS),
        (lambda s: edits.set_settings(s, RegistrationSettings(seed=3)), Changes.SETTINGS),
        (lambda s: edits.set_landmark_weight(s, 2.0), Changes.SETTINGS),
        (lambda s: edits.set_landmark_weight(s, s.alignment.landmark_weight), NOTHING),
        (edits.swap_images, Changes.POSE),
    ],
)
def test_an_edit_changes_its_group_and_no_other(edit: Callable[[FusionState], FusionState], changed: Changes) -> None:
    before = FusionState()
    assert changes_between(before, edit(before)) == changed
    assert changes_between(edit(before), before) == changed
