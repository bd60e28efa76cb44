"""Commands: which step is shown, whether its panel is, and whether the only image is looked at."""

from __future__ import annotations

from fusionviewer.app.state.guidance import why_apart
from fusionviewer.app.state.steps import Step
from fusionviewer.app.state.workspace import Workspace


def show_step(workspace: Workspace, step: Step) -> None:
    """Show the panel of a step; a review begins with both images together, whatever was shown before."""
    if step == "review" and why_apart(workspace.view_model.view):
        workspace.view_model.set_layout("fused")
    workspace.window.show_step(step)


def toggle_side_panel(workspace: Workspace) -> None:
    """Fold the side panel away, or show it."""
    workspace.window.show_side_panel(not workspace.window.side_panel)


def look_at_single(workspace: Workspace) -> None:
    """Look at the only image that is open."""
    workspace.window.look_at_single(True)
