"""What a press in a pane can begin, as one line of the table, and what a drag is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final, Generic, TypeVar

from PyQt6.QtCore import QPointF, Qt

from fusionviewer.session.state import FusionState
from fusionviewer.ui.pane.context import DragFeedback, PaneContext, PaneHost

CLICK_UNITS: Final = 4.0
"""A mouse that has not gone further (logical pixels) was clicked and not dragged."""

_NO_FEEDBACK: Final = DragFeedback()

_drags = count()

Hit = TypeVar("Hit")


class Interaction:
    """A drag that began at `start` and changes only how the study is looked at."""

    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor
    fine: bool = False
    """Whether Shift is held: a drag that can be finer is."""
    dragged: bool = False
    """Whether the mouse has left the place of the press: a click is no drag."""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, _hit: object = None) -> None:
        self._host = host
        self._view_model = host.view_model
        self._context = context
        self._frame = context.frame
        self._start = start
        self._before = context.view

    @property
    def feedback(self) -> DragFeedback:
        """What it adds to the picture now."""
        return _NO_FEEDBACK

    def follow(self, mouse: QPointF, context: PaneContext, *, fine: bool) -> None:
        """Follow the mouse (logical pixels of the pane, which is as `context` now), with Shift held or not."""
        self.fine = fine
        self.dragged = self.dragged or (mouse - self._start).manhattanLength() > CLICK_UNITS
        self.move(mouse, context)

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        """Do what this kind of drag does when the mouse has come to a place."""

    def release(self) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Everything is again as when the drag began."""
        self._view_model.show(self._before.for_pairs(len(self._host.document.state.landmarks)))

    def drop(self) -> None:
        """The end will not come any more: what only a release would have kept is gone."""


class StudyDrag(Interaction):
    """A drag that changes the study at each move; all that it does is one step of undo, called `text`."""

    text: str = ""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF, hit: object) -> None:
        super().__init__(host, context, start, hit)
        self._document = host.document
        self._original = self._applied = context.state
        self._key = f"drag {next(_drags)}"

    def _apply(self, state: FusionState) -> None:
        self._document.apply(self.text, state, self._key)
        self._applied = self._document.state


@dataclass(frozen=True)
class Press:
    """A press of a button that is, or could be; `at`: logical pixels of the pane, None: the mouse is elsewhere."""

    at: QPointF | None
    control: bool = False


def _nothing(context: PaneContext, hit: object) -> str:
    return ""


def always(shape: Qt.CursorShape) -> Callable[[PaneContext, object], Qt.CursorShape]:
    """The same shape, whatever is hit."""
    return lambda context, hit: shape


_CROSS: Final = always(Qt.CursorShape.CrossCursor)


@dataclass(frozen=True)
class InteractionKind(Generic[Hit]):
    """One kind of interaction: where a press begins it, how that is seen before, and what to say of it."""

    help: tuple[tuple[str, str], ...]
    """(what is done with the mouse, what that does), for the shortcut sheet."""
    hit: Callable[[PaneContext, Press], Hit | None]
    """What such a press would take hold of; None: it does not begin this."""
    begin: Callable[[PaneHost, PaneContext, QPointF, Hit], Interaction | None]
    cursor: Callable[[PaneContext, Hit], Qt.CursorShape] = _CROSS
    why_not: Callable[[PaneContext, Hit], str] = _nothing
    """Why what is hit cannot be moved, as a sentence; empty if it can."""
    tip: Callable[[PaneContext, Hit], str] = _nothing
    """What a press would change where that is not plain to see, as a sentence; empty if it is."""
    button: Qt.MouseButton = Qt.MouseButton.LeftButton
