"""The first look at a study that was opened. A pure function of values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.window import auto_window
from fusionviewer.session.edits import point_of
from fusionviewer.session.state import FusionState
from fusionviewer.session.view_state import SpaceView, ViewState

PERSISTED_VIEW_FIELDS = (
    "radiological", "ras", "smooth", "colour_bar", "layout", "main_plane", "mosaic_step_mm", "linked", "wheel_moving",
)  # fmt: skip
"""What the next study is looked at with, too."""


def opening_view(state: FusionState, before: ViewState | None = None) -> ViewState:
    """A sensible first look at a study: middle of the images, automatic windows; habits are kept."""
    view = ViewState()
    if before is not None:
        blend = replace(before.blend, mode=BlendMode.FADE, fade=0.5, swapped=False)
        view = replace(view, blend=blend, **{name: getattr(before, name) for name in PERSISTED_VIEW_FIELDS})
    if view.layout == "pairs":  # which shows no fusion: another study begins with both images together
        view = replace(view, layout="fused")
    for side, volume in state.volumes().items():
        middle = volume.grid.points((np.asarray(volume.grid.size) - 1) // 2)  # of a voxel, not between two
        view = view.with_space(side, SpaceView(point_of(middle), point_of(volume.grid.centre)))
        view = view.with_window(side, auto_window(volume))
    if state.fixed is None and state.moving is not None:
        view = replace(view, blend=replace(view.blend, fade=1.0), fixed=view.moving)
    elif state.moving is None:
        view = replace(view, blend=replace(view.blend, fade=0.0))
    return view
