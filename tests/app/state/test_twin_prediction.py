"""Where the missing point of a half pair is expected, and by what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusionviewer.app.state.twin_prediction import guess_twin, half_side
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState, LandmarkPair, Side

PLACES = np.array([[0, 0, 0], [40, 0, 0], [0, 35, 5], [-20, -10, 30], [10, -30, -20]], dtype=float)
HERE = np.array([15.0, 12.0, -8.0])


@pytest.fixture
def aligned(phantom_mr: Volume, phantom_ct: Volume, phantom_truth: RigidTransform) -> FusionState:
    return edits.set_pose(edits.new_study(phantom_mr, phantom_ct), phantom_truth, "file")


def with_pairs(
    state: FusionState, truth: RigidTransform, count: int, half: Side = "moving", noise: float = 0.3
) -> FusionState:
    """So many complete pairs, marked nearly right, and one that lacks its point in an image."""
    random = np.random.default_rng(4)

    def pair(name: str, place: Points) -> LandmarkPair:
        return LandmarkPair(name, point_of(place), point_of(truth.apply(place) + random.normal(0, 0.3, 3)))

    complete = [pair(f"L{n}", place) for n, place in enumerate(PLACES[:count])]
    last = (
        LandmarkPair("half", point_of(HERE))
        if half == "moving"
        else LandmarkPair("half", None, point_of(truth.apply(HERE)))
    )
    return replace(state, landmarks=(*complete, last))


@pytest.mark.parametrize("half", ["moving", "fixed"])
@pytest.mark.parametrize("count", [0, 2, 3, 5])
def test_a_right_alignment_is_not_outdone_by_a_few_pairs(
    aligned: FusionState, phantom_truth: RigidTransform, count: int, half: Side
) -> None:
    guess = guess_twin(with_pairs(aligned, phantom_truth, count, half), count)
    assert guess is not None
    assert (guess.side, guess.pairs, guess.source) == (half, 0, "by the alignment")
    np.testing.assert_allclose(guess.point, phantom_truth.apply(HERE) if half == "moving" else HERE)


@pytest.mark.parametrize("half", ["moving", "fixed"])
@pytest.mark.parametrize("count", [3, 4, 5])
def test_a_wrong_alignment_is_outdone_by_the_fit_from_three_pairs_on(
    aligned: FusionState, phantom_truth: RigidTransform, count: int, half: Side
) -> None:
    off = RigidTransform.from_euler((8, -5, 12, 6, 4, -3), np.zeros(3))
    state = edits.set_pose(with_pairs(aligned, phantom_truth, count, half), phantom_truth @ off, "hand")
    guess = guess_twin(state, count)
    assert guess is not None
    assert (guess.pairs, guess.source) == (count, f"by the fit to {count} pairs")
    true = phantom_truth.apply(HERE) if half == "moving" else HERE
    assert np.linalg.norm(np.asarray(guess.point) - true) < 1.5


def test_two_pairs_or_three_on_a_line_fit_nothing(aligned: FusionState, phantom_truth: RigidTransform) -> None:
    far = edits.set_pose(aligned, RigidTransform.identity(), "header")
    line = [
        LandmarkPair(f"L{n}", (10.0 * n, 0.0, 0.0), point_of(phantom_truth.apply(np.array([10.0 * n, 0, 0]))))
        for n in range(3)
    ]
    for pairs in (line[:2], line):
        guess = guess_twin(replace(far, landmarks=(*pairs, LandmarkPair("half", point_of(HERE)))), len(pairs))
        assert guess is not None
        assert guess.pairs == 0
        np.testing.assert_allclose(guess.point, HERE)


def test_there_is_no_guess_where_nothing_is_half_or_it_lies_outside(aligned: FusionState) -> None:
    pairs = (LandmarkPair("both", (0, 0, 0), (0, 0, 0)), LandmarkPair("none"), LandmarkPair("far", (500.0, 0.0, 0.0)))
    state = replace(aligned, landmarks=pairs)
    assert [half_side(pair) for pair in pairs] == [None, None, "moving"]
    assert [guess_twin(state, index) for index in (0, 1, 2, 3, None)] == [None] * 5
    assert guess_twin(replace(state, moving=None, landmarks=(LandmarkPair("half", (0, 0, 0)),)), 0) is None
