"""How a CT's surfaces would have to move to lie on the edges of an MR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.second_opinion.motion import Motion, along_normals
from fusionviewer.quality.second_opinion.sampling import Floats, Sampler
from fusionviewer.quality.second_opinion.surface_points import Surface

REACH_MM: Final = 14.0
STEP_MM: Final = 0.5
PLACES: Final = np.arange(-REACH_MM, REACH_MM + 1e-6, STEP_MM)

WIDTHS_MM: Final = (3.0, 1.5, 1.2)
"""Of the smoothing along the normals (sigma), coarse to fine."""

_CLEAR: Final = 0.2
"""A rise of the local level's share in a millimetre that counts for much; twice as much counts for little more."""

LEAST_SEEN: Final = 200
_THIN: Final = 3
"""One point in so many is enough to find the nearest top from each start."""
_STARTS_MM: Final = 6.0
_OFFSET_MM: Final = 4.0


@dataclass(frozen=True, eq=False)
class Edges:
    """How clear an edge of the expected sign is along the normals of a surface's points.

    `strength` (n, m) from −1 to 1 at PLACES along each normal; `lever` (n, 6) is how far a motion moves each point
    along its normal; only points whose surroundings the MR holds are in it.
    """

    strength: Floats
    lever: NDArray[np.float64]
    points: Points
    normals: Points

    def thinned(self, step: int) -> Edges:
        """One point in so many."""
        return Edges(self.strength[::step], self.lever[::step], self.points[::step], self.normals[::step])

    def signed(self, sign: float) -> Edges:
        """The same, or edges of the other sign."""
        return replace(self, strength=np.float32(sign) * self.strength)


@dataclass(frozen=True, eq=False)
class EdgeFit:
    """The motion (6,) that brings the points onto edges, an offset along the normals of each surface, and its worth."""

    motion: Motion
    offsets_mm: tuple[float, ...]
    worth: float
    """What was maximised: the mean of the strengths, smoothed by the last of the widths."""


def edges_of(
    surface: Surface, mr: Sampler, mr_from_ct: RigidTransform, centre: Points, least: int = LEAST_SEEN
) -> Edges | None:
    """The edges of an MR along the normals of a CT's surface under a pose; None if the MR holds fewer than `least`.

    Bone is dark on every MR: along a table's normal, out of the bone, brightness rises; along the skin's it falls.
    """
    line = surface.points[:, None] + PLACES[:, None] * surface.normals[:, None]
    values = mr.at(mr_from_ct.apply(line.reshape(-1, 3)).reshape(line.shape))
    seen = np.isfinite(values)
    values = np.where(seen, values, np.float32(0))
    near = surface.neighbours
    weight = seen[near].sum(axis=1)
    mean = values[near].sum(axis=1) / np.maximum(weight, 1)
    middle = np.abs(PLACES) <= 6.0
    kept = np.flatnonzero((weight[:, middle] > 0).all(axis=1))
    if kept.size < least:
        return None
    low = float(np.percentile(mean[kept], 2))
    level = np.percentile(mean[kept], 85, axis=1).astype(np.float32) - np.float32(low)
    usual = float(np.median(level))
    if not usual > 0:  # an image without contrast
        return None
    level = np.maximum(level, 0.25 * usual)
    slope = np.gradient(mean[kept], STEP_MM, axis=1)
    slope[weight[kept] == 0] = 0
    sign = -1.0 if surface.name == "skin" else 1.0
    strength = np.tanh(sign * slope / (level[:, None] * _CLEAR)).astype(np.float32)
    points, normals = surface.points[kept], surface.normals[kept]
    return Edges(strength, along_normals(points, normals, centre), points, normals)


def fit_edges(parts: Sequence[Edges], starts: int = 8) -> EdgeFit:
    """The best motion for one or several surfaces together, each with an offset of its own.

    Edges of CT and MR lie 0.2 to 1 mm beside each other (partial volume, chemical shift, the dura); an offset that is
    the same all over a surface says nothing about the pose.
    """
    rng = np.random.default_rng(0)
    best: tuple[float, NDArray[np.float64]] | None = None
    count = 6 + len(parts)
    coarse = lines_with_offsets([part.thinned(_THIN) for part in parts], WIDTHS_MM[0])
    for k in range(starts + 1):
        start = np.zeros(count)
        if k:
            start[:6] = rng.uniform(-_STARTS_MM, _STARTS_MM, 6) * 0.7
            start[6:] = rng.uniform(-1.0, 1.0, len(parts))
        end, worth = climb(coarse, start, 20)
        if best is None or worth > best[0] + 1e-4:
            best = worth, end
    assert best is not None
    u = best[1]
    for width in WIDTHS_MM[1:]:
        u, worth = climb(lines_with_offsets(parts, width), u, 30)
    return EdgeFit(u[:6], tuple(float(o) for o in u[6:]), worth)


