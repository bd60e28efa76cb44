"""The actions of the Align menu for moving by hand, and for headers that are wrong."""

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

_WRONG: Final = "Wrong header"


def _mirrored(axis: Axis, workspace: Workspace) -> bool:
    volume = workspace.document.state.moving
    return volume is not None and axis in volume.mirrored


_OWN_CENTRE: Final = when(lambda w: w.view_model.view.hand_centre is not None, "The centre is there already.")

need_way_to_header: Final = first_of(need_idle_pair, manual_alignment.why_no_header)

HAND: Final = (
    Action("reset_start", "Back to the start", "Align", "The pose at which the last run, fit or other start began", (),
           on_workspace(Workspace.edit, "Back to the start", edits.back_to_start),
           first_of(need_idle_pair, manual_alignment.why_no_start), separated=True),
    Action("reset_accepted", "Back to the accepted pose", "Align", "The pose that was accepted last", (),
           on_workspace(Workspace.edit, "Back to the accepted pose", edits.back_to_accepted),
           first_of(need_idle_pair, manual_alignment.why_no_accepted)),
    Action("centre_cursor", "Centre of rotation to the crosshair", "Align",
           "Turning by hand is about the crosshair's place from now on; it stays there when the crosshair moves", (),
           on_workspace(manual_alignment.centre_at_cursor), need_pair),
    Action("centre_head", "Centre of rotation to the head", "Align",
           "Turning by hand is about the middle of the head again", (), on_workspace(manual_alignment.centre_at_head),
           first_of(need_pair, _OWN_CENTRE)),
    *(Action(f"quarter_{name}", f"Turn 90° {name}", "Align",
             "The moving image about its middle, in the view that was used last: a turn, which the transform holds", (),
             partial(active_pane.turn_quarter, clockwise=name == "clockwise"), need_idle_pair, submenu=_WRONG)
      for name in ("clockwise", "anticlockwise")),
    *(Action(f"mirror_{axis}", f"Mirror the moving image {WAYS[axis]}…", "Align",
             "Changes the image, not the pose: no transform holds a mirror. The same again undoes it", (),
             on_workspace(mirror_correction.mirror_moving, axis), need_idle_pair, partial(_mirrored, axis),
             separated=axis == "x", submenu=_WRONG) for axis in AXES),
)  # fmt: skip
