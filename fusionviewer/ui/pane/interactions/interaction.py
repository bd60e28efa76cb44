"""What a drag in a view is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QPainter

from fusionviewer.ui.pane.geometry import SliceFrame

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView


class Gesture:
    """A drag that began at `start` and changes only how the study is looked at."""

    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor
    rubber: QRectF | None = None
    """A box that the view draws while the drag lasts, logical pixels."""
    turned: tuple[float, float] | None = None
    """Where on the rotation wheel a turn began and how far it has gone, radians clockwise; None: it is no turn."""
    fine: bool = False
    """Whether Shift is held: a drag that can be finer is."""

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF) -> None:
        self._view = view
        self._view_model = view.view_model
        self._frame = frame
        self._start = start
        self._before = view.view_model.view

    def move(self, mouse: QPointF) -> None:
        """Follow the mouse (logical pixels of the view)."""

    def release(self) -> None:
        """The button was let go."""

    def paint(self, painter: QPainter, frame: SliceFrame) -> None:
        """Draw what helps while the drag lasts, over all else in the view."""

    def cancel(self) -> None:
        """Everything is again as when the drag began."""
        self._view_model.show(self._before.for_pairs(len(self._view.document.state.landmarks)))

    def drop(self) -> None:
        """Nobody waits for the end any more: what only a release would have kept is gone."""
