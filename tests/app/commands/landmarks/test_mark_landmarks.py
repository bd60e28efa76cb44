"""Marking pairs: in either order, in parts, by guesses, by keys; and what the list of them is told."""

from __future__ import annotations

import numpy as np
import pytest

from fusionviewer.app.actions.action import need_selected
from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.app.commands.landmarks import landmark_list, mark_landmarks, repeat_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import AXIAL, RigidTransform, SlicePlane
from fusionviewer.session.state import LandmarkPair, Side

BY_KEY = {action.key: action for action in ACTIONS}
PLACES = [np.array(place, dtype=float) for place in ((0, 0, 0), (30, 0, 0), (0, 25, 5), (-20, -10, 20))]


def pairs(workspace: Workspace) -> tuple[LandmarkPair, ...]:
    return workspace.document.state.landmarks


def selected(workspace: Workspace) -> int | None:
    return workspace.view_model.view.selected_pair


@pytest.mark.parametrize("first", ["fixed", "moving"])
def test_either_image_may_be_first_and_the_other_looks_at_the_expected_place(
    with_phantoms: Workspace, first: Side
) -> None:
    workspace, pose = with_phantoms, with_phantoms.document.state.alignment.moving_from_fixed
    mark_landmarks.new_pair(workspace)
    mark_landmarks.click(workspace, first, PLACES[1])
    other: Side = "moving" if first == "fixed" else "fixed"
    there = (pose if other == "moving" else ~pose).apply(PLACES[1])
    look = workspace.view_model.view
    np.testing.assert_allclose(look.space(other).cursor, there)
    np.testing.assert_allclose(look.space(other).focus, there)
    np.testing.assert_allclose(look.space(first).cursor, PLACES[1])
    mark_landmarks.confirm_guess(workspace)
    assert pairs(workspace)[0].complete
    np.testing.assert_allclose(np.asarray(pairs(workspace)[0].point(other)), there)
    assert workspace.document.undo_stack.count() == 3


