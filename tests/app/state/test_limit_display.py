"""When the limits of a refinement are drawn, about which pose, and how much of them is used."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from waiting import wait_until_idle

from fusionviewer.app.commands import register as register_commands
from fusionviewer.app.state import limit_display
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks import image_lookup
from fusionviewer.app.tasks.image_lookup import Lookup
from fusionviewer.errors import FusionError
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.head import head_mask
from fusionviewer.imaging.volume import Volume
from fusionviewer.registration import Bounds, Ending, Reason, RegistrationResult, RegistrationSettings
from fusionviewer.rendering.marks.limit_band import Halo
from fusionviewer.session import edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.state import FusionState

CENTRE = np.array([1.0, 2.0, 3.0])
SHOWN, BEGUN, HELD = (RigidTransform.from_euler((n, 0, 0, 0, n, 0), CENTRE) for n in (1, 2, 3))


def study(mr: Volume, ct: Volume, *, limits: Limits | None = None, bounds: Bounds | None = None) -> FusionState:
    state = edits.set_pose(edits.new_study(mr, ct), SHOWN, "hand")
    if bounds is not None:
        run = RegistrationResult(
            SHOWN, BEGUN, Ending.CONVERGED, (Reason("settled"),), RegistrationSettings(), "current", 1, 1, bounds
        )
        state = edits.take_run(state, run)
    return state if limits is None else edits.set_limits(state, limits)


@pytest.fixture
def free(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    """No refinement was made."""
    return study(phantom_mr, phantom_ct, limits=Limits(4, 5))


@pytest.fixture
def refined(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    """The pose is that of a refinement within 4 mm and 5°."""
    return study(phantom_mr, phantom_ct, limits=Limits(4, 5), bounds=Bounds.about(BEGUN, CENTRE + 1, 4, 5))


@pytest.mark.parametrize("reasons", list(itertools.product([False, True], repeat=3)))
def test_they_are_drawn_for_any_reason_but_not_without_two_images(free: FusionState, reasons: tuple[bool, ...]) -> None:
    named = dict(zip(("chosen", "refining", "minded"), reasons, strict=True))
    assert limit_display.wanted(free, **named) == any(reasons)
    assert not limit_display.wanted(replace(free, moving=None), **named)


def test_they_lie_about_the_pose_that_the_next_refinement_would_begin_at(free: FusionState) -> None:
    drawn = limit_display.to_draw(free, CENTRE, refining=False, dragged=None)
    assert drawn.start is SHOWN
    assert (drawn.max_shift_mm, drawn.max_rotation_deg) == (4, 5)
    assert drawn.centre == pytest.approx(CENTRE)
    assert limit_display.to_draw(free, CENTRE, refining=False, dragged=HELD).start is HELD
    assert limit_display.in_use(free, CENTRE, refining=False) is None


def test_a_running_refinement_keeps_them_where_it_began(free: FusionState, refined: FusionState) -> None:
    for state in (free, refined):
        for dragged in (None, HELD):
            assert limit_display.to_draw(state, CENTRE, refining=True, dragged=dragged).start is SHOWN
        used = limit_display.in_use(state, CENTRE, refining=True)
        assert used is not None
        assert used.start is SHOWN


def test_after_a_refinement_they_show_how_much_was_used_until_something_else_counts(refined: FusionState) -> None:
    assert refined.alignment.run is not None
    assert limit_display.to_draw(refined, CENTRE, refining=False, dragged=None) is refined.alignment.run.bounds
    assert limit_display.in_use(refined, CENTRE, refining=False) is refined.alignment.run.bounds
    assert limit_display.to_draw(refined, CENTRE, refining=False, dragged=HELD).start is HELD
    wider = edits.set_limits(refined, Limits(6, 5))
    assert limit_display.to_draw(wider, CENTRE, refining=False, dragged=None).start is SHOWN
    assert (
        limit_display.in_use(wider, CENTRE, refining=False) is refined.alignment.run.bounds
    )  # that is what the pose was found within
    moved = edits.set_pose(refined, HELD, "hand")
    assert limit_display.to_draw(moved, CENTRE, refining=False, dragged=None).start is HELD
    assert limit_display.in_use(moved, CENTRE, refining=False) is None


def _halo(workspace: Workspace, qtbot: QtBot) -> Halo:
    qtbot.waitUntil(lambda: workspace.view_model.halo is not None, timeout=30_000)
    halo = workspace.view_model.halo
    assert halo is not None
    return halo


def test_the_halo_follows_what_is_chosen_pose_and_limits(with_phantoms: Workspace, qtbot: QtBot) -> None:
    workspace, model = with_phantoms, with_phantoms.view_model
    assert model.halo is None
    model.change(show_limits=True)
    halo = _halo(workspace, qtbot)
    state = workspace.document.state
    assert state.fixed is not None
    assert halo.centre == pytest.approx(tuple(head_mask(state.fixed).centre_point))  # the engine's centre, and no other
    assert (halo.max_shift_mm, halo.max_rotation_deg) == (10, 10)
    register_commands.set_limits(workspace, Limits(2, 3))
    assert model.halo == replace(halo, max_shift_mm=2, max_rotation_deg=3)
    model.set_preview(HELD, by_hand=True)
    assert model.halo is not None
    assert model.halo.moving_from_view is HELD
    model.set_preview(None)
    workspace.document.apply("off", edits.set_pose(workspace.document.state, SHOWN, "hand"))
    assert model.halo is not None
    assert model.halo.moving_from_view is SHOWN
    model.change(show_limits=False)
    assert model.halo is None


def test_a_refinement_shows_them_by_itself_and_its_preview_does_not_move_them(
    with_phantoms: Workspace, phantom_truth: RigidTransform, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, model = with_phantoms, with_phantoms.view_model
    workspace.limits._lingering.setInterval(200)
    workspace.document.apply("near", edits.set_pose(workspace.document.state, phantom_truth, "hand"))
    start = workspace.document.state.alignment.moving_from_fixed
    changes: list[Halo | None] = []
    model.halo_changed.connect(lambda: changes.append(model.halo))
    register_commands.start_refine(workspace)
    used = workspace.limits.in_use
    assert used is not None
    assert used.start is start
    wait_until_idle(workspace, qtbot)
    _halo(workspace, qtbot)
    run = workspace.document.state.alignment.run
    assert run is not None
    assert run.bounds is not None
    assert {halo.moving_from_view for halo in changes if halo is not None} == {start}
    assert {halo.centre for halo in changes if halo is not None} == {tuple(run.bounds.centre)}
    qtbot.waitUntil(lambda: model.halo is None)  # it stays for a while, and goes


def test_changed_limits_are_seen_for_a_while_and_minded_ones_as_long(with_phantoms: Workspace, qtbot: QtBot) -> None:
    workspace, model = with_phantoms, with_phantoms.view_model
    workspace.limits._lingering.setInterval(60_000)  # a busy machine may take long to find the surface
    workspace.limits.linger()
    _halo(workspace, qtbot)
    workspace.limits._lingering.setInterval(10)
    qtbot.waitUntil(lambda: model.halo is None)
    workspace.limits.mind(True)
    _halo(workspace, qtbot)
    workspace.limits.mind(False)
    assert model.halo is None


def test_it_is_looked_up_once_and_nothing_to_find_is_no_reason_to_look_again(
    with_phantoms: Workspace, phantom_mr: Volume, phantom_ct: Volume, qtbot: QtBot
) -> None:
    asked, told = [], []

    def find(volume: Volume) -> str:
        asked.append(volume)
        if volume is phantom_mr:
            raise FusionError("Nothing.", "Go away.")
        return volume.name

    known: Lookup[str] = image_lookup.Lookup(find, lambda: told.append(1), with_phantoms)
    for volume, found in ((phantom_ct, phantom_ct.name), (phantom_mr, None)):
        assert not known.ask(volume)
        assert not known.ask(volume)
        qtbot.waitUntil(partial(known.ask, volume))
        assert known.get(volume) == found
    assert asked == [phantom_ct, phantom_mr]
    assert len(told) == 2
