"""The predicted error against simulation, and against the closed formula where there is one."""

from __future__ import annotations

import numpy as np
import pytest
from layouts import placed, some_pose, spread_over_a_head

from fusionviewer.errors import BadArgument
from fusionviewer.registration.points.error_theory import (
    covariances,
    default_fle_mm,
    fle_of_repeats,
    predict_error,
    where_to_add,
)
from fusionviewer.registration.points.fit import rigid_fit, weights_from


def simulated_tre(
    rng: np.random.Generator, places: np.ndarray, spread: np.ndarray, targets: np.ndarray, times: int = 2500
) -> np.ndarray:
    """Root mean square error at the targets over many placements with these covariances."""
    weights = weights_from(np.sqrt(np.trace(spread, axis1=1, axis2=2)))
    roots = np.linalg.cholesky(spread)
    squares = np.zeros(len(targets))
    for _ in range(times):
        moved = places + np.einsum("nij,nj->ni", roots, rng.normal(size=places.shape))
        squares += np.sum((rigid_fit(places, moved, weights).apply(targets) - targets) ** 2, axis=1)
    return np.sqrt(squares / times)


@pytest.mark.parametrize("kind", ["alike", "unequal", "directed"])
@pytest.mark.parametrize("count", [4, 5, 6, 8, 12])
def test_prediction_and_simulation_agree_within_five_per_cent(count: int, kind: str) -> None:
    """2500 placements leave 1.3 % of chance in a root mean square; the first order is good to another."""
    rng = np.random.default_rng(100 * count + len(kind))
    places = spread_over_a_head(rng, count)
    if kind == "directed":
        turns = np.linalg.qr(rng.normal(size=(count, 3, 3)))[0]
        errors = np.einsum("nij,nj,nkj->nik", turns, rng.uniform(0.2, 1.5, (count, 3)) ** 2, turns)
    else:
        errors = np.full(count, 1.2) if kind == "alike" else rng.uniform(0.5, 2.5, count)
    targets = rng.uniform(-60, 60, (4, 3))
    predicted = predict_error(places, errors).tre_mm(targets)
    assert predicted == pytest.approx(simulated_tre(rng, places, covariances(errors), targets), rel=0.05)


def test_it_is_the_formula_of_fitzpatrick_for_equal_errors() -> None:
    rng = np.random.default_rng(7)
    places = spread_over_a_head(rng, 6)
    centred = places - places.mean(axis=0)
    axes = np.linalg.svd(centred)[2]
    along = centred @ axes.T
    for target in rng.uniform(-80, 80, (5, 3)):
        r = axes @ (target - places.mean(axis=0))
        shares = []
        for k in range(3):
            others = [n for n in range(3) if n != k]
            shares.append(np.sum(r[others] ** 2) / np.mean(np.sum(along[:, others] ** 2, axis=1)))
        expected = 1.3 * np.sqrt((1 + sum(shares) / 3) / len(places))
        assert predict_error(places, [1.3] * 6).tre_mm(target)[0] == pytest.approx(expected, rel=1e-9)


def test_errors_along_one_axis_stay_there_far_from_no_lever() -> None:
    places = np.array([[50, 0, 0], [-50, 0, 0], [0, 60, 0], [0, -60, 0], [0, 0, 40], [0, 0, -40]], float)
    spread = np.tile(np.diag([1e-6, 1e-6, 1.0]), (6, 1, 1))
    covariance = predict_error(places, spread).tre_covariance(np.zeros((1, 3)))[0]
    assert covariance[2, 2] == pytest.approx(1 / 6)
    assert covariance[0, 0] < 1e-5


def test_repeated_placements_tell_the_localisation_error() -> None:
    rng = np.random.default_rng(3)
    repeats = [placed(rng, np.tile(place, (4, 1)), 1.7) for place in spread_over_a_head(rng, 300)]
    assert fle_of_repeats(repeats) == pytest.approx(1.7, rel=0.05)
    with pytest.raises(BadArgument, match="placed twice"):
        fle_of_repeats([np.zeros((1, 3))])


def test_the_default_grows_with_the_voxels() -> None:
    assert default_fle_mm((1, 1, 1), (0.5, 0.5, 1)) == pytest.approx(np.sqrt((3 + 1.5) / 3))
    assert default_fle_mm((1, 1, 5), (0.5, 0.5, 1)) > 2 * default_fle_mm((1, 1, 1), (0.5, 0.5, 1))


def test_one_more_pair_is_advised_where_it_helps_the_target() -> None:
    places = np.array([[60, 0, 0], [60, 30, 10], [60, -30, 20], [50, 10, 40.0]])
    candidates = np.array([[60.0, 10, 10], [-60, 0, 0], [0, 80, 0]])
    advice = where_to_add(places, [1.0] * 4, np.array([-60.0, 5, 5]), candidates)
    assert advice.number == 1
    assert advice.after_mm < 0.6 * advice.before_mm


@pytest.mark.parametrize(
    ("places", "fle", "says"),
    [
        (np.eye(3)[:2] * 50, [1, 1], "three pairs"),
        (np.outer(range(4), [10.0, 20, 5]), [1] * 4, "one line"),
        (np.eye(3) * 50, [1, 1, 0], "not above 0"),
        (np.eye(3) * 50, [1, 1, float("nan")], "not above 0"),
    ],
)
def test_what_cannot_be_predicted_is_said(places: np.ndarray, fle: list[float | int] | list[int], says: str) -> None:
    with pytest.raises(BadArgument, match=says):
        predict_error(places, fle)


def test_a_weighted_fit_leans_towards_the_pair_that_was_placed_better() -> None:
    rng = np.random.default_rng(5)
    places = spread_over_a_head(rng, 5)
    pose = some_pose(rng)
    moving = pose.apply(places)
    moving[0] += [5.0, 0, 0]
    even = np.linalg.norm(rigid_fit(places, moving, np.ones(5)).apply(places[0]) - moving[0])
    trusted = np.linalg.norm(rigid_fit(places, moving, weights_from([0.1, 2, 2, 2, 2])).apply(places[0]) - moving[0])
    assert trusted < 0.2 * even
