"""Commands: the verdict on the current pose; and what is known about it, as values for the panel."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fusionviewer.app.commands.register import bounds_used
from fusionviewer.app.state.guidance import ORIGINS
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.displacement import displacement, overlap
from fusionviewer.quality.findings import Evidence, Finding, PairResidual, findings
from fusionviewer.quality.landmark_facts import about_pose, landmark_facts, measured_text, misfit_text
from fusionviewer.registration import Ending
from fusionviewer.registration.evidence import Fact, facts
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Review
from fusionviewer.session.state import FusionState


def review(workspace: Workspace, verdict: Literal["accepted", "rejected"], note: str) -> None:
    """Accept or reject the current pose; kept in the study until the pose changes."""
    text = "Accept the alignment" if verdict == "accepted" else "Reject the alignment"
    workspace.document.apply(text, edits.set_review(workspace.document.state, verdict, note))
    workspace.said.emit(f"The alignment is {verdict}. This is kept in the study until the pose changes.")


def change_note(workspace: Workspace, note: str) -> None:
    """Change the note of the verdict that there is; without one, nothing: the note comes with the verdict."""
    state = workspace.document.state
    kept = state.alignment.review
    if kept is not None and kept.note != note.strip():
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
    """What is known about the current pose, a line each: how it came about and how far the head moved."""
    state, alignment = workspace.document.state, workspace.document.state.alignment
    if not state.has_pair:
        return ["Two images are needed for a check."]
    lines = [f"The images lie {ORIGINS[alignment.origin]}."]
    if workspace.head_corners is not None:
        moved = displacement(workspace.head_corners, alignment.start, alignment.moving_from_fixed)
        header = alignment.start == RigidTransform.identity()
        origin = "From where the headers put them" if header else "From the start"
        lines.append(f"{origin}, the head's corners have moved {moved.max_mm:.2f} mm at most, "
                     f"{moved.mean_mm:.2f} mm on average.")  # fmt: skip
    run = alignment.run
    if run is not None:
        if run.bounds is not None:
            lines.append(bounds_used(run))
        if run.only:
            lines.append(f"Only {run.only} counted.")
        if run.ending is Ending.CONVERGED:  # whatever speaks against it is among the findings
            lines.append(f"Converged: {run.reason}")
    return lines + landmark_lines(state)


def landmark_lines(state: FusionState) -> list[str]:
    """What check points measure of the current pose, and what is predicted at targets, if there are any."""
    facts = landmark_facts(state)
    lines = [] if facts.measured is None else [measured_text(facts.measured)]
    if facts.error is not None and state.targets:
        predicted = facts.error.tre_mm(np.array([target.point for target in state.targets]))
        told = ", ".join(f"{t.name} {mm:.1f} mm" for t, mm in zip(state.targets, predicted, strict=True))
        lines.append(f"Predicted error of the fit to the landmarks (TRE, RMS): {told}.")
        lines.append(about_pose(state, state.alignment.moving_from_fixed))
    against = [*(one.sentence for one in facts.suspicions), misfit_text(facts)]
    lines += [f"▲ {sentence}" for sentence in against if sentence]
    return [line for line in lines if line]


def evidence_facts(workspace: Workspace) -> tuple[Fact, ...]:
    """What the run that gave the current pose knows for and against it; empty without one."""
    run = workspace.document.state.alignment.run
    return () if run is None or run.evidence is None else facts(run.evidence, run.only)


def current_findings(workspace: Workspace) -> tuple[Finding, ...]:
    """What speaks against the current pose or is worth a look; warnings first. Empty without two images."""
    state = workspace.document.state
    if state.moving is None or state.fixed is None:
        return ()
    alignment, corners = state.alignment, workspace.head_corners
    run, pose = alignment.run, alignment.moving_from_fixed
    return findings(
        Evidence(
            aligned=alignment.origin not in {"header", "centre"},
            displacement=None if corners is None else displacement(corners, alignment.start, pose),
            overlap=None if corners is None else overlap(corners, state.moving.grid, pose),
            ending=run.ending if run else None,
            reason=run.reason if run else "",
            bounds=run.bounds if run else None,
            touched=run.touched if run else (),
            residuals=_residuals(state),
            verdict=alignment.review.verdict if alignment.review else None,
        )
    )


def review_text(review: Review | None) -> str:
    """The verdict in a sentence."""
    if review is None:
        return "No verdict yet on this pose."
    return f"{review.verdict.capitalize()} on {review.date[:16].replace('T', ' ')} UTC."


def _residuals(state: FusionState) -> tuple[PairResidual, ...]:
    """What the pairs are left with under the current pose."""
    return tuple(
        PairResidual(pair.name, residual, pair.fixed_point)
        for pair, residual in zip(state.landmarks, landmark_edits.residuals_mm(state), strict=True)
        if pair.used and residual is not None and pair.fixed_point is not None
    )
