"""What keys do in the view that was used last, with a view that is a plain value."""

from __future__ import annotations

import math

import numpy as np
import pytest
from command_context import GivenAnswers, Pane, context_of

from fusionviewer.app.actions.registry import ACTIONS
from fusionviewer.app.commands.landmarks import refine_landmarks
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.geometry import CORONAL, RigidTransform, SlicePlane
from fusionviewer.session import landmark_edits

BY_KEY = {action.key: action for action in ACTIONS}
PLANE = SlicePlane.through(np.zeros(3), CORONAL)
WAYS = {"left": -PLANE.right, "right": PLANE.right, "up": -PLANE.down, "down": PLANE.down}


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("name", WAYS)
def test_the_image_moves_in_the_plane_of_the_view(name: str, coarse: bool, with_phantoms: Workspace) -> None:
    BY_KEY[f"nudge_{name}"].command(context_of(with_phantoms, Pane(plane=PLANE), coarse=coarse))
    moved = ~with_phantoms.document.state.alignment.moving_from_fixed
    np.testing.assert_allclose(moved.apply(np.zeros(3)), WAYS[name] * (1.0 if coarse else 0.1), atol=1e-9)
    assert with_phantoms.document.undo_stack.undoText() == "Translate manually"


@pytest.mark.parametrize(("name", "sign"), [("left", -1.0), ("right", 1.0)])
def test_the_image_turns_about_the_normal_of_the_view(name: str, sign: float, with_phantoms: Workspace) -> None:
    for coarse in (False, True):
        before = with_phantoms.document.state.alignment.moving_from_fixed
        BY_KEY[f"turn_{name}"].command(context_of(with_phantoms, Pane(plane=PLANE), coarse=coarse))
        turned = before @ ~with_phantoms.document.state.alignment.moving_from_fixed
        axis = np.array([turned.rotation[2, 1] - turned.rotation[1, 2], turned.rotation[0, 2] - turned.rotation[2, 0],
                         turned.rotation[1, 0] - turned.rotation[0, 1]]) / 2  # fmt: skip
        expected = sign * math.sin(math.radians(1.0 if coarse else 0.1)) * PLANE.normal
        np.testing.assert_allclose(axis, expected, atol=1e-9)


@pytest.mark.parametrize("name", ["clockwise", "anticlockwise"])
def test_a_quarter_turn_is_about_the_normal_of_the_view(name: str, with_phantoms: Workspace) -> None:
    BY_KEY[f"quarter_{name}"].command(context_of(with_phantoms, Pane(plane=PLANE)))
    turn = ~with_phantoms.document.state.alignment.moving_from_fixed
    np.testing.assert_allclose(turn.rotation @ PLANE.normal, PLANE.normal, atol=1e-9)
    way = PLANE.down if name == "clockwise" else -PLANE.down
    np.testing.assert_allclose(turn.rotation @ PLANE.right, way, atol=1e-9)


@pytest.mark.parametrize("key", ["nudge_left", "turn_left", "quarter_clockwise", "nudge_point_left", "cursor_left"])
def test_without_a_plane_nothing_happens(key: str, with_phantoms: Workspace) -> None:
    pane = Pane(plane=None)
    BY_KEY[key].command(context_of(with_phantoms, pane))
    assert with_phantoms.document.state.alignment.moving_from_fixed == RigidTransform.identity()
    assert not with_phantoms.document.undo_stack.count()
    assert pane.done == []


def _with_pair(workspace: Workspace) -> None:
    state = landmark_edits.add_pair(workspace.document.state)
    for side in ("fixed", "moving"):
        state = landmark_edits.place_point(state, 0, side, np.zeros(3))
    workspace.document.apply("a pair", state)
    workspace.view_model.select_pair(0)


@pytest.mark.parametrize("side", ["fixed", "moving"])
def test_a_point_moves_in_the_plane_of_the_view_and_is_magnified(side: str, with_phantoms: Workspace) -> None:
    _with_pair(with_phantoms)
    pane = Pane(sides=("fixed",) if side == "fixed" else ("moving",), plane=PLANE)
    BY_KEY["nudge_point_up"].command(context_of(with_phantoms, pane, coarse=True))
    pair = with_phantoms.document.state.landmarks[0]
    point, other = (pair.fixed_point, pair.moving_point) if side == "fixed" else (pair.moving_point, pair.fixed_point)
    np.testing.assert_allclose(np.asarray(point), -PLANE.down, atol=1e-9)
    assert other == (0.0, 0.0, 0.0)
    assert pane.done == [("magnify", side)]


def test_a_locked_point_is_not_magnified_as_if_it_had_moved(with_phantoms: Workspace) -> None:
    _with_pair(with_phantoms)
    locked = landmark_edits.lock_pair(with_phantoms.document.state, 0, True)
    with_phantoms.document.apply("lock", locked)
    pane = Pane()
    told: list[str] = []
    with_phantoms.said.connect(told.append)
    BY_KEY["nudge_point_up"].command(context_of(with_phantoms, pane))
    assert with_phantoms.document.state is locked
    assert pane.done == []
    assert len(told) == 1


@pytest.mark.parametrize("kind", refine_landmarks.KINDS)
def test_points_that_the_view_shows_are_snapped(
    kind: str, with_phantoms: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(refine_landmarks, "snap_selected", lambda _, what, sides: asked.append((what, sides)))
    BY_KEY[f"snap_{kind}"].command(context_of(with_phantoms, Pane(sides=("moving",))))
    assert asked == [(kind, ("moving",))]


@pytest.mark.parametrize("coarse", [False, True])
def test_crosshair_slices_and_panes_are_the_views_own(coarse: bool, with_phantoms: Workspace) -> None:
    pane, number = Pane(plane=PLANE), 10 if coarse else 1
    context = context_of(with_phantoms, pane, coarse=coarse)
    for key in ("cursor_left", "cursor_down", "slice_forward", "slice_back", "next_pane", "previous_pane"):
        BY_KEY[key].command(context)
    left, down = (tuple(float(mm) for mm in WAYS[name]) for name in ("left", "down"))
    assert pane.done == [
        ("step", left, number), ("step", down, number), ("scroll", number), ("scroll", -number),
        ("focus", 1), ("focus", -1),
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "verdict"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_review_takes_the_initials_and_the_note(key: str, verdict: str, with_phantoms: Workspace) -> None:
    BY_KEY[key].command(context_of(with_phantoms, dialogs=GivenAnswers(note="ventricles agree")))
    review = with_phantoms.document.state.alignment.review
    assert review is not None
    assert (review.verdict, review.by, review.note) == (verdict, "AB", "ventricles agree")


def test_a_review_needs_initials(with_phantoms: Workspace) -> None:
    dialogs = GivenAnswers(initials=" ")
    BY_KEY["accept"].command(context_of(with_phantoms, dialogs=dialogs))
    assert with_phantoms.document.state.alignment.review is None
    assert dialogs.asked == ["entry", "initials"]


def test_the_selected_pairs_name_is_asked_for(with_phantoms: Workspace) -> None:
    dialogs = GivenAnswers()
    context = context_of(with_phantoms, dialogs=dialogs)
    BY_KEY["rename_pair"].command(context)
    assert dialogs.asked == []
    _with_pair(with_phantoms)
    BY_KEY["rename_pair"].command(context)
    assert dialogs.asked == ["name of 0"]
