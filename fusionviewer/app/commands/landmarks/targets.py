"""Commands: targets, the places where the error of the fusion matters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.geometry import Points
from fusionviewer.session import landmark_edits
from fusionviewer.session.state import FusionState


def add_at_cursor(workspace: Workspace) -> None:
    """A new target at the crosshair of the fixed image."""
    cursor = workspace.view_model.view.fixed.cursor
    _apply(workspace, "New target", lambda state: landmark_edits.add_target(state, cursor))


def rename(workspace: Workspace, index: int, name: str) -> None:
    """Give a target another name."""
    before = workspace.document.state.targets[index].name
    if name.strip() != before and _apply(
        workspace, "Rename target", lambda state: landmark_edits.rename_target(state, index, name)
    ):
        workspace.said.emit(f"{before} is called {name.strip()} now.")


def delete(workspace: Workspace, index: int) -> None:
    """Remove a target."""
    name = workspace.document.state.targets[index].name
    _apply(workspace, f"Delete target {name}", lambda state: landmark_edits.delete_target(state, index))


def jump(workspace: Workspace, index: int) -> None:
    """Put the crosshair at a target."""
    look_at(workspace, np.asarray(workspace.document.state.targets[index].point))


def look_at(workspace: Workspace, point: Points) -> None:
    """Put the crosshair at a point (3,) of fixed space, LPS mm; where a part is enlarged, that part is shown."""
    model = workspace.view_model
    model.set_cursor("fixed", point)
    if model.view.fixed.zoom > 1.0:
        model.set_focus("fixed", point)


def _apply(workspace: Workspace, text: str, edit: Callable[[FusionState], FusionState]) -> bool:
    """Whether it could be done."""
    try:
        workspace.document.apply(text, edit(workspace.document.state))
    except FusionError as error:
        workspace.refuse(error)
        return False
    return True
