"""Judges many pairs of landmarks behind the scenes, so that a point can be dragged among them."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.process.workers import Worker
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
        self._work: _Work | None = None
        self._last: LandmarkJudgement | None = None
        self._last_given: tuple[object, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)
        document.changed.connect(self._follow)

    def _follow(self) -> None:
        state = self._document.state
        if is_judged(state) or self._last_given == _given(state):
            return
        put_off_judging(state, self._last)
        if self._work is None:
            self._work = _Work(*_given(state))
            self._timer.start()

    def _poll(self) -> None:
        work = self._work
        if work is None or work.thread.is_alive():
            return
        self._work = None
        self._timer.stop()
        if work.found is None:  # it was cut off by an error, which is told elsewhere
            return
        self._last, self._last_given = work.found, work.given
        if work.given == _given(self._document.state):
            judging_done(self._document.state, work.found)
        else:
            self._follow()
        self.judged.emit()


def _given(state: FusionState) -> tuple[tuple[LandmarkPair, ...], float]:
    """What is judged."""
    return state.landmarks, assumed_fle_mm(state)


class _Work:
    """One judgement in a thread, which only writes its own `found`."""

    def __init__(self, landmarks: tuple[LandmarkPair, ...], fle_mm: float) -> None:
        self.given = (landmarks, fle_mm)
        self.found: LandmarkJudgement | None = None
        self.thread = Worker(self._judge, "landmarks")
        self.thread.start()

    def _judge(self) -> None:
        self.found = judge_landmarks(*self.given)
