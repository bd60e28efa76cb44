"""What a report keeps of a run, and the same run again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.imaging.volume import Volume, image_on_grid
from fusionviewer.quality.report import replay as replaying
from fusionviewer.quality.report.facts import anonymous, versions
from fusionviewer.quality.report.replay import read_replay, replay, replay_record, replayed_text, same_image
from fusionviewer.registration import Region, RegistrationSettings, register
from fusionviewer.session import edits
from fusionviewer.session.state import FusionState, pull_of

QUICK = RegistrationSettings(seed=7, rotations=24, starts=1, levels_mm=(8.0,), points=(1000,))
BOX = ((-60.0, -70.0, -50.0), (60.0, 70.0, 60.0))


def told(state: FusionState, mask_fingerprint: str = "") -> dict[str, Any]:
    """What a report would keep, as a file gives it back."""
    images = {
        side: {"fingerprint": volume.fingerprint_on_disk, "mirrored": list(volume.mirrored)}
        for side, volume in state.volumes().items()
    }
    record = {"replay": replay_record(anonymous(state), mask_fingerprint), "images": images, "versions": versions()}
    kept: dict[str, Any] = json.loads(json.dumps(record))
    return kept


@pytest.fixture(scope="module")
def restricted(marked_study: FusionState) -> FusionState:
    """A refinement within limits, in a box and a mask, held by landmarks: everything that a run can have."""
    fixed, moving = marked_study.fixed, marked_study.moving
    assert fixed is not None
    assert moving is not None
    mask = Volume(image_on_grid((fixed.array > 50).astype(np.uint8), fixed.grid), "mask")
    state = edits.set_landmark_weight(replace(marked_study, region=Region(mask, BOX)), 2.0)
    start = RigidTransform.from_rotation(np.eye(3), np.array([1.0, 2, 0])) @ state.alignment.moving_from_fixed
    run = register(
        fixed, moving, start, settings=QUICK, max_shift_mm=6, max_rotation_deg=3, start_kind="file",
        region=state.region, pull=pull_of(state),
    )  # fmt: skip
    return edits.take_run(state, run)


def mask_of(state: FusionState) -> Volume:
    assert state.region is not None
    assert state.region.mask is not None
    return state.region.mask


def again(state: FusionState, kept: dict[str, Any], **others: Any) -> Any:
    assert state.fixed is not None
    assert state.moving is not None
    return replay(read_replay(kept), state.fixed, state.moving, now=others.pop("now", versions()), **others)


def test_a_run_with_everything_is_found_again(restricted: FusionState) -> None:
    mask = mask_of(restricted)
    kept = told(restricted, mask.fingerprint)
    assert kept["replay"]["missing"] == []
    done = again(restricted, kept, mask=mask)
    assert done.same
    assert done.same_build
    assert done.max_entry == 0
    assert "The same" in replayed_text(done)


@pytest.mark.parametrize("change", ["seed", "limits", "box", "landmarks", "start"])
def test_each_of_it_counts(restricted: FusionState, change: str) -> None:
    kept = told(restricted, mask_of(restricted).fingerprint)
    match change:
        case "seed":
            kept["replay"]["settings"]["seed"] = 8
        case "limits":
            kept["replay"]["limits"]["max_shift_mm"] = 0.5
        case "box":
            kept["replay"]["region"]["box"][1][2] = 20.0
        case "landmarks":
            kept["replay"]["landmarks"]["weight"] = 90.0
        case _:
            kept["replay"]["start"][0][3] += 2.5
    done = again(restricted, kept, mask=mask_of(restricted))
    assert not done.same
    assert replayed_text(done).startswith("It differs")


def test_what_the_study_has_lost_is_said(restricted: FusionState) -> None:
    fingerprint = mask_of(restricted).fingerprint
    other_box = replace(restricted, region=Region(box=((-60.0, -70.0, -50.0), (60.0, 70.0, 40.0))))
    moved = replace(restricted.landmarks[0], fixed_point=(1.0, 2.0, 3.0))
    other_pairs = replace(restricted, landmarks=(moved, *restricted.landmarks[1:]))
    fewer_pairs = replace(restricted, landmarks=restricted.landmarks[1:])
    for state, mask, words in (
        (other_box, fingerprint, "no longer has"),
        (restricted, "", "no longer has"),
        (other_pairs, fingerprint, "have changed since"),
        (fewer_pairs, fingerprint, "have changed since"),
    ):
        with pytest.raises(UnreadableInput, match=words):
            read_replay(told(state, mask))


def test_another_mask_or_none_is_refused(restricted: FusionState) -> None:
    kept = told(restricted, mask_of(restricted).fingerprint)
    with pytest.raises(BadArgument, match="restricted to a mask"):
        again(restricted, kept)
    with pytest.raises(BadArgument, match="this is not it"):
        again(restricted, kept, mask=restricted.fixed)


@pytest.mark.parametrize(("mm", "same"), [(0.02, True), (0.2, False)])
def test_other_versions_may_differ_by_less_than_a_voxel_shows(
    restricted: FusionState, mm: float, same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "register", lambda *given, **others: restricted.alignment.run)
    mask = mask_of(restricted)
    kept = told(restricted, mask.fingerprint)
    kept["replay"]["moving_from_fixed"][1][3] += mm
    assert not again(restricted, kept, mask=mask).same
    done = again(restricted, kept, mask=mask, now={**versions(), "numpy": "9"})
    assert done.same is same
    assert done.max_mm == pytest.approx(mm)
    assert "others than the report's" in replayed_text(done)


@pytest.mark.parametrize(
    ("origin", "words"), [("hand", "adjusted manually"), ("file", "comes from a file"), ("registration", "not kept")]
)
def test_a_pose_without_a_run_is_told_and_not_replayed(marked_study: FusionState, origin: Any, words: str) -> None:
    state = edits.set_pose(marked_study, RigidTransform.identity(), origin)
    with pytest.raises(UnreadableInput, match=words):
        read_replay(told(state))


def test_a_fit_to_landmarks_is_computed_again(marked_study: FusionState) -> None:
    fitted = edits.fit_to_landmarks(marked_study)
    done = again(fitted, told(fitted))
    assert done.same
    assert done.seconds is None
    without = replace(
        fitted, landmarks=(replace(fitted.landmarks[0], moving_point=(0.0, 0.0, 0.0)), *fitted.landmarks[1:])
    )
    for changed in (without, replace(fitted, landmarks=fitted.landmarks[:2])):
        with pytest.raises(UnreadableInput, match="landmarks have changed since the fit"):
            read_replay(told(changed))


def test_images_are_mirrored_as_they_were_and_others_are_refused(marked_study: FusionState) -> None:
    moving = marked_study.moving
    assert moving is not None
    fitted = edits.fit_to_landmarks(edits.take_mirrored(marked_study, mirror(moving, "x"), "x"))
    asked = read_replay(told(fitted))
    assert same_image(asked, "moving", moving).mirrored == ("x",)
    assert same_image(asked, "moving", mirror(mirror(moving, "x"), "y")).mirrored == ("x",)
    with pytest.raises(BadArgument, match="fixed image is not the one"):
        same_image(asked, "fixed", moving)


@pytest.mark.parametrize("key", ["start", "settings", "region", "landmarks", "moving_from_fixed", "start_kind"])
def test_a_damaged_report_is_said_to_be_one(restricted: FusionState, key: str) -> None:
    for wrong in ("nonsense", 3, [1], {"a": 1}):
        kept = told(restricted, mask_of(restricted).fingerprint)
        kept["replay"][key] = wrong
        if key == "start_kind" and wrong == "nonsense":
            continue
        with pytest.raises(UnreadableInput, match="damaged"):
            read_replay(kept)
