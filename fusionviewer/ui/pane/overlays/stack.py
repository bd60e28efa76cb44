"""What a pane shows over its picture, in its order from below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtGui import QPainter

from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session.edits import point_of
from fusionviewer.session.view_state import Distance
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.overlays import annotations as overlay
from fusionviewer.ui.pane.overlays.colour_bar import colours_shown, paint_colours
from fusionviewer.ui.pane.overlays.distances import paint_distances
from fusionviewer.ui.pane.overlays.error_contours import paint_error_lines
from fusionviewer.ui.pane.overlays.predicted_point import paint_ghost
from fusionviewer.ui.pane.overlays.region_box import paint_box
from fusionviewer.ui.pane.overlays.rotation_handle import paint_wheel
from fusionviewer.ui.pane.overlays.targets import paint_targets

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView


def _distances_seen(view: SliceView) -> list[Distance]:
    """The distances of the view's space; in fused views those of the moving image, too, through its pose."""
    own: list[Distance] = []
    for distance in view.view_model.view.distances:
        if distance.side == view.space:
            own.append(distance)
        elif view.fused:
            start, end = (~view.view_model.pose).apply(np.array([distance.start, distance.end]))
            own.append(Distance(view.space, point_of(start), point_of(end)))
    return own


def _paint_words(view: SliceView, painter: QPainter, frame: SliceFrame) -> None:
    """Side letters, scale, colours, title, and the corners of the view in which keys act."""
    size, letters, title = view.size(), frame.plane.sides(), view.title(frame)
    side, plane = None if view.fused else view.side, view.orientation.name
    colours = colours_shown(view)
    active = bool(view.property("active")) and not view.view_model.view.enlarged

    def draw(pen: QPainter) -> None:
        overlay.paint_sides(pen, letters, size)
        overlay.paint_scale(pen, frame.mm_per_unit, size)
        if colours is not None:
            paint_colours(pen, colours, size)
        overlay.paint_title(pen, title, side, plane, letters=letters[2], size=size)
        if active:
            overlay.paint_corners(pen, size)

    look = (letters, title, side, plane, frame.mm_per_unit, active, colours and colours.look, view.font().key())
    view.words.paint(painter, size, look, draw)


def paint_over(view: SliceView, painter: QPainter, frame: SliceFrame) -> None:
    """Everything that is no image: box, crosshair, glass, landmarks, distances, letters, scale, title."""
    look, size = view.view_model.view, view.size()
    space = look.space(view.space)
    cursor = np.asarray(space.cursor)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if view.box is not None:
        paint_box(painter, frame, view.box)
    if view.near_cursor(frame):
        overlay.paint_crosshair(painter, frame.position(cursor), size, overlay.line_colours(view.orientation))
    pair = view.fused and view.document.state.has_pair
    blend = view.view_model.shown_blend
    if pair and blend.mode is BlendMode.SPY_GLASS:
        middle = frame.position(cursor) if view.mouse is None else view.mouse
        overlay.paint_glass(painter, middle, blend.glass_mm / 2 / frame.mm_per_unit)
    paint_error_lines(view, painter, frame)
    paint_distances(painter, frame, _distances_seen(view))
    paint_targets(view, painter, frame)
    overlay.paint_marks(painter, view.marks(frame), look.selected_pair, size.width())
    paint_ghost(view, painter, frame)
    paint_wheel(view, painter, frame)
    rubber = view.gesture.rubber if view.gesture is not None else None
    if rubber is not None:
        overlay.paint_rubber(painter, rubber)
    _paint_words(view, painter, frame)
    if view.gesture is not None:
        view.gesture.paint(painter, frame)
