"""Would the images fit better if one of them were a mirror image? Then some header has left and right the wrong way."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.progress import Observer
from fusionviewer.registration.evidence import QUICK_BINS, QUICK_POINTS, watched
from fusionviewer.registration.metric import JointInformation, Samples
from fusionviewer.registration.optimizer import Chart, climb
from fusionviewer.registration.starts import score

PLANES = 150
"""Mirror planes tried, about 13° apart: how the patient lies in the fixed image is not known."""

TRIED = 4
"""How many of them, the best ones, are climbed from."""


def mirror_share(
    coarse: JointInformation, finer: JointInformation, pose: Matrix, centre: Points, observer: Observer
) -> float:
    """The metric of the best mirror image of the fixed one near a pose (4×4), as a share of the metric there without.

    Mirror planes through `centre` (fixed space, LPS mm), and what a climb makes of them, on the `coarse` level and then
    on the `finer` one. A head is nearly its own mirror image, so that the share is not far from 1; but the right way
    round always fits better. 0 where nothing can be compared.
    """
    chart = Chart(RigidTransform.from_matrix(pose), centre)
    best: tuple[float, Points, Points] | None = None
    for normal in _likely_planes(coarse, pose, centre, observer):
        end = climb(
            watched(_mirrored(coarse, normal, centre), observer), chart, np.zeros(6),
            step_mm=8.0, finish_mm=0.8, max_evaluations=30,
        )  # fmt: skip
        if best is None or end.metric > best[0]:
            best = end.metric, normal, end.u
    if best is None:
        return 0.0
    mirrored, own = (
        climb(watched(metric, observer), chart, u, step_mm=4.0, finish_mm=0.2, max_evaluations=30).metric
        for metric, u in ((_mirrored(finer, best[1], centre), best[2]), (finer, np.zeros(6)))
    )
    return max(0.0, mirrored) / own if own > 0 else 0.0


def _likely_planes(metric: JointInformation, pose: Matrix, centre: Points, observer: Observer) -> list[Points]:
    """Unit normals (3,) of the mirror planes that fit best, by the quick metric."""
    samples, image = metric.samples.rebinned(QUICK_BINS).thinned(QUICK_POINTS), metric.image.rebinned(QUICK_BINS)
    normals = _half_sphere(PLANES)
    reflections = np.tile(np.eye(4), (PLANES, 1, 1))
    reflections[:, :3, :3] -= 2 * normals[:, :, None] * normals[:, None, :]
    reflections[:, :3, 3] = 2 * (normals @ centre)[:, None] * normals
    scores = score(samples, image, pose @ reflections, observer)
    order = np.argsort(-scores.metric * scores.overlap, kind="stable")
    return [normals[k] for k in order[:TRIED]]


def _half_sphere(n: int) -> NDArray[np.float64]:
    """n unit vectors (n, 3) spread evenly over a half sphere, along the golden spiral."""
    k = np.arange(n) + 0.5
    z = k / n
    turn = k * math.pi * (3 - math.sqrt(5))
    r = np.sqrt(1 - z * z)
    return np.stack([r * np.cos(turn), r * np.sin(turn), z], axis=1)


def _mirrored(metric: JointInformation, normal: Points, centre: Points) -> JointInformation:
    """The metric with the fixed image mirrored at the plane through `centre`."""
    points, bins = metric.samples.points, metric.samples.bins
    n = normal.astype(np.float32)[:, None]
    away = (n * (points - centre.astype(np.float32)[:, None])).sum(axis=0)
    return JointInformation(Samples(points - 2 * away * n, bins, metric.samples.n_bins), metric.image)
