"""How far a pose has moved the head, and how much of it the moving image holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.geometry import Grid, RigidTransform
from fusionviewer.quality.displacement import corner_displacements, displacement, overlap

IDENTITY = RigidTransform.identity()
HEAD = Grid.axis_aligned((180, 220, 160), (1, 1, 1), np.array([3.0, -4.0, 5.0]))
numbers = st.tuples(*[st.floats(-90, 90)] * 6)


def test_a_shift_moves_every_corner_alike() -> None:
    shift = RigidTransform.from_euler((0, 0, 0, 3, 4, 0), np.zeros(3))
    assert corner_displacements(HEAD.corners, IDENTITY, shift) == pytest.approx(np.full(8, 5.0))
    assert corner_displacements(HEAD.corners, shift, shift) == pytest.approx(np.zeros(8))


def test_a_turn_moves_corners_by_the_chord() -> None:
    turn = RigidTransform.from_euler((0, 0, 10, 0, 0, 0), HEAD.centre)
    chord = 2 * np.sin(np.deg2rad(5)) * np.hypot(90, 110)
    moved = displacement(HEAD.corners, IDENTITY, turn)
    assert (moved.max_mm, moved.mean_mm) == pytest.approx((chord, chord))


@settings(max_examples=30)
@given(numbers, numbers)
def test_no_point_of_the_head_moves_further_than_its_furthest_corner(
    first: tuple[float, ...], second: tuple[float, ...]
) -> None:
    start, current = (RigidTransform.from_euler(n, HEAD.centre) for n in (first, second))
    inside = np.random.default_rng(0).uniform(HEAD.corners.min(axis=0), HEAD.corners.max(axis=0), (500, 3))
    moved = displacement(HEAD.corners, start, current)
    assert corner_displacements(inside, start, current).max() <= moved.max_mm + 1e-9
    assert moved.mean_mm <= moved.max_mm + 1e-9


def test_overlap_is_the_share_of_the_head_that_the_moving_image_holds() -> None:
    assert overlap(HEAD.corners, HEAD, IDENTITY).share == 1.0
    assert overlap(HEAD.corners, HEAD, IDENTITY).missing_point is None
    up = RigidTransform.from_euler((0, 0, 0, 0, 0, 80), np.zeros(3))  # half of the head leaves at the top
    half = overlap(HEAD.corners, HEAD, up)
    assert half.share == pytest.approx(0.5, abs=0.06)
    assert half.missing_point == pytest.approx((3, -4, 5 + 40), abs=6)
    away = overlap(HEAD.corners, HEAD, RigidTransform.from_euler((0, 0, 0, 500, 0, 0), np.zeros(3)))
    assert away.share == 0
    assert away.missing_point == pytest.approx((3, -4, 5))


def test_overlap_knows_oblique_heads_and_grids() -> None:
    turn = RigidTransform.from_euler((20, -35, 50, 30, 10, -60), HEAD.centre)
    turned = Grid(HEAD.size, HEAD.spacing, tuple(turn.apply(np.array(HEAD.origin))), turn.rotation)
    shrunk = HEAD.centre + 0.999 * (HEAD.corners - HEAD.centre)
    assert overlap(shrunk, turned, turn).share == 1.0
    assert overlap(turn.apply(shrunk), HEAD, ~turn).share == 1.0
    assert overlap(shrunk, turned, IDENTITY).share < 0.8
