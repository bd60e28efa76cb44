"""Commands: the verdict on the current pose; and what is known about it, as values for the panel."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fusionviewer.app.commands.context import Context
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.review_findings import review_findings
from fusionviewer.quality.run_findings import evidence_findings
from fusionviewer.quality.wording import sentence
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState


def review(workspace: Workspace, verdict: Literal["accepted", "rejected"], note: str) -> None:
    """Accept or reject the current pose. The verdict is out of date once pose, images or landmarks change."""
    text = "Accept the alignment" if verdict == "accepted" else "Reject the alignment"
    workspace.document.apply(text, edits.set_review(workspace.document.state, verdict, note))
    workspace.said.emit(f"The alignment is {verdict}. This is kept in the study, and out of date once it changes.")


def give_verdict(context: Context, verdict: Literal["accepted", "rejected"]) -> None:
    """Accept or reject the current pose with the note that is typed."""
    review(context.workspace, verdict, context.dialogs.review_note())


def change_note(workspace: Workspace, note: str) -> None:
    """Change the note of the verdict that there is; without one, nothing: the note comes with the verdict."""
    state = workspace.document.state
    if state.alignment.review is not None and state.alignment.review.note != note.strip():
        workspace.document.apply("Change the note", edits.change_note(state, note), "note")


def take_back(workspace: Workspace) -> None:
    """Remove the verdict."""
    if workspace.document.state.alignment.review is not None:
        workspace.document.apply("Take the verdict back", edits.clear_review(workspace.document.state))


def look_at(workspace: Workspace, finding: Finding) -> None:
    """Put the crosshair where a finding can be seen."""
    if finding.where is not None:
        workspace.view_model.set_cursor("fixed", np.asarray(finding.where))


def known_facts(workspace: Workspace) -> list[str]:
    """What is known about the current pose, a line each: how it came about, how far the head moved, what is measured.

    The verdict has a place of its own.
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


def review_text(state: FusionState) -> str:
    """The verdict in a sentence; empty without one."""
    return "" if state.alignment.review is None else " ".join(sentence(one) for one in review_findings(state))
