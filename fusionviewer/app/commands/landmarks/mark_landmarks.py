"""Commands: landmark pairs, and their points one by one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from fusionviewer.app.commands.landmarks import repeat_landmarks
from fusionviewer.app.state.twin_prediction import Guess, guess_twin, half_side
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points, SlicePlane
from fusionviewer.session import landmark_edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import SIDES, FusionState, Side
from fusionviewer.session.view_state import ROWS

_NEW_PAIR: Final = "New landmark pair"


def new_pair(workspace: Workspace) -> None:
    """Add a pair, show the two images side by side, and let the next clicks mark it.

    The last pair is taken again if nothing of it is marked yet.
    """
    pairs = workspace.document.state.landmarks
    if not (pairs and pairs[-1].fixed_point is None and pairs[-1].moving_point is None):
        workspace.document.apply(_NEW_PAIR, landmark_edits.add_pair(workspace.document.state))
    if workspace.window.side_panel and workspace.window.step != "align":
        workspace.window.show_step("align")  # the table is there, and what it says of the pair
    if workspace.view_model.view.layout not in ROWS:
        workspace.view_model.set_layout("pairs")
    workspace.view_model.show_all_panes()
    workspace.view_model.set_tool("crosshair")  # others keep clicks for themselves
    workspace.view_model.select_pair(len(workspace.document.state.landmarks) - 1)


def click(workspace: Workspace, side: Side, point: Points) -> None:
    """A click in a view while placing: marks the selected pair's point of that image, if it is not marked yet."""
    index = selected(workspace)
    if index is None:
        return
    if workspace.view_model.repeats.sides:
        repeat_landmarks.place_again(workspace, side, point)
        return
    pair = workspace.document.state.landmarks[index]
    workspace.view_model.set_cursor(side, point)  # while the pair is a half one: linked rows would both go there
    if pair.point(side) is not None:
        workspace.said.emit(f"{pair.name} is marked in the {side} image already: drag it, or press N for a new pair.")
        return
    _mark(workspace, index, side, point)


def side_to_mark(state: FusionState, view_model: ViewModel, sides: tuple[Side, ...]) -> Side | None:
    """The image whose point of the selected pair a click marks in a pane of these images; None: it marks nothing.

    It is the first that lacks its point; while the placement is repeated, an image that still waits, alone in its pane.
    """
    again = view_model.repeats.sides
    if again:
        return sides[0] if len(sides) == 1 and sides[0] in again else None
    selected_pair = view_model.view.selected_pair
    if selected_pair is None or selected_pair >= len(state.landmarks):
        return None
    pair = state.landmarks[selected_pair]
    return next((side for side in sides if pair.point(side) is None and state.volume(side) is not None), None)


def mark_at_cursor(workspace: Workspace, side: Side) -> None:
    """Put the selected pair's point of one image at that image's crosshair."""
    index = selected(workspace)
    if index is None:
        return
    pair, again = workspace.document.state.landmarks[index], workspace.view_model.repeats.sides
    if pair.locked and pair.point(side) is not None and not again:
        workspace.said.emit(why_locked(pair.name))
        return
    view = workspace.view_model.view
    cursor = np.asarray(view.space(side).cursor)
    if side == "moving" and view.layout not in ROWS and workspace.document.state.fixed is not None:
        cursor = workspace.view_model.pose.apply(np.asarray(view.fixed.cursor))  # there is only the one crosshair
    if again:
        repeat_landmarks.place_again(workspace, side, cursor)
    else:
        _mark(workspace, index, side, cursor)


def _mark(workspace: Workspace, index: int, side: Side, point: Points) -> None:
    """Mark one point of a pair. Then the other image looks at its guess, or the next half pair comes."""
    before = workspace.document.state.landmarks[index]
    after = landmark_edits.place_point(workspace.document.state, index, side, point)
    workspace.document.apply(f"Mark {before.name} in the {side} image", after)
    pairs = workspace.document.state.landmarks
    if not pairs[index].complete:
        look_at_guess(workspace)
    elif not before.complete:
        order = (*range(index + 1, len(pairs)), *range(index))
        following = next((number for number in order if half_side(pairs[number]) is not None), None)
        if following is not None:
            select(workspace, following)


def guess(workspace: Workspace) -> Guess | None:
    """Where the selected half pair's missing point is expected."""
    return guess_twin(workspace.document.state, selected(workspace))


