"""Commands: let the registration look only at a box or a mask of the fixed image."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Wanted, read_mask
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.geometry import Points
from fusionviewer.imaging.volume import Volume
from fusionviewer.progress import Observer
from fusionviewer.registration import Box, Region, make_box
from fusionviewer.registration.region import THINNEST_BOX_MM
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState


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
        say_what_counts(workspace)
    elif document.state.fixed is not None:
        corners = workspace.head_corners
        corners = document.state.fixed.grid.corners if corners is None else corners
        box = workspace.attempt(partial(make_box, corners.min(axis=0), corners.max(axis=0)))  # a slice holds none
        if box is not None and workspace.edit("Restrict to a box", lambda state: edits.set_box(state, box)):
            workspace.said.emit("Registration is restricted to the box: drag its sides and corners in the views.")


def moved_box(box: Box, faces: dict[tuple[int, int], float], image: Points) -> Box:
    """The box with some of its sides moved: (axis, 0 lower or 1 upper) → mm.

    Sides never pass each other, nor leave the box of the image with these corners (8, 3).
    """
    low, high = image.min(axis=0), image.max(axis=0)
    corners = np.array(box)
    for (axis, end), mm in faces.items():
        other = corners[1 - end, axis]
        there = min(max(mm, low[axis]), high[axis])
        corners[end, axis] = min(there, other - THINNEST_BOX_MM) if end == 0 else max(there, other + THINNEST_BOX_MM)
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
        say_what_counts(workspace)


def say_what_counts(workspace: Workspace) -> None:
    """Tell what of the fixed image the next run looks at."""
    region = workspace.document.state.region
    workspace.said.emit(
        f"Registration is restricted to {region}." if region else "Registration uses the whole image again."
    )


def _read(wanted: Wanted, state: FusionState, observer: Observer) -> Volume:
    mask = read_mask(wanted, observer)
    region = Region(mask)  # raises for an empty one
    if state.fixed is not None:
        region.check_on(state.fixed)
    return mask


def _read_ended(workspace: Workspace, outcome: Outcome) -> None:
    mask = workspace.report(outcome, "Reading the mask was cancelled; nothing was changed.")
    if isinstance(mask, Volume):
        state = edits.set_mask(workspace.document.state, mask)
        workspace.document.apply("Restrict to a mask", state)
        say_what_counts(workspace)
