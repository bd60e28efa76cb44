"""`fusionviewer bids`: derivatives of a dataset, held against the specification's rules."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bids_rules
import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.cli.main import run
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.quality.guard import assessment
from fusionviewer.quality.guard.assessment import Assessment
from fusionviewer.quality.guard.expected_error import ExpectedError
from fusionviewer.session import edits
from fusionviewer.session.review.validity import under_review
from fusionviewer.session.review.values import AssessedThen, Review
from fusionviewer.session.state import FusionState, Target
from fusionviewer.session.study_file import save_study

Made = Callable[..., Path]
TARGETS = (Target("A'1", (10.0, -20.0, 30.0)), Target("B 2", (-1.5, 2.5, 3.25)))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A raw dataset with one subject's T1w."""
    made = tmp_path / "dataset"
    (made / "sub-01" / "anat").mkdir(parents=True)
    (made / "dataset_description.json").write_text(json.dumps({"Name": "a", "BIDSVersion": "1.10.0"}))
    return made


@pytest.fixture
def study(tmp_path: Path, root: Path, phantom_files: tuple[Path, Path], phantom_truth: RigidTransform) -> Made:
    """Makes the study's file; its fixed image is the dataset's T1w if `inside`."""

    def make(*, inside: bool = True, change: Callable[[FusionState], FusionState] = lambda state: state) -> Path:
        t1 = phantom_files[0]
        if inside:
            t1 = root / "sub-01" / "anat" / "sub-01_T1w.nii.gz"
            shutil.copy(phantom_files[0], t1)
        state = edits.new_study(read_volume(t1), read_volume(phantom_files[1]))
        save_study(change(edits.set_pose(state, phantom_truth, "file")), None, tmp_path / "a.fusion.json")
        return tmp_path / "a.fusion.json"

    return make


def with_targets(state: FusionState) -> FusionState:
    return replace(state, targets=TARGETS)


