"""A Spatial Registration holds the pose, names the right series, and is read for the images that it belongs to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from archive_pairs import NAME, POSE, Made, ct, made, mr, one_file, tilted
from dicom_series import Series, multi_frame, oblique_mr, save
from grids import RAS, pair_on
from pydicom.dataset import Dataset
from pydicom.uid import DeformableSpatialRegistrationStorage, generate_uid

from fusionviewer.errors import BadArgument, CannotWrite, FusionError, UnreadableInput
from fusionviewer.exchange.archive.registration_file import read_registration
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.recognition import holds_transform
from fusionviewer.exchange.transforms.registry import FORMATS, format_of, read_transform, recognised, write_transform
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.readers import look_into, read_volume

POINTS = np.random.default_rng(3).uniform(-150, 150, (1000, 3))
DICOM = format_of("dicom")


def furthest_mm(found: RigidTransform, pose: RigidTransform = POSE) -> float:
    return float(np.linalg.norm(found.apply(POINTS) - pose.apply(POINTS), axis=1).max())


@pytest.fixture(scope="module")
def pair(kept: Made) -> Made:
    return kept


@pytest.fixture(scope="module")
def file(pair: Made) -> Path:
    path = pair.folder / "pose.dcm"
    write_transform(POSE, path, DICOM, Pair.of(pair.fixed, pair.moving))
    return path


def changed(file: Path, folder: Path, **values: Any) -> Path:
    told = pydicom.dcmread(file)
    for keyword, value in values.items():
        setattr(told, keyword, value)
    path = folder / "changed.dcm"
    told.save_as(path)
    return path


def with_matrix(item: Dataset, matrix: Any) -> Dataset:
    step = item.MatrixRegistrationSequence[0].MatrixSequence[0]
    step.FrameOfReferenceTransformationMatrix = [f"{float(n):.12g}"[:16] for n in np.asarray(matrix).ravel()]
    return item


SOURCES = {
    "oblique MR, CT": (mr, ct), "tilted CT, oblique MR": (tilted, mr), "oblique MR, tilted CT": (mr, tilted),
}  # fmt: skip


@pytest.mark.parametrize("sources", SOURCES.values(), ids=SOURCES)
def test_the_pose_comes_back_through_an_independent_reader(tmp_path: Path, sources: Any) -> None:
    parser = pytest.importorskip("pydicomrt.reg.parser", reason="pydicomrt is not installed")
    pair = made(tmp_path, *(make() for make in sources))
    path = tmp_path / "pose.dcm"
    said = write_transform(POSE, path, DICOM, Pair.of(pair.fixed, pair.moving))
    assert said.max_mm < 1e-9
    frames = [
        pydicom.dcmread(next((tmp_path / side).iterdir()), stop_before_pixels=True).FrameOfReferenceUID
        for side in ("fixed", "moving")
    ]
    found = parser.get_spatial_registrations(pydicom.dcmread(path))[frames[0]]
    assert set(found) == set(frames)
    np.testing.assert_array_equal(found[frames[0]], np.eye(4).ravel())
    assert furthest_mm(~RigidTransform.from_matrix(np.reshape(found[frames[1]], (4, 4)))) < 1e-9
    assert furthest_mm(read_transform(path, "", Pair.of(pair.fixed, pair.moving))) < 1e-9


def test_it_lies_in_the_fixed_study_and_names_every_image_of_both(pair: Made, file: Path) -> None:
    told = pydicom.dcmread(file)
    fixed, moving = (
        [pydicom.dcmread(path, stop_before_pixels=True) for path in sorted((pair.folder / side).iterdir())]
        for side in ("fixed", "moving")
    )
    assert told.PatientName == NAME
    assert (told.PatientID, told.StudyInstanceUID) == (fixed[0].PatientID, fixed[0].StudyInstanceUID)
    assert told.FrameOfReferenceUID == fixed[0].FrameOfReferenceUID
    assert told.Modality == "REG"
    assert told.SeriesInstanceUID not in {fixed[0].SeriesInstanceUID, moving[0].SeriesInstanceUID}
    for item, images in zip(told.RegistrationSequence, (fixed, moving), strict=True):
        assert item.FrameOfReferenceUID == images[0].FrameOfReferenceUID
        named = {(one.ReferencedSOPClassUID, one.ReferencedSOPInstanceUID) for one in item.ReferencedImageSequence}
        assert named == {(one.SOPClassUID, one.SOPInstanceUID) for one in images}
    (own,) = told.ReferencedSeriesSequence
    (other,) = told.StudiesContainingOtherReferencedInstancesSequence
    assert own.SeriesInstanceUID == fixed[0].SeriesInstanceUID
    assert other.StudyInstanceUID == moving[0].StudyInstanceUID
    assert other.ReferencedSeriesSequence[0].SeriesInstanceUID == moving[0].SeriesInstanceUID
    assert len(other.ReferencedSeriesSequence[0].ReferencedInstanceSequence) == len(moving)


def test_both_images_of_one_study_are_named_in_it(tmp_path: Path) -> None:
    fixed = mr()
    pair = made(tmp_path, fixed, replace(ct(), study=fixed.study))
    pair.write(tmp_path / "out", ("registration",))
    told = pydicom.dcmread(tmp_path / "out" / "registration.dcm")
    assert len(told.ReferencedSeriesSequence) == 2
    assert "StudiesContainingOtherReferencedInstancesSequence" not in told


def test_a_file_of_many_frames_is_named_once(tmp_path: Path) -> None:
    one_file(replace(mr(), header={**mr().header}), tmp_path / "fixed")
    ct().write(tmp_path / "moving")
    pair = Made(read_volume(tmp_path / "fixed"), read_volume(tmp_path / "moving"), tmp_path)
    pair.write(tmp_path / "out", ("registration",))
    told = pydicom.dcmread(tmp_path / "out" / "registration.dcm")
    assert [len(item.ReferencedImageSequence) for item in told.RegistrationSequence] == [1, 8]


def test_of_a_file_with_several_volumes_only_the_frames_of_one_are_named(tmp_path: Path) -> None:
    series = mr()
    frames = multi_frame(series, repeats=2)
    for n, own in enumerate(frames.PerFrameFunctionalGroupsSequence):
        echo = Dataset()
        echo.EffectiveEchoTime = 5.0 + 10 * (n % 2)
        own.MREchoSequence = [echo]
    save(frames, tmp_path / "fixed" / "echoes.dcm")
    ct().write(tmp_path / "moving")
    uid = look_into(tmp_path / "fixed").choices[1].uid
    pair = Made(read_volume(tmp_path / "fixed", f"{uid}#2"), read_volume(tmp_path / "moving"), tmp_path)
    pair.write(tmp_path / "out", ("registration",))
    told = pydicom.dcmread(tmp_path / "out" / "registration.dcm")
    (named,) = told.RegistrationSequence[0].ReferencedImageSequence
    assert list(named.ReferencedFrameNumber) == [2, 4, 6, 8, 10, 12, 14, 16]


def test_what_is_read_back_otherwise_is_not_left_behind(
    kept: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fusionviewer.exchange.archive import registration

    monkeypatch.setattr(registration, "onto_fixed", lambda pose: pose.matrix)
    with pytest.raises(CannotWrite, match="mm off"):
        kept.write(tmp_path / "out", ("registration",))
    assert list(tmp_path.iterdir()) == []


def test_the_origin_of_the_pose_is_told(pair: Made, tmp_path: Path) -> None:
    from fusionviewer.exchange.archive.registration import METHODS, registration

    plan = pair.plan()
    for origin, told in {**METHODS, "file": None}.items():
        made = registration(plan.stamp, plan.series["registration"], plan.originals.moving, POSE, origin)
        codes = made.RegistrationSequence[1].MatrixRegistrationSequence[0].RegistrationTypeCodeSequence
        assert [code.CodeValue for code in codes] == ([told[0]] if told else [])


def test_it_is_known_by_itself_and_no_image_is_taken_for_it(pair: Made, file: Path, tmp_path: Path) -> None:
    unnamed = tmp_path / "IM0001"
    unnamed.write_bytes(file.read_bytes())
    image = next((pair.folder / "fixed").iterdir())
    assert recognised(file).key == recognised(unnamed).key == "dicom"
    assert holds_transform(file)
    assert holds_transform(unnamed)
    assert not holds_transform(image)
    with pytest.raises(UnreadableInput, match="not a Spatial Registration"):
        read_transform(image, "dicom")


def test_with_the_images_exchanged_the_inverse_is_read(pair: Made, file: Path) -> None:
    assert furthest_mm(read_registration(file, pair.moving, pair.fixed), ~POSE) < 1e-9


def test_without_series_its_own_frame_is_the_fixed_one(pair: Made, file: Path, tmp_path: Path) -> None:
    assert furthest_mm(read_transform(file)) < 1e-9
    assert furthest_mm(read_transform(file, "", pair_on(RAS, RAS))) < 1e-9
    moving_alone = changed(file, tmp_path, RegistrationSequence=pydicom.dcmread(file).RegistrationSequence[1:])
    assert furthest_mm(read_transform(moving_alone)) < 1e-9
    assert furthest_mm(read_registration(moving_alone, pair.fixed, pair.moving)) < 1e-9


def test_several_matrices_are_multiplied_the_first_applied_first(file: Path, tmp_path: Path) -> None:
    told = pydicom.dcmread(file)
    steps = told.RegistrationSequence[1].MatrixRegistrationSequence[0].MatrixSequence
    first = RigidTransform.from_euler((30.0, 10.0, -20.0, 5.0, 6.0, 7.0), np.zeros(3))
    second = (~POSE) @ ~first
    steps.append(Dataset())
    steps[1].FrameOfReferenceTransformationMatrixType = "RIGID"
    for step, transform in zip(steps, (first, second), strict=True):
        step.FrameOfReferenceTransformationMatrix = [f"{n:.12g}"[:16] for n in transform.matrix.ravel()]
    told.save_as(tmp_path / "steps.dcm")
    assert furthest_mm(read_transform(tmp_path / "steps.dcm")) < 1e-6


def test_a_third_frame_as_the_registered_one_is_related_to_both(pair: Made, file: Path, tmp_path: Path) -> None:
    """Both frames are mapped: the moving relative to the fixed is the inverse of the one times the other."""
    told = pydicom.dcmread(file)
    moved = RigidTransform.from_euler((1.0, 2.0, 3.0, 4.0, 5.0, 6.0), np.zeros(3))
    with_matrix(told.RegistrationSequence[0], moved.matrix)
    with_matrix(told.RegistrationSequence[1], (moved @ ~POSE).matrix)
    told.save_as(tmp_path / "both.dcm")
    assert furthest_mm(read_transform(tmp_path / "both.dcm", "", Pair.of(pair.fixed, pair.moving))) < 1e-6
    assert furthest_mm(read_transform(tmp_path / "both.dcm")) < 1e-6


def test_images_of_one_frame_are_told_apart_by_their_files(tmp_path: Path) -> None:
    uid = generate_uid()
    pair = made(tmp_path, mr(FrameOfReferenceUID=uid), ct(FrameOfReferenceUID=uid))
    pair.write(tmp_path / "out", ("registration",))
    path = tmp_path / "out" / "registration.dcm"
    assert "FrameOfReferenceUID" not in pydicom.dcmread(path).RegistrationSequence[1]
    assert furthest_mm(read_registration(path, pair.fixed, pair.moving)) < 1e-9
    assert furthest_mm(read_registration(path, pair.moving, pair.fixed), ~POSE) < 1e-9


def test_images_without_a_frame_are_told_apart_by_their_files(tmp_path: Path) -> None:
    pair = made(tmp_path, mr(FrameOfReferenceUID=None), ct(FrameOfReferenceUID=None))
    pair.write(tmp_path / "out", ("registration",))
    assert furthest_mm(read_registration(tmp_path / "out" / "registration.dcm", pair.fixed, pair.moving)) < 1e-9


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("strangers"), oblique_mr(), Series())


def test_a_registration_of_other_images_is_refused(strangers: Made, pair: Made, file: Path) -> None:
    with pytest.raises(UnreadableInput, match="does not register the fixed image"):
        read_registration(file, strangers.fixed, strangers.moving)
    with pytest.raises(UnreadableInput, match="does not register the moving image"):
        read_registration(file, pair.fixed, strangers.moving)


def test_what_is_no_rigid_transform_of_two_frames_is_refused(file: Path, tmp_path: Path) -> None:
    def refused(match: str, **values: Any) -> None:
        with pytest.raises(UnreadableInput, match=match) as caught:
            read_transform(changed(file, tmp_path, **values), "dicom")
        assert caught.value.remedy

    def items() -> Any:
        return pydicom.dcmread(file).RegistrationSequence

    third = items()[1]
    third.FrameOfReferenceUID = generate_uid()
    refused("relates 3 frames of reference, not two", RegistrationSequence=[*items(), third])
    refused("not a rigid transform|deformation", SOPClassUID=DeformableSpatialRegistrationStorage)
    for matrix in (np.diag([1.02, 1, 1, 1]), np.diag([-1.0, 1, 1, 1]), np.diag([1.0, 1, 0, 1])):
        refused("does not hold a rigid", RegistrationSequence=[items()[0], with_matrix(items()[1], matrix)])
    refused("which of its images is the moving one", RegistrationSequence=items()[:1])
    refused("is damaged", RegistrationSequence=[])
    for content in (b"", b"\0" * 200, file.read_bytes()[:700]):
        (tmp_path / "bad.dcm").write_bytes(content)
        with pytest.raises(UnreadableInput):
            read_transform(tmp_path / "bad.dcm")


@pytest.mark.parametrize("known", [known for known in FORMATS if known.key != "dicom"], ids=lambda known: known.key)
def test_it_becomes_every_other_format(tmp_path: Path, pair: Made, file: Path, known: Any) -> None:
    both = Pair.of(pair.fixed, pair.moving)
    path = tmp_path / f"pose{known.endings[0]}"
    write_transform(read_transform(file, "dicom", both), path, known, both)
    assert furthest_mm(read_transform(path, known.key, both)) < 1e-3


def test_it_needs_both_images_and_they_must_be_of_dicom(tmp_path: Path, pair: Made) -> None:
    for both in (Pair(), Pair.of(pair.fixed, None)):
        with pytest.raises(BadArgument, match="means nothing without the"):
            write_transform(POSE, tmp_path / "pose.dcm", DICOM, both)
    with pytest.raises(FusionError, match="was not read from DICOM files"):
        write_transform(POSE, tmp_path / "pose.dcm", DICOM, pair_on(RAS, RAS))
    assert list(tmp_path.iterdir()) == []
