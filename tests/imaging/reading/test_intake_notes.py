"""What is said of images in files beside where they lie."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from dicom_series import Series, oblique_mr, tilted_ct

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.readers import read_grid, read_volume, volumes_in
from fusionviewer.imaging.reading.remedies import remedies_of


def saved(path: Path, direction: np.ndarray) -> Path:
    image = sitk.GetImageFromArray(np.arange(210, dtype=np.int16).reshape(5, 6, 7))
    image.SetDirection(direction.ravel().tolist())
    sitk.WriteImage(image, str(path))
    return path


def test_left_handed_axes_are_said_and_are_no_oddity(tmp_path: Path) -> None:
    volume = read_volume(saved(tmp_path / "a.nii", np.diag([-1.0, 1.0, 1.0])))
    assert any(note.startswith("Its axes are left-handed, as FSL") for note in volume.notes)
    assert volume.oddities == ()
    straight = read_volume(saved(tmp_path / "b.nii", np.diag([-1.0, -1.0, 1.0])))
    assert not any("left-handed" in note for note in straight.notes)


@pytest.mark.parametrize(("off", "said"), [(2e-5, False), (4e-4, True)])
def test_axes_that_are_not_quite_at_right_angles_are_said(tmp_path: Path, off: float, said: bool) -> None:
    path = saved(tmp_path / "a.nrrd", np.eye(3))
    text = path.read_bytes()
    path.write_bytes(text.replace(b"(1,0,0) (0,1,0)", f"(1,0,0) ({off:.6f},1,0)".encode()))
    volume = read_volume(path)
    assert any("not quite at right angles (off by 0.0004)" in note for note in volume.oddities) is said
    np.testing.assert_allclose(volume.grid.direction.T @ volume.grid.direction, np.eye(3), atol=1e-12)


def test_a_file_that_says_no_sides_offers_the_mirror(tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.ones((7, 6, 5), np.int16), None), tmp_path / "a.nii")
    (remedy,) = remedies_of(read_volume(tmp_path / "a.nii"))
    assert (remedy.kind, remedy.title) == ("mirror", "Mirror left–right…")


def test_the_volumes_of_a_file_are_told_from_its_header(tmp_path: Path) -> None:
    made = nibabel.Nifti1Image(np.ones((7, 6, 5, 4), np.int16), np.diag([2.0, 2.0, 3.0, 1.0]))
    made.header.set_zooms((2.0, 2.0, 3.0, 1500.0))
    made.header.set_xyzt_units("mm", "msec")
    nibabel.save(made, tmp_path / "t.nii.gz")
    volumes = volumes_in(tmp_path / "t.nii.gz")
    assert (volumes.count, volumes.size, volumes.spacing_mm) == (4, (7, 6, 5), (2.0, 2.0, 3.0))
    assert [volumes.name(number) for number in (1, 3)] == ["0 s", "3 s"]
    for table, likeliest in (("900 5 0 900", 2), ("900 5 0", 1), ("x 0 0 0", 1)):
        (tmp_path / "t.bval").write_text(table)
        assert volumes_in(tmp_path / "t.nii.gz").likeliest == likeliest


@pytest.mark.parametrize("series", [Series(), oblique_mr(), tilted_ct(), Series(depths=(0, 1, 2, 3, 5, 6, 7))])
def test_the_grid_of_a_series_is_known_from_its_headers(tmp_path: Path, series: Series) -> None:
    paths = series.write(tmp_path)
    volume = read_volume(tmp_path)
    for path in paths:  # what stands behind the headers is gone, but for its length
        content = bytearray(path.read_bytes())
        content[-200:] = bytes(200)
        path.write_bytes(bytes(content))
    assert read_grid(tmp_path) == volume.grid


def test_the_grid_of_a_file_is_known_from_its_header(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", np.diag([-1.0, 1.0, 1.0]))
    volume = read_volume(path, "#spacing=1,2,3")
    path.write_bytes(path.read_bytes()[:360])
    assert read_grid(path, "#spacing=1,2,3") == volume.grid
    with pytest.raises(UnreadableInput, match="cut short"):
        read_volume(path)


def test_voxels_come_from_the_file_that_was_named_though_a_plain_one_lies_beside_it(tmp_path: Path) -> None:
    """ITK reads those of a.nii when it is asked for a.nii.gz."""
    for name, value in (("a.nii", 0), ("a.nii.gz", 5)):
        image = sitk.Image([8, 8, 8], sitk.sitkInt16) + value
        image.SetOrigin([value, 0, 0])
        sitk.WriteImage(image, str(tmp_path / name))
    for name, value in (("a.nii", 0), ("a.nii.gz", 5)):
        volume = read_volume(tmp_path / name)
        assert (float(volume.array.max()), volume.grid.origin[0]) == (value, value)
