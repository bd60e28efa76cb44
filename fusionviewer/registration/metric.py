"""How well two images tell each other's values: normalised mutual information at sample points, with its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Samples:
    """Points of the fixed image: `points` (3, n) LPS mm in float32, `bins` (n,) the intensity bin at each."""

    points: Floats
    bins: NDArray[np.int64]
    n_bins: int

    def thinned(self, count: int) -> Samples:
        """About `count` of the points, evenly picked."""
        return self.only(np.arange(0, self.bins.size, max(1, self.bins.size // count)))

    def only(self, which: NDArray[Any]) -> Samples:
        """The points of an index or mask (n,)."""
        return Samples(np.ascontiguousarray(self.points[:, which]), self.bins[which], self.n_bins)

    def rebinned(self, n_bins: int) -> Samples:
        """The same points in wider bins."""
        return Samples(self.points, self.bins * n_bins // self.n_bins, n_bins)


@dataclass(frozen=True, eq=False)
class CodedImage:
    """The moving image with its intensities as continuous bin numbers 0 … n_bins − 1.

    `codes` is (k, j, i); `index_from_point` maps LPS mm to continuous indices (i, j, k).
    """

    codes: Floats
    index_from_point: Matrix
    n_bins: int

    def rebinned(self, n_bins: int) -> CodedImage:
        """The same image in wider bins."""
        codes = (self.codes + 0.5) * (n_bins / self.n_bins) - 0.5
        return CodedImage(codes.astype(np.float32), self.index_from_point, n_bins)

    @cached_property
    def flat(self) -> Floats:
        """The codes in memory order."""
        return np.ascontiguousarray(self.codes).ravel()


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The metric at a pose. `gradient` (6,) is by a shift in mm, and a turn in radians about the moving centre."""

    metric: float
    overlap: float
    """Share of the sample points that lie inside the moving image."""
    gradient: Points


