"""Verbs: let the registration look only at a box or a mask of the fixed image."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from fusionviewer.app.jobs import Outcome
from fusionviewer.app.opening import Wanted, read_mask
from fusionviewer.app.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.registration import Box, Region, make_box
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState

SMALLEST_SIDE_MM: Final = 20.0
"""A drag of one side stops here, well before a box that nothing can be found in."""


def box_of(state: FusionState) -> Box | None:
    """The box that alone counts, if there is one."""
    return state.region.box if state.region else None


def mask_of(state: FusionState) -> Volume | None:
    """The mask that alone counts, if there is one."""
    return state.region.mask if state.region else None


def toggle_box(workspace: Workspace) -> None:
    """Let only a box around the head count, whose sides can be dragged in the views; or everything again."""
    document = workspace.document
    if box_of(document.state) is not None:
        document.apply("Remove the box", edits.set_box(document.state, None))
    elif document.state.fixed is not None:
        corners = workspace.head_corners
        corners = document.state.fixed.grid.corners if corners is None else corners
        try:
            state = edits.set_box(document.state, make_box(corners.min(axis=0), corners.max(axis=0)))
        except FusionError as error:  # a single slice holds no box
            workspace.refuse(error)
            return
        document.apply("Register only in a box", state)
        workspace.said.emit("Only the box counts from now on: drag its sides and corners in the views.")


def moved_box(box: Box, faces: dict[tuple[int, int], float]) -> Box:
    """The box with some of its sides moved: (axis, 0 lower or 1 upper) → mm. Sides never pass each other."""
    corners = np.array(box)
    for (axis, end), mm in faces.items():
        other = corners[1 - end, axis]
        corners[end, axis] = min(mm, other - SMALLEST_SIDE_MM) if end == 0 else max(mm, other + SMALLEST_SIDE_MM)
    return make_box(*corners)


def open_mask(workspace: Workspace, path: Path) -> None:
    """Read a mask in the background; from then on only its voxels that are not 0 count. One step of undo."""
    if workspace.document.state.fixed is not None and not workspace.runner.busy:
        job = partial(_read, Wanted(path), workspace.document.state)
        workspace.runner.start("Reading the mask", job, partial(_read_ended, workspace))


def remove_mask(workspace: Workspace) -> None:
    """Let everything count again, or all of the box."""
    state = workspace.document.state
    if mask_of(state) is not None:
        workspace.document.apply("Remove the mask", edits.set_mask(state, None))


def _read(wanted: Wanted, state: FusionState, observer: Observer) -> Volume:
    mask = read_mask(wanted, observer)
    marked = Region(mask).marked  # raises for an empty one
    k, j, i = np.nonzero(marked.array)
    some = slice(None, None, max(1, k.size // 100_000))
    points = marked.grid.points(np.stack([i[some], j[some], k[some]], axis=1).astype(np.float64))
    if state.fixed is not None and not np.any(state.fixed.grid.contains(points)):
        raise FusionError(
            f"The mask {mask.name} lies beside the fixed image.", "Choose one in the fixed image's space."
        )
    return mask


def _read_ended(workspace: Workspace, outcome: Outcome) -> None:
    mask = workspace.report(outcome, "Reading the mask was cancelled; nothing was changed.")
    if isinstance(mask, Volume):
        state = edits.set_mask(workspace.document.state, mask)
        workspace.document.apply("Register only in a mask", state)
        workspace.said.emit("Only the mask counts from now on.")
