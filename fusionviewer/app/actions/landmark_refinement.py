"""The actions of *Edit ▸ Landmarks* that help a point to its place."""

from __future__ import annotations

from functools import partial
from typing import Final

from fusionviewer.app.actions.action import Action, first_of, need_idle, need_idle_pair
from fusionviewer.app.commands import active_pane
from fusionviewer.app.commands.context import on_workspace
from fusionviewer.app.commands.landmarks import refine_landmarks

_SNAP_KEYS: Final = {"bright": "Shift+W", "dark": "Shift+X", "edge": "Shift+E"}

PAIR_HELP: Final = (
    Action("refine_pair", "Refine this pair", "Edit",
           "Look for what lies around the fixed point within 4 mm of the moving one, and say how sure that is", ("Y",),
           on_workspace(refine_landmarks.refine_selected),
           first_of(need_idle_pair, refine_landmarks.why_not_refined), separated=True),
    *(Action(f"snap_{kind}", f"Snap to the nearest {what}", "Edit",
             "The selected pair's point of the view that was used last, both where both are shown, by 3 mm at most",
             (_SNAP_KEYS[kind],), partial(active_pane.snap_point, kind=kind),
             first_of(need_idle, refine_landmarks.why_not_snapped), submenu="Snap")
      for kind, what in refine_landmarks.KINDS.items()),
)  # fmt: skip