def confirm_guess(workspace: Workspace) -> None:
    """Take the guess for the point."""
    index, expected = selected(workspace), guess(workspace)
    if index is not None and expected is not None:
        _mark(workspace, index, expected.side, np.asarray(expected.point))


def look_at_guess(workspace: Workspace) -> None:
    """Let the image that lacks a point look at the guess; where both are fused, the views, if it lies elsewhere."""
    expected, view = guess(workspace), workspace.view_model.view
    if expected is None:
        return
    side, point = expected.side, expected.point
    if view.layout not in ROWS and side == "moving":
        side, point = "fixed", point_of((~workspace.view_model.pose).apply(np.asarray(point)))
    space = replace(view.space(side), cursor=point)
    if view.layout in ROWS or space.zoom > 1.0:
        space = replace(space, focus=point)
    if not np.allclose(point, view.space(side).cursor, atol=0.01):
        workspace.view_model.show(view.with_space(side, space))


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
    before = workspace.document.state.landmarks[index].name
    renamed = partial(landmark_edits.rename_pair, index=index, name=name)
    if name.strip() != before and workspace.edit("Rename landmark", renamed):
        workspace.said.emit(f"{before} is called {name.strip()} now.")


def select(workspace: Workspace, index: int) -> None:
    """Choose a pair: each row of the views jumps to its point. A pair that lacks a point can be marked on."""
    if 0 <= index < len(workspace.document.state.landmarks):
        workspace.view_model.select_pair(index)
        look_at_guess(workspace)


def step(workspace: Workspace, way: int) -> None:
    """Choose the next (1) or previous (−1) pair; after the last comes the first."""
    count, index = len(workspace.document.state.landmarks), selected(workspace)
    if count:
        select(workspace, (index + way) % count if index is not None else (0 if way > 0 else count - 1))


def selected(workspace: Workspace) -> int | None:
    """The selected pair's number, if there is such a pair."""
    index = workspace.view_model.view.selected_pair
    return index if index is not None and index < len(workspace.document.state.landmarks) else None


def stop(workspace: Workspace) -> None:
    """Select no pair, so that clicks move the crosshair again; or mark no pair again.

    A pair that was only just begun, and of which nothing is marked, goes with it.
    """
    if workspace.view_model.repeats.sides:
        workspace.view_model.repeats.end()
        return
    pair, stack = workspace.selected_pair, workspace.document.undo_stack
    unmarked = pair is not None and pair.fixed_point is None and pair.moving_point is None
    if unmarked and stack.undoText() == _NEW_PAIR:
        stack.undo()
    workspace.view_model.select_pair(None)


def nudge_point(
    workspace: Workspace, plane: SlicePlane, sides: tuple[Side, ...], *, right_mm: float, down_mm: float
) -> Side | None:
    """Move a point of the selected pair in the plane of a view that shows these images; a row of nudges is one step.

    Where both are shown it is the moving image's point, as the arrows alone move that image, unless only the other is
    marked. The plane of such a view lies in fixed space. The answer is whose point was moved; None: none was.
    """
    index, state = selected(workspace), workspace.document.state
    if index is None:
        return None
    pair = state.landmarks[index]
    marked = [side for side in SIDES if side in sides and pair.point(side) is not None]
    if not marked:
        workspace.said.emit(f"{pair.name} is not marked in the {sides[0]} image yet." if len(sides) == 1
                            else f"{pair.name} is not marked yet.")  # fmt: skip
        return None
    if workspace.view_model.repeats.sides:
        return None  # its points are hidden: what is not seen is not moved
    if pair.locked:
        workspace.said.emit(why_locked(pair.name))
        return None
    side = marked[-1]
    way = right_mm * plane.right + down_mm * plane.down
    if side == "moving" and len(sides) > 1 and state.fixed is not None:
        way = workspace.view_model.pose.rotation @ way
    after = landmark_edits.place_point(state, index, side, point_of(np.asarray(pair.point(side)) + way))
    workspace.document.apply(f"Move landmark {pair.name}", after, f"nudge {index} {side}")
    return side


def why_locked(name: str) -> str:
    """Why a pair's points stay where they are."""
    return f"{name} is locked: open its lock in the table of landmarks (Shift+K) to move it."
