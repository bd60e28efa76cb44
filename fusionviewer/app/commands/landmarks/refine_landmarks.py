"""Commands that set a marked point better than the eye: a pair by its surroundings, a point by a spot or edge."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.twin_prediction import pose_to_guess_by
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.errors import BadArgument, FusionError
from fusionviewer.imaging.spots import SpotKind, snap
from fusionviewer.progress import Observer
from fusionviewer.registration.points.pair_refinement import PairRefinement, refine_pair
from fusionviewer.session import landmark_edits
from fusionviewer.session.state import SIDES, FusionState, LandmarkPair, Side

KINDS: Final[dict[SpotKind, str]] = {"bright": "bright spot", "dark": "dark spot", "edge": "edge"}


def why_not_refined(workspace: Workspace) -> str:
    """Why the selected pair cannot be refined now; empty if it can."""
    pair = workspace.selected_pair
    if pair is None:
        return "Select a landmark pair first."
    if not pair.complete:
        return f"Mark {pair.name} in both images first."
    return _why_kept(workspace, pair)


def why_not_snapped(workspace: Workspace) -> str:
    """Why no point of the selected pair can be snapped now; empty if one can."""
    pair = workspace.selected_pair
    if pair is None:
        return "Select a landmark pair first."
    if pair.fixed_point is None and pair.moving_point is None:
        return f"Mark {pair.name} first."
    return _why_kept(workspace, pair)


def _why_kept(workspace: Workspace, pair: LandmarkPair) -> str:
    if workspace.view_model.repeats.sides:
        return "A placement is being repeated: end that first (Esc)."
    return mark_landmarks.why_locked(pair.name) if pair.locked else ""


def refine_selected(workspace: Workspace) -> None:
    """Find what lies around the selected pair's fixed point again, in the background; one step of undo."""
    index, state = mark_landmarks.selected(workspace), workspace.document.state
    if index is None or not state.has_pair or workspace.runner.busy:
        return
    why_not = why_not_refined(workspace)
    if why_not:
        workspace.said.emit(why_not)
        return
    pair = state.landmarks[index]
    then = partial(_refined, workspace, index, pair)
    workspace.runner.start(f"Refining {pair.name}", partial(_refine, state, pair), then)


def _refine(state: FusionState, pair: LandmarkPair, observer: Observer) -> PairRefinement:
    if state.fixed is None or state.moving is None or pair.fixed_point is None or pair.moving_point is None:
        raise BadArgument(f"{pair.name} is not marked in both images.", "Mark it first.")
    pose, _ = pose_to_guess_by(state)
    points = np.asarray(pair.fixed_point), np.asarray(pair.moving_point)
    try:
        return refine_pair(state.fixed, state.moving, *points, pose, observer=observer)
    except BadArgument as error:
        raise BadArgument(f"{pair.name} stays where it is. {error.message}", error.remedy) from error


def _refined(workspace: Workspace, index: int, before: LandmarkPair, outcome: Outcome) -> None:
    result = workspace.report(outcome, f"Refine {before.name}: cancelled. Nothing was changed.")
    if not isinstance(result, PairRefinement):
        return
    state = workspace.document.state
    if index >= len(state.landmarks) or state.landmarks[index] is not before:
        workspace.said.emit(f"{before.name} was changed meanwhile, and stays as it is now.")
        return
    after = landmark_edits.place_point(state, index, "moving", result.moving_point)
    workspace.document.apply(f"Refine {before.name}", after)
    if mark_landmarks.selected(workspace) == index:
        workspace.point_found.emit("moving")
    tell = workspace.warned if result.level == "low" else workspace.said
    tell.emit(f"{before.name} moved by {result.moved_mm:.1f} mm. {result.reasons}")


def snap_selected(workspace: Workspace, kind: SpotKind, sides: tuple[Side, ...] = SIDES) -> None:
    """Set the selected pair's points of these images to the nearest spot or edge of their own image; one step of undo.

    A point that has none near it stays, and that is said.
    """
    index, state = mark_landmarks.selected(workspace), workspace.document.state
    if index is None or workspace.runner.busy:
        return
    pair = state.landmarks[index]
    marked = [side for side in SIDES if side in sides and pair.point(side) is not None]
    why_not = why_not_snapped(workspace) or (
        "" if marked else f"{pair.name} is not marked in the {sides[0]} image yet."
    )
    if why_not:
        workspace.said.emit(why_not)
        return
    after, told, refused = state, [], []
    for side in marked:
        volume, point = state.volume(side), np.asarray(pair.point(side))
        if volume is None:
            continue
        try:
            found = snap(volume, point, kind)
        except BadArgument as error:
            refused.append((side, error))
            continue
        after = landmark_edits.place_point(after, index, side, found)
        told.append(f"the {side} point moved by {float(np.linalg.norm(found - point)):.2f} mm")
    told += [f"no {KINDS[kind]} is near to the {side} point" for side, _ in refused if told]
    if told:
        workspace.document.apply(f"Snap {pair.name}", after)
        for side in marked:
            if after.landmarks[index].point(side) != pair.point(side):
                workspace.point_found.emit(side)
        workspace.said.emit(f"{pair.name}: {', '.join(told)}.")
    elif refused:
        sentence = FusionError(f"{pair.name} stays where it is. {refused[0][1].message}", refused[0][1].remedy)
        workspace.refuse(sentence)
