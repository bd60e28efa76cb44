"""Landmark pairs in the phantoms' heads, right but for what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from phantoms import MOVING_FROM_FIXED

from fusionviewer.geometry import Points
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


def pairs_at(places: Points, off: Mapping[int, Point] = {}) -> list[LandmarkPair]:
    """L1, L2 … at places (n, 3) of the fixed phantom; the moving points of some lie so far from the truth, mm."""
    twins = MOVING_FROM_FIXED.apply(places)
    return [
        LandmarkPair(
            f"L{n + 1}", edits.point_of(places[n]), edits.point_of(twins[n] + np.asarray(off.get(n, (0, 0, 0))))
        )
        for n in range(len(places))
    ]


ONE_OFF_PLACES = np.array(
    [[10.0, 20.0, 6.0], [-40.0, 10.0, 6.0], [0.0, -50.0, 20.0], [20.0, 10.0, 50.0], [43.5, 4.0, 12.0]]
)
"""(5, 3) LPS mm in the fixed phantom; the last lies beside an edge that only the MR shows."""

HERE = np.array([10.0, 20.0, 6.0])
"""(3,) LPS mm in the fixed phantom: inside the brain."""

WORST = 3
"""The pair of `one_off` that lies far off; ordering by error puts it first."""


def one_off() -> list[LandmarkPair]:
    """Five pairs, of which one is 26 mm off."""
    return pairs_at(ONE_OFF_PLACES, {WORST: (15, 15, 15)})
