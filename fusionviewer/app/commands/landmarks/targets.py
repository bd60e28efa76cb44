"""Commands: targets, the places where the error of the fusion matters."""

from __future__ import annotations

from functools import partial

import numpy as np

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points
from fusionviewer.session import landmark_edits
from fusionviewer.session.state import Side
from fusionviewer.session.view_state import ROWS


def add_at_cursor(workspace: Workspace) -> None:
    """A new target at the crosshair of the fixed image."""
    cursor = workspace.view_model.view.fixed.cursor
    if workspace.edit("New target", lambda state: landmark_edits.add_target(state, cursor)):
        workspace.said.emit(f"{workspace.document.state.targets[-1].name} is placed at the crosshair.")


def rename(workspace: Workspace, index: int, name: str) -> None:
    """Give a target another name."""
    before = workspace.document.state.targets[index].name
    renamed = partial(landmark_edits.rename_target, index=index, name=name)
    if name.strip() != before and workspace.edit("Rename target", renamed):
        workspace.said.emit(f"{before} is called {name.strip()} now.")


def delete(workspace: Workspace, index: int) -> None:
    """Remove a target."""
    name = workspace.document.state.targets[index].name
    workspace.edit(f"Delete target {name}", lambda state: landmark_edits.delete_target(state, index))


def jump(workspace: Workspace, index: int) -> None:
    """Put the crosshair at a target."""
    look_at(workspace, np.asarray(workspace.document.state.targets[index].point))


def look_at(workspace: Workspace, point: Points) -> None:
    """Put the crosshair at a point (3,) of fixed space, LPS mm; where a part is enlarged, that part is shown.

    Rows that are looked at separately go to the same place, too.
    """
    model = workspace.view_model
    places: dict[Side, Points] = {"fixed": point}
    if model.view.layout in ROWS and not model.view.linked and workspace.document.state.has_pair:
        places["moving"] = model.pose.apply(point)
    for side, there in places.items():
        model.set_cursor(side, there)
        if model.view.space(side).zoom > 1.0:
            model.set_focus(side, there)
