"""Commands: back and forth through the steps of undo, and out of what is going on."""

from __future__ import annotations

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.workspace import Workspace


def undo(workspace: Workspace) -> None:
    """Take the last step back, and say which: it may lie out of sight."""
    stack = workspace.document.undo_stack
    step = stack.undoText()
    stack.undo()
    workspace.said.emit(f"Undone: {step}.")


def redo(workspace: Workspace) -> None:
    """Do the step again that was undone last, and say which."""
    stack = workspace.document.undo_stack
    step = stack.redoText()
    stack.redo()
    workspace.said.emit(f"Redone: {step}.")


def cancel(workspace: Workspace) -> None:
    """Leave the running job, which then changes nothing; else the marking of a pair, the mouse mode or the tour."""
    if workspace.runner.busy:
        workspace.runner.cancel()
    elif workspace.placing:
        mark_landmarks.stop(workspace)
    elif workspace.view_model.tool != "crosshair":
        workspace.view_model.set_tool("crosshair")
    else:
        workspace.tour.end()
