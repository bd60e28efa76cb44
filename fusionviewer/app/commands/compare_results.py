"""The results of the ways to align, how far they disagree in mm, and the commands that choose one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality.displacement import corner_displacements
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.session import edits
from fusionviewer.session.alignment import AlternativeKind
from fusionviewer.session.state import FusionState

RESULT_KINDS: Final[tuple[tuple[AlternativeKind, str, str], ...]] = (
    ("landmarks", "Landmarks", "The last rigid fit to the landmark pairs"),
    ("registration", "Registration", "What the last registration of the images found"),
    ("refinement", "Refinement", "What the last refinement within limits found"),
    ("correction", "Correction", "What the last check of the fusion proposed, and was tried"),
)
"""(kind, name, tool tip) in the order in which they are offered."""

_SAME_MM: Final = 1e-6

_PROPOSED: Final = {"residual_some", "residual_far"}
_NO_PROPOSAL: Final = {"edges_fit_nowhere", "mirrored_edges", "cannot_judge"}
"""Reasons with which the check's correction is worth a try, and those with which it means nothing."""


@dataclass(frozen=True)
class Result:
    """A pose that was found in one of the ways, and whether it is the one that is shown."""

    kind: AlternativeKind
    name: str
    tip: str
    shown: bool
    stale: bool
    """A fit to landmarks that have been changed since."""


@dataclass(frozen=True)
class Comparison:
    """How far each result moves one place, or several, from where the pose shown puts it, mm."""

    heading: str
    where: str
    apart_mm: tuple[float, ...]
    """For each of `results`."""


def results(state: FusionState) -> tuple[Result, ...]:
    """The results that there are to choose from."""
    out = []
    for kind, name, tip in RESULT_KINDS:
        found = state.alignment.alternative(kind)
        if found is None:
            continue
        pose = found.moving_from_fixed
        shown = state.alignment.origin == kind and _same(pose, state.alignment.moving_from_fixed)
        fit = landmark_facts(state).fit
        stale = kind == "landmarks" and (fit is None or not _same(pose, fit.moving_from_fixed))
        out.append(Result(kind, name, tip, shown, stale))
    return tuple(out)


def _same(one: RigidTransform, other: RigidTransform) -> bool:
    return one is other or bool(np.allclose(one.matrix, other.matrix, rtol=0, atol=_SAME_MM))


def comparisons(state: FusionState, pose: RigidTransform) -> tuple[Comparison, ...]:
    """How far the `results` lie from a pose: on average and at most at the landmarks, and at each target."""
    alternatives = [state.alignment.alternative(kind) for kind, _, _ in RESULT_KINDS]
    poses = [found.moving_from_fixed for found in alternatives if found is not None]
    if not poses:
        return ()
    out = []
    marks = np.array([p.fixed_point for p in state.landmarks if p.use != "off" and p.complete], dtype=np.float64)
    if len(marks):
        apart = [corner_displacements(marks, pose, other) for other in poses]
        places = "1 landmark" if len(marks) == 1 else f"{len(marks)} landmarks"
        out.append(Comparison("mean", f"on average at the {places}", tuple(float(mm.mean()) for mm in apart)))
        out.append(Comparison("max", f"at most at the {places}", tuple(float(mm.max()) for mm in apart)))
    for target in state.targets:
        place = np.array([target.point])
        apart_mm = tuple(float(corner_displacements(place, pose, other)[0]) for other in poses)
        out.append(Comparison(target.name, f"at {target.name}", apart_mm))
    return tuple(out)


def disagreement_mm(state: FusionState, pose: RigidTransform, point: Points) -> float | None:
    """How far the pose shown and the results at most lie apart at a point (3,) of fixed space; None of only one."""
    poses = [pose, *(found.moving_from_fixed for found in state.alignment.alternatives)]
    seen = np.stack([one.apply(np.asarray(point)) for one in poses])
    if all(_same(pose, one) for one in poses) and len(state.alignment.alternatives) < 2:
        return None
    return float(np.linalg.norm(seen[:, None] - seen[None], axis=2).max())


def choose(workspace: Workspace, kind: AlternativeKind) -> None:
    """Align as it was found last in one of the ways; one step of undo."""
    if any(result.shown for result in results(workspace.document.state) if result.kind == kind):
        return
    name = next(name for other, name, _ in RESULT_KINDS if other == kind)
    workspace.edit(f"Choose the result of {name.lower()}", lambda state: edits.choose_alternative(state, kind))


def why_no_correction(workspace: Workspace) -> str:
    """Why the check's correction cannot be tried, as a sentence; empty if it can."""
    assessment = workspace.checked.assessment
    if assessment is None:
        return "The pose has not been checked yet."
    codes = {reason.code for reason in assessment.reasons}
    if assessment.residual is None or assessment.corrected is None or codes & _NO_PROPOSAL:
        return "The check cannot say where the images would fit better."
    if not codes & _PROPOSED:
        return f"The correction would be {assessment.residual.p95_mm:.1f} mm: no more than the check errs itself."
    return ""


def try_correction(workspace: Workspace) -> None:
    """Align as the check proposes; one step of undo. The fusion is checked again then."""
    assessment = workspace.checked.assessment
    if assessment is None or assessment.corrected is None or why_no_correction(workspace):
        return
    pose = assessment.corrected
    workspace.edit("Try the check's correction", lambda state: edits.take_correction(state, pose))
    workspace.said.emit("This is the check's correction. Compare it with the pose before: Ctrl+Z and Ctrl+Y switch.")
