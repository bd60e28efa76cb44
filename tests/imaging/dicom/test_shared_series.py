"""Real DICOM series of several makers, which are not part of this repository: skipped where they are missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.readers import list_series, read_volume

DICOM = Path(__file__).resolve().parents[4] / "shared" / "data" / "dicom"

pytestmark = pytest.mark.skipif(not DICOM.is_dir(), reason="the shared DICOM series are not here")


@pytest.mark.parametrize(
    "name",
    [
        "generic/anatomical",
        "generic/compressed_rle",
        "generic/compressed_jpeg",
        "generic/compressed_jpegls",
        "generic/compressed_j2k",
        "philips_enhanced/anatomical",
        "siemens_multiframe/anatomical",
    ],
)
def test_an_independent_converter_sees_the_same(name: str) -> None:
    """The ground truth is a NIfTI file that dicom2nifti made of the same series and reoriented."""
    volume = read_volume(DICOM / name / "001")
    truth = read_volume(DICOM / name / "001_ground_truth_reoriented.nii.gz")
    same_grid = sitk.Resample(truth.image, volume.image, sitk.Transform(), sitk.sitkNearestNeighbor)
    theirs = sitk.GetArrayViewFromImage(same_grid).astype(np.float64)
    np.testing.assert_allclose(volume.array, theirs, atol=1e-3 * max(1.0, volume.value_range[1]))
    assert volume.modality == "MR"


def test_all_ways_of_compressing_give_the_same_voxels() -> None:
    names = ("rle", "jpeg", "jpegls", "j2k")
    assert len({read_volume(DICOM / "generic" / f"compressed_{name}" / "001").fingerprint for name in names}) == 1


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("gantrytilting/001", "tilted by 14.0°"),
        ("sliceincrement/001", "5 to 10 mm apart"),
        ("sliceincrement/002", "tilted by 15.5°"),
    ],
)
def test_what_is_corrected_is_said(name: str, note: str) -> None:
    volume = read_volume(DICOM / "failing" / name)
    assert any(note in text for text in volume.notes)
    assert volume.array.dtype == np.int16


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("failing/sliceorientation/001", [("sagittal stack", 2), ("axial stack", 2)]),
        ("several_stacks", [("axial stack 1", 4), ("axial stack 2", 4), ("axial stack 3", 3)]),
        ("philips_enhanced/dti/001", [("b 0", 8), ("b 1300, direction 1 of 3", 8)]),
        ("philips_enhanced/dti/001_implicit", [("b 0", 8), ("b 1300, direction 1 of 3", 8)]),
    ],
)
def test_each_volume_of_a_series_is_offered(name: str, parts: list[tuple[str, int]]) -> None:
    choices = list_series(DICOM / name)
    assert [(choice.part_name, choice.n_slices) for choice in choices[: len(parts)]] == parts
    assert [choice.number for choice in choices] == [f"1.{n + 1}" for n in range(len(choices))]
    for choice in choices:
        assert choice.usable
        volume = read_volume(DICOM / name, f"{choice.uid}#{choice.part}")
        assert volume.grid.size == choice.size


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("failing/notavolume/001", "lie at the same place"),
        ("generic/rgb/001", "in colour"),
    ],
)
def test_what_is_no_volume_is_refused(name: str, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why):
        read_volume(DICOM / name)
