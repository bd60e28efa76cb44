"""Where things are in a view of slices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PyQt6.QtCore import QPointF

from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.views.slice_view import SliceView

MakeView: TypeAlias = Callable[..., SliceView]
"""Of (side, orientation, fused): the fixture `make_view`."""


def frame_of(view: SliceView) -> SliceFrame:
    """The frame of a view that shows something."""
    frame = view.frame()
    assert frame is not None
    return frame


def middle_of(view: SliceView) -> QPointF:
    return QPointF(view.width() / 2, view.height() / 2)
