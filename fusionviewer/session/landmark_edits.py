"""One pure function for each thing that a user can do to landmarks and targets: state in, state out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.rendering.marks.values import PairUse
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState, LandmarkPair, Side, Target, points_of


def free_name(state: FusionState) -> str:
    """A name that no pair has: L1, L2, …"""
    taken = {pair.name for pair in state.landmarks}
    number = len(state.landmarks) + 1
    while f"L{number}" in taken:
        number += 1
    return f"L{number}"


def add_pair(state: FusionState, name: str = "") -> FusionState:
    """A new pair at the end, not marked yet."""
    return replace(state, landmarks=(*state.landmarks, LandmarkPair(name.strip() or free_name(state))))


def place_point(state: FusionState, index: int, side: Side, point: Iterable[float] | None) -> FusionState:
    """Mark, move or clear (None) one point of a pair, in that image's own space."""
    value = None if point is None else point_of(point)
    pair = state.landmarks[index]
    changed = replace(pair, fixed_point=value) if side == "fixed" else replace(pair, moving_point=value)
    return _with_pair(state, index, changed)


def rename_pair(state: FusionState, index: int, name: str) -> FusionState:
    """Give a pair another name. Raises BadArgument for an empty one and for one that another pair has."""
    wanted = name.strip()
    if not wanted:
        raise BadArgument("A landmark needs a name.", "Type at least one letter.")
    if any(pair.name == wanted for i, pair in enumerate(state.landmarks) if i != index):
        raise BadArgument(f"Another landmark is called “{wanted}” already.", "Choose another name.")
    return _with_pair(state, index, replace(state.landmarks[index], name=wanted))


def delete_pair(state: FusionState, index: int) -> FusionState:
    """Remove a pair."""
    return replace(state, landmarks=state.landmarks[:index] + state.landmarks[index + 1 :])


def set_use(state: FusionState, index: int, use: PairUse) -> FusionState:
    """Fit a pair, only check the fit with it, or leave it out of both."""
    return _with_pair(state, index, replace(state.landmarks[index], use=use))


def lock_pair(state: FusionState, index: int, locked: bool) -> FusionState:
    """Keep a pair's points from being moved, or no longer."""
    return _with_pair(state, index, replace(state.landmarks[index], locked=locked))


def colour_pair(state: FusionState, index: int, colour: str) -> FusionState:
    """Give a pair a colour "#rrggbb" of its own; empty: none."""
    return _with_pair(state, index, replace(state.landmarks[index], colour=colour))


def set_pair_fle(state: FusionState, index: int, fle_mm: float | None) -> FusionState:
    """Say how well a pair could be placed, RMS in 3D, mm; None: like the others. Raises BadArgument."""
    return _with_pair(state, index, replace(state.landmarks[index], fle_mm=_error(fle_mm)))


def set_fle(state: FusionState, fle_mm: float | None) -> FusionState:
    """Say how well pairs can be placed, RMS in 3D, mm; None: as their voxels let expect. Raises BadArgument."""
    return replace(state, fle_mm=_error(fle_mm))


def _error(fle_mm: float | None) -> float | None:
    if fle_mm is not None and not (np.isfinite(fle_mm) and 0 < fle_mm <= 100):
        raise BadArgument("A localisation error lies between 0 and 100 mm.", "Give for example 1.")
    return fle_mm


def place_again(state: FusionState, index: int, side: Side, point: Iterable[float]) -> FusionState:
    """Mark a point another time, to learn how well it can be placed; the first mark stays."""
    pair = state.landmarks[index]
    return _with_pair(state, index, replace(pair, again=(*pair.again, (side, point_of(point)))))


def forget_repeat(state: FusionState, index: int, side: Side, point: Iterable[float]) -> FusionState:
    """Drop one repeated mark of a pair; the others stay."""
    pair, mark = state.landmarks[index], (side, point_of(point))
    return _with_pair(state, index, replace(pair, again=tuple(other for other in pair.again if other != mark)))


def forget_repeats(state: FusionState) -> FusionState:
    """Drop all repeated marks."""
    return replace(state, landmarks=tuple(replace(pair, again=()) for pair in state.landmarks))


def order_by(state: FusionState, order: Iterable[int]) -> FusionState:
    """Put the pairs into another order, given by their numbers now. Raises ValueError unless each comes once."""
    numbers = list(order)
    if sorted(numbers) != list(range(len(state.landmarks))):
        raise ValueError(f"not an order of {len(state.landmarks)} pairs: {numbers}")
    return replace(state, landmarks=tuple(state.landmarks[n] for n in numbers))


def exchange_points(state: FusionState, one: int, other: int) -> FusionState:
    """Let two pairs change their moving points, with the repeats of these: they had been taken for each other."""

    def with_moving(pair: LandmarkPair, twin: LandmarkPair) -> LandmarkPair:
        own = tuple(mark for mark in pair.again if mark[0] == "fixed")
        theirs = tuple(mark for mark in twin.again if mark[0] == "moving")
        return replace(pair, moving_point=twin.moving_point, again=own + theirs)

    first, second = state.landmarks[one], state.landmarks[other]
    return _with_pair(_with_pair(state, one, with_moving(first, second)), other, with_moving(second, first))


def add_target(state: FusionState, point: Iterable[float], name: str = "") -> FusionState:
    """A place (fixed space, LPS mm) where the error of the fusion matters."""
    taken = {target.name for target in state.targets}
    number = len(state.targets) + 1
    while f"T{number}" in taken:
        number += 1
    wanted = name.strip() or f"T{number}"
    if wanted in taken:
        raise BadArgument(f"Another target is called “{wanted}” already.", "Choose another name.")
    return replace(state, targets=(*state.targets, Target(wanted, point_of(point))))


def rename_target(state: FusionState, index: int, name: str) -> FusionState:
    """Give a target another name. Raises BadArgument for an empty one and for one that another target has."""
    wanted = name.strip()
    if not wanted:
        raise BadArgument("A target needs a name.", "Type at least one letter.")
    if any(target.name == wanted for i, target in enumerate(state.targets) if i != index):
        raise BadArgument(f"Another target is called “{wanted}” already.", "Choose another name.")
    changed = replace(state.targets[index], name=wanted)
    return replace(state, targets=(*state.targets[:index], changed, *state.targets[index + 1 :]))


def delete_target(state: FusionState, index: int) -> FusionState:
    """Remove a target."""
    return replace(state, targets=state.targets[:index] + state.targets[index + 1 :])


def residuals_mm(state: FusionState) -> list[float | None]:
    """For each pair, how far its fixed point lies from its moving point under the current pose, mm."""
    fixed, moving = points_of([pair for pair in state.landmarks if pair.complete])
    apart = iter(np.linalg.norm(state.alignment.moving_from_fixed.apply(fixed) - moving, axis=1))
    return [float(next(apart)) if pair.complete else None for pair in state.landmarks]


def _with_pair(state: FusionState, index: int, pair: LandmarkPair) -> FusionState:
    return replace(state, landmarks=(*state.landmarks[:index], pair, *state.landmarks[index + 1 :]))
