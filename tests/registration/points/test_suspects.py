"""Which pair is wrong, in a hundred random layouts of each kind."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from layouts import placed, some_pose, spread_over_a_head

from fusionviewer.registration.points.suspects import _f_tail, find_suspects, leave_one_out_mm

LAYOUTS = 100


def named(kind: str, *, count: int = 8, fle: float = 1.0, assumed: float = 1.0, seed: int = 0) -> tuple[int, int]:
    """How often exactly the wrong pairs are named, and how often with the right reason."""
    rng = np.random.default_rng(seed)
    right = reasons = 0
    for _ in range(LAYOUTS):
        places = spread_over_a_head(rng, count)
        moved, wrong = _spoil(rng, places, kind)
        moving = some_pose(rng).apply(placed(rng, moved, fle))
        suspects = find_suspects(places, moving, [assumed] * count)
        right += {suspect.number for suspect in suspects} == wrong
        reasons += {s.number for s in suspects} == wrong and all(s.reason == kind for s in suspects)
    return right, reasons


def _spoil(rng: np.random.Generator, places: np.ndarray, kind: str) -> tuple[np.ndarray, set[int]]:
    moved, count = places.copy(), len(places)
    if kind == "displaced":
        wrong = int(rng.integers(count))
        way = rng.normal(size=3)
        moved[wrong] += 10 * way / np.linalg.norm(way)
        return moved, {wrong}
    if kind == "swapped":
        while True:
            one, other = rng.choice(count, 2, replace=False)
            if np.linalg.norm(places[one] - places[other]) >= 30:
                moved[[one, other]] = moved[[other, one]]
                return moved, {int(one), int(other)}
    if kind == "wrong side":
        lateral = [n for n in range(count) if abs(places[n, 0]) >= 20]
        wrong = int(rng.choice(lateral))
        moved[wrong, 0] *= -1
        return moved, {wrong}
    return moved, set()


@pytest.mark.parametrize("kind", ["displaced", "swapped", "wrong side"])
@pytest.mark.parametrize("assumed", [0.6, 1.0, 2.0])
def test_the_wrong_pair_alone_is_named_with_its_reason(kind: str, assumed: float) -> None:
    right, reasons = named(kind, assumed=assumed, seed=11)
    assert right >= 95
    assert reasons >= 93


@pytest.mark.parametrize("count", [5, 6, 10])
def test_with_fewer_or_more_pairs_too(count: int) -> None:
    for kind in ("displaced", "swapped", "wrong side"):
        assert named(kind, count=count, seed=23)[0] >= 93


@pytest.mark.parametrize("assumed", [0.6, 1.0, 2.0])
def test_sound_landmarks_raise_no_alarm(assumed: float) -> None:
    assert named("", assumed=assumed, seed=31)[0] >= 95


def test_a_suspect_says_how_far_off_it_is_and_which_is_its_twin() -> None:
    rng = np.random.default_rng(1)
    places = spread_over_a_head(rng, 8)
    moving = places + np.array([3.0, 0, 0])
    moving[2] += [0, 0, 12.0]
    (suspect,) = find_suspects(places, moving, [1.0] * 8)
    assert (suspect.number, suspect.reason) == (2, "displaced")
    assert suspect.off_mm == pytest.approx(12.0)
    moving = places.copy()
    moving[[1, 5]] = moving[[5, 1]]
    one, other = find_suspects(places, moving, [1.0] * 8)
    assert {(one.number, one.twin), (other.number, other.twin)} == {(1, 5), (5, 1)}
    assert one.off_mm == pytest.approx(np.linalg.norm(places[1] - places[5]))


def test_three_pairs_and_degenerate_rests_are_not_judged() -> None:
    places = np.array([[0.0, 0, 0], [50, 0, 0], [0, 60, 0]])
    assert find_suspects(places, places + [0, 0, 30.0] * np.eye(3)[0], [1.0] * 3) == ()
    line = np.array([[0.0, 0, 0], [30, 0, 0], [60, 0, 0], [0, 60, 0]])
    moving = line.copy()
    moving[1, 1] += 0.2
    assert find_suspects(line, moving, [1.0] * 4) == ()
    off = leave_one_out_mm(line, moving, [1.0] * 4)
    assert np.isnan(off[3])  # the other three lie on one line
    assert np.isfinite(off[:3]).all()


def test_leave_one_out_is_the_error_at_a_pair_that_was_not_used() -> None:
    rng = np.random.default_rng(2)
    places = spread_over_a_head(rng, 6)
    moving = some_pose(rng).apply(places)
    assert leave_one_out_mm(places, moving, [1.0] * 6) == pytest.approx(0, abs=1e-9)
    moving[4] += [0, 7.0, 0]
    assert leave_one_out_mm(places, moving, [1.0] * 6)[4] == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("value", "above", "below", "share"),
    [(3.2874, 3, 15, 0.05), (9.2766, 3, 3, 0.05), (29.457, 3, 3, 0.01), (0, 3, 9, 1)],
)
def test_the_f_distribution_is_that_of_the_tables(value: float, above: int, below: int, share: float) -> None:
    assert _f_tail(value, above, below) == pytest.approx(share, rel=1e-3)


def test_hundreds_of_pairs_are_judged_in_little_memory() -> None:
    """Fits to all 19 900 exchanges of two of 200 pairs at once would take half a gigabyte."""
    rng = np.random.default_rng(4)
    places = spread_over_a_head(rng, 200)
    moving = some_pose(rng).apply(placed(rng, places, 1.0))
    moving[[3, 100]] = moving[[100, 3]]
    moving[50] += [0.0, 10, 0]
    tracemalloc.start()
    try:
        suspects = find_suspects(places, moving, [1.0] * 200)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert {(s.number, s.reason, s.twin) for s in suspects} == {
        (3, "swapped", 100),
        (100, "swapped", 3),
        (50, "displaced", None),
    }
    assert peak < 150e6
