"""Landmark pairs in the phantoms' heads, right but for what is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from phantoms import MOVING_FROM_FIXED

from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair, Point

PLACES = np.array(
    [[60, -10, 0], [-60, -5, 5], [0, -70, -10], [0, 65, 20], [5, 0, 60], [30, -50, -40], [-35, 40, -30], [20, 30, 45]],
    float,
)
"""(8, 3) LPS mm in the fixed phantom."""


def pair(number: int, off: Point = (0, 0, 0), **changes: object) -> LandmarkPair:
    """A pair whose moving point lies so far from the truth, mm."""
    moving = MOVING_FROM_FIXED.apply(PLACES[number]) + np.asarray(off)
    made = LandmarkPair(f"L{number + 1}", edits.point_of(PLACES[number]), edits.point_of(moving))
    return replace(made, **changes)  # type: ignore[arg-type]


def noisy(count: int, mm: float, seed: int = 2) -> list[LandmarkPair]:
    """Pairs that were placed with an error of so many mm, RMS in 3D."""
    rng = np.random.default_rng(seed)
    return [pair(n, tuple(rng.normal(scale=mm / np.sqrt(3), size=3))) for n in range(count)]
