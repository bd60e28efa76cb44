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
    return np.asarray(1.0 / np.square(np.asarray(fle_mm, dtype=np.float64)))


def fit_landmarks(
    fixed_points: Points, moving_points: Points, fle_mm: Sequence[float] | Points | None = None
) -> LandmarkFit:
    """The rigid transform with the least (weighted) sum of squared residuals (Arun, Huang and Blostein 1987;
    Umeyama 1991 for the sign: it never mirrors).

    Both arrays are (n, 3), LPS mm of their own spaces, paired by row; `fle_mm` (n,) is how well each pair could be
    placed, by default all alike. Raises BadArgument with what is wrong if there are fewer than three pairs, or they lie
    on one point or one line.
    """
    fixed, moving = (np.asarray(p, dtype=np.float64) for p in (fixed_points, moving_points))
    if fixed.shape != moving.shape or fixed.ndim != 2 or fixed.shape[1] != 3:
        raise BadArgument("The landmarks are not pairs of points.", "Place each landmark in both images.")
    if len(fixed) < 3:
        have = {0: "There are no pairs", 1: "There is 1 pair", 2: "There are 2 pairs"}[len(fixed)]
        raise BadArgument(f"{have} of landmarks, and a fit needs at least 3.", "Place more pairs.")
    if not (np.isfinite(fixed).all() and np.isfinite(moving).all()):
        raise BadArgument("A landmark's position is not a finite number.", "Place or type it again.")
    _refuse_degenerate(fixed, "fixed")
    _refuse_degenerate(moving, "moving")
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


def _refuse_degenerate(points: Points, which: str) -> None:
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
