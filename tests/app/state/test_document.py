from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from fusionviewer.app.state.document import Document
from fusionviewer.geometry import RigidTransform
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.state import FusionState

PARTS = {
    "transform": ("alignment.moving_from_fixed", "alignment.start"),
    "landmarks": ("landmarks",),
    "bounds": ("alignment.limits",),
    "result": ("alignment.run", "alignment.review"),
    "settings": ("alignment.settings",),
    "volumes": ("fixed", "moving"),
}


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


@given(st.lists(st.integers(0, len(EDITS) - 1), max_size=12))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_everything_and_redoing_everything_gives_the_same_states(qtbot: QtBot, which: list[int]) -> None:
    document = Document()
    states = [document.state]
    for number in which:
        after = EDITS[number](document.state)
        document.apply(f"edit {number}", after)
        if after is not states[-1]:
            states.append(after)
    for state in reversed(states[:-1]):
        document.undo_stack.undo()
        assert document.state is state
    assert not document.undo_stack.canUndo()
    assert not document.modified
    for state in states[1:]:
        document.undo_stack.redo()
        assert document.state is state


@given(st.lists(st.integers(0, len(EDITS) - 1), min_size=1, max_size=6))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_signal_fires_exactly_where_its_part_of_the_state_changed(qtbot: QtBot, which: list[int]) -> None:
    document = Document()
    heard: set[str] = set()
    for name in PARTS:
        getattr(document, f"{name}_changed").connect(lambda n=name: heard.add(n))
    for number in which:
        before = document.state
        heard.clear()
        document.apply("edit", EDITS[number](before))
        after = document.state
        changed = {
            name
            for name, paths in PARTS.items()
            if any(attrgetter(p)(before) is not attrgetter(p)(after) for p in paths)
        }
        assert heard == changed


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


def test_another_study_is_no_step(qtbot: QtBot) -> None:
    document = Document()
    document.apply("New pair", landmark_edits.add_pair(document.state))
    document.replace(FusionState())
    assert not document.undo_stack.canUndo()
    assert not document.modified
    assert document.path is None
