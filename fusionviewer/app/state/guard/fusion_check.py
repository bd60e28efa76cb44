"""Checks the fusion by itself, behind the scenes: after each run, and once a pose that was changed has come to rest."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import Final

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.guard.checked import Phase
from fusionviewer.app.state.guard.judging import Evidence, Pair, judge
from fusionviewer.app.state.preferences import PreferenceStore
from fusionviewer.app.state.view_model import ViewModel
from fusionviewer.app.tasks.background import Background
from fusionviewer.app.tasks.jobs import JobRunner
from fusionviewer.geometry import RigidTransform
from fusionviewer.progress import Observer
from fusionviewer.quality.finding import Finding
from fusionviewer.quality.guard.assessment import with_evidence
from fusionviewer.session.changes import Changes

REST_MS: Final = 1000
"""A pose that was set manually, or gone back to, is checked after so long without another change."""

SOON_MS: Final = 100
"""And one that a run or a fit has found: the views are drawn first."""

KEPT: Final = 24
"""So many poses are remembered: undo and redo show at once what was found of them."""

_POLL_MS: Final = 30
_FOUND: Final = {"registration", "refinement", "landmarks", "file", "correction"}


class FusionCheck(QObject):
    """At most one check at a time. What it shows is always for the pose and the images of the study as they are.

    It gives way to jobs and to drags: it ends where one begins, and begins anew afterwards.
    """

    changed = pyqtSignal()
    """Read `phase` and `evidence`."""

    def __init__(
        self,
        document: Document,
        view_model: ViewModel,
        runner: JobRunner,
        preferences: PreferenceStore,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document, self._view_model, self._runner, self._preferences = document, view_model, runner, preferences
        self._background: Background[Evidence | None] = Background("check", _POLL_MS, self)
        self._pair: Pair | None = None
        self._at_work: RigidTransform | None = None
        self._cancelled = threading.Event()
        self._left: RigidTransform | None = None
        """The pose whose check was cancelled, or failed."""
        self._asked: RigidTransform | None = None
        """The pose whose check the user asked for, whatever is preferred."""
        self._ended = False
        self._told: tuple[Phase, Evidence | None] = ("none", None)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._begin)
        for signal in (
            document.when(Changes.POSE | Changes.IMAGES), view_model.preview_changed, runner.started, runner.ended,
            preferences.changed,
        ):  # fmt: skip
            signal.connect(self._arrange)

    @property
    def by_itself(self) -> bool:
        """Whether a check begins without being asked for."""
        return self._preferences.now.check_fusions

    @property
    def evidence(self) -> Evidence | None:
        """What was found of the study's pose; None while that is not known, and while another pose is shown."""
        pose = self._pose
        if self._pair is None or pose is None or self._in_the_way:
            return None
        return next((one for one in self._pair.judged if one.pose == pose), None)

    @property
    def phase(self) -> Phase:
        """Where the check of the study's pose stands."""
        return self._phase(self.evidence)

    def check_now(self) -> None:
        """Check the pose, whatever is preferred; also if it was checked already or its check was cancelled."""
        pose = self._pose
        if pose is None or self._in_the_way:
            return
        if self._pair is not None:
            self._pair.judged = [one for one in self._pair.judged if one.pose != pose]
        self._left, self._asked = None, pose
        self._begin()
        self._tell()

    def add(self, pose: RigidTransform, finding: Finding) -> None:
        """Take evidence on a pose that was looked for apart; where that pose was not checked, nothing happens."""
        if self._pair is None:
            return
        self._pair.judged = [
            replace(one, assessment=with_evidence(one.assessment, finding)) if one.pose == pose else one
            for one in self._pair.judged
        ]
        self._tell()

    def cancel(self) -> None:
        """Leave the check that goes on or waits; the pose stays unchecked until it changes, or one is asked for."""
        self._left, self._asked = self._pose, None
        self._arrange()

    def end(self) -> None:
        """The window closes: nothing is begun any more, and what goes on ends soon."""
        self._ended = True
        self._rest.stop()
        self._cancelled.set()

    @property
    def busy(self) -> bool:
        """Whether a thread is at work, even on something that is no longer wanted."""
        return self._background.busy

    @property
    def _pose(self) -> RigidTransform | None:
        """The pose that can be checked; None without two images, or as long as nothing has aligned them."""
        state = self._document.state
        return state.alignment.moving_from_fixed if state.has_pair and state.alignment.is_made else None

    @property
    def _in_the_way(self) -> bool:
        """Whether a job runs or a drag goes on."""
        return self._runner.busy or self._view_model.by_hand

    def _phase(self, evidence: Evidence | None) -> Phase:
        pose = self._pose
        if pose is None:
            return "none"
        if evidence is not None:
            return "done"
        if not self._wanted(pose):
            return "off"
        return "checking" if self._at_work == pose and not self._cancelled.is_set() else "waiting"

    def _wanted(self, pose: RigidTransform) -> bool:
        if self._left == pose:
            return False
        return self._asked == pose or self.by_itself

    def _arrange(self, *_: object) -> None:
        """Follow what has changed: leave a check that is no longer wanted, and see to it that one begins."""
        state, pose = self._document.state, self._pose
        if self._pair is not None and (self._pair.fixed is not state.fixed or self._pair.moving is not state.moving):
            self._pair = None
            self._cancelled.set()
        self._left = self._left if self._left == pose else None
        self._asked = self._asked if self._asked == pose else None
        wanted = pose is not None and not self._in_the_way and self._wanted(pose) and self.evidence is None
        if not wanted or self._at_work != pose:
            self._cancelled.set()
        self._rest.stop()
        if wanted and not self._ended and (self._at_work is None or self._cancelled.is_set()):
            self._rest.start(SOON_MS if state.alignment.origin in _FOUND else REST_MS)
        self._tell()

    def _begin(self) -> None:
        state, pose = self._document.state, self._pose
        if self._ended or self._background.busy or state.fixed is None or state.moving is None or pose is None:
            return  # what is at work arranges the next when it ends
        if self._pair is None:
            self._pair = Pair(state.fixed, state.moving)
        self._cancelled = threading.Event()
        self._at_work = pose
        observer = Observer(cancelled=self._cancelled)
        try:
            self._background.start(partial(judge, self._pair, pose, observer), partial(self._take, self._pair))
        except (RuntimeError, MemoryError):  # the system gives no thread
            self._left, self._at_work = pose, None
        self._tell()

    def _take(self, pair: Pair, found: Evidence | None) -> None:
        pose, self._at_work = self._at_work, None
        if found is not None:
            pair.judged = [found, *pair.judged][:KEPT]
        elif not self._cancelled.is_set():  # an error cut it off, which is told elsewhere
            self._left = pose
        self._arrange()

    def _tell(self) -> None:
        evidence = self.evidence
        now = self._phase(evidence), evidence
        if now != self._told:
            self._told = now
            self._view_model.expected_error.show(None if evidence is None else evidence.expected)
            self.changed.emit()
