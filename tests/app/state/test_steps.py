"""Where each step stands, in marks and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pytest
from finding_examples import VALUES
from fusion_checks import made_evidence
from landmark_sets import noisy

from fusionviewer.app.state.guard.checked import Checked, Phase
from fusionviewer.app.state.steps import (
    Mark,
    StepState,
    next_step,
    result_of,
    step_states,
    step_to_show,
    title_words,
)
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import GUESSED, Volume
from fusionviewer.quality.finding import Finding, found
from fusionviewer.quality.guard.assessment import Assessment, with_known
from fusionviewer.registration import Ending, RegistrationResult, RegistrationSettings
from fusionviewer.registration.reason import Reason
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState

DAY = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


@pytest.fixture
def state(phantom_mr: Volume, phantom_ct: Volume) -> FusionState:
    return edits.new_study(phantom_mr, phantom_ct)


def ended(state: FusionState, ending: Ending, *reasons: Reason) -> FusionState:
    pose = state.alignment.moving_from_fixed
    run = RegistrationResult(
        pose, pose, ending, reasons or (Reason("settled"),), RegistrationSettings(), "auto", 0.9, 2.5
    )
    return edits.take_run(state, run)


def test_an_empty_study_has_begun_nothing(phantom_mr: Volume) -> None:
    assert set(step_states(FusionState()).values()) == {StepState()}
    one = step_states(FusionState(fixed=phantom_mr))
    assert one["open"] == StepState("", "1 of 2 images")
    assert one["align"] == one["review"] == one["export"] == StepState()


def test_remarks_are_a_caution_and_come_first(state: FusionState) -> None:
    assert step_states(state)["open"] == StepState("done", "2 images")
    assert step_to_show(state) == "align"
    assert state.moving is not None
    usual = replace(state.moving, notes=(f"{GUESSED} CT because of its values.",))
    assert step_to_show(replace(state, moving=usual)) == "align"
    odd = replace(state, moving=replace(usual, notes=(*usual.notes, "The gantry was tilted.")))
    assert step_states(odd)["open"] == StepState("caution", "1 remark")
    assert step_to_show(odd) == "open"
    aligned = ended(odd, Ending.CONVERGED)
    assert step_to_show(aligned) == next_step(aligned) == "review"


@pytest.mark.parametrize(
    ("ending", "reasons", "mark", "words", "after"),
    [
        (Ending.CONVERGED, (), "", "Registered · not checked", "review"),
        (Ending.DOUBTFUL, (Reason("lone_start", {"starts": 16.0}),), "caution", "Low confidence", "landmarks"),
        (Ending.BOUNDED, (Reason("limit_reached", {"max_shift_mm": 5.0}),), "caution", "Limit reached", "review"),
    ],
)
def test_a_run_is_told_by_its_ending(
    state: FusionState, ending: Ending, reasons: tuple[Reason, ...], mark: Mark, words: str, after: str
) -> None:
    run = ended(state, ending, *reasons)
    told = step_states(run)["align"]
    assert (told.mark, told.words) == (mark, words)
    assert told.short in ("", "Not checked")
    result = result_of(run, ())
    assert (result.mark, result.next) == (mark, after)
    assert result.sentence.endswith(".")


def test_a_review_says_by_whom_and_when_until_something_changes(state: FusionState) -> None:
    accepted = edits.set_review(ended(state, Ending.CONVERGED), "accepted", "", DAY, by="AB")
    assert step_states(accepted)["review"] == StepState("done", "Accepted by AB 2026-01-02", "AB 2026-01-02")
    assert title_words(accepted) == "Accepted by AB"
    assert next_step(accepted) == "export"
    moved = edits.nudge(accepted, np.ones(3), np.zeros(3), np.zeros(3))
    assert step_states(moved)["review"] == StepState("caution", "Out of date")
    assert title_words(moved) == "Review out of date"
    assert moved.alignment.review is accepted.alignment.review
    rejected = edits.set_review(accepted, "rejected", "", DAY)  # as in a study of an earlier version
    assert step_states(rejected)["review"] == StepState("caution", "Rejected 2026-01-02", "Rejected 2026-01-02")
    assert title_words(edits.clear_review(rejected)) == ""


def test_landmarks_that_are_placed_are_offered_for_a_fit(state: FusionState) -> None:
    assert "place three or more" in result_of(state, ()).sentence
    assert result_of(replace(state, landmarks=tuple(noisy(3, 0.5))), ()).sentence.endswith("(Ctrl+L).")


def test_an_export_is_done_only_with_two_images(state: FusionState) -> None:
    assert step_states(state, exported=True)["export"] == StepState("done", "Exported")
    assert step_states(FusionState(), exported=True)["export"] == StepState()


def test_a_review_says_the_same_in_few_letters(state: FusionState) -> None:
    expected: dict[Literal["accepted", "rejected"], str] = {
        "accepted": "AB 2026-01-02",
        "rejected": "Rejected AB 2026-01-02",
    }
    for verdict, short in expected.items():
        reviewed = edits.set_review(ended(state, Ending.CONVERGED), verdict, "", DAY, by="AB")
        told = step_states(reviewed)["review"]
        assert told.short == short
        assert len(told.short) < len(told.words)


def test_landmarks_far_from_a_registered_pose_are_a_caution_whatever_the_run_says(state: FusionState) -> None:
    far = Finding("pairs_off_the_pose", "warning", VALUES["pairs_off_the_pose"])
    told = result_of(ended(state, Ending.CONVERGED), (far,))
    assert (told.mark, told.next) == ("caution", "review")
    assert told.sentence.startswith("The 5 landmark pairs agree with each other")


def test_what_speaks_against_a_pose_without_a_run_is_a_caution(state: FusionState) -> None:
    fitted = edits.set_pose(state, RigidTransform.from_rotation(np.eye(3), np.ones(3)), "landmarks")
    against = Finding("pair_displaced", "warning", VALUES["pair_displaced"])
    assert result_of(fitted, ()).mark == ""
    assert result_of(fitted, (against,)).mark == "caution"


def test_headers_that_place_the_images_far_apart_are_a_caution(state: FusionState) -> None:
    far = Finding("centres_apart", "note", VALUES["centres_apart"])
    told = result_of(state, (far,))
    assert (told.title, told.mark) == ("Scanner alignment", "caution")
    assert told.sentence.startswith("The headers place the centres of the images 74 mm apart")
    assert result_of(ended(state, Ending.CONVERGED), (far,)).mark == ""


def checked(state: FusionState, shift_mm: float, *known: Finding) -> Checked:
    evidence = made_evidence(state.alignment.moving_from_fixed, shift_mm)
    return Checked("done", with_known(evidence.assessment, known))


@pytest.mark.parametrize(
    ("shift_mm", "mark", "words", "title", "after", "step"),
    [
        (0.0, "done", "Fine", "Fine: no warnings about this fusion.", "review", "review"),
        (2.4, "caution", "Look", "Look: something may be wrong", "review", "review"),
        (6.0, "failure", "Wrong", "Wrong: this fusion is off", "landmarks", "align"),
    ],
)
def test_bar_and_card_show_the_assessment_alone(
    state: FusionState, shift_mm: float, mark: Mark, words: str, title: str, after: str, step: str
) -> None:
    run = ended(state, Ending.CONVERGED)
    check = checked(run, shift_mm)
    told, result = step_states(run, checked=check)["align"], result_of(run, (), check)
    assert check.assessment is not None
    assert check.assessment.expected is not None
    words = f"{words} · at most {check.assessment.expected.p95_upper_mm:.1f} mm"
    assert (told.mark, told.words) == (result.mark, words) == (mark, words)
    assert result.title.startswith(title)
    assert words.startswith(result.short)
    assert result.sentence.startswith("Expected error, calibrated on simulations: ")
    assert result.next == after
    assert next_step(run, check.verdict) == step
    assert [one.code for one in result.reasons][-2:] == ["bone_distance", "settled"], "the run's own ending"


def test_a_doubtful_run_and_landmarks_are_reasons_of_the_assessment(state: FusionState) -> None:
    doubtful = ended(state, Ending.DOUBTFUL, Reason("lone_start", {"starts": 16.0}))
    result = result_of(doubtful, (), checked(doubtful, 0.0, found("doubtful"), found("lone_start", starts=16.0)))
    assert (result.short, result.mark, result.next) == ("Look", "caution", "landmarks")
    assert [one.code for one in result.reasons[:2]] == ["doubtful", "lone_start"]


@pytest.mark.parametrize("phase", ["waiting", "checking"])
def test_a_check_that_goes_on_says_so_and_nothing_of_the_run(state: FusionState, phase: Phase) -> None:
    doubtful = ended(state, Ending.DOUBTFUL, Reason("lone_start", {"starts": 16.0}))
    for one in (ended(state, Ending.CONVERGED), doubtful):
        assert step_states(one, checked=Checked(phase))["align"] == StepState("", "Checking …")
        assert (result_of(one, (), Checked(phase)).title, result_of(one, (), Checked(phase)).mark) == ("Checking …", "")


def test_what_cannot_be_judged_is_to_be_looked_at_for_its_reason(state: FusionState) -> None:
    nothing = found("cannot_judge", because="nothing_to_compare")
    alone = Assessment("look", (nothing,), None, None, None, None, None, None, 0.1)
    file = edits.set_pose(state, RigidTransform.from_rotation(np.eye(3), np.ones(3)), "file")
    told = step_states(file, checked=Checked("done", alone))["align"]
    assert (told.mark, told.words) == ("caution", "Look")
    result = result_of(file, (), Checked("done", alone))
    assert result.reasons == (nothing,)
    assert result.sentence == "The check cannot say how far off this fusion may be."


def test_scanner_alignment_is_never_assessed(state: FusionState) -> None:
    assert step_states(state, checked=Checked("none"))["align"] == StepState("", "Scanner alignment")
