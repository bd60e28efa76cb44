"""Which marks of a study belong on which picture, and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.rendering.marks.values import PredictedError
from fusionviewer.session.alignment import Alignment
from fusionviewer.session.marks import marks_of
from fusionviewer.session.state import FusionState, LandmarkPair, Target
from fusionviewer.session.view_state import Distance

POSE = RigidTransform.from_euler((10, -20, 30, 4, 5, 6), np.array([1.0, 2.0, 3.0]))
F, M = (10.0, 20.0, 30.0), (-5.0, 7.0, 11.0)
STATE = FusionState(
    alignment=Alignment(POSE),
    landmarks=(
        LandmarkPair("whole", F, M, colour="#00ff00"),
        LandmarkPair("half", F, None),
        LandmarkPair("other half", None, M, use="off"),
        LandmarkPair("nothing yet"),
        LandmarkPair("check", F, M, use="check"),
    ),
    targets=(Target("STN", F),),
)
DISTANCES = (Distance("fixed", F, (0.0, 0.0, 0.0)), Distance("moving", M, (0.0, 0.0, 0.0)))


def test_where_both_images_are_seen_moving_points_come_through_the_pose() -> None:
    marks = marks_of(STATE, DISTANCES)
    seen = tuple((~POSE).apply(np.array(M)))
    assert [pair.number for pair in marks.pairs] == [1, 2, 3, 5]  # the one without a point keeps its number
    assert [pair.part for pair in marks.pairs] == ["fit", "fit", "off", "check"]
    assert [pair.complete for pair in marks.pairs] == [True, False, False, True]
    assert marks.pairs[0].fixed == F
    assert marks.pairs[0].moving == pytest.approx(seen)
    assert marks.pairs[0].colour == "#00ff00"
    assert (marks.pairs[1].moving, marks.pairs[2].fixed) == (None, None)
    assert marks.targets[0].place == F
    assert marks.distances[1].start == pytest.approx(seen)
    assert marks.distances[1].length_mm == pytest.approx(DISTANCES[1].length_mm)
    assert not marks.empty


def test_a_picture_of_one_image_has_its_own_points_in_its_own_space() -> None:
    fixed = marks_of(STATE, DISTANCES, space="fixed", sides=("fixed",))
    assert [(pair.number, pair.fixed, pair.moving) for pair in fixed.pairs] == [(n, F, None) for n in (1, 2, 5)]
    assert len(fixed.distances) == 1
    moving = marks_of(STATE, DISTANCES, space="moving", sides=("moving",))
    assert [(pair.number, pair.fixed) for pair in moving.pairs] == [(n, None) for n in (1, 3, 5)]
    assert moving.pairs[0].moving == pytest.approx(M)
    assert moving.distances[0].start == pytest.approx(M)
    assert moving.targets[0].place == pytest.approx(tuple(POSE.apply(np.array(F))))


def test_the_pair_that_is_marked_again_is_hidden() -> None:
    hidden = (replace(STATE.landmarks[0], fixed_point=None, moving_point=None), *STATE.landmarks[1:])
    assert [pair.number for pair in marks_of(STATE, landmarks=hidden).pairs] == [2, 3, 5]


def test_a_study_with_nothing_marked_has_no_marks() -> None:
    assert marks_of(FusionState()).empty
    assert marks_of(FusionState(landmarks=(LandmarkPair("nothing yet"),))).empty
    assert not marks_of(FusionState(targets=STATE.targets)).empty
    assert not marks_of(FusionState(), DISTANCES).empty


def test_predicted_error_belongs_to_fixed_space() -> None:
    grid = Grid.axis_aligned((20, 20, 20), (5.0, 5.0, 5.0), np.zeros(3))
    error = PredictedError(lambda points: points[:, 0], grid)
    assert marks_of(STATE, error=error).error is error
    assert marks_of(STATE, space="moving", sides=("moving",), error=error).error is None
