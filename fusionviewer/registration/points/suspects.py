"""Which landmark pairs do not fit the others: displaced, swapped, or on the wrong side.

Each explanation of the residuals is a fit of its own: without one pair, or with two moving points exchanged. A pair is
suspected where leaving it out lowers the sum of squares by more than chance does (an F test with Bonferroni's
correction, whose variance is that of the remaining residuals together with a little of what is assumed of the
localisation error, so that few pairs can be judged, too). All distances are compared with the localisation error of
each pair; none of this is a statement about accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fusionviewer.geometry import Points
from fusionviewer.registration.points.error_theory import predict_error
from fusionviewer.registration.points.fit import rigid_fit, weights_from

Reason: TypeAlias = Literal["displaced", "swapped", "wrong side"]

FEWEST: Final = 4
"""Of three pairs none can be judged by the others."""

_ALARM: Final = 0.01
"""How often sound landmarks may raise an alarm, by one look at all of them."""

_PRIOR_FREEDOM: Final = 3.0
"""The assumed localisation error counts as much as so many residual components."""

_SWAP_MARGIN: Final = 12.0
"""By how much the logarithm of the likelihood must rise for a swap to be believed."""

_SWAPS_TRIED: Final = 1500
"""All exchanges of two of up to 55 pairs."""

_AT_ONCE: Final = 500_000
"""Points that are fitted at once: some 60 MB."""

_SIDE_COSINE: Final = 0.9
"""A point on the wrong side is off along the patient's left–right, to within 26°."""

_SIDE_MM: Final = 20.0
"""What is off by less is not on the other side of the head."""


@dataclass(frozen=True)
class Suspect:
    """A pair (its row) that does not fit the others, and how far its moving point lies from where they expect it."""

    number: int
    reason: Reason
    off_mm: float
    twin: int | None = None
    """Of swapped pairs: the other one."""


def leave_one_out_mm(fixed: Points, moving: Points, fle_mm: Sequence[float]) -> Points:
    """(n,) mm: how far each moving point lies from where the fit to all *other* pairs maps its twin.

    NaN where the others fix no pose (fewer than three, or on one line).
    """
    weights = weights_from(fle_mm)
    if len(weights) <= FEWEST - 1:
        return np.full(len(weights), np.nan)
    share = weights[:, None] / weights.sum()
    fixed, moving = fixed - (share * fixed).sum(axis=0), moving - (share * moving).sum(axis=0)
    # leaving a pair out moves the middle of the others away from it: its arms are longer from there
    longer = 1 / (1 - share)
    all_others = (share * moving).T @ fixed - (share * longer)[:, :, None] * moving[:, :, None] * fixed[:, None, :]
    u, _, vt = np.linalg.svd(all_others)
    u[:, :, 2] *= np.sign(np.linalg.det(u @ vt))[:, None]
    apart = longer * (np.einsum("nij,nj->ni", u @ vt, fixed) - moving)
    sound = _others_fix_a_pose(fixed) & _others_fix_a_pose(moving)
    return np.where(sound, np.linalg.norm(apart, axis=1), np.nan)