class JointInformation:
    """Normalised mutual information, (H(F) + H(M)) / H(F, M) − 1: 0 for strangers, 1 for twins (Studholme 1999).

    Only points inside the moving image count. The histogram is spread by linear shares along the moving axis and a
    small kernel along both, so that the metric is smooth in the pose and the gradient is exact.
    """

    def __init__(self, samples: Samples, image: CodedImage, smoothing: float = 1.0) -> None:
        self.samples = samples
        self.image = image
        self._points = samples.points
        self._rows = samples.bins * image.n_bins
        self._shape = (samples.n_bins, image.n_bins)
        self._smooth_fixed = _kernel(samples.n_bins, smoothing)
        self._smooth_moving = _kernel(image.n_bins, smoothing)

    @property
    def count(self) -> int:
        """How many sample points there are."""
        return int(self._points.shape[1])

    def evaluate(self, matrix: Matrix, centre: Points) -> Evaluation:
        """The metric where `matrix` (4×4, moving from fixed) puts the points; turns are about `centre` (moving)."""
        to_index = self.image.index_from_point @ matrix
        index = _affine(to_index, self._points)
        inside = self._inside(index)
        n = int(np.count_nonzero(inside))
        if n < 50:
            return Evaluation(0.0, n / self.count, np.zeros(6))
        points, rows = self._points, self._rows
        if n < self.count:
            keep = np.flatnonzero(inside)
            index = [np.take(x, keep) for x in index]
            rows = np.take(rows, keep)
            points = np.take(points, keep, axis=1)
        code, slopes = self._interpolate(index)
        whole = code.astype(np.int64)
        np.minimum(whole, self.image.n_bins - 2, out=whole)
        share = code - whole
        cell = rows + whole
        metric, table = self._information(cell, share, n)
        pull = np.take(table, cell)  # d metric / d code at each point
        forces = _turned(self.image.index_from_point[:3, :3].T, [pull * s for s in slopes])
        x, y, z = _affine(np.column_stack([matrix[:3, :3], matrix[:3, 3] - centre]), points)
        fx, fy, fz = forces
        turn = [(y * fz - z * fy).sum(), (z * fx - x * fz).sum(), (x * fy - y * fx).sum()]
        gradient = np.array([*(f.sum() for f in forces), *turn])
        return Evaluation(metric, n / self.count, gradient)

    def _inside(self, index: list[Floats]) -> NDArray[np.bool_]:
        nk, nj, ni = self.image.codes.shape
        inside = np.ones(self.count, dtype=np.bool_)
        for x, n in zip(index, (ni, nj, nk), strict=True):
            inside &= x >= 0
            inside &= x < n - 1
        return inside

    def _interpolate(self, index: list[Floats]) -> tuple[Floats, list[Floats]]:
        """Trilinear codes at continuous indices, and their slopes by index."""
        _, nj, ni = self.image.codes.shape
        low = [x.astype(np.int64) for x in index]
        fx, fy, fz = (x - w for x, w in zip(index, low, strict=True))
        fx, fy, fz = (f.astype(np.float32) for f in (fx, fy, fz))
        at = (low[2] * nj + low[1]) * ni + low[0]
        flat = self.image.flat
        v000, v100 = np.take(flat, at), np.take(flat, at + 1)
        v010, v110 = np.take(flat, at + ni), np.take(flat, at + (ni + 1))
        at += nj * ni
        v001, v101 = np.take(flat, at), np.take(flat, at + 1)
        v011, v111 = np.take(flat, at + ni), np.take(flat, at + (ni + 1))
        d00, d10, d01, d11 = v100 - v000, v110 - v010, v101 - v001, v111 - v011
        c00, c10, c01, c11 = v000 + fx * d00, v010 + fx * d10, v001 + fx * d01, v011 + fx * d11
        e0, e1 = c10 - c00, c11 - c01
        c0, c1 = c00 + fy * e0, c01 + fy * e1
        slope_z = c1 - c0
        slope_y = e0 + fz * (e1 - e0)
        x0, x1 = d00 + fy * (d10 - d00), d01 + fy * (d11 - d01)
        return c0 + fz * slope_z, [x0 + fz * (x1 - x0), slope_y, slope_z]

    def _information(self, cell: NDArray[np.int64], share: Floats, n: int) -> tuple[float, NDArray[np.float64]]:
        """The metric, and for each cell of the histogram what a point gains per code."""
        size = self._shape[0] * self._shape[1]
        upper = np.bincount(cell, weights=share, minlength=size)
        counts = np.bincount(cell, minlength=size) - upper
        counts[1:] += upper[:-1]
        joint = self._smooth_fixed @ (counts.reshape(self._shape) / n) @ self._smooth_moving.T
        fixed, moving = joint.sum(axis=1), joint.sum(axis=0)
        log_joint, log_fixed, log_moving = (np.log(np.maximum(p, 1e-12)) for p in (joint, fixed, moving))
        h_joint = -float(np.sum(joint * log_joint))
        h_single = -float(fixed @ log_fixed + moving @ log_moving)
        ratio = h_single / h_joint
        gain = (ratio * log_joint - log_fixed[:, None] - log_moving[None]) / h_joint
        gain = self._smooth_fixed.T @ gain @ self._smooth_moving
        table = np.zeros(self._shape)
        table[:, :-1] = np.diff(gain, axis=1) / n
        return ratio - 1.0, table.ravel()


def _affine(matrix: Matrix, points: Floats) -> list[Floats]:
    """The first three rows of a matrix (3 or 4 × 4) times points (3, n).

    Written out: a matrix library may sum in another order in the next run, and the same seed must give the same pose.
    """
    m = matrix.astype(np.float32)
    x, y, z = points
    return [r[0] * x + r[1] * y + r[2] * z + r[3] for r in m[:3]]


def _turned(matrix: Matrix, vectors: list[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """A 3×3 times vectors given as three arrays (n,)."""
    x, y, z = vectors
    return [r[0] * x + r[1] * y + r[2] * z for r in matrix]


def _kernel(n: int, sigma: float) -> Matrix:
    """A Gaussian along one axis of the histogram as an n×n matrix whose columns sum to 1."""
    k = np.arange(n)
    g = np.exp(-0.5 * ((k[:, None] - k[None]) / max(sigma, 1e-6)) ** 2)
    return np.asarray(g / g.sum(axis=0, keepdims=True))
