"""Commands: the review of the current pose, and the registration summary as values for the panel."""

from __future__ import annotations

from functools import partial

import numpy as np

from fusionviewer.app.commands import choose_files
from fusionviewer.app.commands.batch import batch_review
from fusionviewer.app.commands.context import Context
from fusionviewer.app.commands.window import show_step
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.findings import alignment_findings
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.guard.inverse import inverse_consistency
from fusionviewer.quality.pose_findings import head_overlap, overlap_findings
from fusionviewer.quality.review.history_words import SERIOUS_EVENTS, history_lines, looked_text
from fusionviewer.quality.review_findings import review_findings
from fusionviewer.quality.run_findings import evidence_findings
from fusionviewer.quality.wording import sentence
from fusionviewer.session import edits
from fusionviewer.session.review.validity import changed_since_review
from fusionviewer.session.review.values import AssessedThen, Decision
from fusionviewer.session.state import FusionState


def review(workspace: Workspace, verdict: Decision, note: str, by: str) -> None:
    """Accept or reject the current pose. The review is out of date once pose, images or landmarks change.

    What was looked at in the tour and the present assessment go with it.
    """
    text = "Accept the alignment" if verdict == "accepted" else "Reject the alignment"
    looked_at, state = workspace.tour.looked_at, workspace.document.state
    workspace.tour.end()
    after = edits.set_review(
        state, verdict, note, by=by, looked_at=looked_at, assessed=_assessed_then(workspace.checked.assessment)
    )
    workspace.document.apply(text, after)
    workspace.said.emit(
        f"The alignment is {verdict}. The review is kept in the study, and goes out of date once the alignment changes."
    )


def _assessed_then(assessment: Assessment | None) -> AssessedThen | None:
    if assessment is None:
        return None
    expected = assessment.expected
    if expected is None:
        return AssessedThen(assessment.verdict)
    return AssessedThen(assessment.verdict, expected.p95_mm, expected.p95_upper_mm)


def sign(context: Context, verdict: Decision) -> bool:
    """Accept or reject the current pose with the initials and the note that are typed; without initials, ask.

    True if the review was given. Where places of the tour failed, the user is asked before it is accepted, and the note
    says so.
    """
    by, note = context.dialogs.review_entry()
    if not by.strip():
        context.dialogs.ask_initials()
        context.workspace.hindered.emit("Type your initials first: a review says who has looked.")
        return False
    failed = tuple(place.name for place in context.workspace.tour.looked_at if place.result == "fail")
    if failed and verdict == "accepted":
        if not context.workspace.questions.may_accept_failed(failed):
            return False
        note = "\n".join(filter(None, (note.strip(), f"Accepted although failed: {', '.join(failed)}.")))
    review(context.workspace, verdict, note, by)
    return True


def accept_and_next(context: Context) -> None:
    """Accept, save the study, and open the next one of the list that is still to be reviewed."""
    if sign(context, "accepted") and choose_files.save(context):
        batch_review.open_next(context.workspace)


def start_tour(workspace: Workspace) -> None:
    """Go through the places that tell most, in the step Review."""
    show_step(workspace, "review")
    workspace.tour.begin(workspace.checked.assessment)


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


def check_inverse(workspace: Workspace) -> None:
    """Register the images the other way round from the pose, as a job; what is found joins the assessment."""
    state = workspace.document.state
    if state.fixed is None or state.moving is None or workspace.runner.busy:
        return
    pose = state.alignment.moving_from_fixed
    job = partial(inverse_consistency, state.fixed, state.moving, pose)
    workspace.runner.start("Registering the other way round", job, partial(_inverse_ended, workspace, pose))


def _inverse_ended(workspace: Workspace, pose: RigidTransform, outcome: Outcome) -> None:
    finding = workspace.report(outcome, "Inverse consistency: cancelled. Nothing was changed.")
    if isinstance(finding, Finding):
        workspace.check.add(pose, finding)
        workspace.said.emit(sentence(finding))


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


def looked_at_text(workspace: Workspace) -> str:
    """What was said of the places of the tour, in a sentence; empty before."""
    return looked_text(workspace.tour.looked_at)


def history_texts(workspace: Workspace) -> list[tuple[str, bool]]:
    """The history of the reviews, oldest first: each entry in words, and whether the pose is not accepted after it."""
    return [(text, event.kind in SERIOUS_EVENTS) for text, event in history_lines(workspace.document.state)]


def review_changes(state: FusionState) -> tuple[str, ...]:
    """What has changed since the review; empty without one, and while it holds."""
    return changed_since_review(state)


def review_text(state: FusionState) -> str:
    """The review in a sentence; empty without one."""
    return "" if state.alignment.review is None else " ".join(sentence(one) for one in review_findings(state))
