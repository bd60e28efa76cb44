"""The actions of *Edit ▸ Landmarks* that help a point to its place."""

from __future__ import annotations

from functools import partial
from typing import Final

from fusionviewer.app.actions.action import Action, need_idle, need_idle_pair
from fusionviewer.app.commands import active_pane
from fusionviewer.app.commands.context import on_workspace
from fusionviewer.app.commands.landmarks import refine_landmarks
from fusionviewer.app.state.workspace import Workspace

_SNAP_KEYS: Final = {"bright": "Shift+W", "dark": "Shift+X", "edge": "Shift+E"}


def _need_refinable(workspace: Workspace) -> str:
    return need_idle_pair(workspace) or refine_landmarks.why_not_refined(workspace)


def _need_snappable(workspace: Workspace) -> str:
    return need_idle(workspace) or refine_landmarks.why_not_snapped(workspace)


PAIR_HELP: Final = (
    Action("refine_pair", "Refine this pair", "Edit",
           "Look for what lies around the fixed point within 4 mm of the moving one, and say how sure that is", ("Y",),
           on_workspace(refine_landmarks.refine_selected), _need_refinable, separated=True),
    *(Action(f"snap_{kind}", f"Snap to the nearest {what}", "Edit",
             "The selected pair's point of the view that was used last, both where both are shown, by 3 mm at most",
             (_SNAP_KEYS[kind],), partial(active_pane.snap_point, kind=kind), _need_snappable, submenu="Snap")
      for kind, what in refine_landmarks.KINDS.items()),
)  # fmt: skip
