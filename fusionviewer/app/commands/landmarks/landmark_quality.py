"""Commands: what is done about the error of the landmarks: say it, learn it, mend it, lower it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.app.commands.landmarks import targets as target_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.landmark_facts import Suspicion, landmark_facts
from fusionviewer.registration.points.error_theory import where_to_add
from fusionviewer.session import landmark_edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import LandmarkPair

_LATTICE: Final = 9
"""Places along each edge of the head's box where one more pair is thought of."""

_DEEPEST: Final = 0.45
"""Nearer to the middle of the head (1 is its surface) a pair would help little."""

_APART_MM: Final = 10.0
"""Nearer to an existing pair a new one would be the same place once more."""


def set_fle(workspace: Workspace, fle_mm: float | None) -> None:
    """Say how well pairs can be placed, RMS in 3D, mm; None: as the voxels let expect."""
    if fle_mm != workspace.document.state.fle_mm:
        workspace.edit("Change FLE", lambda state: landmark_edits.set_fle(state, fle_mm), "fle")


def set_pair_fle(workspace: Workspace, fle_mm: float | None) -> None:
    """Say how well the selected pair could be placed, RMS in 3D, mm; None: like the others."""
    pair, index = workspace.selected_pair, workspace.view_model.view.selected_pair
    if pair is not None and index is not None and fle_mm != pair.fle_mm:
        text, key = f"Change FLE of {pair.name}", f"fle {pair.name}"
        workspace.edit(text, lambda state: landmark_edits.set_pair_fle(state, index, fle_mm), key)


def take_estimate(workspace: Workspace) -> None:
    """Assume the FLE that the repeated placements show."""
    estimate = landmark_facts(workspace.document.state).repeats.fle_mm
    if estimate is not None:
        after = landmark_edits.set_fle(workspace.document.state, round(estimate, 2) or estimate)
        workspace.document.apply("FLE from repeated placements", after)


def exchange(workspace: Workspace, suspicion: Suspicion) -> None:
    """Let two pairs that look swapped change their moving points."""
    if suspicion.twin is None:
        return
    state = workspace.document.state
    names = [state.landmarks[index].name for index in (suspicion.index, suspicion.twin)]
    after = landmark_edits.exchange_points(state, suspicion.index, suspicion.twin)
    workspace.document.apply(f"Exchange {names[0]} and {names[1]}", after)


def why_no_exchange(workspace: Workspace, suspicion: Suspicion) -> str:
    """Why two pairs cannot be exchanged; empty if they can."""
    pairs = workspace.document.state.landmarks
    locked = [pairs[n].name for n in (suspicion.index, suspicion.twin) if n is not None and pairs[n].locked]
    return f"{locked[0]} is locked." if locked else ""


@dataclass(frozen=True)
class Proposal:
    """Where one more pair would help most, as a point of fixed space, and a sentence about it."""

    point: tuple[float, float, float]
    sentence: str


def propose_pair(workspace: Workspace, target: int | None) -> Proposal | None:
    """Find where one more pair would lower the predicted error at a target (None: at the crosshair) most; go there.

    None where there is no fit, or no room.
    """
    state = workspace.document.state
    if state.fixed is None or landmark_facts(state).error is None:
        return None
    name, place = "the crosshair", workspace.view_model.view.fixed.cursor
    if target is not None:
        name, place = state.targets[target].name, state.targets[target].point
    corners = workspace.head_corners
    there = candidate_places(corners if corners is not None else state.fixed.grid.corners, state.fixed, state.landmarks)
    if not len(there):
        return None
    advice = where_to_add(state.used_points()[0], state.used_fle(), np.asarray(place), there)
    point = there[advice.number]
    target_commands.look_at(workspace, point)
    sentence = (
        f"Suggested next landmark, here: it lowers the predicted TRE at {name} from {advice.before_mm:.2f} to "
        f"{advice.after_mm:.2f} mm. Mark what you can see well nearby."
    )
    return Proposal(point_of(point), sentence)


def candidate_places(corners: Points, fixed: Volume, landmarks: tuple[LandmarkPair, ...]) -> Points:
    """(n, 3) places of fixed space for one more pair: evenly in the outer head, away from the pairs that there are.

    The head is taken to be the ellipsoid in its box, whose corners are (8, 3), i varying fastest.
    """
    steps = np.linspace(-1, 1, _LATTICE)
    shares = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    depth = np.linalg.norm(shares, axis=1)
    shares = shares[(depth <= 1) & (depth >= _DEEPEST)]
    edges = corners[[1, 2, 4]] - corners[0]
    places = corners.mean(axis=0) + shares / 2 @ edges
    places = places[fixed.grid.contains(places)]
    taken = np.array([pair.fixed_point for pair in landmarks if pair.fixed_point is not None]).reshape(-1, 1, 3)
    near = (np.linalg.norm(taken - places, axis=2) < _APART_MM).any(axis=0)
    return np.asarray(places[~near])
