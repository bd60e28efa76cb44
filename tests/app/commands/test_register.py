from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import manual_alignment, undo_cancel
from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.landmarks import mark_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.errors import Cancelled, FusionError
from fusionviewer.geometry import AXIAL, RigidTransform, SlicePlane
from fusionviewer.progress import Observer, Progress
from fusionviewer.quality.wording import sentence
from fusionviewer.registration import PoseUpdate, RegistrationResult
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.changes import Changes


def _error_mm(workspace: Workspace, truth: RigidTransform) -> float:
    corners = workspace.head_corners
    assert corners is not None
    found = workspace.document.state.alignment.moving_from_fixed
    return float(np.linalg.norm(found.apply(corners) - truth.apply(corners), axis=1).max())


def test_a_run_is_one_step_and_shows_itself_on_the_way(
    with_phantoms: Workspace, phantom_truth: RigidTransform, qtbot: QtBot
) -> None:
    workspace = with_phantoms
    workspace.runner.progressed.connect(lambda p: register_commands.follow(workspace, p))
    poses: list[RigidTransform] = []
    workspace.view_model.preview_changed.connect(lambda: poses.append(workspace.view_model.pose))
    register_commands.start_register(workspace, "header")
    wait_until_idle(workspace, qtbot)
    state = workspace.document.state
    assert workspace.document.undo_stack.count() == 1
    assert state.alignment.origin == "registration"
    assert state.alignment.run is not None
    assert len(state.alignment.run.trace) > 1
    assert workspace.trace is state.alignment.run.trace
    assert workspace.view_model.pose is state.alignment.moving_from_fixed
    assert poses
    # voxels of 3 mm: a third of one at the furthest corner of the head
    assert _error_mm(workspace, phantom_truth) < 1.0
    workspace.document.undo_stack.undo()
    assert workspace.document.state.alignment.moving_from_fixed == RigidTransform.identity()
    assert workspace.trace is None


def test_a_pose_that_led_between_two_looks_is_shown_and_no_step_is_missed(
    with_phantoms: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Progress] = []
    poses = [RigidTransform.about(np.eye(3), np.zeros(3), np.array([x, 0.0, 0.0])) for x in (1.0, 2.0, 3.0, 4.0)]
    workspace = with_phantoms

    def look() -> RigidTransform:
        """What the window shows when it looks now."""
        register_commands.follow(workspace, seen[-1])
        return workspace.view_model.pose

    def run(*_: object, observer: Observer, **__: object) -> RegistrationResult:
        observer.report(0.1, "looking for the head")
        before = look()
        for step, (pose, metric) in enumerate(zip(poses[:3], (0.2, 0.5, 0.4), strict=True)):
            observer.report(0.5, "8 mm", PoseUpdate(pose, metric, "8 mm", step))
        observer.report(0.6, "preparing")
        assert before is workspace.document.state.alignment.moving_from_fixed
        assert look() is poses[1]
        assert workspace.trace == (("8 mm", 0, 0.2), ("8 mm", 1, 0.5), ("8 mm", 2, 0.4))
        observer.report(0.7, "4 mm", PoseUpdate(poses[3], 0.1, "4 mm", 3))  # on another scale: it begins anew
        assert look() is poses[3]
        raise Cancelled

    monkeypatch.setattr(register_commands, "register", run)
    workspace.set_live_trace(())
    state = workspace.document.state
    with pytest.raises(Cancelled):
        register_commands._register(state, "auto", "auto", None, Observer(seen.append))


def test_cancelling_changes_nothing(with_phantoms: Workspace, qtbot: QtBot) -> None:
    workspace = with_phantoms
    before = workspace.document.state
    register_commands.start_register(workspace, "auto")
    workspace.view_model.set_preview(RigidTransform.about(np.eye(3), np.zeros(3), np.ones(3)))
    undo_cancel.cancel(workspace)
    assert workspace.document.state is before
    assert workspace.view_model.pose is before.alignment.moving_from_fixed
    assert workspace.runner.wait_for_threads(10)
    qtbot.wait(50)
    assert workspace.document.state is before


