"""Commands that depend on the view that was used last: keys that move the image, a point or the crosshair in it."""

from __future__ import annotations

from typing import Final

from fusionviewer.app.commands import manual_alignment
from fusionviewer.app.commands.context import Context
from fusionviewer.app.commands.landmarks import mark_landmarks, refine_landmarks
from fusionviewer.imaging.spots import SpotKind

DIRECTIONS: Final = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}
"""(right, down) on the screen."""

STEP_MM: Final = 0.1
STEP_DEG: Final = 0.1


def nudge_image(context: Context, right: float = 0.0, down: float = 0.0, clockwise: float = 0.0) -> None:
    """Move or turn the moving image a step in the plane of the view."""
    plane, mm, degrees = context.active_pane.plane, STEP_MM * context.times, STEP_DEG * context.times
    if plane is not None:
        by = {"right_mm": right * mm, "down_mm": down * mm, "angle_deg": clockwise * degrees}
        manual_alignment.nudge(context.workspace, plane, **by)


def turn_quarter(context: Context, clockwise: bool) -> None:
    """Turn the moving image by 90° in the plane of the view."""
    plane = context.active_pane.plane
    if plane is not None:
        manual_alignment.turn_quarter(context.workspace, plane, clockwise=clockwise)


def move_point(context: Context, right: float, down: float) -> None:
    """Move the selected pair's point a step in the plane of the view, and magnify it."""
    pane, step_mm = context.active_pane, STEP_MM * context.times
    if pane.plane is not None:
        by = {"right_mm": right * step_mm, "down_mm": down * step_mm}
        moved = mark_landmarks.nudge_point(context.workspace, pane.plane, pane.sides, **by)
        if moved is not None:
            pane.magnify_point(moved)


def snap_point(context: Context, kind: SpotKind) -> None:
    """Set the selected pair's points that the view shows to the nearest spot or edge."""
    refine_landmarks.snap_selected(context.workspace, kind, context.active_pane.sides)


def type_slice(context: Context) -> None:
    """Let the user type the number of the slice to go to, in the view that was used last."""
    context.active_pane.type_slice()


def step_cursor(context: Context, right: float, down: float) -> None:
    """Move the crosshair by voxels of the view's image; it stops in the middle of each."""
    plane = context.active_pane.plane
    if plane is not None:
        context.active_pane.step_cursor(right * plane.right + down * plane.down, context.times)
