"""A study as it is looked at: the scene of its panes, its pictures and its fused volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from fusionviewer.errors import FusionError
from fusionviewer.geometry import RigidTransform
from fusionviewer.rendering.blends import Blend
from fusionviewer.rendering.marks.edge_field import EdgeField
from fusionviewer.rendering.marks.limit_band import Halo
from fusionviewer.rendering.marks.values import Marks
from fusionviewer.rendering.scene import Scene
from fusionviewer.rendering.slices import Layer
from fusionviewer.session.state import SIDES, FusionState, Point, Side
from fusionviewer.session.view_state import ViewState

NO_PAIR: Final = FusionError("There are not two images yet.", "Open a fixed and a moving image first.")


def scene_of(
    state: FusionState,
    view: ViewState,
    *,
    space: Side = "fixed",
    sides: Sequence[Side] = SIDES,
    at: Point | None = None,
    pose: RigidTransform | None = None,
    blend: Blend | None = None,
    halo: Halo | None = None,
    edge_field: EdgeField | None = None,
    marks: Marks = Marks(),  # noqa: B008 - immutable
) -> Scene:
    """These images in the space of one of them. Raises FusionError if there is none of them.

    The crosshair, the pose (`moving_from_fixed`) and the blend are those of the study and its view, unless given.
    """
    layers: dict[Side, Layer | None] = {"fixed": None, "moving": None}
    for side in sides:
        volume = state.volume(side)
        if volume is not None:
            moved = side == "moving" and space == "fixed" and state.fixed is not None
            here = pose or state.alignment.moving_from_fixed if moved else RigidTransform.identity()
            layers[side] = Layer(volume, view.window(side), here, view.colours(side), view.slab(side))
    if layers["fixed"] is None and layers["moving"] is None:
        raise NO_PAIR
    look, region = view.space(space), state.region
    return Scene(
        layers["fixed"],
        layers["moving"],
        np.asarray(at or look.cursor),
        blend or view.blend,
        tilt=look.tilt if look.oblique else None,
        radiological=view.radiological,
        bone_edges=view.bone_edges,
        mask=region.marked if region is not None and region.mask is not None and space == "fixed" else None,
        interpolation="linear" if view.smooth else "nearest",
        halo=halo if len(sides) > 1 else None,
        edge_field=edge_field,
        marks=marks,
    )
