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
COARSE: Final = 10
"""How many times as far with Shift."""


def _times(context: Context) -> int:
    return COARSE if context.coarse else 1


def move_image(context: Context, right: float, down: float) -> None:
    """Move the moving image a step in the plane of the view."""
    plane, step_mm = context.active_pane.plane, STEP_MM * _times(context)
    if plane is not None:
        manual_alignment.nudge(context.workspace, plane, right_mm=right * step_mm, down_mm=down * step_mm)


def turn_image(context: Context, clockwise: bool) -> None:
    """Turn the moving image a step in the plane of the view."""
    plane, step_deg = context.active_pane.plane, STEP_DEG * _times(context)
    if plane is not None:
        angle_deg = step_deg if clockwise else -step_deg
        manual_alignment.nudge(context.workspace, plane, angle_deg=angle_deg)


def turn_quarter(context: Context, clockwise: bool) -> None:
    """Turn the moving image by 90° in the plane of the view."""
    plane = context.active_pane.plane
    if plane is not None:
        manual_alignment.turn_quarter(context.workspace, plane, clockwise=clockwise)


def move_point(context: Context, right: float, down: float) -> None:
    """Move the selected pair's point a step in the plane of the view, and magnify it."""
    pane, step_mm = context.active_pane, STEP_MM * _times(context)
    if pane.plane is not None:
        by = {"right_mm": right * step_mm, "down_mm": down * step_mm}
        moved = mark_landmarks.nudge_point(context.workspace, pane.plane, pane.sides, **by)
        if moved is not None:
            pane.magnify_point(moved)


def snap_point(context: Context, kind: SpotKind) -> None:
    """Set the selected pair's points that the view shows to the nearest spot or edge."""
    refine_landmarks.snap_selected(context.workspace, kind, context.active_pane.sides)


def step_cursor(context: Context, right: float, down: float) -> None:
    """Move the crosshair by voxels of the view's image; it stops in the middle of each."""
    plane = context.active_pane.plane
    if plane is not None:
        context.active_pane.step_cursor(right * plane.right + down * plane.down, _times(context))


def scroll_slices(context: Context, forward: int) -> None:
    """Go a slice towards the patient's right, front or head (1), or the other way (-1)."""
    context.active_pane.scroll_slices(forward * _times(context))


def focus_next(context: Context, way: int) -> None:
    """Give the keyboard to the next (1) or previous (-1) view."""
    context.active_pane.focus_next(way)
