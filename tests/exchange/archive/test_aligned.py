"""The moving image on the fixed grid as a new series: same place, same values, new UIDs, and what it was made from."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from archive_pairs import POSE, Made, ct, made, mr, one_file, tilted
from pydicom.uid import CTImageStorage, MRImageStorage

from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.resample import resample

SOURCES = {"CT on MR": (mr, ct), "MR on CT": (ct, mr), "tilted CT on MR": (mr, tilted)}


@pytest.fixture(scope="module", params=SOURCES.values(), ids=list(SOURCES))
def pair(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Made:
    pair = made(tmp_path_factory.mktemp("pair"), *(make() for make in request.param))
    pair.write(pair.folder / "out", ("series",))
    return pair


def slices(folder: Path) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in sorted(folder.iterdir())]


def test_simpleitk_reads_the_same_voxels_at_the_same_place(pair: Made) -> None:
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(pair.folder / "out" / "aligned"))
    image = sitk.ReadImage(names)
    grid = pair.fixed.grid
    expected = resample(pair.moving, grid, POSE)
    found = sitk.GetArrayFromImage(image)
    step = pair.plan().originals.moving.scale
    assert step is not None
    assert np.abs(found - expected.array).max() <= (0 if step[0] == 1 else step[0] / 2 + 1e-3)
    assert len(np.unique(expected.array)) > 50
    np.testing.assert_allclose(image.GetOrigin(), grid.origin, atol=1e-6)
    np.testing.assert_allclose(image.GetSpacing(), grid.spacing, atol=1e-6)
    np.testing.assert_allclose(np.reshape(image.GetDirection(), (3, 3)), grid.direction, atol=1e-6)


def test_dcm2niix_reads_the_same_voxels_at_the_same_place(pair: Made, tmp_path: Path) -> None:
    pytest.importorskip("dcm2niix", reason="dcm2niix is not installed")
    program = Path(sys.executable).with_name("dcm2niix")
    command: list[str | Path] = [
        program,
        "-b",
        "n",
        "-z",
        "n",
        "-f",
        "back",
        "-o",
        str(tmp_path),
        pair.folder / "out" / "aligned",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    image = nibabel.load(next(tmp_path.glob("*.nii")))
    expected = resample(pair.moving, pair.fixed.grid, POSE)
    corners = pair.fixed.grid.points(np.array([[0.0, 0, 0], [9, 0, 0], [0, 11, 0], [0, 0, 7]])) * [-1, -1, 1]
    inverse = np.linalg.inv(image.affine)
    values = np.asanyarray(image.dataobj)
    for corner, (i, j, k) in zip(corners, ((0, 0, 0), (9, 0, 0), (0, 11, 0), (0, 0, 7)), strict=True):
        index = inverse[:3, :3] @ corner + inverse[:3, 3]
        whole = np.rint(index).astype(int)
        assert np.linalg.norm((index - whole) * image.header.get_zooms()[:3]) < 1e-3
        assert abs(float(values[tuple(whole)]) - float(expected.array[k, j, i])) <= 0.13
    assert abs(float(values.sum()) - float(expected.array.sum())) / expected.array.size < 0.13


def test_the_program_itself_opens_it_in_the_fixed_frame_of_reference(pair: Made) -> None:
    back = read_volume(pair.folder / "out")
    assert back.modality == pair.moving.modality
    assert back.frame_of_reference == pair.fixed.frame_of_reference
    np.testing.assert_allclose(back.grid.point_from_index, pair.fixed.grid.point_from_index, atol=1e-6)


def test_patient_and_study_are_the_fixed_ones_and_all_other_uids_are_new(pair: Made) -> None:
    found = slices(pair.folder / "out" / "aligned")
    fixed, moving = (slices(pair.folder / side) for side in ("fixed", "moving"))
    first = found[0]
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "StudyInstanceUID", "AccessionNumber",
                    "FrameOfReferenceUID", "StudyDate", "ReferringPhysicianName"):  # fmt: skip
        assert {str(one[keyword].value) for one in found} == {str(fixed[0][keyword].value)}, keyword
    old = {one.SOPInstanceUID for one in [*fixed, *moving]}
    assert len({one.SOPInstanceUID for one in found} - old) == len(found)
    assert len({one.SeriesInstanceUID for one in found}) == 1
    assert first.SeriesInstanceUID not in {fixed[0].SeriesInstanceUID, moving[0].SeriesInstanceUID}
    assert first.SOPClassUID == (CTImageStorage if pair.moving.modality == "CT" else MRImageStorage)
    assert list(first.ImageType[:2]) == ["DERIVED", "SECONDARY"]
    assert "resampled onto" in first.SeriesDescription
    assert [one.InstanceNumber for one in found] == list(range(1, len(found) + 1))


def test_slope_intercept_units_and_window_are_those_of_the_moving_image(pair: Made) -> None:
    found, moving = slices(pair.folder / "out" / "aligned"), slices(pair.folder / "moving")
    for keyword in ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth"):
        assert {float(one[keyword].value) for one in found} == {float(moving[0][keyword].value)}, keyword
    assert {one.RescaleType for one in found} == {"HU" if pair.moving.modality == "CT" else "US"}


def test_it_says_how_and_from_which_images_each_slice_was_made(pair: Made) -> None:
    moving = {one.SOPInstanceUID: one for one in slices(pair.folder / "moving")}
    grid = pair.fixed.grid
    for k, one in enumerate(slices(pair.folder / "out" / "aligned")):
        assert "Resampled linearly" in one.DerivationDescription
        named = {item.ReferencedSOPInstanceUID for item in one.SourceImageSequence}
        assert named <= set(moving)
        middle = POSE.apply(grid.points(np.array([4.0, 5.0, float(k)])))
        if bool(pair.moving.grid.contains(middle)):
            nearest = min(
                moving.values(),
                key=lambda source: abs(
                    np.cross(source.ImageOrientationPatient[:3], source.ImageOrientationPatient[3:])
                    @ (middle - np.array(source.ImagePositionPatient, dtype=float))
                ),
            )
            assert nearest.SOPInstanceUID in named
    assert one.ContributingEquipmentSequence[0].Manufacturer == "Acme"


def test_an_mr_of_many_frames_becomes_slices_and_names_its_frames(tmp_path: Path) -> None:
    ct().write(tmp_path / "fixed")
    one_file(mr(), tmp_path / "moving")
    pair = Made(read_volume(tmp_path / "fixed"), read_volume(tmp_path / "moving"), tmp_path)
    pair.write(tmp_path / "out", ("series",))
    one = slices(tmp_path / "out" / "aligned")[4]
    (item,) = one.SourceImageSequence
    frames = np.atleast_1d(item.ReferencedFrameNumber)
    assert 0 < len(frames) <= 8
    assert set(frames) <= set(range(1, 9))
    assert one.SOPClassUID == MRImageStorage


def test_slices_with_scales_of_their_own_get_one_that_holds_all_values(tmp_path: Path) -> None:
    series = mr()
    series.write(tmp_path / "moving")
    for n, path in enumerate(sorted((tmp_path / "moving").iterdir())):
        told = pydicom.dcmread(path)
        told.RescaleSlope = f"{0.25 + 0.01 * n}"
        told.save_as(path)
    ct().write(tmp_path / "fixed")
    pair = Made(read_volume(tmp_path / "fixed"), read_volume(tmp_path / "moving"), tmp_path)
    assert pair.plan().originals.moving.scale is None
    pair.write(tmp_path / "out", ("series",))
    expected = resample(pair.moving, pair.fixed.grid, POSE)
    back = read_volume(tmp_path / "out")
    spread = float(np.ptp(expected.array))
    assert np.abs(back.array - expected.array).max() <= spread / 2**16 + 1e-3
    assert back.frame_of_reference == replace(pair.fixed).frame_of_reference
