"""Commands: mark a pair again, blindly, to learn how well places can be marked."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.quality.grades import REPEAT_FAR_MM
from fusionviewer.session import landmark_edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, LandmarkPair, Side
from fusionviewer.session.view_state import ROWS

_CLEAR: Final = "Clear repeated placements"

_ASIDE_MM: Final = (12.0, 25.0)
"""How far the crosshair goes from a place that is to be found again: near enough to know what is looked for."""


def forget_repeats(workspace: Workspace) -> None:
    """Drop all repeated marks."""
    if why_no_repeats(workspace):
        return
    number = sum(len(pair.again) for pair in workspace.document.state.landmarks)
    workspace.document.apply(_CLEAR, landmark_edits.forget_repeats(workspace.document.state))
    what = "The repeated placement was" if number == 1 else f"All {number} repeated placements were"
    workspace.said.emit(f"{what} cleared; Ctrl+Z brings {'it' if number == 1 else 'them'} back.")


def why_no_repeats(workspace: Workspace) -> str:
    """Why there is nothing to forget; empty if there is."""
    some = any(pair.again for pair in workspace.document.state.landmarks)
    return "" if some else "No placement has been repeated yet."


def why_not_again(workspace: Workspace) -> str:
    """Why no placement can be repeated; empty if the selected pair's can."""
    pair = workspace.selected_pair
    if pair is None:
        return "Select a complete pair first."
    return "" if pair.complete else f"Mark {pair.name} in both images first."


def mark_again(workspace: Workspace) -> None:
    """Let the next click in each image mark the selected pair another time; the same again leaves that.

    What was marked is hidden meanwhile, and the crosshair goes aside: else one would only find one's own mark again.
    """
    model, index = workspace.view_model, workspace.view_model.view.selected_pair
    if model.repeats.sides:
        model.repeats.end()
        return
    if index is None or why_not_again(workspace):
        return
    if model.view.layout not in ROWS:
        model.set_layout("pairs")
    model.show_all_panes()
    model.set_tool("crosshair")  # others keep clicks for themselves
    model.repeats.begin(index)
    pair = workspace.document.state.landmarks[index]
    for side in SIDES:
        _look_aside(workspace, side, pair)


def _look_aside(workspace: Workspace, side: Side, pair: LandmarkPair) -> None:
    """Put a space's crosshair some way from a pair's mark, in a direction that cannot be guessed, within the image."""
    volume, point = workspace.document.state.volume(side), pair.point(side)
    if volume is None or point is None:
        return
    random = np.random.default_rng()
    for _ in range(20):
        way = random.normal(size=3)
        there = np.asarray(point) + random.uniform(*_ASIDE_MM) * way / np.linalg.norm(way)
        if volume.grid.contains(there):
            break
    workspace.view_model.set_cursor(side, there)
    workspace.view_model.set_focus(side, there)


def place_again(workspace: Workspace, side: Side, point: Points) -> None:
    """A click while a placement is repeated: one more mark of the pair in that image. The first one stays there."""
    repeats = workspace.view_model.repeats
    if repeats.index is None or side not in repeats.sides:
        return
    pair = workspace.document.state.landmarks[repeats.index]
    after = landmark_edits.place_again(workspace.document.state, repeats.index, side, point)
    workspace.document.apply(f"Repeat placement of {pair.name} in the {side} image", after)
    if not repeats.sides:
        workspace.said.emit(
            f"The placement of {pair.name} is repeated in both images. Other pairs, and other days, tell more."
        )
    first = pair.point(side)
    apart_mm = 0.0 if first is None else float(np.linalg.norm(np.asarray(point) - first))
    if apart_mm > REPEAT_FAR_MM:
        told = f"The repeat of {pair.name} lies {apart_mm:.0f} mm from its first point in the {side} image."
        take_back = partial(_forget_repeat, workspace, pair.name, side, point)
        workspace.cautioned.emit(f"{told} Remove it if another place was meant.", "Remove this repeat", take_back)


def _forget_repeat(workspace: Workspace, name: str, side: Side, point: Points) -> None:
    """Drop one repeated mark; nothing where it is gone already, with its pair or by itself."""
    state, mark = workspace.document.state, (side, point_of(point))
    index = next((number for number, pair in enumerate(state.landmarks) if mark in pair.again), None)
    if index is not None:
        after = landmark_edits.forget_repeat(state, index, side, point)
        workspace.document.apply(f"Remove the repeat of {name} in the {side} image", after)
