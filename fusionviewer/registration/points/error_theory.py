"""How far off a landmark fit may be, predicted from where the landmarks lie and how well each can be placed.

Words: FLE is the fiducial localisation error of a pair, as the root mean square distance in 3D of both images together
(√3 times the deviation along one axis if it is alike in all directions). TRE is the target registration error: how far
a point that was not used lies from where it should, as a root mean square over what could have happened.

To first order the fit's six errors (a shift and a small turn) depend linearly on the localisation errors, so that
their covariance, and with it the TRE anywhere, follows from those of the pairs. For equal errors without direction this
is Fitzpatrick, West and Maurer (1998); for unequal ones with direction Danilchenko and Fitzpatrick (2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Matrix, Points
from fusionviewer.registration.points.fit import LEAST_FLE_MM, weights_from


@dataclass(frozen=True, eq=False)
class FitError:
    """The spread of a landmark fit. `centre` (3,) is the point that its six numbers are about, fixed space, LPS mm."""

    centre: Points
    covariance: NDArray[np.float64]
    """(6, 6): of the shift of the centre (mm) and the small turn about it (radians)."""

    def tre_covariance(self, targets: Points) -> NDArray[np.float64]:
        """(n, 3, 3) mm²: the covariance of the registration error at targets (n, 3) in fixed space, LPS mm."""
        jacobian = _jacobian(np.atleast_2d(targets) - self.centre)
        return np.asarray(np.einsum("nia,ab,njb->nij", jacobian, self.covariance, jacobian))

    def tre_mm(self, targets: Points) -> Points:
        """(n,) mm: the predicted root mean square registration error at targets (n, 3) in fixed space, LPS mm."""
        spread = np.trace(self.tre_covariance(targets), axis1=1, axis2=2)
        return np.asarray(np.sqrt(np.maximum(spread, 0.0)))


def predict_error(fixed_points: Points, fle: Sequence[float] | NDArray[np.float64]) -> FitError:
    """The spread of the fit to pairs whose fixed points are (n, 3), LPS mm.

    `fle` is either (n,) root mean square localisation errors in mm, alike in all directions, or (n, 3, 3) covariances
    in mm² along the axes of fixed space. The fit is `fit_landmarks` with the weights of the same errors.
    Raises BadArgument where there are fewer than three points, they lie on one line, or an error is not positive.
    """
    points, spread = np.asarray(fixed_points, dtype=np.float64), covariances(fle)
    if len(points) < 3 or len(points) != len(spread):
        raise BadArgument("An error can be predicted from three pairs on.", "Place more pairs.")
    weights = weights_from(np.sqrt(np.trace(spread, axis1=1, axis2=2)))
    centre = weights @ points / weights.sum()
    jacobian = _jacobian(points - centre)
    weighted = weights[:, None, None] * jacobian
    normal = weighted.reshape(-1, 6).T @ jacobian.reshape(-1, 6)  # the same sum by einsum takes ten times as long
    scale = np.sqrt(np.diag(normal))
    if np.linalg.cond(normal / np.outer(scale, scale)) > 1e10:
        raise BadArgument("The landmarks lie on one line.", "Add a pair beside the line.")
    inverse = np.linalg.inv(normal)
    noise = weighted.reshape(-1, 6).T @ (spread @ weighted).reshape(-1, 6)
    return FitError(centre, inverse @ noise @ inverse)


def covariances(fle: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3, 3) mm² of errors that are (n,) root mean squares in mm, or covariances already. Raises BadArgument."""
    errors = np.asarray(fle, dtype=np.float64)
    if errors.ndim == 1:
        errors = np.where(errors > 0, np.maximum(errors, LEAST_FLE_MM), 0.0)
        errors = errors[:, None, None] ** 2 / 3 * np.eye(3)
    ok = errors.ndim == 3 and errors.shape[1:] == (3, 3) and np.isfinite(errors).all()
    if not ok or (np.trace(errors, axis1=1, axis2=2) <= 0).any():
        raise BadArgument("A localisation error is not above 0 mm.", "Give for example 1.")
    return errors


def default_fle_mm(fixed_spacing: Sequence[float], moving_spacing: Sequence[float]) -> float:
    """What to assume of a pair that was placed with care: half of a voxel's diagonal of both images together, mm.

    A point set to the nearest voxel is off by its spacing / √12 along each axis; by eye one is about twice as far off.
    """
    squares = [4 * float(np.sum(np.square(spacing))) / 12 for spacing in (fixed_spacing, moving_spacing)]
    return float(np.sqrt(sum(squares)))


def fle_of_repeats(placements: Sequence[Points]) -> float:
    """The localisation error (root mean square in 3D, mm) of placing points again: (k, 3) placements of each point.

    Raises BadArgument where no point was placed twice.
    """
    squares, freedom = 0.0, 0
    for again in placements:
        points = np.asarray(again, dtype=np.float64)
        squares += float(np.sum((points - points.mean(axis=0)) ** 2))
        freedom += len(points) - 1
    if freedom < 1:
        raise BadArgument("No landmark was placed twice.", "Place at least one landmark again.")
    return float(np.sqrt(squares / freedom))


@dataclass(frozen=True)
class Advice:
    """Where one more pair would help most, and what it would bring at the target."""

    number: int
    """Of the candidates."""
    before_mm: float
    after_mm: float


def where_to_add(fixed_points: Points, fle_mm: Sequence[float], target: Points, candidates: Points) -> Advice:
    """Which of the candidate places (m, 3) for one more pair lowers the predicted TRE at a target (3,) most.

    The new pair is taken to be placed as well as the median of the others. All in fixed space, LPS mm.
    """
    errors = [*fle_mm, float(np.median(fle_mm))]
    before = float(predict_error(fixed_points, list(fle_mm)).tre_mm(target)[0])
    after = [
        float(predict_error(np.vstack([fixed_points, candidate]), errors).tre_mm(target)[0])
        for candidate in np.asarray(candidates)
    ]
    best = int(np.argmin(after))
    return Advice(best, before, after[best])


def _jacobian(arms: Points) -> NDArray[np.float64]:
    """(n, 3, 6): how points at these arms (n, 3) from the centre move with a shift and a small turn: s + ω × arm."""
    turned = np.zeros((len(arms), 3, 3))
    x, y, z = arms.T
    turned[:, 0, 1], turned[:, 0, 2] = z, -y
    turned[:, 1, 0], turned[:, 1, 2] = -z, x
    turned[:, 2, 0], turned[:, 2, 1] = y, -x
    eye: Matrix = np.eye(3)
    return np.concatenate([np.broadcast_to(eye, turned.shape), turned], axis=2)