def find_suspects(fixed: Points, moving: Points, fle_mm: Sequence[float]) -> tuple[Suspect, ...]:
    """The pairs that do not fit the others, worst first; (n, 3) points in LPS mm of their own spaces, paired by row.

    `fle_mm` (n,) is how well each pair can be placed, RMS in 3D. Fewer than four pairs cannot be judged. At most a
    third of the pairs is suspected: beyond that it is unknown which ones are right.
    """
    pairs = _Pairs(fixed, moving, np.asarray(fle_mm, dtype=np.float64))
    left = list(range(len(fixed)))
    found: list[Suspect] = []
    most = max(1, len(left) // 3)
    while len(left) >= FEWEST and len(found) < most:
        judged = _Judged(_Pairs(fixed[left], moving[left], pairs.errors[left]))
        swap = judged.swap()
        if swap is not None:
            one, other = (left[n] for n in swap)
            found += _as_swap(pairs, left, (one, other))
            left = [n for n in left if n not in (one, other)]
            continue
        worst = judged.worst()
        if worst is None:
            break
        number = left.pop(worst)
        found.append(_as_displaced(pairs, left, number))
    return tuple(sorted(found, key=lambda suspect: -suspect.off_mm))


class _Pairs(NamedTuple):
    fixed: Points
    moving: Points
    errors: Points


class _Judged:
    """The pairs that are not suspected yet, and what speaks against each of them."""

    def __init__(self, pairs: _Pairs) -> None:
        self._pairs = pairs
        self._count = len(pairs.fixed)
        everything = np.ones((1, self._count))
        self._all = float(_misfits(pairs, everything, pairs.moving[None])[0])
        self._without = _misfits(pairs, 1 - np.eye(self._count), pairs.moving[None])
        self._without[~(_others_fix_a_pose(pairs.fixed) & _others_fix_a_pose(pairs.moving))] = math.inf

    def worst(self) -> int | None:
        """The pair without which the others agree best, if that is more than chance."""
        best = int(np.argmin(self._without))
        misfit = float(self._without[best])
        if not math.isfinite(misfit):
            return None
        freedom = _PRIOR_FREEDOM + 3 * self._count - 9
        statistic = (self._all - misfit) / 3 / ((_PRIOR_FREEDOM + misfit) / freedom)
        return best if _f_tail(statistic, 3, freedom) * self._count < _ALARM else None

    def swap(self) -> tuple[int, int] | None:
        """The two pairs whose moving points, exchanged, let all agree far better, and better than leaving one out."""
        pairs = self._likeliest_swaps()
        if not len(pairs):
            return None
        orders = np.tile(np.arange(self._count), (len(pairs), 1))
        np.put_along_axis(orders, pairs, pairs[:, ::-1], axis=1)
        misfits = _misfits(self._pairs, np.ones(orders.shape), self._pairs.moving[orders])
        best = int(np.argmin(misfits))
        misfit, freedom = float(misfits[best]), 3 * self._count - 6
        gain = (freedom + _PRIOR_FREEDOM) / 2 * math.log((_PRIOR_FREEDOM + self._all) / (_PRIOR_FREEDOM + misfit))
        if gain < _SWAP_MARGIN:
            return None
        # one displaced pair can look a little like a swap: believe the swap only if it explains more than that
        lone = float(self._without.min()) / max(1, freedom - 3)
        one, other = map(int, pairs[best])
        return (one, other) if misfit / freedom <= 3 * max(lone, 1.0) else None

    def _likeliest_swaps(self) -> NDArray[np.intp]:
        """(m, 2) rows of pairs that lie so far apart that they can be told from each other.

        All of few pairs. Of many, those whose exchange lowers the misfit most under the pose that fits all as they are:
        two of many pairs hardly pull it, and fits to every exchange would take minutes and gigabytes.
        """
        fixed, moving, errors = self._pairs
        weights = weights_from(errors)
        seen = rigid_fit(fixed, moving, weights).apply(fixed)
        rows: list[NDArray[np.intp]] = []
        change: list[Points] = []
        own = weights * np.sum((seen - moving) ** 2, axis=1)
        for one in range(self._count - 1):
            others = np.arange(one + 1, self._count)
            near = np.minimum(*(np.linalg.norm(p[others] - p[one], axis=1) for p in (fixed, moving)))
            others = others[near > 3 * np.maximum(errors[one], errors[others])]
            exchanged = weights[one] * np.sum((seen[one] - moving[others]) ** 2, axis=1)
            exchanged += weights[others] * np.sum((seen[others] - moving[one]) ** 2, axis=1)
            change.append(exchanged - own[one] - own[others])
            rows.append(np.stack([np.full_like(others, one), others], axis=1))
            if len(rows) > 1 and sum(map(len, rows)) > 2 * _SWAPS_TRIED:
                rows, change = _least(rows, change)
        return _least(rows, change)[0][0] if rows else np.empty((0, 2), dtype=np.intp)


def _least(rows: list[NDArray[np.intp]], change: list[Points]) -> tuple[list[NDArray[np.intp]], list[Points]]:
    """Only the rows of the least changes, in their own order."""
    all_rows, all_changes = np.concatenate(rows), np.concatenate(change)
    kept = np.sort(np.argsort(all_changes, kind="stable")[:_SWAPS_TRIED])
    return [all_rows[kept]], [all_changes[kept]]


def _misfits(pairs: _Pairs, used: Points, moving: Points) -> Points:
    """(m,) sums of squared residual components, in units of their expected deviation along an axis, of m fits at once.

    `used` (m, n) is 1 for the pairs that a fit takes in and 0 for the others, `moving` (m, n, 3) their moving points;
    (1, n, 3): the same for all fits.
    """
    step = max(1, _AT_ONCE // len(pairs.fixed))
    parts = [slice(start, start + step) for start in range(0, len(used), step)]
    alike = len(moving) == 1
    return np.concatenate([_few_misfits(pairs, used[part], moving if alike else moving[part]) for part in parts])


def _few_misfits(pairs: _Pairs, used: Points, moving: Points) -> Points:
    """`_misfits` of as many fits as memory can take."""
    weights = used * weights_from(pairs.errors)
    share = weights / weights.sum(axis=1, keepdims=True)
    fixed = pairs.fixed - (share @ pairs.fixed)[:, None]
    moving = moving - share[:, None] @ moving
    u, _, vt = np.linalg.svd((share[:, :, None] * moving).transpose(0, 2, 1) @ fixed)
    u[:, :, 2] *= np.sign(np.linalg.det(u @ vt))[:, None]
    residuals = fixed @ (u @ vt).transpose(0, 2, 1) - moving
    return np.asarray(3 * np.einsum("mn,mn->m", weights, np.einsum("mni,mni->mn", residuals, residuals)))


def _as_swap(pairs: _Pairs, left: list[int], which: tuple[int, int]) -> list[Suspect]:
    """Both of a swap, measured against the fit in which they are exchanged."""
    other = {which[0]: which[1], which[1]: which[0]}
    exchanged = pairs.moving[[other.get(n, n) for n in left]]
    pose = rigid_fit(pairs.fixed[left], exchanged, weights_from(pairs.errors[left]))
    off = {n: float(np.linalg.norm(pose.apply(pairs.fixed[n]) - pairs.moving[n])) for n in which}
    return [Suspect(n, "swapped", off[n], other[n]) for n in which]


def _as_displaced(pairs: _Pairs, left: list[int], number: int) -> Suspect:
    """A single suspect; on the wrong side if it is off along left–right and lies beyond the middle of the others."""
    fixed, moving, errors = pairs.fixed, pairs.moving, pairs.errors
    pose = rigid_fit(fixed[left], moving[left], weights_from(errors[left]))
    seen = (~pose).apply(moving[number])  # where the moving point lies over the fixed image
    way = seen - fixed[number]
    off = float(np.linalg.norm(way))
    tre = float(predict_error(fixed[left], list(errors[left])).tre_mm(fixed[number])[0])
    sideways = abs(float(way[0])) >= _SIDE_COSINE * off and abs(float(way[0])) - 2 * tre >= _SIDE_MM
    across = (fixed[number, 0] - _middle(fixed)) * (seen[0] - _middle(fixed)) < 0
    return Suspect(number, "wrong side" if sideways and across else "displaced", off)


def _middle(fixed: Points) -> float:
    """Where the midline runs along the patient's left–right, as far as the landmarks themselves tell, mm."""
    return float((fixed[:, 0].min() + fixed[:, 0].max()) / 2)


def _others_fix_a_pose(points: Points) -> NDArray[np.bool_]:
    """(n,): whether the points without each of them are three or more, and not on one line."""
    count = len(points)
    if count <= FEWEST - 1:
        return np.zeros(count, dtype=bool)
    arms = points - points.mean(axis=0)
    scatter = arms.T @ arms - count / (count - 1) * arms[:, :, None] * arms[:, None, :]
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(scatter), 0.0))
    return np.asarray(spread[:, 1] > np.maximum(0.02 * spread[:, 2], 1e-6))


def _f_tail(statistic: float, above: float, below: float) -> float:
    """The probability that an F variable with these degrees of freedom exceeds a value (Abramowitz & Stegun 26.6.2)."""
    if statistic <= 0:
        return 1.0
    return _beta_share(below / 2, above / 2, below / (below + above * statistic))


def _beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by Lentz's continued fraction (Numerical recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta_share(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny, c, d, value = 1e-300, 1.0, 0.0, 1.0
    for term in range(400):
        m = term // 2
        if term == 0:
            numerator = 1.0
        elif term % 2 == 0:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / (d * numerator + 1.0 or tiny)
        c = 1.0 + numerator / c if c else tiny
        value *= c * d
        if abs(c * d - 1.0) < 1e-13:
            break
    return front * (value - 1.0)
