"""Verbs: the verdict on the current pose; and what is known about it, as values for the panel."""

from __future__ import annotations

from typing import Literal

from fusionviewer.app.aligning import bounds_summary
from fusionviewer.app.guidance import ORIGINS
from fusionviewer.app.workspace import Workspace
from fusionviewer.quality.displacement import corner_displacements
from fusionviewer.session import edits
from fusionviewer.session.state import Review


def review(workspace: Workspace, verdict: Literal["accepted", "rejected"], note: str) -> None:
    """Accept or reject the current pose; kept in the study until the pose changes."""
    text = "Accept the alignment" if verdict == "accepted" else "Reject the alignment"
    workspace.document.apply(text, edits.set_review(workspace.document.state, verdict, note))
    workspace.said.emit(f"The alignment is {verdict}. This is kept in the study until the pose changes.")


def take_back(workspace: Workspace) -> None:
    """Remove the verdict."""
    if workspace.document.state.review is not None:
        workspace.document.apply("Take the verdict back", edits.clear_review(workspace.document.state))


def known_facts(workspace: Workspace) -> list[str]:
    """What is known about the current pose, a line each: how it came about and how far the head moved."""
    state = workspace.document.state
    if not state.has_pair:
        return ["Two images are needed for a check."]
    lines = [f"The images lie {ORIGINS[state.origin]}."]
    if workspace.head_corners is not None:
        moved = corner_displacements(workspace.head_corners, state.start, state.moving_from_fixed)
        lines.append(
            f"The head's corners lie {moved.max():.2f} mm at most, {moved.mean():.2f} mm on average, from the start."
        )
    if state.run is not None:
        lines.append(f"{state.run.ending.capitalize()}: {state.run.reason}")
        if state.run.bounds is not None:
            lines.append(bounds_summary(state.run))
    return lines


def review_text(review: Review | None) -> str:
    """The verdict in a sentence."""
    if review is None:
        return "No verdict yet on this pose."
    return f"{review.verdict.capitalize()} on {review.date[:16].replace('T', ' ')} UTC."
