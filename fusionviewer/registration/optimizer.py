"""Climb to the best pose near a start, inside a ball of shifts and a ball of rotations."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.geometry.rigid import rotation_from_vector
from fusionviewer.registration.metric import Evaluation

RADIUS_MM = 80.0
"""A radian turns a head's rim by about this many mm; turns are counted in it, so that all six numbers are mm."""


@dataclass(frozen=True, eq=False)
class Chart:
    """Six numbers for the poses about a start: shift of the centre in mm, then rotation vector × RADIUS_MM.

    `shift_limit` and `turn_limit` (both in these mm) are the radii of the two balls that poses must stay in.
    """

    start: RigidTransform
    centre: Points
    """In fixed space, LPS mm."""
    shift_limit: float = math.inf
    turn_limit: float = math.inf

    def pose(self, u: Points) -> Matrix:
        """The 4×4 moving_from_fixed at u."""
        moved = self.start.apply(self.centre)
        turn = rotation_from_vector(u[3:] / RADIUS_MM)
        out = np.eye(4)
        out[:3, :3] = turn @ self.start.rotation
        out[:3, 3] = turn @ (self.start.translation - moved) + moved + u[:3]
        return out

    def place(self, pose: RigidTransform) -> Points:
        """The u of a pose, wherever it lies."""
        shift = pose.apply(self.centre) - self.start.apply(self.centre)
        turn = RigidTransform.from_rotation(pose.rotation @ self.start.rotation.T, np.zeros(3)).rotation_vector()
        return np.concatenate([shift, turn * RADIUS_MM])

    def moved_centre(self, u: Points) -> Points:
        """Where the centre is at u, in moving space."""
        return self.start.apply(self.centre) + u[:3]

    def gradient(self, u: Points, by_pose: Points) -> Points:
        """The gradient by u from one by a shift and a small turn about the moved centre."""
        return np.concatenate([by_pose[:3], _left_jacobian(u[3:] / RADIUS_MM).T @ by_pose[3:] / RADIUS_MM])

    def project(self, u: Points) -> Points:
        """The nearest u inside both balls."""
        out = u.copy()
        for part, limit in ((slice(0, 3), self.shift_limit), (slice(3, 6), self.turn_limit)):
            length = float(np.linalg.norm(out[part]))
            if length > limit:
                out[part] *= limit / length if limit > 0 else 0.0
        return out


def _left_jacobian(w: Points) -> Matrix:
    """What a small change of a rotation vector turns by: exp(w + dw) ≈ exp(J dw) exp(w)."""
    angle = float(np.linalg.norm(w))
    k = np.array([[0, -w[2], w[1]], [w[2], 0, -w[0]], [-w[1], w[0], 0]])
    if angle < 1e-6:
        return np.eye(3) + 0.5 * k
    return np.asarray(np.eye(3) + (1 - math.cos(angle)) / angle**2 * k + (angle - math.sin(angle)) / angle**3 * (k @ k))


@dataclass(frozen=True, eq=False)
class Climb:
    """Where a climb ended: `u` in its chart, the metric there, the curvature learnt, and the evaluations used."""

    u: Points
    evaluation: Evaluation
    curvature: Matrix
    evaluations: int

    @property
    def metric(self) -> float:
        """The metric at the end."""
        return self.evaluation.metric


