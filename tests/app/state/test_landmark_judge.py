"""Many pairs are judged behind the scenes: what is known meanwhile, and that in the end everything is."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.app.state.landmark_judge import LandmarkJudge
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.quality import landmark_facts as module
from fusionviewer.quality.landmark_facts import FEW_PAIRS, landmark_facts
from fusionviewer.registration import LandmarkFit
from fusionviewer.registration.points.agreement import Judgement, judge_pairs
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.state import FusionState, LandmarkPair

MANY = FEW_PAIRS + 18


class Judged:
    """Who judged how many pairs; judging waits for `may_end`."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.by_window: list[bool] = []
        self.may_end = threading.Event()
        self.may_end.set()

    def __call__(self, fit: LandmarkFit, fixed: Points, moving: Points, fle_mm: Sequence[float]) -> Judgement:
        here = threading.current_thread() is threading.main_thread()
        self.counts.append(len(fixed))
        self.by_window.append(here)
        if not here:
            assert self.may_end.wait(30)
        return judge_pairs(fit, fixed, moving, fle_mm)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Judged]:
    counter = Judged()
    monkeypatch.setattr(module, "judge_pairs", counter)
    module.judge_landmarks.cache_clear()
    yield counter
    counter.may_end.set()


@pytest.fixture
def document(judged: Judged, qtbot: QtBot) -> Document:
    return Document()


@pytest.fixture
def judge(document: Document) -> LandmarkJudge:
    return LandmarkJudge(document, document)


def _many(count: int = MANY) -> FusionState:
    rng = np.random.default_rng(3)
    fixed = rng.uniform(-60, 60, (count, 3))
    pairs = (LandmarkPair(f"L{n}", tuple(f), tuple(f + rng.normal(size=3) / 3)) for n, f in enumerate(fixed, 1))
    return FusionState(landmarks=tuple(pairs), fle_mm=1.0)


def _off(state: FusionState, mm: float, index: int = 4) -> FusionState:
    """The same with one moving point displaced."""
    point = state.landmarks[index].fixed_point
    assert point is not None
    return landmark_edits.place_point(state, index, "moving", np.array(point) + np.array([0, mm, 0]))


def test_many_pairs_are_judged_by_a_thread_and_then_known_completely(
    document: Document, judge: LandmarkJudge, judged: Judged, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(judge.judged):
        document.replace(_off(_many(), 12.0))
        facts = landmark_facts(document.state)
        assert not facts.judged
        assert facts.fit is not None
        assert len(facts.pairs) == MANY
        assert facts.suspicions == ()
    facts = landmark_facts(document.state)
    assert facts.judged
    assert [one.index for one in facts.suspicions] == [4]
    assert judged.by_window == [False]
    whole = landmark_facts(_off(_many(), 12.0))  # of an equal study that is not open
    assert (whole.judged, whole.suspicions, whole.doubts) == (True, facts.suspicions, facts.doubts)


def test_of_a_drag_only_the_newest_state_is_judged_and_what_was_known_stands_in(
    document: Document, judge: LandmarkJudge, judged: Judged, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(judge.judged):
        document.replace(_off(_many(), 12.0))
    judged.may_end.clear()
    before = landmark_facts(document.state).suspicions
    for step in range(20):
        document.apply("drag", _off(document.state, 11.0 - step / 2), "drag 1")
        facts = landmark_facts(document.state)
        assert not facts.judged
        assert facts.suspicions == before
        assert facts.pairs[4].left_out_mm == pytest.approx(11.0 - step / 2, abs=1.0)
    judged.may_end.set()
    qtbot.waitUntil(lambda: landmark_facts(document.state).judged)
    assert landmark_facts(document.state).suspicions == ()
    assert len(judged.counts) <= 3  # the study as it was opened, the first step, and the last one
    assert not any(judged.by_window)


def test_what_is_known_of_other_pairs_stands_in_for_nothing(
    document: Document, judge: LandmarkJudge, judged: Judged, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(judge.judged):
        document.replace(_off(_many(), 12.0))
    with qtbot.waitSignal(judge.judged):
        document.apply("delete", landmark_edits.delete_pair(document.state, 0))
        assert landmark_facts(document.state).suspicions == ()
    assert [one.index for one in landmark_facts(document.state).suspicions] == [3]


def test_undo_and_a_new_pose_need_no_judging_again(
    document: Document, judge: LandmarkJudge, judged: Judged, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(judge.judged):
        document.replace(_off(_many(), 12.0))
    with qtbot.waitSignal(judge.judged):
        document.apply("back", _off(document.state, 0.0))
    document.undo_stack.undo()
    assert landmark_facts(document.state).judged
    assert len(landmark_facts(document.state).suspicions) == 1
    document.undo_stack.redo()
    pose = RigidTransform.about(np.eye(3), np.zeros(3), np.ones(3))
    document.apply("move", edits.set_pose(document.state, pose, "hand"))
    assert landmark_facts(document.state).judged
    assert judged.by_window == [False, False]


def test_a_study_that_comes_while_another_is_judged_is_judged_next(
    document: Document, judge: LandmarkJudge, judged: Judged, qtbot: QtBot
) -> None:
    judged.may_end.clear()
    document.replace(_many())
    document.replace(_off(_many(MANY + 1), 15.0))
    judged.may_end.set()
    qtbot.waitUntil(lambda: landmark_facts(document.state).judged)
    assert [one.index for one in landmark_facts(document.state).suspicions] == [4]
    assert judged.counts == [MANY, MANY + 1]


def test_few_pairs_are_judged_at_once(document: Document, judge: LandmarkJudge, judged: Judged) -> None:
    document.replace(_off(_many(FEW_PAIRS), 12.0))
    facts = landmark_facts(document.state)
    assert facts.judged
    assert [one.index for one in facts.suspicions] == [4]
    assert judged.by_window == [True]
