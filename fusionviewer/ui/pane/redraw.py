"""When a view is drawn again, and whether roughly: at once while it is dragged, sharply when it rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QObject, QTimer

FOLLOW_STEP_MS: Final = 25
SHARPEN_AFTER_MS: Final = 120
"""After the last move; with the drawing itself a resting view is sharp within 150 ms."""

FOLLOWED_SHARPEN_AFTER_MS: Final = 1500
"""After a running job's last move. Poses come in bursts: a full picture in each gap would cost the job more time than
all of the rough ones."""


class Redraw(QObject):
    """Tells a view when to draw. `update` marks it dirty; `slow` says whether a full picture is slow.

    `slow_look`: whether it is even if only colours or windows change.
    """

    def __init__(
        self,
        parent: QObject,
        number: int,
        update: Callable[[], None],
        slow: Callable[[], bool],
        slow_look: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self._update = update
        self._slow = slow
        self._slow_look = slow_look
        self._moving = False
        self._sharpen_timer = _single_shot(self, SHARPEN_AFTER_MS, self._sharpen)
        # The views follow a running registration one after the other: together they would hold up the window, as
        # every large step of drawing waits for the interpreter, which the registration uses too.
        self._follow_timer = _single_shot(self, FOLLOW_STEP_MS * number, self._followed)

    @property
    def rough(self) -> bool:
        """Whether a rough picture will do, because another follows at once."""
        return self._moving

    def moved(self) -> None:
        """Something moved: draw again, roughly if a full picture is slow, and sharply when it rests."""
        self._follow_timer.stop()
        self._moving = self._slow()
        if self._moving:
            self._sharpen_timer.start(SHARPEN_AFTER_MS)
        else:
            self._sharpen_timer.stop()
        self._update()

    def restyled(self) -> None:
        """The same slice is shown otherwise: draw it again, roughly if that is slow too, and sharply when it rests."""
        if self._slow_look():
            self._moving = True
            self._sharpen_timer.start(SHARPEN_AFTER_MS)
        self._update()

    def follow(self) -> None:
        """A running job has moved the image: draw it roughly when it is this view's turn."""
        if not self._follow_timer.isActive():
            self._follow_timer.start()

    def _followed(self) -> None:
        self._moving = True
        self._sharpen_timer.start(FOLLOWED_SHARPEN_AFTER_MS)
        self._update()

    def rest(self) -> None:
        """The view is not seen any more."""
        self._moving = False
        self._sharpen_timer.stop()
        self._follow_timer.stop()

    def _sharpen(self) -> None:
        self._moving = False
        self._update()


def _single_shot(parent: QObject, after_ms: int, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(call)
    return timer
