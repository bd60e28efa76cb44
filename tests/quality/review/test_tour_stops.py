"""The places of a tour: worst evidence first, then the head, then targets; only what both images show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from assessments import assessment_of
from phantoms import HEAD, MOVING_FROM_FIXED, centre_of

from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.finding import found
from fusionviewer.quality.review.anatomy import head_places
from fusionviewer.quality.review.tour_stops import FEWEST_STOPS, MOST_STOPS, tour_stops
from fusionviewer.quality.second_opinion.residual import Patch
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, Target


@pytest.fixture(scope="module")
def study(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    return edits.set_pose(edits.new_study(phantom_mr, phantom_ct), MOVING_FROM_FIXED, "file")


@pytest.mark.parametrize("image", ["CT", "MR"])
def test_parts_are_found_near_where_they_are(image: str, phantom_ct: Volume, phantom_mr: Volume) -> None:
    pose = MOVING_FROM_FIXED if image == "CT" else RigidTransform.identity()
    places = head_places(phantom_ct if image == "CT" else phantom_mr)
    skull = next(piece for piece in HEAD if piece.name == "skull")
    for part, truth in {
        "left orbit": centre_of("left eye"),
        "right orbit": centre_of("right eye"),
        "ventricles": (centre_of("left ventricle") + centre_of("right ventricle")) / 2,
        "vertex": np.add(skull.centre, [0, 0, skull.radii[2]]),
        "occiput": np.add(skull.centre, [0, skull.radii[1], -10]),
    }.items():
        assert np.linalg.norm(places[part] - pose.apply(truth)) < 30, part  # type: ignore[index]
    left, right = places["left mastoid"], places["right mastoid"]
    assert left[0] > 30 > -30 > right[0]


def test_a_noisy_image_without_a_head_has_no_places(phantom_mr: Volume) -> None:
    flat = Volume(phantom_mr.image * 0, "empty", "MR")
    assert head_places(flat) == {}


def test_without_an_assessment_the_tour_goes_by_anatomy(study: FusionState) -> None:
    stops = tour_stops(study, None)
    assert FEWEST_STOPS <= len(stops) <= MOST_STOPS
    names = [stop.name for stop in stops]
    assert names[0] == "Near the left mastoid"
    assert len(set(names)) == len(names)
    modes = {stop.name.removeprefix("Near the "): stop.mode for stop in stops}
    assert modes["vertex"] is BlendMode.EDGES
    assert modes["left orbit"] is BlendMode.CHECKERBOARD
    assert all(stop.look_for.endswith(".") for stop in stops)
    assert not any(stop.swapped for stop in stops), "the moving CT's edges lie over the fixed MR"


def test_the_worst_evidence_comes_first_and_targets_last(study: FusionState) -> None:
    place = (60.0, 0.0, 0.0)
    patches = [Patch("outer", MOVING_FROM_FIXED.apply(np.array([-66.0, y, 10.0])), 2.6, 0.6) for y in (-9.0, 0.0, 9.0)]
    checked = assessment_of("look", [found("residual_far", place, p95_mm=4.0, shift_mm=3.0, rotation_deg=1.0,
                                           unsure_mm=0.2), found("bone_distance", (0.0, 0.0, 0.0), mean_mm=1.0,
                                                                 median_mm=1.0, worst="left", regions={})],
                            patches, MOVING_FROM_FIXED.apply(np.zeros(3)))  # fmt: skip
    targets = tuple(Target(name, (10.0 * n, 0.0, 20.0)) for n, name in enumerate("abcd"))
    stops = tour_stops(replace(study, targets=targets), checked)
    assert stops[0].point == place
    assert stops[1].name == "Skull 2.6 mm off on the right"
    assert "2.6 mm further out" in stops[1].look_for
    assert np.allclose(stops[1].point, [-66, 0, 10], atol=10)
    assert stops[1].mode is BlendMode.EDGES
    assert [stop.name for stop in stops[-3:]] == ["Target “a”", "Target “b”", "Target “c”"]
    assert [stop.of_target for stop in stops] == [False] * (len(stops) - 3) + [True] * 3
    assert len(stops) <= MOST_STOPS


def test_a_fixed_ct_lends_its_edges(phantom_mr: Volume, phantom_ct: Volume) -> None:
    state = edits.set_pose(edits.new_study(phantom_ct, phantom_mr), ~MOVING_FROM_FIXED, "file")
    by_mode = {stop.mode: stop.swapped for stop in tour_stops(state, None)}
    assert by_mode == {BlendMode.EDGES: True, BlendMode.CHECKERBOARD: False, BlendMode.CURTAIN: False}


def test_what_only_one_image_shows_is_left_out(study: FusionState) -> None:
    away = RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array([0, 0, 100.0]))
    stops = tour_stops(edits.set_pose(study, away @ MOVING_FROM_FIXED, "hand"), None)
    assert len(stops) < FEWEST_STOPS
    assert tour_stops(replace(study, moving=None), None) == ()
