"""What speaks against all pairs together: found where it is so, and not where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from layouts import placed, some_pose, spread_over_a_head

from fusionviewer.geometry import RigidTransform
from fusionviewer.registration import fit_landmarks
from fusionviewer.registration.points.agreement import Doubt, excess, find_doubts
from fusionviewer.registration.points.suspects import find_suspects

LAYOUTS = 60


def doubts_of(fixed: np.ndarray, moving: np.ndarray, fle: float = 1.0) -> tuple[Doubt, ...]:
    errors = [fle] * len(fixed)
    suspects = find_suspects(fixed, moving, errors)
    return find_doubts(fit_landmarks(fixed, moving), fixed, moving, errors, suspects)


def often(spoil: Any, *, count: int = 8, seed: int = 0) -> dict[str, int]:
    """How often each reason is given in random layouts whose places in the moving image are spoilt so."""
    rng = np.random.default_rng(seed)
    found: dict[str, int] = {}
    for _ in range(LAYOUTS):
        places = spread_over_a_head(rng, count)
        pose = RigidTransform.from_rotation_vector(rng.normal(0, 0.3, 3), np.zeros(3), rng.uniform(-60, 60, 3))
        for doubt in doubts_of(places, placed(rng, pose.apply(spoil(rng, places)), 1.0)):
            found[doubt.reason] = found.get(doubt.reason, 0) + 1
    return found


def displaced(rng: np.random.Generator, places: np.ndarray) -> np.ndarray:
    moved = places.copy()
    moved[0] += 30 * rng.normal(size=3)
    return moved


def swapped(rng: np.random.Generator, places: np.ndarray) -> np.ndarray:
    return places[[1, 0, *range(2, len(places))]]


@pytest.mark.parametrize(
    "flip",
    [np.diag([-1.0, 1, 1]), np.diag([1.0, 1, -1]), np.eye(3)[[1, 0, 2]], -np.eye(3)],
    ids=["x", "z", "xy", "all"],
)
def test_mirrored_points_are_told(flip: np.ndarray) -> None:
    assert often(lambda rng, places: places @ flip).get("mirrored", 0) >= 0.95 * LAYOUTS


def test_scaled_points_are_told() -> None:
    assert often(lambda rng, places: 1.06 * places).get("scaled", 0) >= 0.95 * LAYOUTS
    rng = np.random.default_rng(1)
    places = spread_over_a_head(rng, 8)
    (doubt,) = doubts_of(places, some_pose(rng).apply(0.8 * places))
    assert doubt.reason == "scaled"
    assert doubt.value == pytest.approx(0.8)


def test_names_of_other_places_are_told() -> None:
    found = often(lambda rng, places: np.roll(places, 1, axis=0))
    assert found.get("disagreeing", 0) >= 0.9 * LAYOUTS


@pytest.mark.parametrize(
    "spoil", [lambda rng, places: places, displaced, swapped], ids=["sound", "displaced", "swapped"]
)
@pytest.mark.parametrize("count", [4, 6, 8, 12])
def test_sound_pairs_and_single_wrong_ones_raise_no_doubt_about_all(spoil: Any, count: int) -> None:
    found = often(spoil, count=count, seed=3)
    assert found.get("mirrored", 0) + found.get("scaled", 0) <= 0.02 * LAYOUTS
    assert found.get("disagreeing", 0) <= 0.05 * LAYOUTS
    assert found.get("huddled", 0) == 0


def test_three_pairs_and_points_of_one_plane_cannot_look_mirrored() -> None:
    rng = np.random.default_rng(2)
    places = spread_over_a_head(rng, 8)
    places[:, 2] = 0.0
    assert doubts_of(places, placed(rng, places * [-1, 1, 1], 1.0)) == ()
    assert doubts_of(places[:3], places[:3] * [-1, 1, 1]) == ()


def test_ras_for_lps_shows_as_half_a_turn() -> None:
    rng = np.random.default_rng(5)
    places = spread_over_a_head(rng, 6)
    tilted = RigidTransform.from_rotation_vector((0.2, 0.1, -0.3), np.zeros(3), np.array([5.0, 6, 7]))
    (doubt,) = doubts_of(places, tilted.apply(places) * [-1, -1, 1])
    assert doubt.reason == "turned round"
    assert 150 < doubt.value <= 180
    assert doubts_of(places, tilted.apply(places)) == ()
    over = RigidTransform.from_rotation_vector((np.pi, 0, 0), np.zeros(3), np.zeros(3))
    assert doubts_of(places, over.apply(places)) == ()  # upside down is not RAS for LPS


def test_a_head_in_centimetres_in_both_files_is_told() -> None:
    rng = np.random.default_rng(6)
    places = spread_over_a_head(rng, 6)
    (doubt,) = doubts_of(places / 10, placed(rng, places / 10, 0.1))
    assert doubt.reason == "huddled"
    assert doubt.value == pytest.approx(np.ptp(places, axis=0).max() / 10, abs=0.5)
    assert doubts_of(places / 4, placed(rng, places / 4, 1.0)) == ()


def test_the_excess_is_how_many_times_the_error_was_underestimated() -> None:
    rng = np.random.default_rng(8)
    times = []
    for _ in range(40):
        places = spread_over_a_head(rng, 12)
        fit = fit_landmarks(places, placed(rng, places, 3.0))
        times.append(excess(fit.residuals_mm, [1.0] * 12))
        assert excess(fit.residuals_mm, [3.5] * 12) is None
    assert np.mean(np.array(times, float)) == pytest.approx(3.0, rel=0.05)
