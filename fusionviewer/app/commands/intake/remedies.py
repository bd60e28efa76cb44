"""Commands: the remedies that stand beside the remarks on an image."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from fusionviewer.app.commands import mirror_correction, open_save, register
from fusionviewer.app.commands.intake.decisions import with_spacing
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Opened, Wanted, read_images
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.imaging.readers import volumes_in
from fusionviewer.imaging.reading.options import split_reference
from fusionviewer.imaging.reading.remedies import Remedy
from fusionviewer.imaging.reading.undecided import FileVolumes
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState, Point, Side
from fusionviewer.session.view_state import SpaceView

_STOPPED: Final = "Reading was cancelled; nothing was changed."


def apply_remedy(workspace: Workspace, side: Side, remedy: Remedy) -> None:
    """Do what a remedy of one of the images says; what must be read is read in the background, as one step of undo."""
    volume = workspace.document.state.volume(side)
    if volume is None or volume.source is None or workspace.refuse_if_busy():
        return
    match remedy.kind:
        case "read":
            _reread(workspace, side, volume, remedy.reference, remedy.title)
        case "spacing":
            spacing = workspace.questions.type_spacing(volume.source.path.name, remedy.note, volume.grid.spacing)
            if spacing is not None:
                _reread(workspace, side, volume, with_spacing(remedy.reference, spacing), "Type the voxel size")
        case "volume":
            job = partial(volumes_in, volume.source.path)
            workspace.runner.start("Looking at the file", job, partial(_listed, workspace, side, volume))
        case "series":
            open_save.choose_again(workspace, side, volume.source.path)
        case "centres":
            register.set_start(workspace, "centre")
        case "mirror":
            mirror_correction.mirror_moving(workspace, "x")


def can_be_applied(state: FusionState, side: Side, remedy: Remedy) -> bool:
    """Whether a remedy makes sense for this one of the images, with what else is open."""
    match remedy.kind:
        case "centres":
            return state.has_pair and state.alignment.origin != "centre"
        case "mirror":
            return state.has_pair and side == "moving"
        case _:
            return True


def _listed(workspace: Workspace, side: Side, volume: Volume, outcome: Outcome) -> None:
    """The volumes of the file are known: ask which one."""
    volumes = workspace.report(outcome, _STOPPED)
    if not isinstance(volumes, FileVolumes) or volume.source is None:
        return
    series, options = split_reference(volume.source.series_uid)
    now = int(series.removeprefix("#"))
    number = workspace.questions.choose_volume(volume.source.path.name, volumes, now)
    if number is not None and number != now:
        _reread(workspace, side, volume, f"#{number}{options.text}", f"Volume {number}")


def _reread(workspace: Workspace, side: Side, volume: Volume, reference: str, title: str) -> None:
    assert volume.source is not None
    wanted = {side: Wanted(volume.source.path, reference, volume.mirrored)}
    workspace.runner.start(
        "Reading", partial(read_images, wanted), partial(_reread_done, workspace, side, volume, title)
    )


def _reread_done(workspace: Workspace, side: Side, before: Volume, title: str, outcome: Outcome) -> None:
    opened = workspace.report(outcome, _STOPPED)
    state = workspace.document.state
    if not isinstance(opened, Opened) or state.volume(side) is not before:
        return
    volume = opened.volumes[side]
    workspace.set_head_box(volume, opened.heads[side])
    workspace.document.apply(title, edits.take_reread(state, side, volume))
    if before.grid != volume.grid and before.grid.size == volume.grid.size:
        view = workspace.view_model.view
        kept = tuple(one for one in view.distances if one.side != side)  # those were measured at other places
        seen = view.with_space(side, _moved(view.space(side), before, volume))
        workspace.view_model.show(replace(seen, distances=kept))
    workspace.said.emit(f"{title}: the {side} image was read again. Ctrl+Z takes it back.")


def _moved(space: SpaceView, before: Volume, after: Volume) -> SpaceView:
    """The same look at the same voxels."""

    def moved(point: Point) -> Point:
        return point_of(after.grid.points(before.grid.indices(np.asarray(point))))

    return replace(space, cursor=moved(space.cursor), focus=moved(space.focus))
