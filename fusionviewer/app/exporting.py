"""Verbs: write what other programs take."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from fusionviewer.app import correcting
from fusionviewer.app.jobs import Job, Outcome, Succeeded
from fusionviewer.app.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.exchange.itk_transform import write_itk_transform
from fusionviewer.imaging.resample import resample
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer
from fusionviewer.session.state import FusionState, Side


def export_transform(workspace: Workspace, path: Path) -> None:
    """Write `moving_from_fixed` as an ITK transform, which maps fixed points to moving points."""
    state = workspace.document.state
    try:
        write_itk_transform(state.moving_from_fixed, path)
    except FusionError as error:
        workspace.refuse(error)
        return
    said = f"Wrote {path.name}: it maps points of the fixed image to the moving one (ITK, LPS mm)."
    warning = correcting.mirror_warning(state)
    (workspace.warned if warning else workspace.said).emit(f"{said} {warning}".rstrip())


def export_resampled(workspace: Workspace, path: Path, onto: Side) -> None:
    """Write the moving image on the fixed grid, or (`onto` "moving") the fixed image on the moving grid."""
    start_writing(workspace, "Resampling", partial(_resample, workspace.document.state, path, onto), path)


def start_writing(workspace: Workspace, title: str, job: Job, path: Path) -> None:
    """Run a job that writes a file, unless another one runs, and say when it is there."""
    if workspace.document.state.has_pair and not workspace.runner.busy:
        workspace.runner.start(title, job, partial(_written, workspace, path))


def _written(workspace: Workspace, path: Path, outcome: Outcome) -> None:
    workspace.report(outcome, f"Cancelled: {path.name} was not written.")
    if isinstance(outcome, Succeeded):
        workspace.said.emit(f"Wrote {path.name}.")


def _resample(state: FusionState, path: Path, onto: Side, observer: Observer) -> None:
    if state.fixed is None or state.moving is None:
        raise FusionError("There are not two images yet.", "Open a fixed and a moving image first.")
    part = observer.part(0.0, 0.6)
    if onto == "fixed":
        volume = resample(state.moving, state.fixed.grid, state.moving_from_fixed, observer=part)
    else:
        volume = resample(state.fixed, state.moving.grid, ~state.moving_from_fixed, observer=part)
    write_volume(volume, path, observer.part(0.6, 1.0))