class Lines:
    """Strengths along normals, smoothed, as smooth functions of the place.

    `lever` (n, p) is how far each of the numbers that are sought moves a point along its normal, and `fixed_mm` how
    far it lies from its place without them.
    """

    def __init__(self, edges: Edges, width_mm: float, lever: NDArray[np.float64], fixed_mm: float = 0.0) -> None:
        apart = (PLACES[:, None] - PLACES[None]) / width_mm
        kernel = np.exp(-0.5 * apart**2)
        kernel /= np.exp(
            -0.5 * (np.arange(-60, 61) * STEP_MM / width_mm) ** 2
        ).sum()  # beyond the ends there is nothing
        self.values = edges.strength @ kernel.astype(np.float32)
        self.slopes = np.gradient(self.values, axis=1).astype(np.float32)  # by step, as Hermite's polynomials take it
        self.lever = lever
        self._fixed_mm = fixed_mm
        self._rows = np.arange(len(self.values)) * PLACES.size
        self._flat, self._flat_slopes = self.values.ravel(), self.slopes.ravel()

    def place_mm(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where on each line its point lies with these numbers."""
        return np.asarray(self.lever @ u + self._fixed_mm)

    def at(self, place_mm: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Value, slope (by mm) and curvature at a place on each line; nothing beyond the ends."""
        x = (place_mm + REACH_MM) / STEP_MM
        out = (x < 0) | (x >= PLACES.size - 1)
        low = np.clip(x.astype(np.int64), 0, PLACES.size - 2)
        t = np.clip(x - low, 0, 1)
        at = self._rows + low
        a, b = self._flat[at], self._flat[at + 1]
        da, db = self._flat_slopes[at], self._flat_slopes[at + 1]
        c2, c3 = 3 * (b - a) - 2 * da - db, 2 * (a - b) + da + db
        value = a + t * (da + t * (c2 + t * c3))
        slope = (da + t * (2 * c2 + 3 * t * c3)) / STEP_MM
        bend = (2 * c2 + 6 * t * c3) / STEP_MM**2
        for array in (value, slope, bend):
            array[out] = 0
        return value, slope, bend


def lines_with_offsets(parts: Sequence[Edges], width_mm: float) -> list[Lines]:
    """Lines of surfaces that are moved by 6 + k numbers: a motion, and an offset for each surface."""
    own = np.eye(len(parts))
    return [
        Lines(part, width_mm, np.column_stack([part.lever, np.tile(own[k], (len(part.lever), 1))]))
        for k, part in enumerate(parts)
    ]


def _worth(lines: Sequence[Lines], u: NDArray[np.float64]) -> float:
    sums = [line.at(line.place_mm(u))[0].sum() for line in lines]
    return float(sum(sums)) / sum(len(line.lever) for line in lines)


def climb(
    lines: Sequence[Lines], u: NDArray[np.float64], most: int, rest_mm: float = _OFFSET_MM, free: int = 6
) -> tuple[NDArray[np.float64], float]:
    """The top near u (a motion, and whatever else the lines' levers know, up to `rest_mm` of it) and its worth.

    By damped Newton steps, `most` of them. `free` numbers of u are the motion, which has no bounds.
    """
    total = sum(len(line.lever) for line in lines)
    damping, worth = 0.003, _worth(lines, u)
    for _ in range(most):
        gradient, hessian = (array / total for array in forces(lines, u))
        moved = False
        for _ in range(6):
            step = np.linalg.solve(hessian + damping * np.eye(u.size), gradient)
            longest = np.abs(step).max()
            if longest > 3.0:
                step *= 3.0 / longest
            there = u + step
            there[free:] = np.clip(there[free:], -rest_mm, rest_mm)
            better = _worth(lines, there)
            if better > worth:
                u, worth, damping, moved = there, better, max(damping / 3, 1e-4), True
                break
            damping *= 4
        if not moved or longest < 0.005:
            break
    return u, worth


def climb_shift(lines: Sequence[Lines], u: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The same of four numbers: a shift (3,) and an offset along the normals, at most 3 mm."""
    return climb(lines, u, 25, 3.0, free=3)


def forces(
    lines: Sequence[Lines], u: NDArray[np.float64], which: Sequence[NDArray[np.intp]] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The gradient (p,) of the summed strengths and their curvature (p, p), made positive.

    `which` are indices of the points that count, for each surface; None: all.
    """
    size = u.size
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    for k, line in enumerate(lines):
        _, slope, bend = line.at(line.place_mm(u))
        lever = line.lever
        if which is not None:
            slope, bend, lever = slope[which[k]], bend[which[k]], lever[which[k]]
        gradient += slope @ lever
        hessian += (np.maximum(-bend, 0)[:, None] * lever).T @ lever
    return gradient, hessian
