"""Marking a pair another time without seeing where it was marked before, to learn how well it can be placed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.session.changes import Changes
from fusionviewer.session.state import SIDES, LandmarkPair, Side

if TYPE_CHECKING:
    from fusionviewer.app.state.document import Document


class Repeats(QObject):
    """Which pair's placement is repeated, and in which images it still is to be; only while the user does it."""

    changed = pyqtSignal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._index: int | None = None
        self._name = ""
        self._sides: tuple[Side, ...] = ()
        self._marked_before: dict[Side, int] = {}
        self._document = document
        document.when(Changes.LANDMARKS).connect(self._see_pairs)
        document.when(Changes.IMAGES).connect(self.end)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The images in which the placement is still to be repeated; none: nothing is repeated."""
        return self._sides

    @property
    def index(self) -> int | None:
        """The pair."""
        return self._index

    def begin(self, index: int) -> None:
        """Let the next click in each image mark this complete pair again."""
        pair = self._document.state.landmarks[index]
        self._name, self._marked_before = pair.name, _times_marked(pair)
        self._set(index, SIDES)

    def end(self) -> None:
        """Mark no pair again."""
        self._set(None, ())

    def seen(self, landmarks: tuple[LandmarkPair, ...]) -> tuple[LandmarkPair, ...]:
        """The pairs that a view may show: the one whose placement is repeated without its points."""
        index = self._index
        if index is None or index >= len(landmarks):
            return landmarks
        hidden = replace(landmarks[index], fixed_point=None, moving_point=None)
        return (*landmarks[:index], hidden, *landmarks[index + 1 :])

    def _see_pairs(self) -> None:
        """What was being marked may be gone, or stand elsewhere; marks that come or go change what is left."""
        pairs = self._document.state.landmarks
        if self._index is not None:
            pair = pairs[self._index] if self._index < len(pairs) else None
            if pair is None or not pair.complete or pair.name != self._name:
                self.end()
                return
            times = _times_marked(pair)
            self._set(self._index, tuple(side for side in SIDES if times[side] <= self._marked_before[side]))

    def _set(self, index: int | None, sides: tuple[Side, ...]) -> None:
        now = (index, sides) if sides else (None, ())
        if now != (self._index, self._sides):
            self._index, self._sides = now
            self.changed.emit()


def _times_marked(pair: LandmarkPair) -> dict[Side, int]:
    """How often the placement of a pair was repeated in each image."""
    return {side: sum(1 for which, _ in pair.again if which == side) for side in SIDES}
