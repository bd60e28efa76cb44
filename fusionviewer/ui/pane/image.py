"""The picture of a slice as a pane shows it: remade only where something changed, and roughly while things move."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QImage, QPainter

from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import RigidTransform
from fusionviewer.registration import Region
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.rendering.slices import Layer, SliceRenderer, SliceRequest
from fusionviewer.session.state import FusionState, Side
from fusionviewer.ui.pane.geometry import SliceFrame

_DRAFT_MS = 2.0
"""What a rough picture may take: its time goes with the number of its pixels. Three of them, and what is painted over
them, follow the hand 30 times a second even on slow machines."""

_COARSEST = 4

DRAFT_ABOVE_MS: float = 8.0
"""A slice whose full picture takes longer is drawn roughly while it moves: three of them must be quick."""


class SlicePicture:
    """Turns requests into a QImage and keeps it. Holds the caches of one view."""

    def __init__(self) -> None:
        self._renderer = SliceRenderer()
        self._pixels = b""
        self._image = QImage()
        self._place = QRectF()
        self._drawn: object = None
        self._drawn_slice: object = None
        self._full_ms = 0.0

    @property
    def slow(self) -> bool:
        """Whether a full picture of another slice takes too long to follow the mouse, as last measured."""
        return self._full_ms > DRAFT_ABOVE_MS

    @property
    def _factor(self) -> int:
        """How many times as large the pixels of a rough picture are, so that three of them are quick."""
        return min(_COARSEST, max(2, math.ceil(math.sqrt(self._full_ms / _DRAFT_MS))))

    def make(self, request: SliceRequest, frame: SliceFrame, rough: bool) -> None:
        """Bring the picture up to date; where the slice itself is another, in larger pixels if `rough`."""
        whole = _slice_of(request)
        if rough and whole != self._drawn_slice:
            frame = frame.coarser(self._factor)
            request = replace(request, viewport=frame.viewport)
        where = _slice_of(request)
        key = (where, _look_of(request))
        if key == self._drawn:
            return
        begun = time.perf_counter()
        pixels = self._renderer.render(request)
        height, width = pixels.shape[:2]
        self._pixels = pixels.tobytes()  # Qt draws from this memory
        self._image = QImage(self._pixels, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._place = QRectF(0, 0, width / frame.ratio, height / frame.ratio)
        if where == whole != self._drawn_slice:
            self._full_ms = 1000 * (time.perf_counter() - begun)
        self._drawn, self._drawn_slice = key, where

    def paint(self, painter: QPainter) -> None:
        """Draw what was made, at the view's upper left corner."""
        # A rough picture is enlarged as it is: smoothing it would take longer than drawing it.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._place, self._image)


def _slice_of(request: SliceRequest) -> tuple[object, ...]:
    """All that decides which values are drawn. The depth, not the point: the crosshair may move within the plane."""
    plane = request.plane
    layers = [(layer.volume, layer.volume_from_view) for layer in (request.back, request.front) if layer is not None]
    where = (request.viewport, request.interpolation, plane.depth_mm, plane.right.tobytes(), plane.down.tobytes())
    return (*where, *layers)


def _look_of(request: SliceRequest) -> tuple[object, ...]:
    """All that decides how those values are shown."""
    return (
        request.back,
        request.front,
        request.blend,
        request.focus_mm,
        request.bone_edges,
        request.mask,
        request.halo,
    )


def request_for(
    state: FusionState,
    view_model: ViewModel,
    frame: SliceFrame,
    *,
    sides: tuple[Side, ...],
    pose: RigidTransform,
    region: Region | None,
    mouse: QPointF | None,
) -> SliceRequest:
    """What the renderer is asked for by a pane that shows these images, the moving one at a pose.

    The spy-glass is under the mouse (logical pixels), or at the crosshair where there is none.
    """
    view, blend = view_model.view, view_model.shown_blend
    glass_at = None
    if mouse is not None and blend.mode is BlendMode.SPY_GLASS:
        right, down = frame.plane.screen(frame.point_under(mouse))
        glass_at = float(right), float(down)
    layers: dict[Side, Layer | None] = {"fixed": None, "moving": None}
    for side in sides:
        volume = state.volume(side)
        if volume is not None:
            here = pose if side == "moving" else RigidTransform.identity()
            layers[side] = Layer(volume, view.window(side), here, view.colours(side))
    return SliceRequest(
        frame.plane,
        frame.viewport,
        layers["fixed"],
        layers["moving"],
        blend,
        view.bone_edges,
        None if region is None or region.mask is None else region.marked,
        glass_at,
        "linear" if view.smooth else "nearest",
        view_model.halo if len(sides) > 1 else None,
    )