def climb(
    evaluate: Callable[[Matrix, Points], Evaluation],
    chart: Chart,
    u: Points,
    *,
    step_mm: float,
    finish_mm: float,
    max_evaluations: int = 60,
    curvature: Matrix | None = None,
    watch: Callable[[Points, float], None] = lambda _u, _m: None,
) -> Climb:
    """Go up from u with steps of at most `step_mm` until they are shorter than `finish_mm`.

    A projected quasi-Newton method (after Schmidt et al. 2009): each step goes to the best point, inside the balls, of
    a quadratic model whose curvature is learnt by damped BFGS updates; the way there is straight and the balls are
    convex, so every pose tried lies inside. `watch` sees every pose that is kept.
    """

    def at(v: Points) -> tuple[Evaluation, Points]:
        e = evaluate(chart.pose(v), chart.moved_centre(v))
        return e, -chart.gradient(v, e.gradient)

    u = chart.project(np.asarray(u, dtype=np.float64))
    here, slope = at(u)
    used = 1
    watch(u, here.metric)
    model = curvature
    if model is None:
        model = _plain_model(slope, step_mm)
    trusted = curvature is not None
    while used < max_evaluations:
        goal = _model_minimum(model, slope, u, chart, step_mm)
        step = goal - u
        length = float(np.linalg.norm(step))
        promise = float(slope @ step)
        if length < finish_mm or promise >= 0:
            break
        share = 1.0
        while True:
            v = u + share * step
            there, slope_there = at(v)
            used += 1
            if there.metric >= here.metric - 1e-4 * share * promise or used >= max_evaluations:
                break
            bend = here.metric - there.metric - share * promise  # the parabola through both and the slope
            share *= min(0.5, max(0.1, -0.5 * share * promise / bend if bend > 0 else 0.5))
            if share * length < finish_mm:
                break
        model = _updated(model, v - u, slope_there - slope)
        if there.metric <= here.metric:
            if share * length >= finish_mm:
                continue
            if not trusted:
                break
            model, trusted = _plain_model(slope, step_mm), False  # what was learnt elsewhere misleads here
            continue
        u, here, slope = v, there, slope_there
        watch(u, here.metric)
    return Climb(u, here, model, used)


def _plain_model(slope: Points, step_mm: float) -> Matrix:
    """A curvature that makes the first step as long as allowed, straight up the slope."""
    return np.eye(6) * max(float(np.linalg.norm(slope)), 1e-12) / step_mm


def _model_minimum(model: Matrix, slope: Points, u: Points, chart: Chart, step_mm: float) -> Points:
    """The u + d with the least slope·d + ½ dᵀ model d inside the balls and with |d| ≤ step_mm."""
    values, vectors = np.linalg.eigh(model)
    goal = u + vectors @ _trusted(values, vectors.T @ slope, step_mm)
    v = chart.project(goal)
    if np.array_equal(v, goal):
        return goal
    rate = 1.0 / float(values[-1])
    for _ in range(100):  # a ball is in the way: projected gradients, each step back into both balls
        away = v - rate * (slope + model @ (v - u)) - u
        far = float(np.linalg.norm(away))
        w = chart.project(u + away * min(1.0, step_mm / max(far, 1e-12)))
        moved = float(np.linalg.norm(w - v))
        v = w
        if moved < 1e-6 * step_mm:
            break
    return v


def _trusted(values: Points, slope: Points, step_mm: float) -> Points:
    """The minimum of slope·d + ½ Σ values d² with |d| ≤ step_mm, in the model's own axes (Moré and Sorensen 1983)."""
    d = -slope / values
    if float(d @ d) <= step_mm**2:
        return d
    low, high = 0.0, float(np.linalg.norm(slope)) / step_mm
    for _ in range(30):
        damping = (low + high) / 2
        d = -slope / (values + damping)
        low, high = (damping, high) if float(d @ d) > step_mm**2 else (low, damping)
    return -slope / (values + high)


def _updated(model: Matrix, step: Points, change: Points) -> Matrix:
    """The BFGS update, damped after Powell so that the model stays positive definite."""
    along = model @ step
    bent = float(step @ along)
    if bent <= 0:
        return model
    straight = float(step @ change)
    if straight < 0.2 * bent:
        theta = 0.8 * bent / (bent - straight)
        change = theta * change + (1 - theta) * along
        straight = float(step @ change)
    return np.asarray(model - np.outer(along, along) / bent + np.outer(change, change) / straight)
