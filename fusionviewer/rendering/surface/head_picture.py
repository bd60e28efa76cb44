"""The whole picture of a 3D view: surface, metal, planes and limits, roughly while it is turned or sharply at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.geometry import Matrix, Points, RigidTransform
from fusionviewer.rendering.surface.camera import Camera, Corner
from fusionviewer.rendering.surface.canvas import Canvas
from fusionviewer.rendering.surface.head_surface import HeadSurface
from fusionviewer.rendering.surface.limit_shell import LimitShell
from fusionviewer.rendering.surface.planes import PlanePicture, put_plane
from fusionviewer.rendering.surface.ray_casting import cast_rays, on_screen
from fusionviewer.rendering.surface.shading import BONE, METAL, SKIN

_METAL_MM: Final = 0.9
_METAL_THROUGH: Final = 0.55
"""Metal inside the head shines through bone and planes."""

_FRAME_MM: Final = 0.8
_FRAME, _FRAME_HIDDEN = 0.85, 0.0


@dataclass(frozen=True, eq=False)
class HeadScene:
    """What a 3D view shows, in the space that is looked at (LPS mm)."""

    surface: HeadSurface
    surface_from_view: RigidTransform
    planes: tuple[PlanePicture, ...]
    middle: Points
    """The crosshair, (3,)."""
    axes: Matrix
    """3×3, whose columns are the normals of the three planes."""
    cut_open: bool = True
    """Leave out the eighth of the head, about the crosshair, that faces the viewer."""
    shell: LimitShell | None = None

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.surface.nbytes + sum(picture.nbytes for picture in self.planes)


def draw_head(scene: HeadScene, camera: Camera, *, fine: bool = False) -> Canvas:
    """The picture with its depths; `fine`: each pixel is the mean of four, which takes four times as long."""
    if fine:
        return draw_head(scene, camera.scaled(2.0)).halved(camera)
    canvas = Canvas.empty(camera)
    corner = Corner.facing(camera.plane, scene.middle, scene.axes) if scene.cut_open else None
    hits = cast_rays(scene.surface, camera, scene.surface_from_view, corner)
    canvas.put_surface(hits, BONE if scene.surface.kind == "bone" else SKIN)
    for picture in scene.planes:
        put_plane(canvas, picture)
    for picture in scene.planes:
        canvas.put_lines(picture.frame, picture.colour, _FRAME, _FRAME_HIDDEN, _FRAME_MM)
    if scene.surface.metal.size:
        metal = on_screen(scene.surface.metal, camera, scene.surface_from_view)
        canvas.put_balls(metal, _METAL_MM, METAL, _METAL_THROUGH)
    if scene.shell is not None:
        scene.shell.put_on(canvas)
    return canvas


def whole_head_scale(corners: Points, width: int, height: int) -> float:
    """Millimetres a pixel at which a box (8, 3) fits into so many pixels from whatever side it is seen."""
    across = float(np.linalg.norm(np.ptp(corners, axis=0)))
    return 0.68 * across / min(width, height)
