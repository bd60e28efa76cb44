"""Studies that were written before reviews could be out of date, by the program of then, open as they did."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fusionviewer.errors import UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.quality.wording import reason_text
from fusionviewer.registration import Ending, Reason
from fusionviewer.session import edits
from fusionviewer.session.alignment import Limits
from fusionviewer.session.review.validity import image_identity
from fusionviewer.session.study_file import StoredStudy, load_study, save_study

FILES = sorted((Path(__file__).parent / "data" / "version-1").glob("*.fusion.json"))
NAMES = [path.name.partition(".")[0] for path in FILES]


def opened(name: str) -> tuple[StoredStudy, dict[str, Any]]:
    path = FILES[NAMES.index(name)]
    return load_study(path), json.loads(path.read_text("utf-8"))


def test_they_are_what_version_1_wrote() -> None:
    assert NAMES == ["accepted", "refined", "registered"]
    assert {json.loads(path.read_text("utf-8"))["version"] for path in FILES} == {1}


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_file_is_there(name: str) -> None:
    stored, written = opened(name)
    alignment = stored.without_images.alignment
    assert alignment.moving_from_fixed.matrix.tolist() == written["moving_from_fixed"]
    assert alignment.start.matrix.tolist() == written["start"]
    assert alignment.origin == written["origin"]
    assert [pair.name for pair in stored.without_images.landmarks] == [pair["name"] for pair in written["landmarks"]]
    assert stored.fixed is not None
    assert stored.fixed.fingerprint == written["images"]["fixed"]["fingerprint"]
    run = alignment.run
    if written["run"] is None:
        assert run is None
    else:
        assert run is not None
        assert run.metric == written["run"]["metric"]
        assert reason_text(run) == written["run"]["reason"]


def test_landmarks_and_the_accepted_pose() -> None:
    stored, _ = opened("accepted")
    state = stored.without_images
    third = state.landmarks[2]
    assert (third.name, third.colour, third.locked, third.fle_mm) == ("œil gauche “L”", "#7ee787", True, 0.75)
    assert third.again == (("fixed", (0.5, -70.25, -10.0)), ("moving", (6.0, -75.0, -5.5)))
    assert state.landmarks[4].use == "check"
    assert state.landmarks[5].use == "off"
    assert state.landmarks[6].moving_point is None
    assert [(target.name, target.point) for target in state.targets] == [("STN", (1.5, -20.0, 30.25))]
    assert state.fle_mm == 0.9
    assert state.alignment.accepted == state.alignment.moving_from_fixed
    review = state.alignment.review
    assert review is not None
    assert (review.verdict, review.note) == ("accepted", "ventricles agree\n“both” sides")
    assert review.date == "2026-03-04T05:06:07+00:00"
    assert stored.view is not None


def test_a_bounded_run_with_a_region_and_its_alternatives() -> None:
    stored, written = opened("refined")
    alignment = stored.without_images.alignment
    run = alignment.run
    assert run is not None
    assert run.ending is Ending.BOUNDED
    assert run.reasons == (Reason("told", {"text": written["run"]["reason"]}),)
    assert run.bounds is not None
    assert run.touched == ("shift",)
    assert run.landmarks is None or run.landmarks.weight == 0.5
    kinds = [(found.kind, found.run is not None) for found in alignment.alternatives]
    assert kinds == [("landmarks", False), ("registration", True), ("refinement", True)]
    assert alignment.limits == Limits(2, 2)
    assert alignment.landmark_weight == 0.5
    assert stored.mask is not None
    assert stored.mask.relative == "mask.nii.gz"
    assert stored.without_images.region is not None
    assert stored.without_images.region.box == ((-70.0, -80.0, -60.0), (70.0, 80.0, 60.0))
    assert alignment.review is not None
    assert alignment.review.verdict == "rejected"


@pytest.mark.parametrize("name", ["accepted", "refined"])
def test_their_review_speaks_of_what_the_file_holds(name: str) -> None:
    """It was dropped when the pose changed, so that it always was current."""
    stored, _ = opened(name)
    state = stored.without_images
    review = state.alignment.review
    assert review is not None
    assert stored.fixed is not None
    assert stored.moving is not None
    assert review.of.moving_from_fixed == state.alignment.moving_from_fixed
    assert (review.of.fixed, review.of.moving) == (
        image_identity(stored.fixed.fingerprint, ()),
        image_identity(stored.moving.fingerprint, ()),
    )
    same = edits.set_review(state, "accepted", "").alignment.review
    assert same is not None
    assert review.of.landmarks == same.of.landmarks


@pytest.mark.parametrize("name", NAMES)
def test_saved_again_they_are_of_version_2_which_says_what_was_reviewed(name: str, tmp_path: Path) -> None:
    stored, _ = opened(name)
    state = stored.without_images
    path = tmp_path / "again.fusion.json"
    save_study(state, stored.view, path)
    written = json.loads(path.read_text("utf-8"))
    assert written["version"] == 2
    back = load_study(path).without_images
    assert back.alignment.review == state.alignment.review
    assert (back.alignment.run is None) == (state.alignment.run is None)
    if back.alignment.run is not None and state.alignment.run is not None:
        assert reason_text(back.alignment.run) == reason_text(state.alignment.run)
    if written["review"] is not None:
        del written["review"]["of"]
        path.write_text(json.dumps(written), encoding="utf-8")
        with pytest.raises(UnreadableInput, match="“of” is missing"):
            load_study(path)


def test_a_review_of_another_pose_survives_the_file(tmp_path: Path) -> None:
    state = opened("accepted")[0].without_images
    moved = edits.set_pose(state, RigidTransform.identity(), "hand")
    save_study(moved, None, tmp_path / "s.fusion.json")
    back = load_study(tmp_path / "s.fusion.json").without_images
    assert back.alignment.review is not None
    assert back.alignment.review.of.moving_from_fixed == state.alignment.moving_from_fixed
    assert replace(back.alignment.review) == moved.alignment.review
