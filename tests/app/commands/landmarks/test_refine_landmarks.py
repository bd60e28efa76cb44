"""Refining the selected pair and snapping its points: one step each, said, and refused where they must not move."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.app.commands.landmarks import refine_landmarks
from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Opened, find_head
from fusionviewer.errors import FusionError
from fusionviewer.geometry import Points, RigidTransform
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.registration.points import pair_refinement
from fusionviewer.session import edits, landmark_edits
from fusionviewer.session.edits import new_study
from fusionviewer.session.state import SIDES

PLACE = np.array([0.7, -50.9, -2.4])
"""A corner of a sinus in the sample, fixed space."""


def with_pair(workspace: Workspace, fixed: Points | None, moving: Points | None, *, locked: bool = False) -> None:
    """A study's first pair, selected."""
    state = landmark_edits.add_pair(workspace.document.state)
    state = landmark_edits.place_point(state, 0, "fixed", fixed)
    state = landmark_edits.place_point(state, 0, "moving", moving)
    workspace.document.replace(landmark_edits.lock_pair(state, 0, locked))
    workspace.view_model.select_pair(0)


@pytest.fixture(scope="module")
def sample_truth() -> RigidTransform:
    """The sample's `moving_from_fixed`."""
    facts = json.loads((sample_folder() / "truth.json").read_text())
    return RigidTransform.from_matrix(facts["moving_from_fixed_lps_mm"])


@pytest.fixture
def on_sample(workspace: Workspace, sample_pair: Any, sample_truth: RigidTransform) -> Workspace:
    """The sample as it was registered, with a pair whose moving point is 2.5 mm off."""
    opened = Opened({"fixed": sample_pair.fixed, "moving": sample_pair.moving},
                    {side: find_head(volume) for side, volume in zip(SIDES, sample_pair, strict=True)})  # fmt: skip
    show_study(workspace, edits.set_pose(new_study(*sample_pair), sample_truth, "hand"), opened)
    with_pair(workspace, PLACE, sample_truth.apply(PLACE) + np.array([1.5, -2.0, 0.0]))
    return workspace


@pytest.fixture
def heard(workspace: Workspace) -> dict[str, list[Any]]:
    """What was said, warned of and refused."""
    out: dict[str, list[Any]] = {"said": [], "warned": [], "failed": []}
    for name, words in out.items():
        getattr(workspace, name).connect(words.append)
    return out


def need(workspace: Workspace, key: str) -> str:
    return next(action for action in ACTIONS if action.key == key).need(workspace)


def test_a_pair_is_refined_in_one_step_and_its_confidence_is_said(
    on_sample: Workspace, sample_truth: RigidTransform, heard: dict[str, list[Any]], qtbot: QtBot
) -> None:
    before = on_sample.document.state.landmarks[0]
    assert need(on_sample, "refine_pair") == ""
    refine_landmarks.refine_selected(on_sample)
    assert on_sample.runner.title == "Refining L1"
    assert need(on_sample, "refine_pair").startswith("Refining L1 is going on")
    wait_until_idle(on_sample, qtbot)
    after = on_sample.document.state.landmarks[0]
    assert after.fixed_point == before.fixed_point
    assert np.linalg.norm(np.array(after.moving_point) - sample_truth.apply(PLACE)) < 1.2
    assert on_sample.document.undo_stack.count() == 1
    (sentence,) = heard["said"] + heard["warned"]
    assert sentence.startswith("L1 moved by ")
    assert "Confidence" in sentence
    on_sample.document.undo_stack.undo()
    assert on_sample.document.state.landmarks[0] == before


def test_a_pair_whose_surroundings_say_nothing_stays(
    on_sample: Workspace, heard: dict[str, list[Any]], qtbot: QtBot
) -> None:
    state = landmark_edits.place_point(on_sample.document.state, 0, "fixed", np.array([500.0, 0, 0]))
    on_sample.document.replace(state)
    refine_landmarks.refine_selected(on_sample)
    wait_until_idle(on_sample, qtbot)
    assert on_sample.document.state is state
    (error,) = heard["failed"]
    assert isinstance(error, FusionError)
    assert error.message == "L1 stays where it is. The point lies outside its image."
    assert error.remedy


