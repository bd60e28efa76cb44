"""Marking landmarks and dragging their points: those that are marked, those that are only predicted, locked ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PyQt6.QtCore import QPointF, Qt

from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.geometry import Points
from fusionviewer.rendering.marks.landmarks import SeenPoint
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import Side
from fusionviewer.ui.pane.context import DragFeedback, MagnifiedPoint, PaneContext, PaneHost
from fusionviewer.ui.pane.interactions.interaction import Interaction, InteractionKind, Press, StudyDrag, always
from fusionviewer.ui.pane.overlays.landmark_marks import find_marks, mark_under, predicted_mark


def _turn_to(host: PaneHost, context: PaneContext, mark: SeenPoint) -> None:
    """Select the pair of a mark that is pressed; in rows the other image looks at its twin."""
    look = replace(context.view, selected_pair=mark.index)
    other: Side = "moving" if mark.side == "fixed" else "fixed"
    twin = context.landmarks[mark.index].point(other)
    if twin is not None and not context.fused:
        look = look.with_space(other, replace(look.space(other), cursor=twin, focus=twin))
    host.view_model.show(look)


def _mark_clicked(host: PaneHost, point: Points) -> None:
    """Mark at a point (3,) of the space that is looked at what a click marks now, if anything."""
    context = host.context()
    if context is not None and context.placing is not None:
        host.mark_point(context.placing, context.own_point(context.placing, point))


class PointPlacement(Interaction):
    """A click marks a point; a drag is still one of the crosshair, to look for the place."""

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        if self.dragged:
            self._view_model.set_cursor(context.space, context.frame.point_under(mouse))

    def release(self) -> None:
        if not self.dragged:
            _mark_clicked(self._host, self._frame.point_under(self._start))


class _PointDrag(Interaction):
    """A drag of a point, which is shown magnified."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, mark: SeenPoint) -> None:
        super().__init__(host, context, start, mark)
        self._mark = mark
        self._mouse = start

    @property
    def feedback(self) -> DragFeedback:
        return DragFeedback(magnified=MagnifiedPoint(self._mark.side, self._seen(), self._mouse))

    def _seen(self) -> Points:
        """Where the point is now, in the space that is looked at: at its distance from the plane."""
        return self._mark.point + self._frame.step(self._mouse - self._start)


class LandmarkDrag(_PointDrag, StudyDrag):
    """One point follows the mouse, at its distance from the plane; one step of undo.

    The crosshair and the window stay. The pair becomes the selected one; in the pair layout the *other* image then
    looks at its twin, and this one holds still. A mouse that trembles during a click moves nothing; a click on the
    point of the pair that is being marked is meant for its twin, which may lie at that place.
    """

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, mark: SeenPoint) -> None:
        super().__init__(host, context, start, mark)
        self.text = f"Move landmark {context.landmarks[mark.index].name}"
        _turn_to(host, context, mark)

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        if not self.dragged:
            return
        self._mouse = mouse
        if context.state.landmarks is self._applied.landmarks:  # else the point was taken away meanwhile (undo)
            self._place(edits.point_of(context.own_point(self._mark.side, self._seen())))

    def release(self) -> None:
        if self._document.state is self._original:
            _mark_clicked(self._host, self._frame.point_under(self._start))

    def cancel(self) -> None:
        super().cancel()
        if self._document.state is self._applied:
            self._apply(self._original)
        elif self._document.state.landmarks is self._applied.landmarks:  # a job ended meanwhile: its result stays
            self._place(self._original.landmarks[self._mark.index].point(self._mark.side))

    def _place(self, point: tuple[float, float, float] | None) -> None:
        state = landmark_edits.place_point(self._document.state, self._mark.index, self._mark.side, point)
        self._apply(state)


class PredictedPointDrag(_PointDrag):
    """A click takes the predicted point for the missing one; a drag takes it from there. It is marked at the end."""

    _dragged_to: Points | None = None

    @property
    def feedback(self) -> DragFeedback:
        return replace(super().feedback, predicted_point=self._dragged_to)

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        self._mouse = mouse
        if self.dragged:
            self._dragged_to = self._seen()
            self._host.update()

    def release(self) -> None:
        point = self._mark.point if self._dragged_to is None else self._dragged_to
        side, context = self._mark.side, self._host.context()
        if context is not None and context.placing == side and context.view.selected_pair == self._mark.index:
            self._host.mark_point(side, context.own_point(side, point))

    def cancel(self) -> None:
        super().cancel()
        self._host.update()


class LockedHold(Interaction):
    """A locked point stays where it is, and says why."""

    cursor = Qt.CursorShape.ForbiddenCursor
    _explained = False

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, mark: SeenPoint) -> None:
        super().__init__(host, context, start)
        self._name = context.landmarks[mark.index].name
        _turn_to(host, context, mark)

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        if self.dragged and not self._explained:
            self._explained = True
            self._host.explain(mark_landmarks.why_locked(self._name), mouse)

    def release(self) -> None:
        if not self.dragged:
            _mark_clicked(self._host, self._frame.point_under(self._start))


def _hit_landmark(context: PaneContext, press: Press) -> SeenPoint | None:
    return None if press.at is None else mark_under(find_marks(context), press.at)


TAKEN_MM: Final = 1.5
"""So far from the plane that is shown a predicted point can be taken."""


def _begin_landmark(host: PaneHost, context: PaneContext, at: QPointF, mark: SeenPoint) -> Interaction:
    return (LockedHold if context.landmarks[mark.index].locked else LandmarkDrag)(host, context, at, mark)


def _why_not_landmark(context: PaneContext, mark: SeenPoint) -> str:
    pair = context.landmarks[mark.index]
    return mark_landmarks.why_locked(pair.name) if pair.locked else ""


def _hit_predicted_point(context: PaneContext, press: Press) -> SeenPoint | None:
    """The predicted point near the mouse; of one that lies in another slice a click means the place that is clicked."""
    mark = None if press.at is None else predicted_mark(context)
    if press.at is None or mark is None or abs(float(context.frame.plane.distance(mark.point))) > TAKEN_MM:
        return None
    return mark_under([mark], press.at)


LANDMARK: Final = InteractionKind[SeenPoint](
    help=(("Drag a landmark", "Move it; Esc puts it back"),),
    hit=_hit_landmark,
    begin=_begin_landmark,
    cursor=always(Qt.CursorShape.OpenHandCursor),
    why_not=_why_not_landmark,
)
PREDICTED_POINT: Final = InteractionKind[SeenPoint](
    help=(("Click or drag a predicted point (dashed)", "Mark the missing point there, or where it is dragged to"),),
    hit=_hit_predicted_point,
    begin=PredictedPointDrag,
    cursor=always(Qt.CursorShape.PointingHandCursor),
)
PLACEMENT: Final = InteractionKind[Side](
    help=(("Click while a pair lacks a point", "Mark the point; a drag still moves the crosshair"),),
    hit=lambda context, press: context.placing,
    begin=PointPlacement,
)
