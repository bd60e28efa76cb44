"""The ghost: a dashed, hollow mark where the missing point of the selected half pair is expected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QPainter

from fusionviewer.app.state.twin_prediction import guess_twin
from fusionviewer.geometry import Points
from fusionviewer.session.state import SIDES
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.overlays import annotations as overlay

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView


def ghost_in(view: SliceView, frame: SliceFrame) -> overlay.Mark | None:
    """The ghost as a view shows it, near its plane or not; while it is dragged, where the mouse has it."""
    if not view.placing or view.view_model.repeats.sides:
        return None
    state, index = view.document.state, view.view_model.view.selected_pair
    guess = guess_twin(state, index)
    if guess is None or index is None or guess.side not in (SIDES if view.fused else (view.side,)):
        return None
    point = np.asarray(guess.point)
    if view.fused and guess.side == "moving":
        point = (~view.view_model.pose).apply(point)
    dragged: Points | None = getattr(view.gesture, "ghost_point", None)
    return overlay.mark_at(frame, index, guess.side, state.landmarks[index], point if dragged is None else dragged)


def ghost_under(view: SliceView, frame: SliceFrame, mouse: QPointF) -> overlay.Mark | None:
    """The ghost, if a mouse at this place can take hold of it."""
    ghost = ghost_in(view, frame)
    if ghost is None or ghost.strength == 0:
        return None
    return ghost if math.hypot(ghost.at.x() - mouse.x(), ghost.at.y() - mouse.y()) <= overlay.GRIP else None


def paint_ghost(view: SliceView, painter: QPainter, frame: SliceFrame) -> None:
    """Draw the ghost where it is near the plane."""
    ghost = ghost_in(view, frame)
    if ghost is not None and ghost.strength > 0:
        overlay.paint_ghost_mark(painter, ghost, view.width())
