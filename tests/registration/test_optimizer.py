from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.registration.bounds import Bounds
from fusionviewer.registration.metric import Evaluation
from fusionviewer.registration.optimizer import RADIUS_MM, Chart, climb

CENTRE = np.array([10.0, -5.0, 20.0])
START = RigidTransform.from_rotation_vector([0.1, 0.2, -0.1], np.zeros(3), np.array([4.0, 5, 6]))


class Hill:
    """A smooth hill over poses, highest at `top`: minus the mean squared distance of some points from their goals."""

    def __init__(self, top: RigidTransform) -> None:
        rng = np.random.default_rng(1)
        self.points = CENTRE + rng.normal(0, 1, (40, 3)) * [70, 40, 50]
        self.goals = top.apply(self.points)
        self.poses: list[RigidTransform] = []

    def __call__(self, matrix: Matrix, centre: Points) -> Evaluation:
        pose = RigidTransform.from_matrix(matrix)
        self.poses.append(pose)
        at = pose.apply(self.points)
        force = 2 * (self.goals - at) / len(at)
        turn = np.cross(at - centre, force).sum(axis=0)
        return Evaluation(-float(np.mean(np.sum((self.goals - at) ** 2, axis=1))), 1.0, np.r_[force.sum(axis=0), turn])


def pose_at(turn: Points, shift: Points) -> RigidTransform:
    return RigidTransform.from_rotation_vector(turn, START.apply(CENTRE), shift) @ START


@pytest.mark.parametrize("seed", range(5))
def test_finds_the_top(seed: int) -> None:
    rng = np.random.default_rng(seed)
    top = pose_at(rng.normal(0, 0.2, 3), rng.normal(0, 10, 3))
    end = climb(Hill(top), Chart(START, CENTRE), np.zeros(6), step_mm=8, finish_mm=1e-5, max_evaluations=100)
    assert RigidTransform.from_matrix(Chart(START, CENTRE).pose(end.u)).is_close(top, 1e-3)
    assert end.evaluations < 40


lengths = st.one_of(st.just(0.0), st.floats(0.1, 20))


@settings(max_examples=25)
@given(st.integers(0, 10_000), lengths, lengths)
def test_never_leaves_the_balls_and_ends_at_the_best_pose_in_them(seed: int, max_mm: float, max_deg: float) -> None:
    rng = np.random.default_rng(seed)
    top = pose_at(rng.normal(0, 0.15, 3), rng.normal(0, 8, 3))
    bounds = Bounds.about(START, CENTRE, max_mm, max_deg)
    chart = Chart(START, CENTRE, max_mm, math.radians(max_deg) * RADIUS_MM)
    hill = Hill(top)
    end = climb(hill, chart, rng.normal(0, 5, 6), step_mm=4, finish_mm=1e-6, max_evaluations=200)
    assert all(bounds.contains(p) for p in hill.poses)
    best = end.metric
    for scale in (0.01, 0.1, 1.0):
        for _ in range(20):
            other = chart.project(end.u + scale * rng.normal(0, 1, 6))
            assert hill(chart.pose(other), chart.moved_centre(other)).metric <= best + 1e-5


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_charts_shift_and_angle_are_those_of_the_bounds(seed: int) -> None:
    u = np.random.default_rng(seed).normal(0, 20, 6)
    bounds = Bounds.about(START, CENTRE, 100, 180)
    shift, angle = bounds.reached(RigidTransform.from_matrix(Chart(START, CENTRE).pose(u)))
    assert shift == pytest.approx(np.linalg.norm(u[:3]), abs=1e-9)
    assert angle == pytest.approx(math.degrees(np.linalg.norm(u[3:]) / RADIUS_MM), abs=1e-6)
