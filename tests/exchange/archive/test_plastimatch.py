"""plastimatch, where it is installed, writes registrations that are read here, and reads the series written here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from archive_pairs import POSE, Made

from fusionviewer.exchange.transforms.itk import write_itk_transform
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import read_transform
from fusionviewer.imaging.resample import resample

PROGRAM = shutil.which("plastimatch")

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="plastimatch is not installed")


def plastimatch(*words: object) -> None:
    done = subprocess.run([str(PROGRAM), *map(str, words)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_registration_is_read_with_either_image_as_the_fixed_one(kept: Made, tmp_path: Path) -> None:
    """It rounds its numbers to six digits."""
    write_itk_transform(POSE, tmp_path / "pose.tfm")
    plastimatch(
        "xf-convert", "--input", tmp_path / "pose.tfm", "--output", tmp_path / "again.tfm",
        "--output-dicom", tmp_path / "sro", "--fixed-rcs", kept.folder / "fixed",
        "--moving-rcs", kept.folder / "moving",
    )  # fmt: skip
    (path,) = (tmp_path / "sro").glob("sro*.dcm")
    for pair, pose in ((Pair.of(kept.fixed, kept.moving), POSE), (Pair.of(kept.moving, kept.fixed), ~POSE)):
        found = read_transform(path, "", pair)
        corners = kept.fixed.grid.corners
        assert np.linalg.norm(found.apply(corners) - pose.apply(corners), axis=1).max() < 1e-3


def test_it_reads_the_aligned_series_at_the_same_place(kept: Made, tmp_path: Path) -> None:
    kept.write(tmp_path / "out", ("series",))
    plastimatch("convert", "--input", tmp_path / "out" / "aligned", "--output-img", tmp_path / "back.mha")
    back, grid = sitk.ReadImage(str(tmp_path / "back.mha")), kept.fixed.grid
    np.testing.assert_array_equal(sitk.GetArrayFromImage(back), resample(kept.moving, grid, POSE).array)
    far = np.array([9, 11, 7])
    for index in (np.zeros(3, int), far):
        at = back.TransformIndexToPhysicalPoint(index.tolist())
        assert np.linalg.norm(at - grid.points(index.astype(float))) < 1e-3
