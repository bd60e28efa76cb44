"""Verbs: the verdict on the current pose; and what is known about it, as values for the panel."""

from __future__ import annotations

from typing import Literal

from fusionviewer.app.workspace import Workspace
from fusionviewer.session import edits


def review(workspace: Workspace, verdict: Literal["accepted", "rejected"], note: str) -> None:
    """Accept or reject the current pose; kept in the study until the pose changes."""
    text = "Accept the alignment" if verdict == "accepted" else "Reject the alignment"
    workspace.document.apply(text, edits.set_review(workspace.document.state, verdict, note))
    workspace.said.emit(f"The alignment is {verdict}. This is kept in the study until the pose changes.")


def take_back(workspace: Workspace) -> None:
    """Remove the verdict."""
    if workspace.document.state.review is not None:
        workspace.document.apply("Take the verdict back", edits.clear_review(workspace.document.state))
