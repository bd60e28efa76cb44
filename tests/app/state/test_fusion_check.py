"""The check of the fusion in the background: when it begins, what it gives way to, and what is shown of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from fusion_checks import BY_ITSELF, made_evidence
from phantoms import MOVING_FROM_FIXED as TRUTH
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.guard import fusion_check
from fusionviewer.app.state.guard.checked import Phase
from fusionviewer.app.state.guard.fusion_check import FusionCheck
from fusionviewer.app.state.guard.judging import Evidence, Pair
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import Cancelled
from fusionviewer.geometry import RigidTransform
from fusionviewer.progress import Observer
from fusionviewer.quality.guard.assessment import Verdict
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState


class Judged:
    """What is asked of the check's thread; each check waits for `may_end`, or for being cancelled."""

    def __init__(self) -> None:
        self.poses: list[RigidTransform] = []
        self.cancelled = 0
        self.may_end = threading.Event()
        self.may_end.set()
        self.fails = False

    def __call__(self, pair: Pair, pose: RigidTransform, observer: Observer) -> Evidence | None:
        self.poses.append(pose)
        try:
            while not self.may_end.wait(0.005):
                observer.check()
        except Cancelled:
            self.cancelled += 1
            return None
        return None if self.fails else made_evidence(pose)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Judged]:
    counter = Judged()
    monkeypatch.setattr(fusion_check, "judge", counter)
    monkeypatch.setattr(fusion_check, "REST_MS", 40)
    monkeypatch.setattr(fusion_check, "SOON_MS", 1)
    monkeypatch.setattr(FusionCheck, "by_itself", BY_ITSELF)
    yield counter
    counter.may_end.set()


@pytest.fixture
def bench(judged: Judged, with_phantoms: Workspace, qtbot: QtBot) -> Iterator[Workspace]:
    yield with_phantoms
    with_phantoms.check.end()
    qtbot.waitUntil(lambda: not with_phantoms.check.busy)


def shifted(mm: float) -> RigidTransform:
    return TRUTH @ RigidTransform.from_rotation(np.eye(3), np.array([0, mm, 0.0]))


def take(workspace: Workspace, mm: float, origin: str = "hand") -> None:
    state = edits.set_pose(workspace.document.state, shifted(mm), origin)  # type: ignore[arg-type]
    workspace.document.apply("Move", state)


def phase(workspace: Workspace) -> Phase:
    return workspace.checked.phase


def verdict(workspace: Workspace) -> Verdict | None:
    return workspace.checked.verdict


def wait(workspace: Workspace, wanted: Phase, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: phase(workspace) == wanted)