def test_everything_has_its_place_name_and_sidecar(
    root: Path, study: Made, phantom_truth: RigidTransform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bids", str(study(change=with_targets)), "--out", str(root), "--subject", "sub-01"]) == 0
    made = root / "derivatives" / "fusionviewer"
    paths = bids_rules.check_names(made)
    assert paths == [
        "dataset_description.json",
        "sub-01/ct/sub-01_from-CT_to-T1w_mode-image_xfm.json",
        "sub-01/ct/sub-01_from-CT_to-T1w_mode-image_xfm.txt",
        "sub-01/ct/sub-01_space-T1w_ct.json",
        "sub-01/ct/sub-01_space-T1w_ct.nii.gz",
        "sub-01/ieeg/sub-01_space-ScanRAS_coordsystem.json",
        "sub-01/ieeg/sub-01_space-ScanRAS_electrodes.tsv",
    ]
    assert sorted(capsys.readouterr().out.split()) == [str(made / path) for path in paths]
    bids_rules.check_description(made)
    bids_rules.check_sidecars(made)
    transform = sitk.ReadTransform(str(made / paths[2]))
    point = (12.0, -7.0, 33.0)
    np.testing.assert_allclose(transform.TransformPoint(point), phantom_truth.apply(np.array(point)), atol=1e-9)
    sidecar = bids_rules.document(made / paths[1])
    assert sidecar["SpatialReference"] == "bids:raw:sub-01/anat/sub-01_T1w.nii.gz"
    assert "ExpectedError" not in sidecar
    image, fixed = sitk.ReadImage(str(made / paths[4])), sitk.ReadImage(str(root / "sub-01/anat/sub-01_T1w.nii.gz"))
    assert image.GetSize() == fixed.GetSize()
    assert bids_rules.check_electrodes(made / paths[6]) == [("A'1", [-10, 20, 30]), ("B 2", [1.5, -2.5, 3.25])]


def test_an_image_from_elsewhere_lies_beside_what_refers_to_it(root: Path, study: Made) -> None:
    arguments = ["--subject", "02", "--session", "post", "--fixed-as", "T2w"]
    assert run(["bids", str(study(inside=False, change=with_targets)), "--out", str(root), *arguments]) == 0
    made = root / "derivatives" / "fusionviewer"
    paths = bids_rules.check_names(made)
    assert "sub-02/ses-post/anat/sub-02_ses-post_desc-reference_T2w.nii.gz" in paths
    assert "sub-02/ses-post/ieeg/sub-02_ses-post_space-Other_electrodes.tsv" in paths
    bids_rules.check_sidecars(made)
    bids_rules.check_electrodes(made / "sub-02/ses-post/ieeg/sub-02_ses-post_space-Other_electrodes.tsv")


def test_a_second_subject_leaves_the_description_of_others_as_it_is(root: Path, study: Made) -> None:
    made = root / "derivatives" / "fusionviewer"
    made.mkdir(parents=True)
    own = {"Name": "Our electrodes", "BIDSVersion": "1.9.0", "License": "CC0", "GeneratedBy": [{"Name": "fMRIPrep"}]}
    (made / "dataset_description.json").write_text(json.dumps(own))
    assert run(["bids", str(study()), "--out", str(root), "--subject", "01"]) == 0
    found = bids_rules.check_description(made)
    assert (found["Name"], found["License"]) == ("Our electrodes", "CC0")
    assert [one["Name"] for one in found["GeneratedBy"]] == ["fusionviewer", "fMRIPrep"]
    (made / "dataset_description.json").write_text("{")
    assert run(["bids", str(study()), "--out", str(root), "--subject", "03"]) == 2
    assert not (made / "sub-03").exists()


def test_the_expected_error_of_a_check_is_written(root: Path, study: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = Assessment("look", (), ExpectedError(0.4, 0.9, 1.6, "a"), None, None, None, None, None, 0.1)
    monkeypatch.setattr(assessment, "assess", lambda *_, **__: judged)
    assert run(["bids", str(study()), "--out", str(root), "--subject", "01", "--check"]) == 0
    sidecar = root / "derivatives/fusionviewer/sub-01/ct/sub-01_from-CT_to-T1w_mode-image_xfm.json"
    error = bids_rules.document(sidecar)["ExpectedError"]
    assert (error["Verdict"], error["P95Millimetres"], error["P95UpperMillimetres"]) == ("look", 0.9, 1.6)
    assert "no measurement" in error["Meaning"]


@pytest.mark.parametrize("holds", [True, False])
def test_a_review_that_holds_says_what_was_expected_then(root: Path, study: Made, holds: bool) -> None:
    def reviewed(state: FusionState) -> FusionState:
        review = Review(
            "accepted", "", "2026-01-01T00:00:00+00:00", under_review(state), "AB", "0.1.0",
            assessed=AssessedThen("fine", 0.5, 1.1),
        )  # fmt: skip
        state = replace(state, alignment=replace(state.alignment, review=review))
        return state if holds else edits.set_pose(state, RigidTransform.identity(), "file")

    assert run(["bids", str(study(change=reviewed)), "--out", str(root), "--subject", "01"]) == 0
    sidecar = bids_rules.document(root / "derivatives/fusionviewer/sub-01/ct/sub-01_from-CT_to-T1w_mode-image_xfm.json")
    assert ("ExpectedError" in sidecar, sidecar.get("Review")) == (holds, "accepted" if holds else None)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--subject", "0_1"], "“0_1” is no label of a subject."),
        (["--subject", "01", "--session", "a-b"], "no label of a session"),
        (["--subject", "01", "--fixed-as", "CT"], "Both images are CT"),
    ],
)
def test_what_bids_cannot_name_is_refused_and_nothing_is_left(
    root: Path, study: Made, arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bids", str(study()), "--out", str(root), *arguments]) == 2
    assert why in capsys.readouterr().err
    assert not (root / "derivatives").exists()


def test_a_folder_that_is_no_dataset_is_noted(tmp_path: Path, study: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bids", str(study()), "--out", str(tmp_path / "new"), "--subject", "01"]) == 0
    assert "has no dataset_description.json" in capsys.readouterr().err
