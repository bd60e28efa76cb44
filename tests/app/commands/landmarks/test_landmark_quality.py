from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from landmark_sets import PLACES, noisy, pair

from fusionviewer.app.commands.landmarks import landmark_quality, mark_landmarks, repeat_landmarks
from fusionviewer.app.commands.landmarks import targets as target_commands
from fusionviewer.app.commands.review import known_facts
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.quality.landmark_facts import landmark_facts
from fusionviewer.registration.points.error_theory import predict_error
from fusionviewer.session import edits
from fusionviewer.session.state import SIDES, LandmarkPair


@pytest.fixture
def desk(with_phantoms: Workspace) -> Workspace:
    """Six pairs, a little off, fitted."""
    state = replace(with_phantoms.document.state, landmarks=tuple(noisy(6, 0.5)), fle_mm=1.0)
    with_phantoms.document.replace(edits.fit_to_landmarks(state))
    return with_phantoms


def again(desk: Workspace, index: int) -> None:
    mark_landmarks.select(desk, index)
    repeat_landmarks.mark_again(desk)


def test_one_more_pair_is_proposed_where_it_helps_most(desk: Workspace) -> None:
    state = desk.document.state
    assert state.fixed is not None
    target = np.array([-50.0, 50, 50])
    desk.view_model.set_cursor("fixed", target)
    target_commands.add_at_cursor(desk)
    proposal = landmark_quality.propose_pair(desk, 0)
    assert proposal is not None
    assert desk.view_model.view.fixed.cursor == pytest.approx(proposal.point)
    corners = desk.head_corners
    assert corners is not None
    places = landmark_quality.candidate_places(corners, state.fixed, state.landmarks)
    before = predict_error(PLACES[:6], [1.0] * 6).tre_mm(target)[0]
    after = [predict_error(np.vstack([PLACES[:6], place]), [1.0] * 7).tre_mm(target)[0] for place in places]
    assert min(np.linalg.norm(places - proposal.point, axis=1)) < 1e-9
    assert f"at T1 from {before:.2f} to {min(after):.2f} mm" in proposal.sentence
    desk.view_model.set_cursor("fixed", target)
    here = landmark_quality.propose_pair(desk, None)
    assert here is not None
    assert here.point == pytest.approx(proposal.point)
    assert "at the crosshair" in here.sentence


def test_candidates_lie_in_the_image_and_away_from_the_pairs(desk: Workspace) -> None:
    state, corners = desk.document.state, desk.head_corners
    assert state.fixed is not None
    assert corners is not None
    places = landmark_quality.candidate_places(corners, state.fixed, state.landmarks)
    assert len(places) > 100
    assert state.fixed.grid.contains(places).all()
    for taken in PLACES[:6]:
        assert np.linalg.norm(places - taken, axis=1).min() >= 10
    near = landmark_quality.candidate_places(corners + np.array([0, 0, 60]), state.fixed, ())
    assert state.fixed.grid.contains(near).all()
    assert len(near) < len(landmark_quality.candidate_places(corners, state.fixed, ()))


def test_without_a_fit_nothing_is_proposed(with_phantoms: Workspace) -> None:
    assert landmark_quality.propose_pair(with_phantoms, None) is None


def test_a_pair_is_marked_again_in_both_images_and_the_first_marks_stay(desk: Workspace) -> None:
    before = desk.document.state.landmarks[2]
    again(desk, 2)
    model = desk.view_model
    assert model.repeats.sides == SIDES
    assert desk.placing
    for side in SIDES:  # nothing shows where it is
        assert model.repeats.seen(desk.document.state.landmarks)[2].point(side) is None
        aside = np.linalg.norm(np.asarray(model.view.space(side).cursor) - np.asarray(before.point(side)))
        assert 5 < aside < 26
    mark_landmarks.click(desk, "moving", np.array([1.0, 2, 3]))
    assert list(model.repeats.sides) == ["fixed"]
    mark_landmarks.click(desk, "moving", np.array([9.0, 9, 9]))  # it has its repeat there
    mark_landmarks.click(desk, "fixed", np.array([4.0, 5, 6]))
    assert list(model.repeats.sides) == []
    assert not desk.placing
    after = desk.document.state.landmarks[2]
    assert after == replace(before, again=(("moving", (1, 2, 3)), ("fixed", (4, 5, 6))))
    assert model.repeats.seen(desk.document.state.landmarks) is desk.document.state.landmarks
    desk.document.undo_stack.undo()
    desk.document.undo_stack.undo()
    assert desk.document.state.landmarks[2] == before


