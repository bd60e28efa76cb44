"""What speaks against all pairs of landmarks together, where no single one can be blamed.

A rigid fit to points of which one set is mirrored, scaled, or of other places ends like any other fit, only with larger
residuals. Each explanation is a fit of its own (mirrored, or with a scale) and is believed where it mends far more than
chance does. Nothing here is a statement about accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from fusionviewer.geometry import Points
from fusionviewer.registration.points.fit import LandmarkFit, rigid_fit, weights_from
from fusionviewer.registration.points.suspects import Suspect, find_suspects

Reason: TypeAlias = Literal["mirrored", "scaled", "disagreeing", "turned round", "huddled"]

_UNUSUAL: Final = 2.33
"""Standard deviations (1 in 100) from which on the residuals are too large for the FLE that is assumed."""

_MARGIN: Final = 12.0
"""By how much the logarithm of the likelihood must rise for another explanation to be believed."""

_PRIOR_FREEDOM: Final = 3.0
"""The assumed localisation error counts as much as so many residual components."""

_ROUND_DEG: Final = 120.0
_UPRIGHT_DEG: Final = 60.0
"""A fit that turns by more than the first, and with RAS for LPS by less than the second, may have mixed them up."""

_HUDDLED_MM: Final = 25.0
_FEWEST_HUDDLED: Final = 4
"""So many points so close together are those of a head only in centimetres."""


@dataclass(frozen=True)
class Doubt:
    """What may be wrong with all pairs."""

    reason: Reason
    value: float
    """mirrored: how well the pairs then agree, RMS in mm; scaled: how many times as far apart the moving points lie;
    disagreeing: for how many times the assumed FLEs such residuals are usual; turned round: by how many
    degrees; huddled: how far the points reach, mm."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a fit to landmarks looks like in the light of its own residuals."""

    fit: LandmarkFit
    suspects: tuple[Suspect, ...]
    doubts: tuple[Doubt, ...]


def judge_pairs(fit: LandmarkFit, fixed: Points, moving: Points, fle_mm: Sequence[float]) -> Judgement:
    """What speaks against a fit to pairs (n, 3), LPS mm; `fle_mm` (n,) is how well each can be placed.

    No pair is suspected where all are mirrored or scaled: then the others cannot judge it.
    """
    suspects = find_suspects(fixed, moving, fle_mm)
    doubts = find_doubts(fit, fixed, moving, fle_mm, suspects)
    blind = any(doubt.reason in ("mirrored", "scaled") for doubt in doubts)
    return Judgement(fit, () if blind else suspects, doubts)


def find_doubts(
    fit: LandmarkFit, fixed: Points, moving: Points, fle_mm: Sequence[float], suspects: Sequence[Suspect]
) -> tuple[Doubt, ...]:
    """What speaks against a fit to pairs (n, 3), LPS mm; `fle_mm` (n,) is how well each can be placed.

    `suspects` are the pairs that do not fit the others: where they explain the residuals, nothing else is looked for.
    """
    fixed, moving, errors = np.asarray(fixed), np.asarray(moving), np.asarray(fle_mm, dtype=np.float64)
    doubts = []
    another = _other_explanation(fit, (fixed, moving, errors), suspects)
    times = None if suspects else excess(fit.residuals_mm, errors)
    if another is not None:
        doubts.append(another)
    elif times is not None:
        doubts.append(Doubt("disagreeing", times))
    rotation = fit.moving_from_fixed.rotation
    turn = _angle_deg(rotation)
    if turn > _ROUND_DEG and _angle_deg(rotation @ np.diag([-1.0, -1.0, 1.0])) < _UPRIGHT_DEG:
        doubts.append(Doubt("turned round", turn))
    reach = max(float(np.ptp(points, axis=0).max()) for points in (fixed, moving))
    if len(fixed) >= _FEWEST_HUDDLED and reach <= _HUDDLED_MM:
        doubts.append(Doubt("huddled", reach))
    return tuple(doubts)


