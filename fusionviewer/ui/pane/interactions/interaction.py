"""What a press in a pane can begin, as one line of the table, and what a drag is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PyQt6.QtCore import QPointF, Qt

from fusionviewer.ui.pane.context import DragFeedback, PaneContext, PaneHost

CLICK_UNITS: Final = 4.0
"""A mouse that has not gone further (logical pixels) was clicked and not dragged."""

_NO_FEEDBACK: Final = DragFeedback()

Hit = TypeVar("Hit")


class Interaction:
    """A drag that began at `start` and changes only how the study is looked at."""

    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor
    fine: bool = False
    """Whether Shift is held: a drag that can be finer is."""

    def __init__(self, host: PaneHost, context: PaneContext, start: QPointF) -> None:
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

    def move(self, mouse: QPointF, context: PaneContext) -> None:
        """Follow the mouse (logical pixels of the pane, which is as `context` now)."""

    def release(self) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Everything is again as when the drag began."""
        self._view_model.show(self._before.for_pairs(len(self._host.document.state.landmarks)))

    def drop(self) -> None:
        """The end will not come any more: what only a release would have kept is gone."""

    def _clicked(self, mouse: QPointF) -> bool:
        """Whether the mouse is still where the press was."""
        return (mouse - self._start).manhattanLength() <= CLICK_UNITS


@dataclass(frozen=True)
class Press:
    """A press of a button that is, or could be; `at`: logical pixels of the pane, None: the mouse is elsewhere."""

    at: QPointF | None
    control: bool = False


def _nothing(context: PaneContext, hit: object) -> str:
    return ""


def _cross(context: PaneContext, hit: object) -> Qt.CursorShape:
    return Qt.CursorShape.CrossCursor


def always(shape: Qt.CursorShape) -> Callable[[PaneContext, object], Qt.CursorShape]:
    """The same shape, whatever is hit."""
    return lambda context, hit: shape


@dataclass(frozen=True)
class InteractionKind(Generic[Hit]):
    """One kind of interaction: where a press begins it, how that is seen before, and what to say of it."""

    help: tuple[tuple[str, str], ...]
    """(what is done with the mouse, what that does), for the shortcut sheet."""
    hit: Callable[[PaneContext, Press], Hit | None]
    """What such a press would take hold of; None: it does not begin this."""
    begin: Callable[[PaneHost, PaneContext, QPointF, Hit], Interaction | None]
    cursor: Callable[[PaneContext, Hit], Qt.CursorShape] = _cross
    why_not: Callable[[PaneContext, Hit], str] = _nothing
    """Why what is hit cannot be moved, as a sentence; empty if it can."""
    button: Qt.MouseButton = Qt.MouseButton.LeftButton
