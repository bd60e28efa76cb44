"""How far bone lies from bone, by region."""

from __future__ import annotations

import numpy as np
import phantoms
import pytest

from fusionviewer.quality import finding
from fusionviewer.quality.second_opinion.bone_distance import bone_distance, region_of
from fusionviewer.quality.second_opinion.motion import rigid_of
from fusionviewer.quality.second_opinion.opinion import PreparedPair, second_opinion
from fusionviewer.quality.wording import sentence

pytestmark = pytest.mark.usefixtures("edges_on_the_surfaces")


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_it_grows_in_step_with_shifts(phantom_pair: PreparedPair, axis: int) -> None:
    told = []
    for mm in (0.0, 2.0, 4.0):
        motion = np.zeros(6)
        motion[axis] = mm
        found = second_opinion(phantom_pair, rigid_of(motion, phantom_pair.head.centre) @ phantoms.MOVING_FROM_FIXED)
        assert found is not None
        bone = bone_distance(found)
        assert bone is not None
        told.append(bone.median_mm)
    assert told == sorted(told)
    assert told[-1] > told[0] + 0.6


def test_signs_tell_the_direction(phantom_pair: PreparedPair) -> None:
    forward = np.array([0, -3.0, 0, 0, 0, 0])
    found = second_opinion(phantom_pair, rigid_of(forward, phantom_pair.head.centre) @ phantoms.MOVING_FROM_FIXED)
    assert found is not None
    bone = bone_distance(found)
    assert bone is not None
    assert bone.by_region["frontal"] > 1.0
    assert bone.by_region["occipital"] < -1.0


@pytest.mark.parametrize(
    ("mm", "told"), [(1.26, "vertex: 1.3 mm inside of it."), (-2.0, "vertex: 2.0 mm outside of it.")]
)
def test_the_sentence_says_on_which_side_the_skull_of_the_ct_lies(mm: float, told: str) -> None:
    assert sentence(
        finding.found("bone_distance", mean_mm=1.0, median_mm=1.0, worst="vertex", regions={"vertex": mm})
    ).endswith(told)


@pytest.mark.parametrize(("direction", "region"), [
    ((9, 1, 2), "left"), ((-9, 1, 2), "right"), ((1, -9, 2), "frontal"), ((1, 9, 2), "occipital"),
    ((1, 2, 9), "vertex"), ((1, 2, -9), "base"),
])  # fmt: skip
def test_regions_go_by_lps(direction: tuple[float, float, float], region: str) -> None:
    assert region_of(np.array(direction, dtype=np.float64)) == region
