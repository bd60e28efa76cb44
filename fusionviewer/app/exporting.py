"""Verbs: write what other programs take."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from fusionviewer.app import correcting
from fusionviewer.app.jobs import Outcome, Succeeded
from fusionviewer.app.workspace import Workspace
from fusionviewer.errors import FusionError
from fusionviewer.exchange.itk_transform import write_itk_transform
from fusionviewer.imaging.resample import resample
from fusionviewer.imaging.whole_files import written_whole
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer
from fusionviewer.rendering.picture import fused_picture, write_png
from fusionviewer.session.state import FusionState, Side
from fusionviewer.session.view_state import ViewState

PICTURE_SIZE = (1920, 1080)


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
    _start(workspace, "Resampling", partial(_resample, workspace.document.state, path, onto), path)


def export_picture(workspace: Workspace, path: Path) -> None:
    """Write a picture of the three fused views at the crosshair, as they are blended and windowed now."""
    job = partial(_picture, workspace.document.state, workspace.view_model.view, path)
    _start(workspace, "Drawing the picture", job, path)


def _start(workspace: Workspace, title: str, job: partial[None], path: Path) -> None:
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


def _picture(state: FusionState, view: ViewState, path: Path, observer: Observer) -> None:
    if state.fixed is None or state.moving is None:
        raise FusionError("There are not two images yet.", "Open a fixed and a moving image first.")
    observer.report(0.1, "Drawing the picture")
    picture = fused_picture(
        state.fixed,
        state.moving,
        state.moving_from_fixed,
        np.asarray(view.fixed.cursor),
        view.blend,
        size=PICTURE_SIZE,
        fixed_window=view.fixed_window,
        moving_window=view.moving_window,
        bone_edges=view.bone_edges,
        radiological=view.radiological,
    )
    observer.report(0.8, f"Writing {path.name}")
    with written_whole(path) as temporary:
        write_png(picture, temporary)
        observer.check()
