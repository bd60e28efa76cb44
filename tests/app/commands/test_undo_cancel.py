from __future__ import annotations

import numpy as np

from fusionviewer.app.commands import manual_alignment, undo_cancel
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.workspace import Workspace


def test_undo_and_redo_say_what_they_did(with_phantoms: Workspace) -> None:
    told: list[str] = []
    with_phantoms.said.connect(told.append)
    mark_landmarks.new_pair(with_phantoms)
    manual_alignment.set_number(with_phantoms, 0, 1.0)
    manual_alignment.set_number(with_phantoms, 0, 2.0)  # the same step
    for _ in range(2):
        undo_cancel.undo(with_phantoms)
    assert with_phantoms.document.state.landmarks == ()
    for _ in range(2):
        undo_cancel.redo(with_phantoms)
    assert told == [
        "Undone: Adjust manually.", "Undone: New landmark pair.",
        "Redone: New landmark pair.", "Redone: Adjust manually.",
    ]  # fmt: skip


def test_cancel_ends_the_marking_of_a_pair_where_nothing_runs(with_phantoms: Workspace) -> None:
    mark_landmarks.new_pair(with_phantoms)
    assert with_phantoms.placing
    undo_cancel.cancel(with_phantoms)
    assert not with_phantoms.placing


def test_cancel_leaves_the_mouse_mode_last(with_phantoms: Workspace) -> None:
    mark_landmarks.new_pair(with_phantoms)
    with_phantoms.view_model.set_tool("window")
    undo_cancel.cancel(with_phantoms)
    assert (with_phantoms.placing, with_phantoms.view_model.tool) == (False, "window")
    undo_cancel.cancel(with_phantoms)
    assert with_phantoms.view_model.tool == "crosshair"


def test_a_pair_of_which_nothing_is_marked_goes_when_its_marking_is_cancelled(with_phantoms: Workspace) -> None:
    document = with_phantoms.document
    document.undo_stack.setClean()
    mark_landmarks.new_pair(with_phantoms)
    undo_cancel.cancel(with_phantoms)
    left = document.state.landmarks
    assert left == ()
    assert not document.modified
    mark_landmarks.new_pair(with_phantoms)
    mark_landmarks.click(with_phantoms, "fixed", np.zeros(3))
    undo_cancel.cancel(with_phantoms)
    assert document.state.landmarks[0].fixed_point is not None
