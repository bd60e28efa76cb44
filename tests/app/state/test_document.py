from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from histories import all_but_history
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6 import sip
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.geometry import RigidTransform
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.changes import EVERYTHING, Changes, changes_between
from fusionviewer.session.state import FusionState


def _moved(x: float) -> RigidTransform:
    return RigidTransform.about(np.eye(3), np.zeros(3), np.array([x, 0, 0]))


EDITS = (
    landmark_edits.add_pair,
    lambda s: landmark_edits.place_point(s, 0, "fixed", (1, 2, 3)) if s.landmarks else s,
    lambda s: landmark_edits.delete_pair(s, 0) if s.landmarks else s,
    lambda s: edits.set_pose(s, _moved(2.0), "hand"),
    lambda s: edits.set_limits(s, Limits(1, 2)),
    lambda s: edits.set_review(s, "accepted", ""),
)
"""The last one alone adds to the history of the reviews, which Undo and Redo make longer."""


@given(st.lists(st.integers(0, len(EDITS) - 1), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_everything_and_redoing_everything_gives_the_same_states(qtbot: QtBot, which: list[int]) -> None:
    document = Document()
    states = [document.state]
    for number in which:
        document.apply(f"edit {number}", EDITS[number](document.state))
        if document.state is not states[-1]:
            states.append(document.state)
    for state in reversed(states[:-1]):
        document.undo_stack.undo()
        assert all_but_history(document.state) == all_but_history(state)
    assert not document.undo_stack.canUndo()
    history = document.state.alignment.history
    assert document.modified == bool(history)
    for state in states[1:]:
        document.undo_stack.redo()
        assert all_but_history(document.state) == all_but_history(state)
    assert document.state.alignment.history[: len(history)] == history


@given(st.lists(st.integers(0, len(EDITS) - 2), min_size=1, max_size=6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_edit_undo_and_redo_is_announced_once_with_what_it_changed(qtbot: QtBot, which: list[int]) -> None:
    document = Document()
    heard: list[Changes] = []
    document.changed.connect(heard.append)
    states = [document.state]
    for number in which:
        after = EDITS[number](document.state)
        document.apply("edit", after)
        if after is not states[-1]:
            states.append(after)
    for _ in states[1:]:
        document.undo_stack.undo()
    for _ in states[1:]:
        document.undo_stack.redo()
    there = [changes_between(before, after) for before, after in pairwise(states)]
    assert heard == [changes for changes in (*there, *reversed(there), *there) if changes]


def test_who_depends_on_several_groups_is_told_once_and_of_nothing_else(qtbot: QtBot) -> None:
    document = Document()
    told: list[str] = []
    document.when(Changes.POSE | Changes.REVIEW | Changes.RESULTS).connect(lambda: told.append("pose"))
    document.when(Changes.LANDMARKS).connect(lambda: told.append("landmarks"))
    document.apply("Review", edits.set_review(document.state, "accepted", ""))
    told.clear()
    document.apply("Move", edits.set_pose(document.state, _moved(1.0), "hand"))  # the review goes along
    assert told == ["pose"]
    document.apply("New pair", landmark_edits.add_pair(document.state))
    document.apply("Limits", edits.set_limits(document.state, Limits(1, 2)))
    assert told == ["pose", "landmarks"]


def test_a_listener_that_is_gone_is_told_nothing(qtbot: QtBot) -> None:
    document, told = Document(), []

    class Listener(QObject):
        def hear(self) -> None:
            told.append(self)

    listener = Listener()
    document.when(Changes.LANDMARKS).connect(listener.hear)
    document.apply("New pair", landmark_edits.add_pair(document.state))
    assert told == [listener]
    told.clear()
    sip.delete(listener)
    document.apply("New pair", landmark_edits.add_pair(document.state))
    assert told == []


def test_a_drag_is_one_step_and_its_undo_goes_back_to_the_beginning(qtbot: QtBot) -> None:
    document = Document()
    for x in (1.0, 2.0, 3.0):
        document.apply("Move", edits.set_pose(document.state, _moved(x), "hand"), "drag 1")
    document.apply("Move", edits.set_pose(document.state, _moved(9.0), "hand"), "drag 2")
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.state.alignment.moving_from_fixed == _moved(3.0)
    document.undo_stack.undo()
    assert document.state.alignment.moving_from_fixed == RigidTransform.identity()


def test_modified_follows_saving_and_undo(qtbot: QtBot, tmp_path: Path) -> None:
    document = Document()
    document.apply("New pair", landmark_edits.add_pair(document.state))
    assert document.modified
    document.saved(tmp_path / "a.fusion.json")
    assert not document.modified
    document.undo_stack.undo()
    assert document.modified
    document.undo_stack.redo()
    assert not document.modified


def test_a_history_that_undo_made_longer_is_not_saved_yet(qtbot: QtBot, tmp_path: Path) -> None:
    document, told = Document(), list[bool]()
    document.modified_changed.connect(lambda: told.append(document.modified))
    document.apply("Accept", edits.set_review(document.state, "accepted", ""))
    document.saved(tmp_path / "a.fusion.json")
    document.undo_stack.undo()
    document.undo_stack.redo()
    assert [event.kind for event in document.state.alignment.history] == ["accepted", "undone", "redone"]
    assert document.modified
    document.saved(tmp_path / "a.fusion.json")
    assert not document.modified
    assert told[-1] is False


def test_another_study_is_no_step_and_everything_has_changed(qtbot: QtBot, tmp_path: Path) -> None:
    document = Document()
    document.apply("New pair", landmark_edits.add_pair(document.state))
    document.saved(tmp_path / "a.fusion.json")
    heard: list[object] = []
    document.changed.connect(heard.append)
    document.study_replaced.connect(lambda: heard.append((document.state, document.path)))
    state = FusionState()
    document.replace(state)
    assert heard == [EVERYTHING, (state, None)]
    assert not document.undo_stack.canUndo()
    assert not document.modified
    assert document.path is None
