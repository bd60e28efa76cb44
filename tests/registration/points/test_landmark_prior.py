"""Landmarks as a soft constraint: what they cost, what they hold, what they do not do."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import phantoms
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality.run_findings import landmark_report
from fusionviewer.quality.wording import sentence
from fusionviewer.registration import Ending, LandmarkPull, RegistrationSettings, register
from fusionviewer.registration.metric import Evaluation
from fusionviewer.registration.optimizer import Chart
from fusionviewer.registration.points.landmark_prior import last_millimetre

TRUTH = phantoms.MOVING_FROM_FIXED
FLE = 1.5
PLACES = np.array(
    [[60, 0, 0], [-60, 5, -10], [0, 75, 10], [5, -70, 0], [10, 10, 70], [-20, -20, -50]], dtype=np.float64
)
QUICK = RegistrationSettings(points=(1500, 4000, 12000), starts=6)


def pairs(weight: float, pose: RigidTransform = TRUTH, fle: float = FLE) -> LandmarkPull:
    """Landmarks that lie where a pose says, but for errors as large as is assumed of them."""
    noise = np.random.default_rng(7).normal(0, fle / np.sqrt(3), PLACES.shape)
    return LandmarkPull(PLACES, pose.apply(PLACES) + noise, np.full(len(PLACES), fle), weight)


def moved(mm: float) -> RigidTransform:
    """A pose beside the truth."""
    shift = np.array([0.6, -0.6, 0.53]) * mm
    return RigidTransform.from_rotation_vector([0.02, -0.02, 0.01], TRUTH.apply(np.zeros(3)), shift) @ TRUTH


def apart_mm(one: RigidTransform, other: RigidTransform) -> float:
    return float(np.linalg.norm(one.apply(PLACES) - other.apply(PLACES), axis=1).mean())


@given(st.lists(st.floats(-8, 8), min_size=3, max_size=3), st.lists(st.floats(-0.2, 0.2), min_size=3, max_size=3))
def test_the_gradient_is_exact(shift: list[float], turn: list[float]) -> None:
    pull = pairs(1.0)
    chart, u = Chart(TRUTH, np.array([3.0, 4, 5])), np.array([*shift, *(80 * t for t in turn)])
    _, by_pose = pull.cost(chart.pose(u), chart.moved_centre(u))
    for number, step in enumerate(1e-4 * np.eye(6)):
        there, here = (pull.cost(chart.pose(v), chart.moved_centre(v))[0] for v in (u + step, u - step))
        assert chart.gradient(u, by_pose)[number] == pytest.approx((there - here) / 2e-4, rel=1e-5, abs=1e-7)


def test_one_error_costs_one_and_nothing_costs_more_than_ten() -> None:
    pull = LandmarkPull(PLACES, PLACES + np.array([0, FLE, 0]), np.full(len(PLACES), FLE), 1.0)
    assert pull.cost(np.eye(4), np.zeros(3))[0] == pytest.approx(1.0)
    far = LandmarkPull(PLACES, PLACES + np.array([0, 1e4, 0]), np.full(len(PLACES), FLE), 1.0)
    cost, gradient = far.cost(np.eye(4), np.zeros(3))
    assert 9.9 < cost <= 10
    assert np.abs(gradient).max() < 1e-6


def test_the_last_millimetre_is_measured() -> None:
    chart = Chart(TRUTH, np.zeros(3))

    def hill(_: Any, centre: Points) -> Evaluation:
        away = centre - TRUTH.apply(np.zeros(3)) - np.array([2.0, 0, 0])
        return Evaluation(1 - 0.05 * float(away @ away), 1.0, np.zeros(6))

    assert last_millimetre(hill, chart, np.array([2.0, 0, 0, 0, 0, 0])) == pytest.approx(0.05)
    flat = Evaluation(0.5, 1.0, np.zeros(6))
    assert last_millimetre(lambda _m, _c: flat, chart, np.zeros(6)) == pytest.approx(0.01)


def test_without_weight_or_pairs_the_run_is_the_same_to_the_last_bit(phantom_mr: Any, phantom_ct: Any) -> None:
    plain = register(phantom_mr, phantom_ct, TRUTH, settings=QUICK)
    for pull in (pairs(0.0), LandmarkPull(np.empty((0, 3)), np.empty((0, 3)), np.empty(0), 1.0)):
        same = register(phantom_mr, phantom_ct, TRUTH, settings=QUICK, pull=pull)
        assert replace(same, seconds=plain.seconds, moving_from_fixed=plain.moving_from_fixed) == plain
        np.testing.assert_array_equal(same.moving_from_fixed.matrix, plain.moving_from_fixed.matrix)


@pytest.mark.parametrize("bounded", [True, False])
def test_landmarks_hold_the_pose_where_the_images_mislead(bounded: bool, phantom_mr: Any, phantom_ct: Any) -> None:
    elsewhere = moved(6.0)
    limits: dict[str, Any] = {"max_shift_mm": 10, "max_rotation_deg": 10} if bounded else {}
    away = {}
    for weight in (0.0, 3.0, 10.0):
        pull = pairs(weight, elsewhere)
        result = register(phantom_mr, phantom_ct, elsewhere, settings=QUICK, pull=pull, **limits)
        away[weight] = apart_mm(result.moving_from_fixed, elsewhere)
    assert away[0.0] > 5
    assert away[3.0] < FLE
    assert away[10.0] < FLE
    assert result.ending is Ending.DOUBTFUL
    assert {"landmarks_elsewhere", "landmarks_far"} & {reason.code for reason in result.reasons}


def test_landmarks_hold_the_pose_in_noise(phantom_mr: Any, phantom_ct: Any) -> None:
    values = np.asarray(phantom_ct.array, dtype=np.float32).copy()
    head = values > -300
    values[head] = np.random.default_rng(1).normal(200, 300, int(head.sum()))
    values[:, :, :30] = -1000  # and the right half is cut away
    noise = Volume(image_on_grid(values, phantom_ct.grid), "noise", "CT")
    limits: dict[str, Any] = {"max_shift_mm": 15.0, "max_rotation_deg": 15.0}
    alone = register(phantom_mr, noise, TRUTH, settings=QUICK, **limits)
    held = register(phantom_mr, noise, TRUTH, settings=QUICK, pull=pairs(3.0), **limits)
    assert apart_mm(alone.moving_from_fixed, TRUTH) > 3
    assert apart_mm(held.moving_from_fixed, TRUTH) < FLE


@pytest.mark.parametrize("weight", [1.0, 3.0])
def test_a_grossly_wrong_pair_is_ignored(weight: float, phantom_mr: Any, phantom_ct: Any) -> None:
    good = pairs(weight)
    wrong = good.moving_points.copy()
    wrong[2] += [15, 0, 20]
    limits: dict[str, Any] = {"max_shift_mm": 10.0, "max_rotation_deg": 10.0}
    sound = register(phantom_mr, phantom_ct, TRUTH, settings=QUICK, pull=good, **limits)
    result = register(phantom_mr, phantom_ct, TRUTH, settings=QUICK, pull=replace(good, moving_points=wrong), **limits)
    assert apart_mm(result.moving_from_fixed, sound.moving_from_fixed) < 0.4 * FLE
    assert result.landmarks is not None
    assert result.landmarks.outvoted == 1
    assert "1 of them lies too far off to count" in sentence(landmark_report(result.landmarks))


def test_limits_stay_hard_and_the_more_weight_the_nearer(phantom_mr: Any, phantom_ct: Any) -> None:
    start = moved(4.0)
    last = np.inf
    for weight in (0.3, 3.0, 30.0):
        result = register(
            phantom_mr, phantom_ct, start, settings=QUICK, pull=pairs(weight, moved(8.0)), max_shift_mm=1.0,
            max_rotation_deg=2.0,
        )  # fmt: skip
        assert result.bounds is not None
        assert result.bounds.contains(result.moving_from_fixed, 1e-6)
        assert result.landmarks is not None
        assert result.landmarks.after_mean_mm <= last
        last = result.landmarks.after_mean_mm
    assert result.touched


def test_the_report_says_weight_and_distances(phantom_mr: Any, phantom_ct: Any) -> None:
    pull, start = pairs(2.0), moved(3.0)
    result = register(phantom_mr, phantom_ct, start, settings=QUICK, pull=pull)
    told = result.landmarks
    assert told is not None
    assert (told.weight, told.pairs, told.outvoted) == (2.0, len(PLACES), 0)
    before, after = (
        np.linalg.norm(p.apply(PLACES) - pull.moving_points, axis=1) for p in (start, result.moving_from_fixed)
    )
    assert (told.before_mean_mm, told.before_max_mm) == pytest.approx((before.mean(), before.max()))
    assert (told.after_mean_mm, told.after_max_mm) == pytest.approx((after.mean(), after.max()))
    assert told.after_mean_mm < told.before_mean_mm
    assert f"{told.after_mean_mm:.2f} mm on average" in sentence(landmark_report(told))
    assert result.trace[-1][0] == "landmarks"


def test_two_pairs_are_enough_to_pull(phantom_mr: Any, phantom_ct: Any) -> None:
    there = pairs(10.0, moved(5.0))
    two = LandmarkPull(there.fixed_points[:2], there.moving_points[:2], there.fle_mm[:2], 10.0)
    result = register(phantom_mr, phantom_ct, TRUTH, settings=QUICK, pull=two)
    assert result.landmarks is not None
    assert result.landmarks.after_mean_mm < FLE < result.landmarks.before_mean_mm


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": -1.0}, {"weight": float("nan")}, {"weight": 101.0}, {"fle_mm": np.zeros(6)},
        {"fle_mm": np.ones(5)}, {"fixed_points": np.full((6, 3), np.nan)}, {"moving_points": np.zeros((6, 2))},
    ],
)  # fmt: skip
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadArgument):
        replace(pairs(1.0), **wrong)


def test_an_automatic_run_takes_the_landmarks_pose_where_they_agree(phantom_mr: Any, phantom_ct: Any) -> None:
    result = register(phantom_mr, phantom_ct, settings=QUICK, pull=pairs(1.0))
    assert apart_mm(result.moving_from_fixed, TRUTH) < 1.0
    assert result.ending is Ending.CONVERGED
    assert [stage for stage, _ in itertools.groupby(step[0] for step in result.trace)][-1] == "landmarks"
