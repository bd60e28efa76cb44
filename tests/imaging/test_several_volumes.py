"""FreeSurfer's files, rare kinds of NIfTI, and files that hold several volumes."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.cli.main import run
from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.readers import read_volume, series_numbered
from fusionviewer.imaging.volume import ImageSource

OBLIQUE = np.array([[-0.9, 0.1, 0.05, 30.0], [0.08, 0.2, 1.45, -20.0], [0.1, -1.1, 0.3, 12.0], [0, 0, 0, 1]])


def right_angled(affine: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The same with axes at right angles, each as long as before."""
    u, _, vt = np.linalg.svd(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))
    out = affine.copy()
    out[:3, :3] = u @ vt * np.linalg.norm(affine[:3, :3], axis=0)
    return out


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32])
@pytest.mark.parametrize("ending", [".mgz", ".mgh"])
def test_freesurfers_files_mean_what_nibabel_reads(tmp_path: Path, dtype: Any, ending: str) -> None:
    array = np.random.default_rng(0).integers(0, 200, (7, 6, 5)).astype(dtype)
    affine = right_angled(OBLIQUE)
    path = tmp_path / f"brain{ending}"
    nibabel.save(nibabel.MGHImage(array, affine), path)
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.array, array.transpose())
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    for index in ((0, 0, 0), (6, 5, 4), (2, 3, 1)):
        np.testing.assert_allclose(volume.grid.points(np.array(index, float)), (lps @ [*index, 1])[:3], atol=1e-4)
    assert volume.name == "brain"
    assert volume.source == ImageSource(path)


def test_one_that_does_not_say_where_it_lies_says_so(tmp_path: Path) -> None:
    path = tmp_path / "brain.mgh"
    path.write_bytes(struct.pack(">7ih", 1, 6, 6, 6, 1, 4, 0, 0).ljust(284, b"\0") + bytes(2 * 216))
    volume = read_volume(path)
    assert volume.grid.spacing == (1.0, 1.0, 1.0)
    np.testing.assert_allclose(volume.grid.points(np.array([3.0, 3.0, 3.0])), 0, atol=1e-9)
    np.testing.assert_allclose(volume.grid.points(np.array([4.0, 3.0, 3.0])), [1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(volume.grid.points(np.array([3.0, 4.0, 3.0])), [0, 0, -1], atol=1e-9)
    np.testing.assert_allclose(volume.grid.points(np.array([3.0, 3.0, 4.0])), [0, -1, 0], atol=1e-9)
    assert any("patient's left" in note for note in volume.notes)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (struct.pack(">7ih", 1, 6, 6, 6, 1, 4, 0, 0), "damaged or cut short"),
        (struct.pack(">7ih", 2, 6, 6, 6, 1, 4, 0, 0).ljust(284, b"\0"), "not an MGH image"),
        (struct.pack(">7ih", 1, 6, 6, -6, 1, 4, 0, 0).ljust(284, b"\0"), "not an MGH image"),
        (struct.pack(">7ih", 1, 9999, 9999, 9999, 1, 4, 0, 0).ljust(284, b"\0"), "more than fusionviewer can hold"),
        (struct.pack(">7ih", 1, 6, 6, 6, 1, 9, 0, 0).ljust(284, b"\0"), "not one number a voxel"),
        (struct.pack(">7ih", 1, 6, 6, 6, 1, 4, 0, 0).ljust(384, b"\0"), "damaged or cut short"),
        (struct.pack(">7ih15f", 1, 6, 6, 6, 1, 4, 0, 1, *[float("nan")] * 15).ljust(900, b"\0"), "makes no sense"),
        (struct.pack(">7ih15f", 1, 6, 6, 6, 1, 4, 0, 1, 1, 1, 1, *[0.5] * 12).ljust(900, b"\0"), "right angles"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_damaged_ones_are_refused(tmp_path: Path, head: bytes, why: str, packed: bool) -> None:
    path = tmp_path / "brain.mgz"
    path.write_bytes(gzip.compress(head) if packed else head)
    with pytest.raises(UnreadableInput, match=why):
        read_volume(path)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("dtype", ["u1", "i2", "f4", "f8"])
def test_rare_kinds_of_nifti(tmp_path: Path, order: str, dtype: str) -> None:
    array = (np.random.default_rng(1).random((7, 6, 5)) * 200).astype(order + dtype)
    header = nibabel.Nifti1Header(endianness=order)
    header.set_data_dtype(array.dtype)
    path = tmp_path / "a.nii.gz"
    nibabel.save(nibabel.Nifti1Image(array, right_angled(OBLIQUE), header), path)
    volume = read_volume(path)
    np.testing.assert_allclose(volume.array, array.transpose(), rtol=1e-6)
    assert volume.array.dtype == (np.float32 if dtype.startswith("f") else np.int16)


def four_volumes(path: Path) -> list[np.ndarray[Any, Any]]:
    """A 4D file, and what SimpleITK has in each of its volumes."""
    if path.name.endswith(".mgz"):
        array = np.random.default_rng(2).integers(0, 99, (7, 6, 5, 4)).astype(np.int16)
        nibabel.save(nibabel.MGHImage(array, right_angled(OBLIQUE)), path)
        return [array[..., n].transpose() for n in range(4)]
    array = np.random.default_rng(2).integers(0, 99, (7, 6, 5, 4)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(array, right_angled(OBLIQUE)), path)
    image = sitk.ReadImage(str(path))
    return [sitk.GetArrayFromImage(image[..., n]) for n in range(4)]


@pytest.mark.parametrize("name", ["bold.nii", "bold.nii.gz", "bold.mgz"])
def test_a_volume_of_a_4d_file_is_read_by_its_number(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    theirs = four_volumes(path)
    for number in (1, 2, 4):
        volume = read_volume(path, f"#{number}")
        np.testing.assert_array_equal(volume.array, theirs[number - 1])
        assert volume.name == f"bold, volume {number}"
        assert volume.source == ImageSource(path, f"#{number}")
        assert not volume.source.is_dicom
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ right_angled(OBLIQUE)
    np.testing.assert_allclose(volume.grid.points(np.array([6.0, 5, 4])), (lps @ [6, 5, 4, 1])[:3], atol=1e-4)
    with pytest.raises(UnreadableInput, match="4D image with 4 frames") as caught:
        read_volume(path)
    assert f"{name}#2 is the second" in caught.value.remedy
    with pytest.raises(BadArgument, match="no volume #5") as wrong:
        read_volume(path, "#5")
    assert "#1 to #4" in wrong.value.remedy
    assert series_numbered(path, 3) == "#3"


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bold.nii.gz"
    four_volumes(path)
    assert run(["info", f"{path}#2"]) == 0
    assert capsys.readouterr().out.startswith("bold, volume 2\n")
    for wrong in ("5", "0", "1.2", "x", ""):
        assert run(["info", f"{path}#{wrong}"]) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_a_file_of_one_volume_has_the_first_only(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.ones((7, 6, 5), np.int16), np.eye(4)), path)
    assert read_volume(path, "#1").source == ImageSource(path)
    with pytest.raises(BadArgument, match="no volume #2"):
        read_volume(path, "#2")
