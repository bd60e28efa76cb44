from __future__ import annotations

import numpy as np
import pytest
from command_context import context_of
from pytestqt.qtbot import QtBot

from fusionviewer.app.actions.alignment import HAND, need_way_to_header
from fusionviewer.app.commands import manual_alignment, open_save
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import AXIAL, CORONAL, RigidTransform, SlicePlane
from fusionviewer.imaging.volume import Volume
from fusionviewer.session import edits

BY_KEY = {action.key: action for action in HAND}


def _off(workspace: Workspace, x: float = 30.0) -> RigidTransform:
    """Turn and shift the moving image to somewhere."""
    pose = RigidTransform.from_rotation_vector([0.2, -0.1, 0.3], np.ones(3), np.array([x, -20.0, 10.0]))
    workspace.document.apply("off", edits.set_pose(workspace.document.state, pose, "hand"))
    return pose


@pytest.mark.parametrize("number", range(6))
def test_a_number_is_shown_as_it_was_typed_and_a_row_of_them_is_one_step(with_phantoms: Workspace, number: int) -> None:
    workspace = with_phantoms
    _off(workspace)
    before = manual_alignment.numbers(workspace)
    for value in (3.0, 3.1, 3.25):
        manual_alignment.set_number(workspace, number, value)
    after = manual_alignment.numbers(workspace)
    assert after[number] == pytest.approx(3.25, abs=1e-9)
    kept = [n for n in range(6) if n != number and (number >= 3 or n < 3)]  # an angle takes the shifts along
    assert [after[n] for n in kept] == pytest.approx([before[n] for n in kept], abs=1e-9)
    assert workspace.document.undo_stack.count() == 2
    manual_alignment.set_number(workspace, (number + 1) % 6, 1.0)
    assert workspace.document.undo_stack.count() == 3
    assert workspace.document.state.alignment.origin == "hand"


def test_five_more_along_z_is_seen_five_millimetres_nearer_to_the_head(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    pose = _off(workspace)
    seen_at = np.array([12.0, -8.0, 20.0])
    manual_alignment.set_number(workspace, 5, manual_alignment.numbers(workspace)[5] + 5.0)
    now = (~workspace.document.state.alignment.moving_from_fixed).apply(pose.apply(seen_at))
    assert now == pytest.approx(seen_at + np.array([0, 0, 5.0]), abs=1e-9)


def test_the_numbers_are_those_of_what_is_shown(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    workspace.view_model.set_preview(RigidTransform.about(np.eye(3), np.zeros(3), np.array([-4.0, 0, 0])))
    assert manual_alignment.numbers(workspace) == pytest.approx([0, 0, 0, 4, 0, 0])


def test_the_centre_is_the_heads_until_it_is_placed(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    corners = workspace.head_corners
    assert corners is not None
    assert workspace.view_model.hand_centre == pytest.approx(corners.mean(axis=0))
    assert manual_alignment.centre_text(workspace) == "Pivot: head centre."
    assert BY_KEY["centre_head"].need(workspace) != ""
    workspace.view_model.set_cursor("fixed", np.array([-3.14, 12.0, 40.25]))
    manual_alignment.centre_at_cursor(workspace)
    workspace.view_model.set_cursor("fixed", np.zeros(3))
    assert workspace.view_model.hand_centre == pytest.approx([-3.14, 12.0, 40.25])
    assert manual_alignment.centre_text(workspace) == "Pivot: −3.1, 12.0, 40.2 mm (LPS)."
    workspace.view_model.change(ras=True)
    assert manual_alignment.centre_text(workspace) == "Pivot: 3.1, −12.0, 40.2 mm (RAS)."
    assert BY_KEY["centre_head"].need(workspace) == ""
    manual_alignment.centre_at_head(workspace)
    assert manual_alignment.centre_text(workspace) == "Pivot: head centre."
    assert workspace.document.undo_stack.count() == 0


def test_where_no_head_was_found_it_is_the_middle_of_the_image(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    fixed = workspace.document.state.fixed
    assert fixed is not None
    workspace.set_head_box(fixed, None)
    assert workspace.view_model.hand_centre == pytest.approx(fixed.grid.centre)
    assert manual_alignment.centre_text(workspace) == "Pivot: middle of the fixed image."


def test_after_a_swap_the_centre_is_the_other_heads(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    manual_alignment.centre_at_cursor(workspace)
    open_save.swap_images(workspace)
    corners = workspace.head_corners
    assert corners is not None
    assert workspace.view_model.hand_centre == pytest.approx(corners.mean(axis=0))


def test_ways_back_are_one_step_each_and_say_why_there_is_none(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    start, accepted = BY_KEY["reset_start"], BY_KEY["reset_accepted"]
    assert start.need(workspace) == "The pose is the start already."
    assert need_way_to_header(workspace) == "The images are in scanner alignment already."
    assert accepted.need(workspace) == "No pose has been accepted yet."
    first = _off(workspace)
    review_commands.review(workspace, "accepted", "", "AB")
    assert accepted.need(workspace) == "The pose is the accepted one already."
    _off(workspace, 50.0)
    for action, pose in ((accepted, first), (start, RigidTransform.identity())):
        assert action.need(workspace) == ""
        count = workspace.document.undo_stack.count()
        action.command(context_of(workspace))
        assert workspace.document.state.alignment.moving_from_fixed == pose
        assert workspace.document.undo_stack.count() == count + 1
    _off(workspace)
    assert need_way_to_header(workspace) == ""


def test_nothing_is_set_by_hand_while_a_job_runs(with_phantoms: Workspace, qtbot: QtBot) -> None:
    workspace = with_phantoms
    _off(workspace)
    review_commands.review(workspace, "accepted", "", "AB")
    before = workspace.document.state
    workspace.runner.start("Waiting", lambda observer: None, lambda outcome: None)
    assert "Waiting is going on" in workspace.view_model.locked
    manual_alignment.set_number(workspace, 3, 7.0)
    manual_alignment.turn_quarter(workspace, SlicePlane.through(np.zeros(3), AXIAL), clockwise=True)
    for action in HAND:
        if not action.key.startswith("centre"):
            assert "Waiting is going on" in action.need(workspace)
    qtbot.waitUntil(lambda: not workspace.runner.busy)
    assert workspace.view_model.locked == ""
    assert workspace.document.state is before


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_quarter_turn_goes_around_on_the_screen_and_the_middle_stays(
    with_phantoms: Workspace, clockwise: bool, phantom_ct: Volume
) -> None:
    workspace = with_phantoms
    pose = _off(workspace)
    plane = SlicePlane.through(np.zeros(3), CORONAL)
    middle = (~pose).apply(phantom_ct.grid.centre)
    anatomy = pose.apply(middle + 10 * plane.right)
    manual_alignment.turn_quarter(workspace, plane, clockwise=clockwise)
    back = ~workspace.document.state.alignment.moving_from_fixed
    assert back.apply(phantom_ct.grid.centre) == pytest.approx(middle, abs=1e-9)
    assert back.apply(anatomy) == pytest.approx(middle + (10 if clockwise else -10) * plane.down, abs=1e-9)
    assert workspace.document.undo_stack.count() == 2
