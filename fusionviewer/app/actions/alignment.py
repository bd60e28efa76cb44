"""The actions of the Align menu for manual alignment, and for headers that are wrong."""

from __future__ import annotations

from functools import partial
from typing import Final

from fusionviewer.app.actions.action import Action, first_of, need_idle_pair, need_pair, when
from fusionviewer.app.commands import active_pane, manual_alignment, mirror_correction
from fusionviewer.app.commands.context import on_workspace
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.imaging.mirroring import AXES, WAYS
from fusionviewer.imaging.volume import Axis
from fusionviewer.session import edits

_WRONG: Final = "Fix orientation"


def _mirrored(axis: Axis, workspace: Workspace) -> bool:
    volume = workspace.document.state.moving
    return volume is not None and axis in volume.mirrored


_OWN_CENTRE: Final = when(lambda w: w.view_model.view.hand_centre is not None, "The pivot is there already.")

need_way_to_header: Final = first_of(need_idle_pair, manual_alignment.why_no_header)

HAND: Final = (
    Action("reset_start", "Reset to start", "Align", "The pose at which the last run, fit or other start began", (),
           on_workspace(Workspace.edit, "Reset to start", edits.back_to_start),
           first_of(need_idle_pair, manual_alignment.why_no_start), separated=True),
    Action("reset_accepted", "Reset to accepted pose", "Align", "The pose that was accepted last", (),
           on_workspace(Workspace.edit, "Reset to accepted pose", edits.back_to_accepted),
           first_of(need_idle_pair, manual_alignment.why_no_accepted)),
    Action("centre_cursor", "Pivot at crosshair", "Align",
           "Manual rotation is about this place from now on, also when the crosshair moves", (),
           on_workspace(manual_alignment.centre_at_cursor), need_pair),
    Action("centre_head", "Pivot at head centre", "Align",
           "Manual rotation is about the middle of the head again", (), on_workspace(manual_alignment.centre_at_head),
           first_of(need_pair, _OWN_CENTRE)),
    *(Action(f"quarter_{name}", f"Rotate 90° {name}", "Align",
             "The moving image about its middle, in the view used last: a rotation, which the transform holds", (),
             partial(active_pane.turn_quarter, clockwise=name == "clockwise"), need_idle_pair, submenu=_WRONG)
      for name in ("clockwise", "anticlockwise")),
    *(Action(f"mirror_{axis}", f"Mirror the moving image {WAYS[axis]}…", "Align",
             "Changes the image, not the pose: no transform holds a mirror. The same again undoes it", (),
             on_workspace(mirror_correction.mirror_moving, axis), need_idle_pair, partial(_mirrored, axis),
             separated=axis == "x", submenu=_WRONG) for axis in AXES),
)  # fmt: skip
