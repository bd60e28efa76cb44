"""What the keys for landmarks, crosshair and panes do in the window: where they need a view, a table or a dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.commands.landmarks import mark_landmarks, refine_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.imaging.spots import SpotKind
from fusionviewer.session.state import Side
from fusionviewer.ui.landmarks.pair_table import LandmarkTable
from fusionviewer.ui.pane.geometry import slices_on
from fusionviewer.ui.views.pane_grid import PaneGrid

WAYS: Final = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}
"""On the screen, right and down."""

NUDGE_MM: Final = 0.1
COARSE: Final = 10
"""How many times as far with Shift."""


def landmark_handlers(
    workspace: Workspace, images: PaneGrid, bring_table: Callable[[], LandmarkTable]
) -> dict[str, Callable[[], None]]:
    """By the key of the action. `bring_table` shows the table of landmarks where it is hidden."""
    handlers: dict[str, Callable[[], None]] = {
        "next_pane": partial(images.step_active, 1),
        "previous_pane": partial(images.step_active, -1),
        "slice_forward": lambda: images.active_view().scroll_slices(_times()),
        "slice_back": lambda: images.active_view().scroll_slices(-_times()),
        "rename_pair": partial(_rename, workspace, images, bring_table),
    }
    for name, (right, down) in WAYS.items():
        handlers[f"nudge_point_{name}"] = partial(_nudge_point, workspace, images, right, down)
        handlers[f"cursor_{name}"] = partial(_step_cursor, workspace, images, right, down)
    for kind in refine_landmarks.KINDS:
        handlers[f"snap_{kind}"] = partial(_snap, workspace, images, kind)
    return handlers


def _snap(workspace: Workspace, images: PaneGrid, kind: SpotKind) -> None:
    view = images.active_view()
    refine_landmarks.snap_selected(workspace, kind, view.sides)


def magnify(images: PaneGrid, side: Side) -> None:
    """Magnify the selected pair's point of an image for a second: in the view used last, or one like it that shows it.

    In the fused views the last of several such points is seen.
    """
    active = images.active_view()
    shown = [view for view in images.visible_views() if view.fused or view.side == side]
    view = min(shown, key=lambda one: (one is not active, one.orientation is not active.orientation), default=None)
    if view is not None:
        images.magnifier(view).show_point(side)


def _times() -> int:
    return COARSE if QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier else 1


def _nudge_point(workspace: Workspace, images: PaneGrid, right: float, down: float) -> None:
    view = images.active_view()
    frame = view.frame()
    if frame is not None:
        sides = view.sides
        by = NUDGE_MM * _times()
        moved = mark_landmarks.nudge_point(workspace, frame.plane, sides, right_mm=right * by, down_mm=down * by)
        if moved is not None:
            images.magnifier(view).show_point(moved)


def _step_cursor(workspace: Workspace, images: PaneGrid, right: float, down: float) -> None:
    """The crosshair goes by voxels of the view's image, and stops in the middle of each."""
    view = images.active_view()
    frame, volume = view.frame(), view.volume
    if frame is not None and volume is not None:
        way = right * frame.plane.right + down * frame.plane.down
        cursor = np.asarray(workspace.view_model.view.space(view.space).cursor)
        there = slices_on(*view.stepped(volume), cursor, way, _times())
        workspace.view_model.set_cursor(view.space, there)


def _rename(workspace: Workspace, images: PaneGrid, bring_table: Callable[[], LandmarkTable]) -> None:
    """Edit the selected pair's name in the table; the keyboard comes back to where it was."""
    index = mark_landmarks.selected(workspace)
    if index is not None:
        bring_table().edit_name(index, images.active_view())
