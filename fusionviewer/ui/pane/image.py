"""The picture of a slice as a pane shows it: remade only where something changed, and roughly while things move."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from fusionviewer.geometry import RigidTransform
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.scene import Scene
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.session.scene import scene_of
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.geometry import SliceFrame

_DRAFT_MS = 2.0
"""What a rough picture may take: its time goes with the number of its pixels. Three of them, and what is painted over
them, follow the mouse 30 times a second even on slow machines."""

_DRAFT_LOOK_MS = 4.0
"""The same where only colours and windows change."""

_COARSEST = 6

DRAFT_ABOVE_MS: float = 8.0
"""A slice whose full picture takes longer is drawn roughly while it moves: three of them must be quick."""

LOOK_DRAFT_ABOVE_MS: float = 8.0
"""The same of a slice whose colours or window change."""


class SliceImage:
    """Turns requests into a QImage and keeps it. Holds the caches of one view."""

    def __init__(self) -> None:
        self._sharp, self._draft = SliceRenderer(), SliceRenderer()
        """Each keeps what it made: a rough picture must not cost the next sharp one the image that stays."""
        self._pixels = b""
        self._image = QImage()
        self._place = QRectF()
        self._drawn: object = None
        self._drawn_slice: object = None
        self._last_slice: object = None
        """As asked for last, however finely it was drawn."""
        self._sharp_slice: object = None
        self._poses: tuple[RigidTransform, ...] = ()
        self._full_ms = 0.0
        self._look_ms = 0.0

    @property
    def slow(self) -> bool:
        """Whether a full picture of another slice takes too long to follow the mouse, as last measured."""
        return self._full_ms > DRAFT_ABOVE_MS

    @property
    def slow_look(self) -> bool:
        """Whether a full picture of the same slice, shown otherwise, does: it is a matter of large panes."""
        return self._look_ms > LOOK_DRAFT_ABOVE_MS

    def _factor(self, same_slice: bool) -> int:
        """How many times as large the pixels of a rough picture are, so that three of them are quick."""
        share = self._look_ms / _DRAFT_LOOK_MS if same_slice else self._full_ms / _DRAFT_MS
        return min(_COARSEST, max(2, math.ceil(math.sqrt(share))))

    def make(self, request: SliceRequest, frame: SliceFrame, rough: bool, hurried: bool = False) -> None:
        """Bring the picture up to date; where the slice itself is another, in larger pixels if `rough`.

        These show the nearest voxels where their pixels are larger anyway and no image is being moved, which half a
        voxel would hide; and if `hurried`: a running job has to wait for whatever is done in Python beside it.
        """
        whole, look = _slice_of(request), _look_of(request)
        if (whole, look) == self._drawn:
            return
        renderer, same = self._sharp, whole == self._sharp_slice
        stays, self._last_slice = whole == self._last_slice, whole
        poses = tuple(layer.volume_from_view for layer in _layers(request))
        moved, self._poses = poses != self._poses, poses
        if rough and (self.slow_look if same else whole != self._drawn_slice):
            frame, renderer = frame.coarser(self._factor(same and stays)), self._draft
            request = replace(request, viewport=frame.viewport)
            if hurried or (not moved and _coarser_than_voxels(request)):
                request = replace(request, interpolation="nearest")
        where = _slice_of(request)
        key = (where, _look_of(request))
        if key == self._drawn:
            return
        begun = time.perf_counter()
        pixels = renderer.render(request)
        height, width = pixels.shape[:2]
        self._pixels = pixels.tobytes()  # Qt draws from this memory
        self._image = QImage(self._pixels, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._place = QRectF(0, 0, width / frame.ratio, height / frame.ratio)
        if renderer is self._sharp:
            took_ms = 1000 * (time.perf_counter() - begun)
            if same:
                self._look_ms = took_ms
            else:
                self._full_ms = took_ms
            self._sharp_slice = whole
        self._drawn, self._drawn_slice = key, where

    def paint(self, painter: QPainter) -> None:
        """Draw what was made, at the view's upper left corner."""
        # A rough picture is enlarged as it is: smoothing it would take longer than drawing it.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._place, self._image)


def _layers(request: SliceRequest) -> list[Layer]:
    return [layer for layer in (request.back, request.front) if layer is not None]


def _coarser_than_voxels(request: SliceRequest) -> bool:
    return all(request.viewport.mm_per_pixel >= max(layer.volume.grid.spacing) for layer in _layers(request))


def _slice_of(request: SliceRequest) -> tuple[object, ...]:
    """All that decides which values are drawn. The depth, not the point: the crosshair may move within the plane."""
    plane = request.plane
    layers = [(layer.volume, layer.volume_from_view, layer.slab) for layer in _layers(request)]
    where = (request.viewport, request.interpolation, plane.depth_mm, plane.right.tobytes(), plane.down.tobytes())
    return (*where, *layers)


def _look_of(request: SliceRequest) -> tuple[object, ...]:
    """All that decides how those values are shown."""
    r = request
    return (r.back, r.front, r.blend, r.focus_mm, r.bone_edges, r.mask, r.halo, r.edge_field)


def scene_in(context: PaneContext, sides: tuple[Side, ...]) -> Scene:
    """These images as a pane shows them, in its space."""
    return scene_of(
        context.state, context.view, space=context.space, sides=sides,
        pose=context.pose, blend=context.blend, halo=context.limit_band,
        edge_field=context.edge_field,
    )  # fmt: skip


def request_for(context: PaneContext) -> SliceRequest:
    """What the renderer is asked for by a pane; the spyglass is under the mouse, or at the crosshair without one."""
    frame, glass_at = context.frame, None
    if context.mouse is not None and context.blend.mode is BlendMode.SPY_GLASS:
        glass_at = frame.plane.screen(frame.point_under(context.mouse))
    return scene_in(context, context.sides).request(frame.plane, frame.viewport, glass_at)