def excess(residuals_mm: Sequence[float] | Points, fle_mm: Sequence[float] | Points) -> float | None:
    """How many times the assumed FLEs (n,) residuals (n,) like these are usual for; None if for those.

    Their sum of squares over the variance along an axis has a χ² distribution of 3n − 6 degrees of freedom; its tail is
    Wilson and Hilferty's.
    """
    freedom = 3 * len(residuals_mm) - 6
    misfit = float(np.sum(3 * np.square(residuals_mm) * weights_from(fle_mm)))
    spread = 2 / (9 * freedom)
    unusual = ((misfit / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread)
    return math.sqrt(misfit / freedom) if unusual > _UNUSUAL else None


def _other_explanation(
    fit: LandmarkFit, pairs: tuple[Points, Points, Points], suspects: Sequence[Suspect]
) -> Doubt | None:
    """Whether a mirror or a scale explains the residuals far better than the fit, and than leaving suspects out."""
    fixed, moving, errors = pairs
    weights, count = weights_from(errors), len(fixed)
    own = 3 * float(np.sum(weights * fit.residuals_mm**2))
    blamed = _share_without(fixed, moving, weights, suspects)
    a, b, strengths = _spreads(fixed, moving, weights)
    mirrored = max(0.0, a + b - 2 * float(strengths @ (1, 1, -1)))
    scale = float(strengths.sum()) / a
    scaled = max(0.0, b - float(strengths.sum()) ** 2 / a)
    found = []
    for misfit, freedom, doubt in (
        (mirrored, 3 * count - 6, Doubt("mirrored", math.sqrt(mirrored / 3 / float(weights.sum())))),
        (scaled, 3 * count - 7, Doubt("scaled", scale)),
    ):
        gain = (freedom + _PRIOR_FREEDOM) / 2 * math.log((_PRIOR_FREEDOM + own) / (_PRIOR_FREEDOM + misfit))
        if freedom > 0 and gain >= _MARGIN and blamed > 3 * max(1.0, misfit / freedom):
            found.append((gain, doubt))
    return max(found, key=lambda each: each[0])[1] if found else None


def _spreads(fixed: Points, moving: Points, weights: Points) -> tuple[float, float, Points]:
    """Of points about their middles, as threefold weighted sums: fixed, moving, and the singular values (3,) of both
    together, the last of which has the sign that a rotation can reach."""
    share = weights[:, None] / weights.sum()
    fixed, moving = fixed - (share * fixed).sum(axis=0), moving - (share * moving).sum(axis=0)
    u, strengths, vt = np.linalg.svd((weights[:, None] * moving).T @ fixed)
    strengths[2] *= np.sign(np.linalg.det(u @ vt))
    a, b = (3 * float(np.sum(weights[:, None] * points**2)) for points in (fixed, moving))
    return a, b, 3 * strengths


def _share_without(fixed: Points, moving: Points, weights: Points, suspects: Sequence[Suspect]) -> float:
    """The misfit for each degree of freedom that remains with swapped pairs exchanged and the other suspects left out.

    About 1 where they explain everything; infinite without suspects.
    """
    if not suspects:
        return math.inf
    order = np.arange(len(fixed))
    for suspect in suspects:
        if suspect.twin is not None:
            order[suspect.number] = suspect.twin
    left_out = {suspect.number for suspect in suspects if suspect.twin is None}
    kept = [row for row in range(len(fixed)) if row not in left_out]
    fixed, moving, weights = fixed[kept], moving[order][kept], weights[kept]
    apart = rigid_fit(fixed, moving, weights).apply(fixed) - moving
    return 3 * float(np.sum(weights[:, None] * apart**2)) / (3 * len(kept) - 6)


def _angle_deg(rotation: Points) -> float:
    return math.degrees(math.acos(float(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))
