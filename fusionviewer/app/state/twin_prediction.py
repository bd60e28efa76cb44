"""Where the missing point of a half pair most likely lies. Pure functions of the study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState, LandmarkPair, Point, Side

_CLEARLY_OFF: Final = 2.0
"""Of three pairs none can judge the fit to them: then the alignment must be off by so many localisation errors."""


@dataclass(frozen=True)
class Guess:
    """Where the missing point of a half pair is expected, LPS mm of its own image."""

    side: Side
    point: Point
    pairs: int
    """How many pairs' fit it comes from; 0: from the alignment as it is."""

    @property
    def source(self) -> str:
        """In a few words, where it comes from."""
        return f"by the fit to {self.pairs} pairs" if self.pairs else "by the alignment"


def half_side(pair: LandmarkPair) -> Side | None:
    """The side on which a half pair lacks its point; None for a pair with both points or none."""
    if (pair.fixed_point is None) == (pair.moving_point is None):
        return None
    return "fixed" if pair.fixed_point is None else "moving"


def guess_twin(state: FusionState, index: int | None) -> Guess | None:
    """Where the missing point of this pair is expected; None if it is no half pair or that place is in no image."""
    if index is None or not 0 <= index < len(state.landmarks) or not state.has_pair:
        return None
    pair = state.landmarks[index]
    side = half_side(pair)
    volume = None if side is None else state.volume(side)
    marked = pair.fixed_point or pair.moving_point
    if side is None or volume is None or marked is None:
        return None
    pose, pairs = pose_to_guess_by(state)
    there = (pose if side == "moving" else ~pose).apply(np.asarray(marked))
    return Guess(side, point_of(there), pairs) if volume.grid.contains(there) else None


def pose_to_guess_by(state: FusionState) -> tuple[RigidTransform, int]:
    """The alignment and 0, or the fit to the complete pairs and their number where it is the better guess.

    It is where each pair is nearer to where the fit to the *others* expects it than to where the alignment does (root
    mean squares); of three pairs, where the alignment is off by more than can be put down to the marking.
    """
    facts, pose = landmark_facts(state), state.alignment.moving_from_fixed
    if facts.fit is None:
        return pose, 0
    fixed, moving = state.used_points()
    off = _rms(np.linalg.norm(pose.apply(fixed) - moving, axis=1))
    left_out = [pair.left_out_mm for pair in facts.pairs if pair.left_out_mm is not None]
    expected = _rms(np.array(left_out)) if left_out else _CLEARLY_OFF * _rms(np.array(state.used_fle()))
    return (facts.fit.moving_from_fixed, len(facts.pairs)) if expected < off else (pose, 0)


def _rms(values: Points) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
