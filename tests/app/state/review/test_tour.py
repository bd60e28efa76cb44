"""The tour: it lends the view, remembers what was said, and forgets it when the pose changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import Answers
from command_context import GivenAnswers, context_of
from pytestqt.qtbot import QtBot

from fusionviewer.app.commands import review as review_commands
from fusionviewer.app.commands.open_save import show_study
from fusionviewer.app.commands.studies.save_study import save_study
from fusionviewer.app.commands.undo_cancel import cancel
from fusionviewer.app.state.guard.checked import Checked
from fusionviewer.app.state.review import tour as tour_module
from fusionviewer.app.state.workspace import Workspace
from fusionviewer.app.tasks.image_reading import Opened
from fusionviewer.imaging.volume import Volume
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.review.tour_stops import TourStop
from fusionviewer.rendering.blends import BlendMode
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState
from fusionviewer.session.study_file import load_study

STOPS = (
    TourStop("Near the vertex", "Look.", (1.0, 2.0, 60.0), "coronal", BlendMode.EDGES),
    TourStop("Near the left orbit", "Look.", (30.0, -60.0, -10.0), "axial", BlendMode.CHECKERBOARD),
    TourStop("Target “t”", "Look.", (0.0, 10.0, 20.0), "axial", BlendMode.CHECKERBOARD, of_target=True),
)


@pytest.fixture
def touring(with_phantoms: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace at the first of three places."""
    monkeypatch.setattr(tour_module, "tour_stops", lambda state, assessment: STOPS)
    review_commands.start_tour(with_phantoms)
    qtbot.waitUntil(lambda: with_phantoms.tour.place is not None)
    return with_phantoms


def at(workspace: Workspace) -> str:
    place = workspace.tour.place
    return "" if place is None else f"{place.number} of {place.of} {place.stop.name}"


def test_each_place_is_shown_where_and_how_it_is_seen_best_and_the_view_comes_back(touring: Workspace) -> None:
    model = touring.view_model
    assert at(touring) == "1 of 3 Near the vertex"
    view = model.view
    assert (view.fixed.cursor, view.fixed.focus) == ((1.0, 2.0, 60.0), (1.0, 2.0, 60.0))
    assert (view.mode, view.layout, view.main_plane) == (BlendMode.EDGES, "large", "coronal")
    assert view.fixed.zoom > 1
    touring.tour.mark("pass")
    assert model.view.mode is BlendMode.CHECKERBOARD
    model.change(smooth=False)  # the user's own meanwhile
    touring.tour.mark("fail")
    touring.tour.back()
    place = touring.tour.place
    assert place is not None
    assert (place.number, place.result) == (2, "fail")
    touring.tour.mark("pass")
    touring.tour.mark("skip")
    assert touring.tour.place is None
    assert (model.view.mode, model.view.layout, model.view.fixed.zoom) == (BlendMode.FADE, "fused", 1.0)
    assert not model.view.smooth
    assert [(one.name, one.result) for one in touring.tour.looked_at] == [
        ("Near the vertex", "pass"), ("Near the left orbit", "pass"), ("Target “t”", "skip"),
    ]  # fmt: skip


def test_a_study_that_is_saved_on_the_tour_keeps_the_view_of_before(touring: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "s.fusion.json"
    assert save_study(touring, path)
    view = load_study(path).view
    assert view is not None
    assert (touring.view_model.view.layout, view.layout, view.fixed.zoom) == ("large", "fused", 1.0)


def test_another_study_is_shown_in_the_layout_of_before(
    touring: Workspace, phantom_mr: Volume, phantom_ct: Volume
) -> None:
    nothing = Opened({"fixed": phantom_mr, "moving": phantom_ct}, {"fixed": None, "moving": None})
    show_study(touring, edits.new_study(phantom_mr, phantom_ct), nothing)
    assert touring.view_model.view.layout == "fused"
    assert touring.tour.place is None


def test_esc_ends_it_and_what_was_said_is_kept(touring: Workspace) -> None:
    touring.tour.mark("pass")
    cancel(touring)
    assert touring.tour.place is None
    assert [one.result for one in touring.tour.looked_at] == ["pass"]


def test_another_pose_ends_it_and_what_was_said_counts_no_longer(touring: Workspace, qtbot: QtBot) -> None:
    touring.tour.mark("pass")
    with qtbot.waitSignal(touring.hindered) as told:
        touring.edit("Align centres", edits.start_from_centres)
    assert "no longer" in told.args[0]
    assert touring.tour.place is None
    assert touring.tour.looked_at == ()
    assert touring.view_model.view.layout == "fused"


def test_the_view_of_before_is_not_shown_of_another_study(touring: Workspace) -> None:
    own = touring.view_model.view
    touring.document.replace(FusionState(fixed=touring.document.state.moving))
    assert touring.tour.place is None
    assert touring.view_model.view == own


def test_accept_records_what_was_looked_at_and_the_assessment(
    touring: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = Assessment("look", (), None, None, None, None, None, None, 0.0)
    monkeypatch.setattr(Workspace, "checked", Checked("done", unknown))
    touring.tour.mark("pass")
    review_commands.sign(context_of(touring), "accepted")
    review = touring.document.state.alignment.review
    assert review is not None
    assert [(one.name, one.result) for one in review.looked_at] == [("Near the vertex", "pass")]
    assert review.assessed is not None
    assert (review.assessed.verdict, review.assessed.p95_mm) == ("look", None)
    assert touring.tour.place is None


@pytest.mark.parametrize("agreed", [False, True])
def test_with_a_failed_place_accept_asks_and_the_note_says_so(
    touring: Workspace, answers: Answers, agreed: bool
) -> None:
    answers.accept = agreed
    touring.tour.mark("fail")
    review_commands.sign(context_of(touring, dialogs=GivenAnswers(note="swelling")), "accepted")
    assert answers.asked[-1] == "failed Near the vertex"
    review = touring.document.state.alignment.review
    assert (review is not None) == agreed
    if review is not None:
        assert review.note == "swelling\nAccepted although failed: Near the vertex."
        assert [one.name for one in review.failed] == ["Near the vertex"]


def test_reject_needs_no_question(touring: Workspace, answers: Answers) -> None:
    touring.tour.mark("fail")
    review_commands.sign(context_of(touring), "rejected")
    assert not any(asked.startswith("failed") for asked in answers.asked)
    assert touring.document.state.alignment.review is not None
