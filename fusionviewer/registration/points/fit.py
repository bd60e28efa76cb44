"""The rigid transform that pairs of points say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.geometry.types import frozen

COINCIDENT_MM = 0.5
"""Points of one image that are closer together than this count as the same point."""

COLLINEAR_SHARE = 0.02
"""If the points' spread across their main line is less than this share of the spread along it, the turn about the
line is unknown."""

LEAST_FLE_MM = 1e-3
"""No point is placed better; what is said to be smaller counts as this."""

MOST_FLE_MM = 1e6
"""What is said to be larger is no localisation error: its square overflows before long."""

_APART_MM = 3000.0
"""A point this far from the middle of the others lies in no scan of theirs."""

_FARTHEST_MM = 1e9
"""Numbers beyond this are not worth telling apart, and their squares overflow."""

_UNITS = (10.0, 100.0, 1000.0, 10_000.0, 1e6)
"""How many times smaller one unit of length may be than another one."""

_OF_A_UNIT = 1.25
"""Points that lie so many times as far apart as their twins, to within this factor, are in another unit."""


@dataclass(frozen=True, eq=False)
class LandmarkFit:
    """A rigid fit to pairs of points. The residuals tell how well the pairs agree, not how accurate the fit is."""

    moving_from_fixed: RigidTransform
    residuals_mm: Points
    """(n,) distance of each moving point from where its fixed twin is mapped."""
    fre_mm: float
    """Root mean square of the residuals (fiducial registration error)."""


def weights_from(fle_mm: Sequence[float] | Points) -> Points:
    """(n,) weights of pairs with these localisation errors (mm): the inverse squares, as for independent errors."""
    return np.asarray(1.0 / np.square(np.maximum(np.asarray(fle_mm, dtype=np.float64), LEAST_FLE_MM)))


def fit_landmarks(
    fixed_points: Points, moving_points: Points, fle_mm: Sequence[float] | Points | None = None
) -> LandmarkFit:
    """The rigid transform with the least (weighted) sum of squared residuals (Arun, Huang and Blostein 1987;
    Umeyama 1991 for the sign: it never mirrors).

    Both arrays are (n, 3), LPS mm of their own spaces, paired by row; `fle_mm` (n,) is how well each pair could be
    placed, by default all alike. Raises BadArgument with what is wrong if there are fewer than three pairs, they lie on
    one point or one line, those of the two images are not in the same unit, or one lies metres away.
    """
    fixed, moving = (np.asarray(p, dtype=np.float64) for p in (fixed_points, moving_points))
    if fixed.shape != moving.shape or fixed.ndim != 2 or fixed.shape[1] != 3:
        raise BadArgument("The landmarks are not pairs of points.", "Place each landmark in both images.")
    if len(fixed) < 3:
        have = {0: "There are no pairs", 1: "There is 1 pair", 2: "There are 2 pairs"}[len(fixed)]
        raise BadArgument(f"{have} of landmarks, and a fit needs at least 3.", "Place more pairs.")
    if not (np.isfinite(fixed).all() and np.isfinite(moving).all()):
        raise BadArgument("A landmark's position is not a finite number.", "Place or type it again.")
    bounded = np.clip(fixed, -_FARTHEST_MM, _FARTHEST_MM), np.clip(moving, -_FARTHEST_MM, _FARTHEST_MM)
    _refuse_other_units(*bounded)
    for points, which in zip(bounded, ("fixed", "moving"), strict=True):
        _refuse_degenerate(points, which)
    fit = rigid_fit(fixed, moving, np.ones(len(fixed)) if fle_mm is None else weights_from(fle_mm))
    residuals = np.linalg.norm(fit.apply(fixed) - moving, axis=1)
    return LandmarkFit(fit, frozen(residuals), float(np.sqrt(np.mean(residuals**2))))


def rigid_fit(fixed: Points, moving: Points, weights: Points) -> RigidTransform:
    """The weighted fit without any question about the points: (n, 3) each, and (n,) weights above 0."""
    share = weights / weights.sum()
    fixed_centre, moving_centre = share @ fixed, share @ moving
    u, _, vt = np.linalg.svd((moving - moving_centre).T @ (share[:, None] * (fixed - fixed_centre)))
    rotation = u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt
    return RigidTransform.about(rotation, fixed_centre, moving_centre - fixed_centre)


def _refuse_other_units(fixed: Points, moving: Points) -> None:
    """Raise where most points lie ten or a thousand times as far apart as their twins, and not only those of one."""
    count = len(fixed)
    others = (np.arange(count)[:, None] + np.arange(1, min(count, 6))) % count
    apart = [np.linalg.norm(points[others] - points[:, None], axis=2).ravel() for points in (fixed, moving)]
    wide, narrow = ("fixed", "moving") if np.median(apart[0]) > np.median(apart[1]) else ("moving", "fixed")
    far, near = apart if wide == "fixed" else apart[::-1]
    low, middle, high = np.percentile(far / np.maximum(near, 1e-6), (25, 50, 75))
    if any(unit / 2 < low and unit / _OF_A_UNIT < middle < unit * _OF_A_UNIT and high < 2 * unit for unit in _UNITS):
        raise BadArgument(
            f"The landmarks in the {wide} image lie {middle:.0f} times as far apart as in the {narrow} image.",
            "Give both in mm.",
        )


def _refuse_degenerate(points: Points, which: str) -> None:
    away = np.abs(points - np.median(points, axis=0)).max(axis=1)
    row = int(away.argmax())
    if away[row] > _APART_MM:
        raise BadArgument(
            f"Landmark {row + 1} in the {which} image lies {away[row] / 1000:.3g} m from the middle of the others.",
            "Check its numbers: they are mm.",
        )
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) / np.sqrt(len(points))
    if spread[0] < COINCIDENT_MM:
        raise BadArgument(
            f"The landmarks in the {which} image are all at the same place.", "Place them far apart over the head."
        )
    if spread[1] < max(COLLINEAR_SHARE * spread[0], 1e-6):
        raise BadArgument(
            f"The landmarks in the {which} image lie on one line, so that the turn about it is unknown.",
            "Add a pair beside the line.",
        )
