"""Commands of manual alignment: the six numbers, nudges, the pivot, resets to earlier poses."""

from __future__ import annotations

import math

import numpy as np

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import RigidTransform, SlicePlane
from fusionviewer.session import edits


def numbers(workspace: Workspace) -> tuple[float, float, float, float, float, float]:
    """The six numbers of the pose that is shown, also while a job or a drag goes on: see `edits.hand_numbers`."""
    return edits.hand_numbers(workspace.view_model.pose, workspace.view_model.hand_centre)


def set_number(workspace: Workspace, number: int, value: float) -> None:
    """Set one of the six numbers. Changes of one number in a row are one step of undo."""
    state = workspace.document.state
    if state.has_pair and not workspace.runner.busy:
        after = edits.set_hand_number(state, number, value, workspace.view_model.hand_centre)
        workspace.document.apply("Adjust manually", after, f"pose number {number}")


def centre_at_cursor(workspace: Workspace) -> None:
    """Let manual rotation be about the crosshair's place from now on."""
    workspace.view_model.change(hand_centre=workspace.view_model.view.fixed.cursor)


def centre_at_head(workspace: Workspace) -> None:
    """Let manual rotation be about the head's centre again."""
    workspace.view_model.change(hand_centre=None)


def centre_text(workspace: Workspace) -> str:
    """Where the pivot of manual rotation lies, in a sentence."""
    model = workspace.view_model
    if model.view.hand_centre is None:
        return "Pivot: head centre." if model.head_known else "Pivot: middle of the fixed image."
    point = np.asarray(model.view.hand_centre) * ((-1.0, -1.0, 1.0) if model.view.ras else (1.0, 1.0, 1.0))
    x, y, z = (f"{value:z.1f}".replace("-", "−") for value in point)
    return f"Pivot: {x}, {y}, {z} mm ({'RAS' if model.view.ras else 'LPS'})."


def why_no_start(workspace: Workspace) -> str:
    """Why there is no way back to the start; empty if there is."""
    alignment = workspace.document.state.alignment
    return "The pose is the start already." if alignment.moving_from_fixed == alignment.start else ""


def why_no_header(workspace: Workspace) -> str:
    """Why there is no way back to the headers; empty if there is."""
    alignment, header = workspace.document.state.alignment, RigidTransform.identity()
    there = alignment.moving_from_fixed == header == alignment.start and alignment.origin == "header"
    return "The images are in scanner alignment already." if there else ""


def why_no_accepted(workspace: Workspace) -> str:
    """Why there is no way back to an accepted pose; empty if there is."""
    alignment = workspace.document.state.alignment
    if alignment.accepted is None:
        return "No pose has been accepted yet."
    return "The pose is the accepted one already." if alignment.moving_from_fixed == alignment.accepted else ""


def nudge(
    workspace: Workspace, plane: SlicePlane, *, right_mm: float = 0.0, down_mm: float = 0.0, angle_deg: float = 0.0
) -> None:
    """Move the moving image in the plane of a view: screen directions in mm, clockwise angle in degrees.

    It turns about the pivot. A row of nudges of one kind is one step of undo.
    """
    state = workspace.document.state
    if not state.has_pair or workspace.runner.busy:
        return
    shift = right_mm * plane.right + down_mm * plane.down
    # right × down is the normal that looks away from the viewer, so a positive angle turns clockwise on the screen
    turn = math.radians(angle_deg) * plane.normal
    kind = "Rotate manually" if angle_deg else "Translate manually"
    workspace.document.apply(kind, edits.nudge(state, shift, turn, workspace.view_model.hand_centre), kind)


def turn_quarter(workspace: Workspace, plane: SlicePlane, *, clockwise: bool) -> None:
    """Turn the moving image by 90° as a view shows it; its middle stays in place. One step of undo."""
    state = workspace.document.state
    if state.has_pair and not workspace.runner.busy:
        # right × down looks away from the viewer: a positive angle turns clockwise on the screen
        axis = plane.normal if clockwise else -plane.normal
        workspace.document.apply("Rotate by 90°", edits.turn_quarter(state, axis))
