"""Random landmarks over a head, and what can go wrong with them."""

from __future__ import annotations

import numpy as np

from fusionviewer.geometry import Points, RigidTransform

HEAD_MM = np.array([70.0, 90.0, 70.0])


def spread_over_a_head(rng: np.random.Generator, count: int) -> Points:
    """(count, 3) places in and on an ellipsoid around the origin that are not nearly on one plane."""
    while True:
        places = rng.normal(size=(count, 3))
        places *= (rng.uniform(0.4, 1, (count, 1)) ** (1 / 3)) / np.linalg.norm(places, axis=1, keepdims=True)
        places *= HEAD_MM
        if np.linalg.svd(places - places.mean(axis=0), compute_uv=False)[2] / np.sqrt(count) > 15:
            return places


def some_pose(rng: np.random.Generator) -> RigidTransform:
    return RigidTransform.from_rotation_vector(rng.normal(0, 0.4, 3), np.zeros(3), rng.uniform(-60, 60, 3))


def placed(rng: np.random.Generator, places: Points, fle_mm: float) -> Points:
    """Where a hand puts them: off by `fle_mm`, root mean square in 3D."""
    return places + rng.normal(0, fle_mm / np.sqrt(3), places.shape)
