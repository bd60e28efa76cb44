"""Judges many pairs of landmarks behind the scenes, so that a point can be dragged among them."""

from __future__ import annotations

from functools import partial
from typing import Final

from PyQt6.QtCore import QObject, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.app.tasks.background import Background
from fusionviewer.quality.landmark_facts import (
    LandmarkJudgement,
    assumed_fle_mm,
    is_judged,
    judge_landmarks,
    judging_done,
    put_off_judging,
)
from fusionviewer.session.state import FusionState, LandmarkPair

_POLL_MS: Final = 15


class LandmarkJudge(QObject):
    """Sees to it that `landmark_facts` of the study that is open never takes long.

    Few pairs are judged when they are asked about. Many are judged in a thread: until it ends, what was found before
    stands in for it. Of states that follow each other faster than that only the newest is judged. Make it before
    anything else listens to the document.
    """

    judged = pyqtSignal()
    """The facts of the study have become known, or better known."""

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._background: Background[LandmarkJudgement] = Background("landmarks", _POLL_MS, self)
        self._last: LandmarkJudgement | None = None
        self._last_given: tuple[object, ...] = ()
        document.changed.connect(self._follow)

    def _follow(self) -> None:
        state = self._document.state
        if is_judged(state) or self._last_given == _given(state):
            return
        put_off_judging(state, self._last)
        if not self._background.busy:
            given = _given(state)
            self._background.start(partial(judge_landmarks, *given), partial(self._take, given))

    def _take(self, given: tuple[object, ...], found: LandmarkJudgement | None) -> None:
        if found is None:  # it was cut off by an error, which is told elsewhere
            return
        self._last, self._last_given = found, given
        if given == _given(self._document.state):
            judging_done(self._document.state, found)
        else:
            self._follow()
        self.judged.emit()


def _given(state: FusionState) -> tuple[tuple[LandmarkPair, ...], float]:
    """What is judged."""
    return state.landmarks, assumed_fle_mm(state)
