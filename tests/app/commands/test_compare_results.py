from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from landmark_sets import PLACES, pair

from fusionviewer.app.commands import compare_results
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.alignment import Alignment, Alternative
from fusionviewer.session.state import FusionState


def shifted(by: tuple[float, float, float]) -> RigidTransform:
    return RigidTransform.from_rotation_vector(np.zeros(3), np.zeros(3), np.array(by))


def turned(angle_deg: float) -> RigidTransform:
    return RigidTransform.from_rotation_vector(np.deg2rad([0, 0, angle_deg]), np.zeros(3), np.zeros(3))


def study(*found: Alternative, targets: tuple[Points, ...] = ()) -> FusionState:
    state = replace(FusionState(), landmarks=tuple(pair(n) for n in range(5)), alignment=Alignment(alternatives=found))
    for target in targets:
        state = landmark_edits.add_target(state, target)
    return state


def test_distances_are_those_of_each_place_from_the_pose_shown() -> None:
    target = np.array([30.0, 40, 5])
    one, other = Alternative("landmarks", shifted((0, 0, 2))), Alternative("registration", turned(10))
    places = compare_results.comparisons(study(other, one, targets=(target,)), RigidTransform.identity())
    assert [place.heading for place in places] == ["mean", "max", "T1"]
    chord = 2 * np.sin(np.deg2rad(10) / 2)
    arms = np.hypot(PLACES[:5, 0], PLACES[:5, 1])
    assert places[0].apart_mm == pytest.approx((2.0, chord * arms.mean()))
    assert places[1].apart_mm == pytest.approx((2.0, chord * arms.max()))
    assert places[2].apart_mm == pytest.approx((2.0, chord * 50))
    assert places[1].where == "at most at the 5 landmarks"


def test_the_disagreement_at_a_place_is_the_largest_of_any_two() -> None:
    state = study(Alternative("landmarks", shifted((0, 0, 2))), Alternative("registration", shifted((0, 0, -3))))
    assert compare_results.disagreement_mm(state, RigidTransform.identity(), np.zeros(3)) == pytest.approx(5)
    alone = study(Alternative("landmarks", shifted((0, 0, 2))))
    assert compare_results.disagreement_mm(alone, shifted((0, 0, 2)), np.zeros(3)) is None
    assert compare_results.disagreement_mm(alone, RigidTransform.identity(), np.zeros(3)) == pytest.approx(2)
    assert compare_results.disagreement_mm(study(), RigidTransform.identity(), np.zeros(3)) is None


def test_the_shown_one_is_marked_and_an_old_fit_too() -> None:
    state = edits.fit_to_landmarks(study())
    (fitted,) = compare_results.results(state)
    assert (fitted.kind, fitted.shown, fitted.stale) == ("landmarks", True, False)
    nudged = edits.nudge(state, np.array([1.0, 0, 0]), np.zeros(3), np.zeros(3))
    assert not compare_results.results(nudged)[0].shown
    changed = landmark_edits.place_point(state, 0, "fixed", (63.0, -10, 0))
    assert compare_results.results(changed)[0].stale
    assert compare_results.results(study()) == ()


def test_choosing_is_one_step_of_undo_and_none_for_the_one_shown(with_phantoms: Workspace) -> None:
    document = with_phantoms.document
    state = replace(document.state, landmarks=tuple(pair(n) for n in range(5)))
    state = edits.set_pose(edits.fit_to_landmarks(state), shifted((3, 0, 0)), "hand")
    document.apply("Prepare", state)
    steps = document.undo_stack.count()
    compare_results.choose(with_phantoms, "landmarks")
    fit = document.state.alignment.moving_from_fixed
    assert document.state.alignment.origin == "landmarks"
    assert document.undo_stack.count() == steps + 1
    compare_results.choose(with_phantoms, "landmarks")
    assert document.undo_stack.count() == steps + 1
    document.undo_stack.undo()
    assert document.state.alignment.moving_from_fixed == shifted((3, 0, 0))
    assert fit != document.state.alignment.moving_from_fixed
    refused: list[object] = []
    with_phantoms.failed.connect(refused.append)
    compare_results.choose(with_phantoms, "refinement")
    assert len(refused) == 1
