"""Commands: the review of the current pose, and the registration summary as values for the panel."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fusionviewer.app.commands.context import Context
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.pose_findings import head_overlap, overlap_findings
from fusionviewer.quality.review.history_words import SERIOUS_EVENTS, history_lines
from fusionviewer.quality.review_findings import review_findings
from fusionviewer.quality.run_findings import evidence_findings
from fusionviewer.quality.wording import sentence
from fusionviewer.session import edits
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.state import FusionState


def review(workspace: Workspace, verdict: Literal["accepted", "rejected"], note: str, by: str) -> None:
    """Accept or reject the current pose. The review is out of date once pose, images or landmarks change."""
    text = "Accept the alignment" if verdict == "accepted" else "Reject the alignment"
    workspace.document.apply(text, edits.set_review(workspace.document.state, verdict, note, by=by))
    workspace.said.emit(
        f"The alignment is {verdict}. The review is kept in the study, and goes out of date once the alignment changes."
    )


def sign(context: Context, verdict: Literal["accepted", "rejected"]) -> None:
    """Accept or reject the current pose with the initials and the note that are typed; without initials, ask."""
    by, note = context.dialogs.review_entry()
    if by.strip():
        review(context.workspace, verdict, note, by)
    else:
        context.dialogs.ask_initials()
        context.workspace.hindered.emit("Type your initials first: a review says who has looked.")


def change_note(workspace: Workspace, note: str) -> None:
    """Change the note of the review that there is; without one, nothing: the note comes with the review."""
    state = workspace.document.state
    if state.alignment.review is not None and state.alignment.review.note != note.strip():
        workspace.document.apply("Change the note", edits.change_note(state, note), "note")


def withdraw(workspace: Workspace) -> None:
    """Remove the review."""
    if workspace.document.state.alignment.review is not None:
        workspace.document.apply("Withdraw review", edits.clear_review(workspace.document.state))


def images_apart(workspace: Workspace) -> str:
    """That the images hardly overlap, so that the views look empty, as a sentence; empty if they do.

    Once something has aligned them, only that they do not overlap at all.
    """
    state = workspace.document.state
    apart = overlap_findings(head_overlap(state, workspace.head_corners)) if state.has_pair else []
    codes = {"images_apart"} if state.alignment.is_made else {"images_apart", "overlap_little"}
    return next((sentence(one) for one in apart if one.code in codes), "")


def look_at(workspace: Workspace, finding: Finding) -> None:
    """Put the crosshair where a finding can be seen."""
    if finding.where is not None:
        workspace.view_model.set_cursor("fixed", np.asarray(finding.where))


def known_facts(workspace: Workspace) -> list[str]:
    """What is known about the current pose, a line each: how it came about, how far the head moved, what is measured.

    The review has a place of its own.
    """
    if not workspace.document.state.has_pair:
        return ["Two images are needed for a check."]
    found = all_findings(workspace)
    return [sentence(one) for one in found if one.level == "fact" and one.code != "accepted"]


def evidence_facts(workspace: Workspace) -> tuple[Finding, ...]:
    """What the run that gave the current pose knows for and against it; empty without one."""
    run = workspace.document.state.alignment.run
    return () if run is None or run.evidence is None else evidence_findings(run.evidence, run.only)


def current_findings(workspace: Workspace) -> tuple[Finding, ...]:
    """What speaks against the current pose or is worth a look; warnings first. Empty without two images."""
    return tuple(one for one in all_findings(workspace) if one.level != "fact")


def all_findings(workspace: Workspace) -> tuple[Finding, ...]:
    """Everything that there is to say about the current pose."""
    return alignment_findings(workspace.document.state, workspace.head_corners)


def history_texts(workspace: Workspace) -> list[tuple[str, bool]]:
    """The history of the reviews, oldest first: each entry in words, and whether the pose is not accepted after it."""
    return [(text, event.kind in SERIOUS_EVENTS) for text, event in history_lines(workspace.document.state)]


def review_changes(state: FusionState) -> tuple[str, ...]:
    """What has changed since the review; empty without one, and while it holds."""
    return changed_since_review(state)


def review_text(state: FusionState) -> str:
    """The review in a sentence; empty without one."""
    return "" if state.alignment.review is None else " ".join(sentence(one) for one in review_findings(state))
