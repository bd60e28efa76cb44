"""How far a refinement within limits could move the head's surface, as a 3D view shows it: a veil about the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fusionviewer.geometry import RigidTransform
from fusionviewer.rendering.colours import HALO_COLOUR
from fusionviewer.rendering.contour import level_line
from fusionviewer.rendering.marks.limit_band import Halo, reach_mm
from fusionviewer.rendering.surface.canvas import Canvas
from fusionviewer.rendering.surface.fields import Floats, averaged, interpolated
from fusionviewer.rendering.surface.ray_casting import on_screen

_CELL_MM: Final = 4.0
"""Wider than the surface's places are apart, so that the veil has no holes."""

_COVER: Final = 0.22


@dataclass(frozen=True, eq=False)
class LimitShell:
    """The outermost places (3, n) that the surface can come to, in the space that is looked at, LPS mm."""

    points: Floats

    @staticmethod
    def of(halo: Halo) -> LimitShell:
        """The shell of a limit band: each place of the surface, pushed out as far as the limits let it go."""
        points, normals = halo.outline.places()
        back = ~halo.moving_from_view
        here = back.apply(points)
        reach = reach_mm(here, np.asarray(halo.centre), halo.max_shift_mm, halo.max_rotation_deg)
        out = here + reach[:, None] * (normals @ back.rotation.T)
        return LimitShell(np.ascontiguousarray(out.T, dtype=np.float32))

    def put_on(self, canvas: Canvas) -> None:
        """Lay a veil over what lies around the head within reach, with a line at its border."""
        field = self._cover(canvas)
        canvas.tint((field > 0.5) & ~np.isfinite(canvas.depths), HALO_COLOUR, _COVER)
        height, width = canvas.depths.shape
        level_line(field, 0.5, 1e-6, HALO_COLOUR).draw(canvas.colours.view(np.uint8).reshape(height, width, 4))

    def _cover(self, canvas: Canvas) -> Floats:
        """(h, w): from 0 beyond the shell to 1 behind it, smooth at its border."""
        camera = canvas.camera
        seen = on_screen(self.points, camera, RigidTransform.identity())
        v, cell = camera.viewport, np.float32(_CELL_MM)
        wide, high = (int(n * v.mm_per_pixel / _CELL_MM) + 6 for n in (v.width, v.height))
        across, along = (
            np.rint((seen[axis] - np.float32(edge)) / cell).astype(np.intp) + 2
            for axis, edge in ((0, v.left_mm), (1, v.top_mm))
        )
        inside = (across >= 0) & (across < wide) & (along >= 0) & (along < high)
        cells = np.zeros((high, wide), dtype=np.float32)
        cells[along[inside], across[inside]] = 1
        cells = _between(cells)
        rows = (camera.rows_mm[:, 0] - np.float32(v.top_mm)) / cell + 2
        columns = (camera.columns_mm[0] - np.float32(v.left_mm)) / cell + 2
        return interpolated(averaged(cells, 1), rows, columns)


def _between(cells: Floats) -> Floats:
    """What lies between filled cells, across or along: a head is solid."""
    filled = cells > 0
    for axis in (0, 1):
        before = np.logical_or.accumulate(filled, axis=axis)
        after = np.flip(np.logical_or.accumulate(np.flip(filled, axis), axis=axis), axis)
        filled = before & after
    return np.asarray(filled, dtype=np.float32)
