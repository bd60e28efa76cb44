from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import RigidTransform
from fusionviewer.registration import fit_landmarks
from fusionviewer.registration.points.error_theory import predict_error
from fusionviewer.registration.points.suspects import find_suspects

SPREAD = np.array([[0, 0, 0], [60, 5, 0], [0, 70, 10], [-20, 10, 55], [30, -40, 20]], dtype=float)
number = st.floats(-3, 3)


@settings(max_examples=30)
@given(st.tuples(number, number, number), st.tuples(*[st.floats(-300, 300)] * 3), st.integers(3, 5))
def test_exact_pairs_give_the_exact_transform(turn: tuple[float, ...], shift: tuple[float, ...], n: int) -> None:
    truth = RigidTransform.from_rotation_vector(turn, np.zeros(3), np.array(shift))
    fit = fit_landmarks(SPREAD[:n], truth.apply(SPREAD[:n]))
    assert fit.moving_from_fixed.is_close(truth, 1e-8)
    assert fit.fre_mm < 1e-8


def test_residuals_are_distances_in_moving_space_and_fre_their_root_mean_square() -> None:
    moved = SPREAD + np.array([5.0, 0, 0])
    moved[2] += [0, 0, 4.0]
    fit = fit_landmarks(SPREAD, moved)
    expected = np.linalg.norm(fit.moving_from_fixed.apply(SPREAD) - moved, axis=1)
    np.testing.assert_allclose(fit.residuals_mm, expected, atol=1e-12)
    assert fit.fre_mm == pytest.approx(np.sqrt(np.mean(expected**2)))
    assert 0.5 < fit.fre_mm < 4.0


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_no_other_pose_nearby_fits_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moving = SPREAD + rng.normal(0, 2, SPREAD.shape)
    fit = fit_landmarks(SPREAD, moving)
    for _ in range(10):
        nudge = RigidTransform.from_rotation_vector(rng.normal(0, 0.01, 3), moving.mean(0), rng.normal(0, 0.3, 3))
        worse = np.linalg.norm((nudge @ fit.moving_from_fixed).apply(SPREAD) - moving, axis=1)
        assert np.sqrt(np.mean(worse**2)) >= fit.fre_mm - 1e-9


def test_mirrored_points_give_a_rotation_all_the_same() -> None:
    fit = fit_landmarks(SPREAD, SPREAD * [-1, 1, 1])
    assert np.linalg.det(fit.moving_from_fixed.rotation) == pytest.approx(1.0)
    assert fit.fre_mm > 1


@pytest.mark.parametrize(
    ("fixed", "moving", "says"),
    [
        (SPREAD[:0], SPREAD[:0], "no pairs"),
        (SPREAD[:1], SPREAD[:1], "1 pair"),
        (SPREAD[:2], SPREAD[:2], "2 pairs"),
        (np.outer(range(4), [10.0, 20, 5]), SPREAD[:4], "fixed image lie on one line"),
        (SPREAD[:4], np.outer(range(4), [10.0, 20, 5]), "moving image lie on one line"),
        (np.ones((4, 3)) * 7, SPREAD[:4], "fixed image are all at the same place"),
        (SPREAD[:4], np.ones((4, 3)), "moving image are all at the same place"),
        (SPREAD[:4], SPREAD[:3], "not pairs"),
        (np.where(SPREAD == 60, np.nan, SPREAD), SPREAD, "not a finite number"),
        (SPREAD, SPREAD / 10, "fixed image lie 10 times as far apart as in the moving image"),
        (SPREAD[:3] / 1000, SPREAD[:3], "moving image lie 1000 times as far apart as in the fixed image"),
        (SPREAD, SPREAD * 1000 + 1e6, "moving image lie 1000 times as far apart"),
        (SPREAD, np.where(SPREAD == 60, 28107, SPREAD), r"Landmark 2 in the moving image lies 28\.1 m from the middle"),
        (np.where(SPREAD == 60, 1.7e308, SPREAD), SPREAD, r"Landmark 2 in the fixed image lies 1e\+06 m"),
    ],
)
def test_what_cannot_be_fitted_is_said(fixed: np.ndarray, moving: np.ndarray, says: str) -> None:
    with pytest.raises(BadArgument, match=says) as caught:
        fit_landmarks(fixed, moving)
    assert caught.value.remedy


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("fle_mm", [1e-300, 1e-160, 1e-3])
def test_an_error_that_is_too_small_to_be_true_counts_as_a_thousandth_of_a_mm(fle_mm: float) -> None:
    errors = [fle_mm] * len(SPREAD)
    fit = fit_landmarks(SPREAD, SPREAD + 3.0, errors)
    assert fit.fre_mm < 1e-9
    assert find_suspects(SPREAD, SPREAD, errors) == ()
    assert 1e-4 < predict_error(SPREAD, errors).tre_mm(np.zeros(3))[0] < 1e-2


@pytest.mark.parametrize("count", [3, 4, 8])
def test_units_are_told_however_the_pairs_are_spoilt(count: int) -> None:
    rng = np.random.default_rng(count)
    for _ in range(20):
        places = rng.uniform(-70, 70, (count, 3))
        moving = (places + rng.normal(0, 1, places.shape)) / 10
        if count == 8:
            moving[[0, 1]] = moving[[1, 0]]
        with pytest.raises(BadArgument, match=r"(9|10|11) times as far apart"):
            fit_landmarks(places, moving)


def test_points_that_are_only_misplaced_are_not_in_another_unit() -> None:
    moved = SPREAD.copy()
    moved[1] += [400.0, 0, 0]
    assert fit_landmarks(SPREAD, moved).fre_mm > 50
    moved = SPREAD[:3].copy()
    moved[1] *= 1000
    with pytest.raises(BadArgument, match="Landmark 2 in the moving image lies 60"):
        fit_landmarks(SPREAD[:3], moved)
