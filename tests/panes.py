"""Where things are in a view of slices, and what is drawn there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.geometry import Points
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import LandmarkPair, Side
from fusionviewer.ui.pane.context import PaneContext
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.overlays.rotation_handle import RotationHandle, handle_of
from fusionviewer.ui.views.slice_view import SliceView

MakeView: TypeAlias = Callable[..., SliceView]
"""Of (side, orientation, fused): the fixture `make_view`."""


def frame_of(view: SliceView) -> SliceFrame:
    """The frame of a view that shows something."""
    frame = view.frame()
    assert frame is not None
    return frame


def context_of(view: SliceView) -> PaneContext:
    """What a view that shows something shows now."""
    context = view.context()
    assert context is not None
    return context


def middle_of(view: SliceView) -> QPointF:
    return QPointF(view.width() / 2, view.height() / 2)


def place_of(view: SliceView, point: object) -> QPointF:
    """Where a point of the view's space (3,) mm is drawn."""
    return frame_of(view).position(np.asarray(point))


def cursor_of(view_model: ViewModel, side: Side = "fixed") -> Points:
    return np.asarray(view_model.view.space(side).cursor)


def picture_of(view: SliceView) -> QImage:
    """What the view shows once all is drawn that was asked for."""
    QApplication.processEvents()
    return view.grab().toImage()


def grey(image: QImage, at: QPointF) -> int:
    return image.pixelColor(int(at.x()), int(at.y())).lightness()


def coloured(view: SliceView, at: QPointF, colour: str, reach: int = 9) -> int:
    """How many pixels around a place are drawn in (nearly) a colour."""
    wanted, image = QColor(colour), view.grab().toImage()
    found = 0
    for x in range(int(at.x()) - reach, int(at.x()) + reach + 1):
        for y in range(int(at.y()) - reach, int(at.y()) + reach + 1):
            c = image.pixelColor(x, y)
            far = abs(c.red() - wanted.red()) + abs(c.green() - wanted.green()) + abs(c.blue() - wanted.blue())
            found += far < 60
    return found


def add_pair(document: Document, fixed: Any = None, moving: Any = None, **more: Any) -> int:
    """One more pair in the study, which is no step; its number."""
    own, twin = (None if p is None else edits.point_of(p) for p in (fixed, moving))
    pair = LandmarkPair(landmark_edits.free_name(document.state), own, twin, **more)
    document.replace(replace(document.state, landmarks=(*document.state.landmarks, pair)))
    return len(document.state.landmarks) - 1


def wheel_in(view: SliceView) -> RotationHandle:
    wheel = handle_of(context_of(view))
    assert wheel is not None
    return wheel


def beside(view: SliceView) -> QPointF:
    """A place inside the wheel that is neither its rim nor its centre."""
    return wheel_in(view).at(0.4, 0.5 * wheel_in(view).radius)