def test_a_refinement_stays_inside_its_limits_and_names_what_it_touched(
    with_phantoms: Workspace, phantom_truth: RigidTransform, qtbot: QtBot
) -> None:
    workspace = with_phantoms
    off = RigidTransform.from_rotation_vector([0.1, 0, 0], np.zeros(3), np.array([6.0, 0, 0]))
    workspace.document.apply("off", edits.set_pose(workspace.document.state, phantom_truth @ off, "hand"))
    start = workspace.document.state.alignment.moving_from_fixed
    register_commands.set_limits(workspace, Limits(1.0, 1.0))
    register_commands.start_refine(workspace)
    wait_until_idle(workspace, qtbot)
    run = workspace.document.state.alignment.run
    assert run is not None
    assert run.bounds is not None
    assert run.bounds.start.is_close(start, 1e-9)
    assert run.bounds.contains(workspace.document.state.alignment.moving_from_fixed, 1e-6)
    assert set(run.touched) == {"shift", "rotation"}
    assert "Limit reached: translation and rotation." in register_commands.bounds_summary(run)
    assert any("limit" in sentence(finding) for finding in review_commands.current_findings(workspace))


def test_landmarks_hold_a_refinement_in_the_window_as_much_as_their_weight_says(
    with_phantoms: Workspace, phantom_truth: RigidTransform, qtbot: QtBot
) -> None:
    workspace = with_phantoms
    beside = RigidTransform.from_rotation(np.eye(3), np.array([4.0, 0, 0])) @ phantom_truth
    state = edits.set_pose(workspace.document.state, beside, "hand")
    for place in ([60, 0, 0], [-60, 5, -10], [0, 75, 10], [5, -70, 0]):
        state = landmark_edits.add_pair(state)
        for side, point in (("fixed", np.array(place)), ("moving", beside.apply(np.array(place, dtype=np.float64)))):
            state = landmark_edits.place_point(state, len(state.landmarks) - 1, side, point)  # type: ignore[arg-type]
    state = landmark_edits.set_use(landmark_edits.set_fle(state, 1.0), 3, "check")
    workspace.document.apply("pairs", state)
    register_commands.start_refine(workspace)
    wait_until_idle(workspace, qtbot)
    run = workspace.document.state.alignment.run
    assert run is not None
    assert run.landmarks is None
    free = _error_mm(workspace, beside)
    workspace.document.undo_stack.undo()
    register_commands.set_landmark_weight(workspace, 5.0)
    register_commands.start_refine(workspace)
    wait_until_idle(workspace, qtbot)
    run = workspace.document.state.alignment.run
    assert run is not None
    assert run.landmarks is not None
    assert (run.landmarks.weight, run.landmarks.pairs, run.landmarks.fle_mm) == (5.0, 3, 1.0)
    assert _error_mm(workspace, beside) < 1.0
    assert free > 3.0


def test_the_weight_is_set_in_one_step_and_nonsense_is_refused(with_phantoms: Workspace, qtbot: QtBot) -> None:
    workspace = with_phantoms
    errors: list[FusionError] = []
    workspace.failed.connect(errors.append)
    with qtbot.waitSignal(workspace.document.when(Changes.SETTINGS)):
        register_commands.set_landmark_weight(workspace, 0.5)
    register_commands.set_landmark_weight(workspace, 2.0)
    register_commands.set_landmark_weight(workspace, 2.0)
    register_commands.set_landmark_weight(workspace, -1.0)
    assert workspace.document.state.alignment.landmark_weight == 2.0
    assert workspace.document.undo_stack.count() == 1
    assert "0 and 100" in errors[0].message
    workspace.document.undo_stack.undo()
    assert workspace.document.state.alignment.landmark_weight == 0.0


