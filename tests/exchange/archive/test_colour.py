"""The fused colours as one file of many frames, each at its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from archive_pairs import Made
from pydicom.pixels.utils import pixel_array

from fusionviewer.errors import CannotWrite
from fusionviewer.exchange.archive.colour import check_colour
from fusionviewer.geometry import Grid


@pytest.fixture(scope="module")
def out(kept: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("colour") / "out"
    kept.write(folder, ("colour",))
    return folder


def test_each_frame_has_its_colours_and_its_place(kept: Made, out: Path) -> None:
    told = pydicom.dcmread(out / "colour.dcm")
    frames = pixel_array(told)
    grid = kept.fixed.grid
    assert frames.shape == (*grid.size[::-1], 3)
    k, j, i = np.indices(frames.shape[:3])
    np.testing.assert_array_equal(frames, np.stack([k, j, i], axis=-1))
    (shared,) = told.SharedFunctionalGroupsSequence
    cosines = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, dtype=float).reshape(2, 3)
    np.testing.assert_allclose(cosines, np.asarray(grid.direction).T[:2], atol=1e-9)
    np.testing.assert_allclose(shared.PixelMeasuresSequence[0].PixelSpacing, grid.spacing[1::-1])
    for number, own in enumerate(told.PerFrameFunctionalGroupsSequence):
        at = np.array(own.PlanePositionSequence[0].ImagePositionPatient, dtype=float)
        np.testing.assert_allclose(at, grid.points(np.array([0.0, 0.0, number])), atol=1e-9)
    assert told.FrameOfReferenceUID == pydicom.dcmread(next((kept.folder / "fixed").iterdir())).FrameOfReferenceUID
    assert told.PhotometricInterpretation == "RGB"
    assert [path.name for path in (out).iterdir()] == ["colour.dcm"]


def test_simpleitk_reads_it_at_its_place(kept: Made, out: Path) -> None:
    image, grid = sitk.ReadImage(str(out / "colour.dcm")), kept.fixed.grid
    np.testing.assert_allclose(image.GetOrigin(), grid.origin, atol=1e-6)
    np.testing.assert_allclose(image.GetSpacing(), grid.spacing, atol=1e-6)
    np.testing.assert_allclose(np.reshape(image.GetDirection(), (3, 3)), grid.direction, atol=1e-6)
    assert sitk.GetArrayFromImage(image)[5, 4, 3].tolist() == [5, 4, 3]


def test_it_names_the_images_of_both_series(kept: Made, out: Path) -> None:
    told = pydicom.dcmread(out / "colour.dcm", stop_before_pixels=True)
    sources = {pydicom.dcmread(path).SOPInstanceUID for side in ("fixed", "moving")
               for path in (kept.folder / side).iterdir()}  # fmt: skip
    assert {one.ReferencedSOPInstanceUID for one in told.SourceImageSequence} == sources


def test_more_than_a_file_can_hold_is_refused() -> None:
    with pytest.raises(CannotWrite, match="larger than a file of DICOM may be"):
        check_colour(Grid.axis_aligned((1024, 1024, 1400), (0.5, 0.5, 0.5), np.zeros(3)))
