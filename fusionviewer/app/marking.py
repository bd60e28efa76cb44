"""Verbs: landmark pairs."""

from __future__ import annotations

from collections.abc import Iterable

from fusionviewer.app.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.geometry import Points
from fusionviewer.registration import fit_landmarks
from fusionviewer.session import landmark_edits
from fusionviewer.session.state import FusionState, Side
from fusionviewer.session.view_state import ROWS


def new_pair(workspace: Workspace) -> None:
    """Add a pair, show the two images side by side, and let the next clicks mark it.

    The last pair is taken again if nothing of it is marked yet.
    """
    pairs = workspace.document.state.landmarks
    if not (pairs and pairs[-1].fixed_point is None and pairs[-1].moving_point is None):
        workspace.document.apply("New landmark pair", landmark_edits.add_pair(workspace.document.state))
    if workspace.view_model.view.layout not in ROWS:
        workspace.view_model.set_layout("pairs")
    workspace.view_model.show_all_panes()
    workspace.view_model.select_pair(len(workspace.document.state.landmarks) - 1)


def click(workspace: Workspace, side: Side, point: Points) -> None:
    """A click in a view while placing: marks the selected pair's point of that image, if it is not marked yet."""
    index = selected(workspace)
    if index is None:
        return
    pair = workspace.document.state.landmarks[index]
    if pair.point(side) is not None:
        workspace.view_model.set_cursor(side, point)
        workspace.said.emit(f"{pair.name} is marked in the {side} image already: drag it, or press N for a new pair.")
        return
    after = landmark_edits.place_point(workspace.document.state, index, side, point)
    workspace.document.apply(f"Mark {pair.name} in the {side} image", after)
    workspace.view_model.set_cursor(side, point)


def missing_side(state: FusionState, selected_pair: int | None, sides: Iterable[Side]) -> Side | None:
    """Which of these images still lacks its point of the selected pair, the first of them; None: none does."""
    if selected_pair is None or selected_pair >= len(state.landmarks):
        return None
    pair = state.landmarks[selected_pair]
    return next((side for side in sides if pair.point(side) is None and state.volume(side) is not None), None)


def mark_at_cursor(workspace: Workspace, side: Side) -> None:
    """Put the selected pair's point of one image at that image's crosshair."""
    index = selected(workspace)
    if index is None:
        return
    pair = workspace.document.state.landmarks[index]
    cursor = workspace.view_model.view.space(side).cursor
    after = landmark_edits.place_point(workspace.document.state, index, side, cursor)
    workspace.document.apply(f"Mark {pair.name} in the {side} image", after)


def delete_selected(workspace: Workspace) -> None:
    """Remove the selected pair."""
    index = selected(workspace)
    if index is None:
        return
    pair = workspace.document.state.landmarks[index]
    workspace.view_model.select_pair(None)
    workspace.document.apply(f"Delete {pair.name}", landmark_edits.delete_pair(workspace.document.state, index))


def rename(workspace: Workspace, index: int, name: str) -> None:
    """Give a pair another name."""
    state = workspace.document.state
    if name.strip() == state.landmarks[index].name:
        return
    try:
        workspace.document.apply("Rename landmark", landmark_edits.rename_pair(state, index, name))
    except FusionError as error:
        workspace.refuse(error)


def enable(workspace: Workspace, index: int, enabled: bool) -> None:
    """Let a fit take a pair in, or leave it out."""
    state = workspace.document.state
    if state.landmarks[index].enabled != enabled:
        text = f"{'Use' if enabled else 'Leave out'} {state.landmarks[index].name}"
        workspace.document.apply(text, landmark_edits.enable_pair(state, index, enabled))


def select(workspace: Workspace, index: int) -> None:
    """Choose a pair: each row of the views jumps to its point. A pair that lacks a point can be marked on."""
    if 0 <= index < len(workspace.document.state.landmarks):
        workspace.view_model.select_pair(index)


def selected(workspace: Workspace) -> int | None:
    """The selected pair's number, if there is such a pair."""
    index = workspace.view_model.view.selected_pair
    return index if index is not None and index < len(workspace.document.state.landmarks) else None


def stop(workspace: Workspace) -> None:
    """Select no pair, so that clicks move the crosshair again."""
    workspace.view_model.select_pair(None)


def fit_summary(state: FusionState) -> str:
    """A sentence about the rigid fit to the landmarks: its FRE, or why there is none."""
    fixed, moving = state.used_points()
    if len(fixed) == 0:
        return "Mark at least three pairs; six to eight make a good start."
    try:
        fit = fit_landmarks(fixed, moving)
    except FusionError as error:
        return str(error)
    return (
        f"FRE {fit.fre_mm:.2f} mm over {len(fixed)} pairs: the residual at the landmarks themselves, "
        "which does not tell how accurate the fusion is."
    )