def test_rows_look_at_their_own_places_meanwhile(desk: Workspace) -> None:
    again(desk, 2)
    model = desk.view_model
    there = model.view.moving.cursor
    model.set_cursor("fixed", np.array([5.0, 6, 7]))
    assert model.view.moving.cursor == there


@pytest.mark.parametrize("how", ["escape", "again", "select", "undo", "another study"])
def test_marking_again_can_be_left(desk: Workspace, how: str) -> None:
    desk.document.apply("New pair", replace(desk.document.state, landmarks=(*desk.document.state.landmarks, pair(6))))
    again(desk, 6)
    if how == "escape":
        mark_landmarks.stop(desk)
        assert desk.view_model.view.selected_pair == 6
    elif how == "again":
        repeat_landmarks.mark_again(desk)
    elif how == "select":
        mark_landmarks.select(desk, 1)
    elif how == "undo":
        desk.document.undo_stack.undo()
    else:
        desk.document.replace(edits.new_study(desk.document.state.moving, desk.document.state.fixed))
    assert desk.view_model.repeats.sides == ()
    assert not desk.placing


def test_only_a_complete_pair_can_be_marked_again(desk: Workspace) -> None:
    assert repeat_landmarks.why_not_again(desk) == "Select a complete pair first."
    state = desk.document.state
    desk.document.apply("Half", replace(state, landmarks=(*state.landmarks, LandmarkPair("half", (0, 0, 0)))))
    mark_landmarks.select(desk, 6)
    assert repeat_landmarks.why_not_again(desk) == "Mark half in both images first."
    repeat_landmarks.mark_again(desk)
    assert desk.view_model.repeats.sides == ()


def test_the_estimate_is_taken_and_the_repeats_forgotten_in_one_step_each(desk: Workspace) -> None:
    for index, side in ((0, "fixed"), (1, "moving")):
        again(desk, index)
        place = np.asarray(desk.document.state.landmarks[index].point(side))  # type: ignore[arg-type]
        mark_landmarks.click(desk, side, place + np.array([0, 2, 0]))  # type: ignore[arg-type]
        mark_landmarks.stop(desk)
    estimate = landmark_facts(desk.document.state).repeats.fle_mm
    assert estimate == pytest.approx(2.0)  # √(2 + 2)
    landmark_quality.take_estimate(desk)
    assert desk.document.state.fle_mm == 2.0
    assert landmark_facts(desk.document.state).fle_mm == 2.0
    repeat_landmarks.forget_repeats(desk)
    assert all(not one.again for one in desk.document.state.landmarks)
    assert desk.document.state.fle_mm == 2.0
    desk.document.undo_stack.undo()
    desk.document.undo_stack.undo()
    assert desk.document.state.fle_mm == 1.0


def test_nonsense_is_refused_with_a_sentence(desk: Workspace) -> None:
    refused: list[object] = []
    desk.failed.connect(refused.append)
    landmark_quality.set_fle(desk, -1.0)
    assert desk.document.state.fle_mm == 1.0
    assert "0 and 100" in str(refused[0])
    target_commands.add_at_cursor(desk)
    target_commands.add_at_cursor(desk)
    target_commands.rename(desk, 1, "T1")
    assert "called" in str(refused[1])
    assert [target.name for target in desk.document.state.targets] == ["T1", "T2"]


def test_what_is_known_has_what_is_measured_and_what_is_predicted(desk: Workspace) -> None:
    plain = known_facts(desk)
    assert not any("Measured" in line or "Predicted" in line for line in plain)
    state = desk.document.state
    desk.document.apply("Check", replace(state, landmarks=(*state.landmarks, pair(6, use="check"))))
    desk.view_model.set_cursor("fixed", np.array([10.0, 20, 30]))
    target_commands.add_at_cursor(desk)
    lines = known_facts(desk)
    assert any(line.startswith("Measured at 1 check point that was not in the fit") for line in lines)
    predicted = landmark_facts(desk.document.state).tre_mm(np.array([10.0, 20, 30]))
    assert f"Predicted error of the fit to the landmarks (TRE, RMS): T1 {predicted:.1f} mm." in lines
    assert not any("not for the pose shown" in line for line in lines)
    desk.document.apply("Hand", edits.nudge(desk.document.state, np.ones(3), np.zeros(3), np.zeros(3)))
    assert "The prediction is for the fit to the landmarks, not for the pose shown." in known_facts(desk)