def test_only_a_pose_that_is_made_is_checked(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    assert phase(bench) == "none"
    bench.edit("Align centres", edits.start_from_centres)
    bench.check.check_now()
    qtbot.wait(60)
    assert (phase(bench), judged.poses) == ("none", [])
    take(bench, 0)
    assert phase(bench) == "waiting"
    wait(bench, "done", qtbot)
    assert verdict(bench) == "fine"
    assert judged.poses == [shifted(0)]


def test_a_pose_is_checked_once_it_rests_and_undo_shows_at_once_what_was_found(
    bench: Workspace, judged: Judged, qtbot: QtBot
) -> None:
    for mm in (1, 2, 3):
        take(bench, mm)
    wait(bench, "done", qtbot)
    assert judged.poses == [shifted(3)]
    take(bench, 4)
    wait(bench, "done", qtbot)
    bench.document.undo_stack.undo()
    assert phase(bench) == "done"
    assert bench.check.evidence is not None
    assert bench.check.evidence.pose == shifted(3)
    bench.document.undo_stack.undo()
    assert (phase(bench), bench.checked.assessment) == ("waiting", None)


def test_a_newer_pose_replaces_a_check_that_goes_on(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    judged.may_end.clear()
    take(bench, 1, "file")
    wait(bench, "checking", qtbot)
    qtbot.waitUntil(lambda: judged.poses == [shifted(1)])
    take(bench, 2, "file")
    assert bench.checked.assessment is None
    qtbot.waitUntil(lambda: judged.poses == [shifted(1), shifted(2)])
    assert judged.cancelled == 1
    judged.may_end.set()
    wait(bench, "done", qtbot)
    assert bench.check.evidence is not None
    assert bench.check.evidence.pose == shifted(2)


def test_jobs_and_drags_go_first(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    judged.may_end.clear()
    take(bench, 1, "file")
    qtbot.waitUntil(lambda: len(judged.poses) == 1)
    done = threading.Event()
    bench.runner.start("Registering", lambda observer: done.wait(20), lambda outcome: None)
    qtbot.waitUntil(lambda: judged.cancelled == 1)
    qtbot.wait(60)
    assert (len(judged.poses), phase(bench)) == (1, "waiting")
    judged.may_end.set()
    done.set()
    wait(bench, "done", qtbot)
    bench.view_model.set_preview(shifted(5), by_hand=True)
    assert (phase(bench), bench.checked.assessment) == ("waiting", None), "another pose is shown"
    qtbot.wait(60)
    assert len(judged.poses) == 2
    bench.view_model.set_preview(None)
    assert phase(bench) == "done"


def test_a_check_that_is_cancelled_waits_until_it_is_asked_for(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    judged.may_end.clear()
    take(bench, 1, "file")
    qtbot.waitUntil(lambda: len(judged.poses) == 1)
    bench.check.cancel()
    qtbot.waitUntil(lambda: not bench.check.busy)
    qtbot.wait(30)
    assert (phase(bench), len(judged.poses)) == ("off", 1)
    judged.may_end.set()
    bench.check.check_now()
    wait(bench, "done", qtbot)
    take(bench, 2, "file")  # another pose is checked by itself again
    wait(bench, "done", qtbot)
    assert judged.poses[-1] == shifted(2)


def test_without_the_preference_a_check_is_made_when_asked_for(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    bench.preferences.change(check_fusions=False)
    take(bench, 1, "file")
    qtbot.wait(30)
    assert (phase(bench), judged.poses) == ("off", [])
    bench.check.check_now()
    wait(bench, "done", qtbot)
    take(bench, 2, "file")
    qtbot.wait(30)
    assert phase(bench) == "off"
    bench.preferences.change(check_fusions=True)
    wait(bench, "done", qtbot)


def test_a_check_that_fails_is_not_tried_for_ever(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    judged.fails = True
    take(bench, 1, "file")
    wait(bench, "off", qtbot)
    qtbot.wait(30)
    assert len(judged.poses) == 1


def test_other_images_are_judged_anew_and_nothing_is_begun_after_the_end(
    bench: Workspace, judged: Judged, qtbot: QtBot
) -> None:
    take(bench, 1, "file")
    wait(bench, "done", qtbot)
    bench.edit("Swap", edits.swap_images)
    assert bench.checked.assessment is None
    wait(bench, "done", qtbot)
    assert judged.poses == [shifted(1), ~shifted(1)]
    judged.may_end.clear()
    take(bench, 2, "file")
    qtbot.waitUntil(lambda: len(judged.poses) == 3)
    bench.check.end()
    qtbot.waitUntil(lambda: not bench.check.busy)
    take(bench, 3, "file")
    qtbot.wait(30)
    assert len(judged.poses) == 3


def test_what_else_is_known_counts_at_once(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    take(bench, 0)
    wait(bench, "done", qtbot)
    assert verdict(bench) == "fine"
    bench.document.apply("Reject", edits.set_review(bench.document.state, "rejected", "", by="AB"))
    assert verdict(bench) == "look"
    assert bench.checked.assessment is not None
    assert bench.checked.assessment.reasons[0].code == "rejected"
    assert len(judged.poses) == 1


def test_a_closed_study_has_nothing_to_check(bench: Workspace, judged: Judged, qtbot: QtBot) -> None:
    take(bench, 0)
    wait(bench, "done", qtbot)
    bench.document.replace(FusionState())
    assert phase(bench) == "none"
    assert bench.view_model.expected_error.now is None
