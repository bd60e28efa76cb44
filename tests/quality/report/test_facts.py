"""What a report tells of a study: the numbers, without the names."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.transforms.proof import MOST_MM, N_POINTS, READERS, Reader
from fusionviewer.exchange.transforms.registry import FORMATS
from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.grades import FINE_MM, WRONG_MM
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.report import facts
from fusionviewer.quality.report.appendix import appendix_of
from fusionviewer.quality.report.blocks import Table
from fusionviewer.quality.report.evidence import evidence_record, region_record
from fusionviewer.quality.report.facts import Report, anonymous, report_of, study_name
from fusionviewer.quality.report.transform_files import transform_files_record
from fusionviewer.registration import Bounds, Ending, Evidence, RegistrationResult, RegistrationSettings
from fusionviewer.session import edits
from fusionviewer.session.edits import new_study
from fusionviewer.session.review.values import Looked
from fusionviewer.session.state import FusionState

NAME = "Doe-Jane"


def test_the_transform_stands_in_both_directions(anonymous_report: Report, phantom_truth: RigidTransform) -> None:
    told = anonymous_report.record["alignment"]
    there, back = (np.array(told[name]) for name in ("moving_from_fixed", "fixed_from_moving"))
    assert np.array_equal(there, phantom_truth.matrix)
    assert np.allclose(there @ back, np.eye(4), atol=1e-12)
    assert told["origin"] == "hand"
    about = np.array(told["head_centre_lps_mm"])
    six = [*told["seen_rotation_deg"], *told["seen_translation_mm"]]
    assert np.allclose(RigidTransform.from_euler(six, about).matrix, back, atol=1e-9)


def test_every_format_without_voxels_is_tried_and_read_back(
    anonymous_report: Report, marked_study: FusionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = anonymous_report.record["transform_files"]
    assert [one["key"] for one in told] == [known.key for known in FORMATS if not known.with_voxels]
    assert all(one["max_mm"] < MOST_MM and one["points"] == N_POINTS and one["why_not"] == "" for one in told)
    elsewhere = Reader(lambda path, pair: lambda points: points + 1.0)
    monkeypatch.setitem(READERS, "c3d", elsewhere)
    bad = [one for one in transform_files_record(marked_study) if one["max_mm"] is None]
    assert [one["key"] for one in bad] == ["c3d"]
    assert "mm off" in bad[0]["why_not"]
    (section,) = [one for one in appendix_of(anonymous_report) if "other programs" in one.title]
    (table,) = section.blocks
    assert isinstance(table, Table)
    assert table.rows[0][2].startswith("agrees within 0.0000")
    worse = replace(anonymous_report, record=anonymous_report.record | {"transform_files": bad})
    (table,) = next(one for one in appendix_of(worse) if "other programs" in one.title).blocks
    assert isinstance(table, Table)
    assert table.marks == ("bad",)
    assert "mm off" in table.rows[0][2]


def test_landmarks_are_told_with_their_errors(anonymous_report: Report) -> None:
    told = anonymous_report.record["landmarks"]
    assert [one["name"] for one in told["fitted"]] == ["pair 1", "pair 2", "pair 3", "pair 4"]
    assert max(one["residual_mm"] for one in told["fitted"]) < 1e-6
    assert [one["distance_mm"] for one in told["held_out"]] == pytest.approx([3.0])
    assert told["measured_tre_mm"] == {"count": 1, "mean": pytest.approx(3.0), "max": pytest.approx(3.0)}
    assert [one["name"] for one in told["predicted_tre_mm"]] == ["T1"]


def test_tolerances_are_compared_with_the_expected_error_and_with_check_points(anonymous_report: Report) -> None:
    own = anonymous_report.record["tolerances"]
    assert [(one["name"], one["mm"]) for one in own] == [
        ("Largest voxel dimension", 3.0), ("Stereotactic, 1 mm", 1.0), ("Own", 50.0),
    ]  # fmt: skip
    expected = anonymous_report.record["assessment"]["expected_tre_mm"]
    for one in own:
        held = expected["p95_upper"] <= one["mm"], expected["p95"] <= one["mm"]
        assert one["expected"] == {(True, True): "yes", (False, True): "perhaps", (False, False): "no"}[held]
    assert [one["measured"] for one in own][1:] == [False, True]


def test_the_expected_error_is_told_over_the_head_and_at_targets(anonymous_report: Report) -> None:
    expected = anonymous_report.record["assessment"]["expected_tre_mm"]
    assert [one["name"] for one in expected["targets"]] == ["T1"]
    places = {one["name"]: one["point_lps_mm"] for one in expected["over_head"]}
    assert places["Left"][0] > places["Middle of the head"][0] > places["Right"][0]
    assert places["Back"][1] > places["Front"][1]
    assert places["Vertex"][2] > places["Base"][2]


def test_names_and_notes_are_left_out_unless_asked_for(
    anonymous_report: Report, marked_study: FusionState, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = Assessment("look", (), None, None, None, None, None, None, 0.0)  # neither of the two knows names
    monkeypatch.setattr(facts, "assess", lambda *images, **others: unknown)
    monkeypatch.setattr(facts, "report_pictures", lambda *given: ())
    assert NAME not in json.dumps(anonymous_report.record)
    review = anonymous_report.record["review"]
    assert (review["by"], review["note"], review["note_left_out"]) == ("<b>AB", "", True)
    told = report_of(marked_study, names=True).record
    assert told["names_written"]
    assert told["images"]["fixed"]["name"] == f"{NAME} T1"
    assert told["landmarks"]["fitted"][0]["name"] == f"{NAME} 0"
    assert told["assessment"]["expected_tre_mm"] is None
    assert {one["expected"] for one in told["tolerances"]} == {"unknown"}
    assert (told["review"]["note"], told["review"]["note_left_out"]) == (f"{NAME} moved", False)


def test_a_review_is_as_current_as_in_the_study(marked_study: FusionState, anonymous_report: Report) -> None:
    assert anonymous_report.record["review"]["changed_since"] == []
    moved = edits.set_pose(marked_study, RigidTransform.identity(), "hand")
    assert facts._review_record(anonymous(moved), True)["changed_since"] == ["pose"]  # type: ignore[index]


def test_a_study_is_called_by_its_two_images(marked_study: FusionState) -> None:
    fixed, moving = marked_study.fixed, marked_study.moving
    assert fixed is not None
    assert moving is not None
    name = study_name(fixed, moving)
    assert name == study_name(replace(fixed, name="other"), moving)
    assert name != study_name(moving, fixed)


def test_one_image_makes_no_report(marked_study: FusionState) -> None:
    with pytest.raises(BadArgument, match="only one image"):
        report_of(new_study(marked_study.fixed, None))


def test_the_evidence_stands_beside_its_limits(anonymous_report: Report) -> None:
    told = {one["code"]: one for one in anonymous_report.record["evidence"]}
    residual = told["residual_mm"]
    assert residual["value"] == pytest.approx(anonymous_report.record["assessment"]["residual"]["p95_mm"])
    assert (residual["look"], residual["wrong"], residual["kept"]) == (FINE_MM, WRONG_MM, "yes")
    assert told["head_overlap"]["value"] == anonymous_report.record["head_overlap"]
    regions = anonymous_report.record["regions"]
    assert {one["region"] for one in regions} <= {"frontal", "occipital", "left", "right", "vertex", "base"}
    assert [abs(one["mm"]) for one in regions] == sorted((abs(one["mm"]) for one in regions), reverse=True)


@pytest.mark.parametrize(("overlap", "displacement", "kept"), [
    (0.9, 29.0, ["yes", "yes"]), (0.8, 31.0, ["look", "look"]), (0.4, 10.0, ["no", "yes"]),
])  # fmt: skip
def test_what_breaks_a_limit_is_marked(
    marked_study: FusionState, overlap: float, displacement: float, kept: list[str]
) -> None:
    unknown = Assessment("look", (), None, None, None, None, None, None, 0.0)
    told = evidence_record(marked_study, unknown, overlap, displacement)
    assert [one["kept"] for one in told] == kept
    assert region_record(unknown) == []


def test_a_run_is_held_against_its_own_limits(marked_study: FusionState) -> None:
    pose = marked_study.alignment.moving_from_fixed
    bounds = Bounds.about(RigidTransform.identity(), np.zeros(3), 400.0, 2.0)
    evidence = Evidence(1, 8, 3.0, 0.9, 2.0, 2.5, 30.0, 0.5, 1.2, 0.0)
    start, ended = RigidTransform.identity(), (Ending.DOUBTFUL, (), RegistrationSettings(), "header", 1.0, 1.0)
    run = RegistrationResult(pose, start, *ended, bounds=bounds, evidence=evidence)
    state = replace(marked_study, alignment=replace(marked_study.alignment, run=run))
    unknown = Assessment("look", (), None, None, None, None, None, None, 0.0)
    kept = {one["code"]: one["kept"] for one in evidence_record(state, unknown, 1.0, 0.0)}
    told = [kept[code] for code in ("contrast", "mirror_share", "parts_mm", "rival_share")]
    assert told == ["look", "no", "no", "yes"]
    assert kept["limit_shift_mm"] == "yes"
    assert "region_mm" not in kept


def test_what_was_done_manually_is_told_with_what_is_known_of_it(anonymous_report: Report) -> None:
    steps = anonymous_report.record["manual_steps"]
    assert [one["what"] for one in steps] == ["pose", "landmarks", "targets", "review"]
    assert steps[1]["sentence"] == "5 landmark pairs were marked, or read from files."
    assert (steps[0]["by"], steps[0]["date"]) == (None, None)
    assert (steps[3]["by"], steps[3]["date"][:16]) == ("<b>AB", "2026-11-29T12:30")


def test_names_of_targets_are_left_out_of_what_was_looked_at(marked_study: FusionState) -> None:
    places = (Looked(f"Target “{NAME}”", "fail", (1.0, 2.0, 3.0), of_target=True), Looked("Vertex", "pass", (1, 2, 3)))
    told = anonymous(edits.set_review(marked_study, "rejected", NAME, looked_at=places)).alignment
    assert told.review is not None
    assert [one.name for one in told.review.looked_at] == ["Near a target", "Vertex"]
    assert NAME not in repr(told.history)