def test_landmarks_that_do_not_fix_a_pose_say_so(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    errors: list[FusionError] = []
    workspace.failed.connect(errors.append)
    register_commands.start_register(workspace, "landmarks")
    register_commands.set_start(workspace, "landmarks")
    for x in (0.0, 10.0, 20.0):
        mark_landmarks.new_pair(workspace)
        mark_landmarks.click(workspace, "fixed", np.array([x, 0, 0]))
        mark_landmarks.click(workspace, "moving", np.array([x, 5, 0]))
    register_commands.set_start(workspace, "landmarks")
    assert len(errors) == 3
    assert all(error.message and error.remedy for error in errors)
    assert "line" in str(errors[2])
    assert workspace.document.state.alignment.origin == "header"


def test_nudges_go_where_the_arrow_points(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    centre = np.array([10.0, 20.0, 30.0])
    plane = SlicePlane.through(centre, AXIAL)
    workspace.view_model.change(hand_centre=(10.0, 20.0, 30.0))
    seen_at = np.array([15.0, 20.0, 30.0])
    anatomy = workspace.document.state.alignment.moving_from_fixed.apply(seen_at)
    for _ in range(3):
        manual_alignment.nudge(workspace, plane, right_mm=0.1, down_mm=0, angle_deg=0)
    now = (~workspace.document.state.alignment.moving_from_fixed).apply(anatomy)
    assert now == pytest.approx(seen_at + np.array([0.3, 0, 0]), abs=1e-9)
    assert workspace.document.undo_stack.count() == 1
    workspace.document.undo_stack.undo()
    # clockwise on the screen, right of the centre: downwards, which is towards posterior (+y)
    manual_alignment.nudge(workspace, plane, right_mm=0, down_mm=0, angle_deg=1)
    now = (~workspace.document.state.alignment.moving_from_fixed).apply(anatomy)
    assert now[1] > seen_at[1]


def test_the_verdict_is_undoable_and_known(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    review_commands.review(workspace, "accepted", "good", "AB")
    assert "Accepted by AB on" in review_commands.review_text(workspace.document.state)
    review_commands.withdraw(workspace)
    assert workspace.document.state.alignment.review is None
    workspace.document.undo_stack.undo()
    assert workspace.document.state.alignment.review is not None
    manual_alignment.nudge(workspace, SlicePlane.through(np.zeros(3), AXIAL), right_mm=1, down_mm=0, angle_deg=0)
    assert workspace.document.state.alignment.review is not None
    assert "Out of date: accepted" in review_commands.review_text(workspace.document.state)
    workspace.document.undo_stack.undo()
    assert "Out of date" not in review_commands.review_text(workspace.document.state)


def test_the_corners_tell_how_far_the_head_has_moved(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    manual_alignment.nudge(workspace, SlicePlane.through(np.zeros(3), AXIAL), right_mm=3, down_mm=4, angle_deg=0)
    assert any("5.0 mm (mean 5.0 mm)" in line for line in review_commands.known_facts(workspace))


def test_a_preset_is_chosen_with_the_studys_seed_and_undone(with_phantoms: Workspace) -> None:
    workspace = with_phantoms
    among = register_commands.presets()
    assert among[0].name == "rigid-default"
    assert register_commands.preset_of(workspace.document.state.alignment, among) is among[0]
    register_commands.set_seed(workspace, 7)
    fast = next(preset for preset in among if preset.name == "fast")
    register_commands.choose_preset(workspace, fast)
    state = workspace.document.state
    assert state.alignment.settings.seed == 7
    assert register_commands.preset_of(state.alignment, among) is fast
    refine = next(preset for preset in among if preset.name == "refine")
    register_commands.set_limits(workspace, Limits(3, 3))
    register_commands.choose_preset(workspace, refine)
    assert workspace.document.state.alignment.limits == Limits(10, 10)
    workspace.document.undo_stack.undo()
    assert workspace.document.state.alignment.limits == Limits(3, 3)
    assert register_commands.preset_of(workspace.document.state.alignment, among) is fast
