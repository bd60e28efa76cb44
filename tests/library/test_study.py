"""Studies that programs open, change and save."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import phantoms
import pytest

from fusionviewer import (
    Cancelled,
    LandmarkPair,
    Observer,
    RigidTransform,
    Study,
    Volume,
    describe,
    volume_from_array,
    write_volume,
)
from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.registration import RegistrationResult
from fusionviewer.session import edits
from fusionviewer.session.study_file import load_study, save_study

TRUTH = phantoms.MOVING_FROM_FIXED
PLACES = {name: phantoms.centre_of(name) for name in ("left eye", "right eye", "nose", "lesion")}
MOVED = {name: TRUTH.apply(at) for name, at in PLACES.items()}
Head = tuple[Volume, Volume]
Files = tuple[Path, Path]


@pytest.fixture
def saved(tmp_path: Path, head: Head, registered: RegistrationResult) -> Path:
    """A study with everything in it."""
    study = Study.of(*head).with_landmarks((PLACES, MOVED)).with_run(registered).reviewed("accepted", "fits")
    study.save(tmp_path / "study.fusion.json")
    return tmp_path / "study.fusion.json"


def test_a_study_is_saved_and_opened_whole(saved: Path, head: Head, registered: RegistrationResult) -> None:
    study = Study.open(str(saved))
    assert study.fixed is not None
    assert study.moving is not None
    assert (study.fixed.fingerprint, study.moving.fingerprint) == tuple(volume.fingerprint for volume in head)
    assert study.moving_from_fixed == registered.moving_from_fixed
    assert [pair.name for pair in study.landmarks] == list(PLACES)
    assert study.run is not None
    assert study.run.trace == registered.trace
    assert study.review is not None
    assert (study.review.verdict, study.review.note) == ("accepted", "fits")
    study.save(saved)
    assert Study.open(saved).review == study.review


def test_what_speaks_against_a_pose_is_found_and_said(saved: Path) -> None:
    study = Study.open(saved)
    codes = {finding.code for finding in study.findings()}
    assert {"settled", "accepted", "moved"} <= codes
    far = study.with_pose(RigidTransform.from_rotation(np.eye(3), np.array([120.0, 0, 0]))).findings()
    assert far[0].level == "warning"
    assert any(finding.code.startswith("overlap") for finding in far)
    said = [describe(finding) for finding in far]
    assert all(said)
    assert len(set(said)) == len(said)
    assert Study.open(saved, images=False).findings() == ()


def test_without_images_it_is_read_and_not_saved(saved: Path, registered: RegistrationResult) -> None:
    study = Study.open(saved, images=False)
    assert study.fixed is None
    assert study.moving_from_fixed == registered.moving_from_fixed
    assert study.run is not None
    for changed in (study, study.with_pose(TRUTH)):
        with pytest.raises(BadArgument, match="opened without its images"):
            changed.save(saved)
    with pytest.raises(BadArgument, match="opened without its images") as refused:
        study.reviewed("rejected")
    assert "then review it" in refused.value.remedy
    assert load_study(saved).fixed is not None


def test_images_that_were_not_read_have_not_changed(saved: Path, files: Files) -> None:
    study = Study.open(saved, images=False)
    assert study.review is not None
    assert study.changed_since_review == ()
    assert study.with_pose(TRUTH).changed_since_review == ("pose",)
    Study.open(saved, fixed=files[1], accept_changed=True).save(saved)
    assert Study.open(saved, images=False).changed_since_review == ("images",)


def test_the_window_opens_what_was_saved(saved: Path) -> None:
    stored = load_study(saved)
    assert stored.view is None
    assert stored.without_images.alignment.review is not None


def test_what_changes_a_study_makes_another_one(head: Head) -> None:
    study = Study.of(*head)
    posed = study.with_landmarks((PLACES, MOVED)).with_fit()
    assert posed.moving_from_fixed.is_close(TRUTH, 1e-6)
    assert posed.run is None
    assert study.landmarks == ()
    assert study.moving_from_fixed.is_close(study.moving_from_fixed @ study.moving_from_fixed)
    other = posed.with_pose(TRUTH.matrix)
    assert other.moving_from_fixed.is_close(TRUTH)
    assert other.landmarks == posed.landmarks
    pairs = [LandmarkPair("one", (0.0, 0.0, 0.0))]
    assert posed.with_landmarks(pairs).landmarks == tuple(pairs)


def test_another_pose_is_not_the_one_that_was_reviewed(saved: Path) -> None:
    reviewed = Study.open(saved)
    assert reviewed.review is not None
    assert reviewed.changed_since_review == ()
    study = reviewed.with_pose(TRUTH)
    assert study.run is None
    assert study.review == reviewed.review
    assert study.changed_since_review == ("pose",)


def test_an_image_that_moved_can_be_pointed_at(tmp_path: Path, saved: Path, head: Head) -> None:
    moved = tmp_path / "elsewhere" / "study.fusion.json"
    moved.parent.mkdir()
    text = saved.read_text(encoding="utf-8").replace("mr.nii.gz", "gone.nii.gz")
    moved.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"fixed image “mr” is not where it was") as refused:
        Study.open(moved)
    assert "fixed=" in refused.value.remedy
    write_volume(head[0], tmp_path / "here.nii.gz")
    study = Study.open(moved, fixed=tmp_path / "here.nii.gz")
    assert study.fixed is not None
    assert study.fixed.source is not None
    assert study.fixed.source.path == tmp_path / "here.nii.gz"


def test_an_image_that_changed_is_refused_unless_accepted(saved: Path, files: Files, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="fixed image “mr” is another one"):
        Study.open(saved, fixed=files[1])
    study = Study.open(saved, fixed=files[1], accept_changed=True)
    assert study.fixed is not None
    assert study.fixed.modality == "CT"


def test_a_mirrored_image_is_mirrored_again(tmp_path: Path, head: Head) -> None:
    fixed, moving = head
    path = tmp_path / "study.fusion.json"
    save_study(edits.take_mirrored(edits.new_study(fixed, moving), mirror(moving, "x"), "x"), None, path)
    study = Study.open(path)
    assert study.moving is not None
    assert study.moving.mirrored == ("x",)
    np.testing.assert_array_equal(study.moving.array, mirror(moving, "x").array)
    study.save(path)
    assert Study.open(path).moving is not None


def test_a_mask_comes_back(tmp_path: Path, head: Head, files: Files) -> None:
    path = tmp_path / "study.fusion.json"
    mask = tmp_path / "mask.nii.gz"
    shutil.copy(files[0], mask)
    from fusionviewer import read_volume

    save_study(edits.set_mask(edits.new_study(*head), read_volume(mask)), None, path)
    region = Study.open(path).state.region
    assert region is not None
    assert region.mask is not None
    mask.unlink()
    with pytest.raises(UnreadableInput, match="mask image “mask” is not where it was"):
        Study.open(path)
    region = Study.open(path, mask=files[0]).state.region
    assert region is not None
    assert region.mask is not None


def test_a_study_of_images_that_are_no_files_is_not_saved(tmp_path: Path, head: Head) -> None:
    made = volume_from_array(np.zeros((4, 5, 6)), (1, 1, 1))
    with pytest.raises(BadArgument, match="moving image was never read from a file") as refused:
        Study.of(head[0], made).save(tmp_path / "study.fusion.json")
    assert "write_volume" in refused.value.remedy
    assert not list(tmp_path.iterdir())


def test_another_name_is_refused(tmp_path: Path, head: Head) -> None:
    with pytest.raises(BadArgument, match=r"study\.json") as refused:
        Study.of(*head).save(tmp_path / "study.json")
    assert ".fusion.json" in refused.value.remedy


def test_what_is_no_study_is_refused(tmp_path: Path, files: Files) -> None:
    for path in (tmp_path / "none.fusion.json", files[0]):
        with pytest.raises(UnreadableInput):
            Study.open(path)
    with pytest.raises(BadArgument, match="needs at least 3"):
        Study.of(*files).with_fit()
    with pytest.raises(BadArgument, match="'maybe' is no review"):
        Study.of(*files).reviewed("maybe")  # type: ignore[arg-type]


def test_opening_hears_of_a_cancel(saved: Path) -> None:
    observer = Observer()
    observer.cancelled.set()
    with pytest.raises(Cancelled):
        Study.open(saved, observer=observer)
