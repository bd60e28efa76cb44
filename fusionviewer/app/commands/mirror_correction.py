"""Commands: put right an image whose header has two sides the wrong way round."""

from __future__ import annotations

from functools import partial

from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.jobs import Outcome
from fusionviewer.imaging.mirroring import WAYS, mirror, mirror_points, ways
from fusionviewer.imaging.volume import Axis, Volume
from fusionviewer.progress import Observer
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState


def mirror_moving(workspace: Workspace, axis: Axis) -> None:
    """Mirror the moving image's voxels in the background, after asking; the same again undoes it. One step of undo.

    No pose can do that: afterwards it is another image, and the pose, which stays, is that image's.
    """
    moving = workspace.document.state.moving
    if moving is None or workspace.runner.busy:
        return
    if axis not in moving.mirrored and not workspace.questions.may_mirror(axis):
        return
    job = partial(_mirror, moving, axis)
    workspace.runner.start("Mirroring", job, partial(_ended, workspace, moving, axis))


def mirror_warning(state: FusionState) -> str:
    """What must be said wherever a transform leaves the study; empty if no image was mirrored."""
    sides = [
        f"the {name} image mirrored {ways(volume.mirrored)}"
        for name, volume in state.volumes().items()
        if volume.mirrored
    ]
    return f"It belongs to {' and '.join(sides)}: export that image, too, and use the two together." if sides else ""


def _mirror(volume: Volume, axis: Axis, observer: Observer) -> Volume:
    observer.report(0.1, "Mirroring the moving image")
    return mirror(volume, axis)


def _ended(workspace: Workspace, before: Volume, axis: Axis, outcome: Outcome) -> None:
    mirrored = workspace.report(outcome, "Mirroring was cancelled; nothing was changed.")
    state = workspace.document.state
    if not isinstance(mirrored, Volume) or state.moving is not before:
        return
    corners = workspace.head_in(before)
    workspace.set_head_box(mirrored, None if corners is None else mirror_points(before.grid, axis, corners))
    view = workspace.view_model.view
    workspace.document.apply(f"Mirror {WAYS[axis]}", edits.take_mirrored(state, mirrored, axis))
    # what was measured in the moving image lies at other anatomy now
    workspace.view_model.change(distances=tuple(d for d in view.distances if d.side != "moving"))
    if mirrored.mirrored:
        workspace.warned.emit(
            f"The moving image is mirrored {ways(mirrored.mirrored)} now: transforms made from now on belong to the "
            "mirrored image only."
        )
    else:
        workspace.said.emit("The moving image is as it was read again.")
