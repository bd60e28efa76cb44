"""Drags of landmark points: of those that are marked, of those that are only expected, and of locked ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QToolTip

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.geometry import Points
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.geometry import SliceFrame
from fusionviewer.ui.pane.interactions.interaction import Gesture
from fusionviewer.ui.pane.overlays.annotations import Mark, mark_under
from fusionviewer.ui.pane.overlays.magnifier import Magnifier, place_for
from fusionviewer.ui.pane.overlays.predicted_point import ghost_under

if TYPE_CHECKING:
    from fusionviewer.ui.views.slice_view import SliceView

_STILL: Final = 4
"""A mouse that has not gone further (logical pixels) was clicked and not dragged."""

_drags = count()


def landmark_gesture(view: SliceView, frame: SliceFrame, at: QPointF) -> Gesture | None:
    """What a press on a landmark or a ghost begins; None where there is neither."""
    mark = mark_under(view.marks(frame), at)
    if mark is not None:
        return LockedHold(view, frame, at, mark) if mark.pair.locked else LandmarkDrag(view, frame, at, mark)
    ghost = ghost_under(view, frame, at)
    return None if ghost is None else GhostDrag(view, frame, at, ghost)


def landmark_cursor(view: SliceView, frame: SliceFrame, mouse: QPointF) -> Qt.CursorShape | None:
    """The shape that tells what such a press would begin."""
    mark = mark_under(view.marks(frame), mouse)
    if mark is not None:
        return Qt.CursorShape.ForbiddenCursor if mark.pair.locked else Qt.CursorShape.OpenHandCursor
    return None if ghost_under(view, frame, mouse) is None else Qt.CursorShape.PointingHandCursor


def why_locked_under(view: SliceView, frame: SliceFrame | None, mouse: QPointF | None) -> str:
    """Why the landmark under the mouse cannot be dragged, as a sentence; empty if it can, or there is none."""
    mark = None if frame is None or mouse is None else mark_under(view.marks(frame), mouse)
    return "" if mark is None or not mark.pair.locked else mark_landmarks.why_locked(mark.pair.name)


def _turn_to(view: SliceView, mark: Mark) -> None:
    """Select the pair of a mark that is pressed; in rows the other image looks at its twin."""
    look = replace(view.view_model.view, selected_pair=mark.index)
    other: Side = "moving" if mark.side == "fixed" else "fixed"
    twin = mark.pair.point(other)
    if twin is not None and not view.fused:
        look = look.with_space(other, replace(look.space(other), cursor=twin, focus=twin))
    view.view_model.show(look)


def _mark_twin(view: SliceView, frame: SliceFrame, at: QPointF) -> None:
    """A click on the point of the pair that is being marked is meant for its twin, which may lie at that place."""
    if view.missing_side() is not None:
        view.mark_point(frame.point_under(at))


class _Magnified(Gesture):
    """A drag of a point, which is shown magnified."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF, mark: Mark) -> None:
        super().__init__(view, frame, start)
        self._mark = mark
        self._mouse = start
        self._magnifier = Magnifier()

    def _seen(self) -> Points:
        """Where the point is now, in the space that is looked at: at its distance from the plane."""
        return self._mark.point + self._frame.step(self._mouse - self._start)

    def paint(self, painter: QPainter, frame: SliceFrame) -> None:
        place = place_for(self._view.size(), self._mouse)
        self._magnifier.paint(self._view, painter, frame, self._mark.side, self._seen(), place=place)


class LandmarkDrag(_Magnified):
    """One point follows the mouse, at its distance from the plane; one step of undo.

    The crosshair and the window stay. The pair becomes the selected one; in the pair layout the *other* image then
    looks at its twin, and this one holds still. A hand that trembles while it clicks moves nothing.
    """

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF, mark: Mark) -> None:
        super().__init__(view, frame, start, mark)
        self._document = view.document
        self._original = self._applied = view.document.state
        self._key = f"drag {next(_drags)}"
        self._text = f"Move landmark {mark.pair.name}"
        self._dragged = False
        _turn_to(view, mark)

    def move(self, mouse: QPointF) -> None:
        self._dragged = self._dragged or (mouse - self._start).manhattanLength() > _STILL
        if not self._dragged:
            return
        self._mouse = mouse
        if self._document.state.landmarks is self._applied.landmarks:  # else somebody took the point away (undo)
            self._place(edits.point_of(self._view.own_point(self._mark.side, self._seen())))

    def release(self) -> None:
        if self._document.state is self._original:
            _mark_twin(self._view, self._frame, self._start)

    def cancel(self) -> None:
        super().cancel()
        if self._document.state is self._applied:
            self._document.apply(self._text, self._original, self._key)
        elif self._document.state.landmarks is self._applied.landmarks:  # a job ended meanwhile: its result stays
            self._place(self._mark.pair.point(self._mark.side))

    def _place(self, point: tuple[float, float, float] | None) -> None:
        state = landmark_edits.place_point(self._document.state, self._mark.index, self._mark.side, point)
        self._document.apply(self._text, state, self._key)
        self._applied = self._document.state


class GhostDrag(_Magnified):
    """A click takes the guess for the point; a drag takes it from there. It is marked when it is let go."""

    ghost_point: Points | None = None
    """Where the mouse has it, in the space that is looked at; None: where it was."""

    def move(self, mouse: QPointF) -> None:
        self._mouse = mouse
        if self.ghost_point is not None or (mouse - self._start).manhattanLength() > _STILL:
            self.ghost_point = self._seen()
            self._view.update()

    def release(self) -> None:
        point = self._mark.point if self.ghost_point is None else self.ghost_point
        side = self._mark.side
        if self._view.placing and self._view_model.view.selected_pair == self._mark.index:
            self._view.point_clicked.emit(side, self._view.own_point(side, point))

    def cancel(self) -> None:
        super().cancel()
        self._view.update()


class LockedHold(Gesture):
    """A locked point stays where it is, and says why."""

    cursor = Qt.CursorShape.ForbiddenCursor

    def __init__(self, view: SliceView, frame: SliceFrame, start: QPointF, mark: Mark) -> None:
        super().__init__(view, frame, start)
        self._mark = mark
        self._dragged = False
        _turn_to(view, mark)

    def move(self, mouse: QPointF) -> None:
        if not self._dragged and (mouse - self._start).manhattanLength() > _STILL:
            self._dragged = True
            at = self._view.mapToGlobal(mouse).toPoint()
            QToolTip.showText(at, mark_landmarks.why_locked(self._mark.pair.name), self._view)

    def release(self) -> None:
        if not self._dragged:
            _mark_twin(self._view, self._frame, self._start)
