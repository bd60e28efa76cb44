"""Commands: write what other programs take."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from fusionviewer.app.commands import mirror_correction
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Job, Outcome, Succeeded
from fusionviewer.errors import BadArgument, FusionError
from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.imaging.resample import resample
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer
from fusionviewer.session.state import FusionState, Side


def export_transform(workspace: Workspace, path: Path) -> None:
    """Write `moving_from_fixed` as an ITK transform, which maps fixed points to moving points."""
    state = workspace.document.state

    def write() -> None:
        refuse_to_replace_an_image(state, path)
        write_itk_transform(state.alignment.moving_from_fixed, path)

    if not workspace.done(write):
        return
    said = f"Wrote {path.name}: it maps points of the fixed image to the moving one (ITK, LPS mm)."
    warning = mirror_correction.mirror_warning(state)
    if warning:
        workspace.warned.emit(f"{said} {warning}")
    workspace.note_export("" if warning else said, path)


def export_resampled(workspace: Workspace, path: Path, onto: Side) -> None:
    """Write the moving image on the fixed grid, or (`onto` "moving") the fixed image on the moving grid."""
    start_writing(workspace, "Resampling", partial(_resample, workspace.document.state, path, onto), path)


def start_writing(workspace: Workspace, title: str, job: Job, path: Path) -> None:
    """Run a job that writes a file, unless another one runs, and say when it is there."""
    state = workspace.document.state
    if not state.has_pair or workspace.runner.busy:
        return
    if workspace.done(lambda: refuse_to_replace_an_image(state, path)):
        workspace.runner.start(title, job, partial(_written, workspace, path))


def refuse_to_replace_an_image(state: FusionState, path: Path) -> None:
    """Raise BadArgument if a file would take the place of one of the study's images or of its mask.

    A yes to “replace?” means an earlier result: an image that is gone cannot be made again.
    """
    mask = None if state.region is None else state.region.mask
    for volume in (*state.volumes().values(), mask):
        source = None if volume is None else volume.source
        both = source is not None and os.path.exists(path) and os.path.exists(source.path)
        if source is not None and both and os.path.samefile(path, source.path):
            raise BadArgument(f"{path.name} is one of the study's images.", "Choose another name for the result.")


def _written(workspace: Workspace, path: Path, outcome: Outcome) -> None:
    workspace.report(outcome, f"Cancelled: {path.name} was not written.")
    if isinstance(outcome, Succeeded):
        workspace.note_export(f"Wrote {path.name}.", path)


def _resample(state: FusionState, path: Path, onto: Side, observer: Observer) -> None:
    if state.fixed is None or state.moving is None:
        raise FusionError("There are not two images yet.", "Open a fixed and a moving image first.")
    part = observer.part(0.0, 0.6)
    if onto == "fixed":
        volume = resample(state.moving, state.fixed.grid, state.alignment.moving_from_fixed, observer=part)
    else:
        volume = resample(state.fixed, state.moving.grid, ~state.alignment.moving_from_fixed, observer=part)
    write_volume(volume, path, observer.part(0.6, 1.0))
