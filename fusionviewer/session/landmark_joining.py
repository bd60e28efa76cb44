"""Points and pairs from elsewhere, put to the pairs that a study has. Pure functions: state in, state out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from fusionviewer.session.state import FusionState, LandmarkPair, Point, Side

Pairing: TypeAlias = Literal["common", "all", "order"]
"""Take the points whose names the study has; or all, new names as half pairs; or one after the other, names aside."""


@dataclass(frozen=True)
class Mismatch:
    """How the names of new points differ from those of the pairs that there are."""

    common: tuple[str, ...]
    only_new: tuple[str, ...]
    only_old: tuple[str, ...]

    @property
    def can_go_by_order(self) -> bool:
        """Whether there are as many points as pairs, so that the order can pair them."""
        return len(self.only_new) == len(self.only_old)


def mismatch(state: FusionState, names: Sequence[str]) -> Mismatch | None:
    """What is different about the names of new points; None if nothing is, or there are no pairs yet."""
    old = [pair.name for pair in state.landmarks]
    if not old or set(old) == set(names):
        return None
    return Mismatch(
        tuple(name for name in names if name in old),
        tuple(name for name in names if name not in old),
        tuple(name for name in old if name not in names),
    )


def join_points(
    state: FusionState, side: Side, names: Sequence[str], points: Sequence[Point], pairing: Pairing = "all"
) -> FusionState:
    """Mark points in one image, LPS mm of its space, by name or in their order. Points of locked pairs stay."""
    pairs = list(state.landmarks)
    rows = {pair.name: row for row, pair in enumerate(pairs)}
    for number, (name, point) in enumerate(zip(names, points, strict=True)):
        row = number if pairing == "order" else rows.get(name)
        if row is not None and row < len(state.landmarks):
            pairs[row] = _with_point(pairs[row], side, point)
        elif pairing == "all":
            pairs.append(_with_point(LandmarkPair(name), side, point))
    return replace(state, landmarks=tuple(pairs))


def _with_point(pair: LandmarkPair, side: Side, point: Point) -> LandmarkPair:
    if pair.locked and pair.point(side) is not None:
        return pair
    return replace(pair, fixed_point=point) if side == "fixed" else replace(pair, moving_point=point)


def join_pairs(state: FusionState, pairs: Sequence[LandmarkPair], *, instead: bool) -> FusionState:
    """Take pairs instead of those that there are, or add them: of the same name the new one counts, unless locked."""
    if instead:
        return replace(state, landmarks=tuple(pairs))
    new = {pair.name: pair for pair in pairs}
    kept = tuple(pair if pair.locked else new.get(pair.name, pair) for pair in state.landmarks)
    names = {pair.name for pair in kept}
    return replace(state, landmarks=(*kept, *(pair for pair in pairs if pair.name not in names)))