def test_many_in_one_image_are_filled_in_one_after_the_other(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    for place in PLACES:
        mark_landmarks.new_pair(workspace)
        mark_landmarks.click(workspace, "fixed", place)
    assert len(pairs(workspace)) == 4
    mark_landmarks.select(workspace, 1)
    order = []
    for _ in PLACES:
        order.append(selected(workspace))
        mark_landmarks.click(workspace, "moving", PLACES[3])
    assert order == [1, 2, 3, 0]
    assert all(pair.complete for pair in pairs(workspace))
    assert selected(workspace) == 0
    assert not workspace.placing


def test_completing_a_pair_leaves_each_row_at_its_own_point(with_phantoms: Workspace) -> None:
    """Linked rows would both go to where the wrong alignment has the last click."""
    workspace = with_phantoms
    mark_landmarks.new_pair(workspace)
    assert workspace.view_model.view.linked
    mark_landmarks.click(workspace, "fixed", PLACES[1])
    mark_landmarks.click(workspace, "moving", PLACES[2])
    np.testing.assert_allclose(workspace.view_model.view.fixed.cursor, PLACES[1])
    np.testing.assert_allclose(workspace.view_model.view.moving.cursor, PLACES[2])


def test_the_key_marks_where_the_one_crosshair_of_fused_panes_is(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    shifted = RigidTransform.about(np.eye(3), np.zeros(3), np.array([3.0, -4.0, 5.0]))
    mark_landmarks.new_pair(workspace)
    workspace.view_model.set_layout("fused")
    workspace.view_model.set_preview(shifted)
    workspace.view_model.set_cursor("fixed", PLACES[1])
    mark_landmarks.mark_at_cursor(workspace, "moving")
    np.testing.assert_allclose(np.asarray(pairs(workspace)[0].moving_point), shifted.apply(PLACES[1]))


def test_a_guess_that_cannot_be_confirmed_says_why(with_phantoms: Workspace) -> None:
    workspace, action = with_phantoms, BY_KEY["confirm_guess"]
    assert action.need(workspace) == "Select a pair that is marked in one image only."
    mark_landmarks.new_pair(workspace)
    assert action.need(workspace) == "Mark L1 in one image first."
    mark_landmarks.click(workspace, "fixed", PLACES[0])
    assert action.need(workspace) == ""
    mark_landmarks.confirm_guess(workspace)
    assert action.need(workspace) == "Select a pair that is marked in one image only."


def test_stepping_goes_round(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    mark_landmarks.step(workspace, 1)
    assert selected(workspace) is None
    for place in PLACES[:3]:
        mark_landmarks.new_pair(workspace)
        mark_landmarks.click(workspace, "fixed", place)
    mark_landmarks.stop(workspace)
    seen = []
    for way in (1, 1, 1, 1, -1, -1):
        mark_landmarks.step(workspace, way)
        seen.append(selected(workspace))
    assert seen == [0, 1, 2, 0, 2, 1]
    np.testing.assert_allclose(workspace.view_model.view.fixed.cursor, PLACES[1])


def complete(workspace: Workspace, *, locked: bool = False) -> None:
    mark_landmarks.new_pair(workspace)
    mark_landmarks.click(workspace, "fixed", PLACES[0])
    mark_landmarks.click(workspace, "moving", PLACES[1])
    if locked:
        landmark_list.toggle_lock_of_selected(workspace)


def test_nudges_of_a_point_are_one_step_and_move_nothing_else(
    with_phantoms: Workspace, phantom_truth: RigidTransform
) -> None:
    workspace = with_phantoms
    complete(workspace)
    before, steps = workspace.view_model.view, workspace.document.undo_stack.count()
    plane = SlicePlane.through(np.zeros(3), AXIAL, True, None)
    for _ in range(3):
        mark_landmarks.nudge_point(workspace, plane, ("fixed",), right_mm=0.1, down_mm=0.0)
    np.testing.assert_allclose(np.asarray(pairs(workspace)[0].fixed_point), PLACES[0] + [0.3, 0, 0])
    assert workspace.document.undo_stack.count() == steps + 1
    workspace.view_model.set_preview(phantom_truth)
    mark_landmarks.nudge_point(workspace, plane, ("fixed", "moving"), right_mm=0.0, down_mm=1.0)
    np.testing.assert_allclose(
        np.asarray(pairs(workspace)[0].moving_point), PLACES[1] + phantom_truth.rotation @ np.array([0.0, 1.0, 0.0])
    )
    assert workspace.view_model.view == before
    assert workspace.document.undo_stack.count() == steps + 2


def test_a_locked_pair_is_neither_nudged_nor_marked_anew_and_says_why(with_phantoms: Workspace) -> None:
    workspace, said = with_phantoms, list[str]()
    complete(workspace, locked=True)
    workspace.said.connect(said.append)
    state, plane = workspace.document.state, SlicePlane.through(np.zeros(3), AXIAL, True, None)
    mark_landmarks.nudge_point(workspace, plane, ("moving",), right_mm=1.0, down_mm=0.0)
    mark_landmarks.mark_at_cursor(workspace, "fixed")
    assert workspace.document.state is state
    assert said == [mark_landmarks.why_locked("L1")] * 2
    assert "locked" in said[0]


def test_keys_do_not_touch_hidden_points_while_a_pair_is_marked_again(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    complete(workspace)
    before = pairs(workspace)[0]
    repeat_landmarks.mark_again(workspace)
    plane = SlicePlane.through(np.zeros(3), AXIAL, True, None)
    mark_landmarks.nudge_point(workspace, plane, ("fixed",), right_mm=1.0, down_mm=0.0)
    mark_landmarks.mark_at_cursor(workspace, "fixed")
    after = pairs(workspace)[0]
    assert (after.fixed_point, after.moving_point) == (before.fixed_point, before.moving_point)
    assert [side for side, _ in after.again] == ["fixed"]
    assert workspace.view_model.repeats.sides == ("moving",)


def test_a_part_is_one_step_and_goes_round(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    assert BY_KEY["part_of_pair"].need(workspace) == need_selected(workspace) != ""
    complete(workspace)
    steps = workspace.document.undo_stack.count()
    seen = []
    for number in range(1, 4):
        landmark_list.next_use_of_selected(workspace)
        pair = pairs(workspace)[0]
        seen.append((pair.use, pair.used, pair.checks))
        assert workspace.document.undo_stack.count() == steps + number
    assert seen == [("check", False, True), ("off", False, False), ("fit", True, False)]


def test_pairs_are_ordered_by_what_is_off_and_the_selected_one_stays_selected(with_phantoms: Workspace) -> None:
    workspace, pose = with_phantoms, with_phantoms.document.state.alignment.moving_from_fixed
    for place, off in zip(PLACES, (1.0, 3.0, 0.0, 2.0), strict=True):
        mark_landmarks.new_pair(workspace)
        mark_landmarks.click(workspace, "fixed", place)
        mark_landmarks.click(workspace, "moving", pose.apply(place) + np.array([off, 0, 0]))
    mark_landmarks.new_pair(workspace)
    mark_landmarks.select(workspace, 0)
    look, steps = workspace.view_model.view, workspace.document.undo_stack.count()
    landmark_list.order_pairs(workspace, "residual")
    assert [pair.name for pair in pairs(workspace)] == ["L2", "L4", "L1", "L3", "L5"]
    assert selected(workspace) == 2
    assert workspace.view_model.view.fixed == look.fixed
    landmark_list.order_pairs(workspace, "residual")
    assert workspace.document.undo_stack.count() == steps + 1
    landmark_list.order_pairs(workspace, "name")
    assert [pair.name for pair in pairs(workspace)] == ["L1", "L2", "L3", "L4", "L5"]
    workspace.document.undo_stack.undo()
    workspace.document.undo_stack.undo()
    assert [pair.name for pair in pairs(workspace)] == ["L1", "L2", "L3", "L4", "L5"]


def test_rows_tell_what_the_others_expect_of_a_pair_whatever_its_part(with_phantoms: Workspace) -> None:
    workspace, pose = with_phantoms, with_phantoms.document.state.alignment.moving_from_fixed
    for place in (*PLACES, np.array([10.0, -30.0, -20.0])):
        mark_landmarks.new_pair(workspace)
        mark_landmarks.click(workspace, "fixed", place)
        mark_landmarks.click(
            workspace, "moving", pose.apply(place) + ([6.0, 0, 0] if place is PLACES[1] else [0, 0, 0])
        )
    mark_landmarks.new_pair(workspace)
    fitted = landmark_list.pair_rows(workspace.document.state)[1]
    landmark_list.set_use(workspace, 1, "check")
    rows = landmark_list.pair_rows(workspace.document.state)
    assert rows[1].residual_mm == pytest.approx(6.0)
    assert rows[1].left_out_mm == pytest.approx(6.0)
    assert fitted.left_out_mm == pytest.approx(6.0)
    assert [row.left_out_mm for row in (rows[0], *rows[2:5])] == pytest.approx([0.0] * 4, abs=1e-6)
    assert (rows[5].residual_mm, rows[5].left_out_mm, rows[5].remark) == (None, None, "")