def test_a_refinement_that_was_cancelled_or_overtaken_changes_nothing(
    on_sample: Workspace, heard: dict[str, list[Any]], qtbot: QtBot
) -> None:
    before = on_sample.document.state
    refine_landmarks.refine_selected(on_sample)
    on_sample.runner.cancel()
    assert on_sample.document.state is before
    assert "cancelled" in heard["said"][-1]
    refine_landmarks.refine_selected(on_sample)
    moved = landmark_edits.place_point(before, 0, "moving", np.zeros(3))
    on_sample.document.apply("Move", moved)
    wait_until_idle(on_sample, qtbot)
    assert on_sample.document.state is moved
    assert "changed meanwhile" in heard["said"][-1]


def test_low_confidence_is_a_warning(
    on_sample: Workspace, heard: dict[str, list[Any]], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = pair_refinement.PairRefinement(np.ones(3), 1.0, 0.2, "low", 1.6, 2.0)
    monkeypatch.setattr(refine_landmarks, "refine_pair", lambda *_, **__: low)
    refine_landmarks.refine_selected(on_sample)
    wait_until_idle(on_sample, qtbot)
    assert on_sample.document.state.landmarks[0].moving_point == (1, 1, 1)
    assert "Confidence low" in heard["warned"][0]


def test_locked_pairs_are_refused(with_phantoms: Workspace, heard: dict[str, list[Any]]) -> None:
    workspace, point = with_phantoms, np.array([10.0, 0, 0])
    assert need(workspace, "refine_pair") == need(workspace, "snap_edge") == "Select a landmark pair first."
    with_pair(workspace, point, point, locked=True)
    assert "L1 is locked" in need(workspace, "refine_pair")
    assert "L1 is locked" in need(workspace, "snap_bright")
    before = workspace.document.state
    refine_landmarks.refine_selected(workspace)
    refine_landmarks.snap_selected(workspace, "edge")
    assert not workspace.runner.busy
    assert workspace.document.state is before
    assert len(heard["said"]) == 2
    assert all("locked" in sentence for sentence in heard["said"])


def test_a_half_pair_can_be_snapped_but_not_refined(with_phantoms: Workspace) -> None:
    with_pair(with_phantoms, np.array([60.0, 2, 0]), None)
    assert need(with_phantoms, "refine_pair") == "Mark L1 in both images first."
    assert need(with_phantoms, "snap_edge") == ""


def test_points_snap_in_their_own_images_in_one_step(
    with_phantoms: Workspace, phantom_truth: RigidTransform, heard: dict[str, list[Any]]
) -> None:
    workspace = with_phantoms
    rim = np.array([42.0, 4, 12])  # of the white matter, which the CT does not show
    start = rim + np.array([1.8, 0, 0])
    with_pair(workspace, start, phantom_truth.apply(start))
    before = workspace.document.state.landmarks[0]
    refine_landmarks.snap_selected(workspace, "edge")
    after = workspace.document.state.landmarks[0]
    assert np.linalg.norm(np.array(after.fixed_point) - rim) < 0.8
    assert after.moving_point == before.moving_point
    assert workspace.document.undo_stack.count() == 1
    moved = float(np.linalg.norm(np.array(after.fixed_point) - start))
    assert heard["said"] == [f"L1: the fixed point moved by {moved:.2f} mm, no edge is near to the moving point."]
    workspace.document.undo_stack.undo()
    assert workspace.document.state.landmarks[0] == before


def test_a_point_without_a_spot_near_it_stays_and_that_is_said(
    with_phantoms: Workspace, heard: dict[str, list[Any]]
) -> None:
    air = np.array([-85.0, 95, 90])
    with_pair(with_phantoms, air, None)
    before = with_phantoms.document.state
    refine_landmarks.snap_selected(with_phantoms, "bright", ("fixed",))
    assert with_phantoms.document.state is before
    assert "L1 stays where it is. There is no bright spot within 3 mm" in heard["failed"][0].message
    refine_landmarks.snap_selected(with_phantoms, "bright", ("moving",))
    assert heard["said"] == ["L1 is not marked in the moving image yet."]
