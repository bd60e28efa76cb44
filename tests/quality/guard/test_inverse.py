"""A registration the other way round."""

from __future__ import annotations

import numpy as np
import pytest
from phantoms import MOVING_FROM_FIXED as TRUTH

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.finding import found
from fusionviewer.quality.guard.assessment import Assessment, with_evidence
from fusionviewer.quality.guard.inverse import inverse_consistency


@pytest.mark.parametrize(("off_mm", "code"), [(0.0, "inverse_near"), (5.0, "inverse_apart")])
def test_the_way_back_ends_at_the_truth(phantom_mr: Volume, phantom_ct: Volume, off_mm: float, code: str) -> None:
    pose = RigidTransform.from_rotation(np.eye(3), np.array([0, off_mm, 0])) @ TRUTH
    finding = inverse_consistency(phantom_mr, phantom_ct, pose)
    assert finding is not None
    assert finding.code == code
    assert finding.values["apart_mm"] == pytest.approx(off_mm, abs=1.5)  # half a voxel
    assert finding.where is not None


def test_it_counts_as_other_evidence_does_and_once(checked_fine: Assessment) -> None:
    apart = with_evidence(checked_fine, found("inverse_apart", apart_mm=4.0))
    assert apart.verdict == "look"
    near = with_evidence(apart, found("inverse_near", apart_mm=0.5))
    assert near.verdict == "fine"
    assert [one.code for one in near.reasons].count("inverse_near") == 1
    assert "inverse_apart" not in [one.code for one in near.reasons]


@pytest.fixture
def checked_fine() -> Assessment:
    return Assessment("fine", (found("bone_distance"),), None, None, None, None, None, None, 0.1)
