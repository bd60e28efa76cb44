"""Voxels are kept in the smallest usual type that holds them all, whatever type they are stored in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from dicom_series import Series, save

from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.stored import voxels


@pytest.mark.parametrize(
    ("stored", "low", "high", "added", "kept"),
    [
        ("u1", 0, 255, 0, "i2"),
        ("i1", -128, 127, -1024, "i2"),
        ("u2", 0, 4095, -1024, "i2"),
        ("u2", 0, 65535, -1024, "f4"),
        ("u2", 0, 65535, 0, "u2"),
        ("i2", -32768, 32767, 0, "i2"),
        ("i2", -32768, 0, -1, "f4"),
        ("i4", -1000, 3000, 0, "i2"),
        (">i4", -1000, 3000, -24, "i2"),
        ("i4", 0, 40000, 7, "u2"),
        ("i4", -1, 40000, 0, "f4"),
        ("i8", 0, 3000, 5, "i2"),
        ("f4", -1000, 3000, 0, "f4"),
    ],
)
def test_of_nifti_files(
    tmp_path: Path, stored: str, low: int, high: int, added: int, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voxels, "_PIECE_BYTES", 128)  # the largest value stands in a late piece
    values = np.linspace(low, high, 7 * 6 * 5).round().astype(stored).reshape(7, 6, 5)
    made = nibabel.Nifti1Image(values, np.eye(4), dtype=values.dtype)
    path = tmp_path / "a.nii"
    nibabel.save(made, path)
    content = bytearray(path.read_bytes())
    order = ">" if stored.startswith(">") else "<"
    content[112:120] = np.array([1.0, added], order + "f4").tobytes()
    if order == ">":
        header = nibabel.Nifti1Header(endianness=">")
        header.set_data_dtype(values.dtype)
        nibabel.save(nibabel.Nifti1Image(values, np.eye(4), header), path)
        content = bytearray(path.read_bytes())
        content[112:120] = np.array([1.0, added], ">f4").tobytes()
    path.write_bytes(bytes(content))
    volume = read_volume(path)
    assert volume.array.dtype == np.dtype(kept)
    np.testing.assert_array_equal(volume.array, values.transpose().astype(np.float64) + added)


@pytest.mark.usefixtures("read_here")
def test_pieces_are_put_together_where_no_child_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voxels, "_PIECE_BYTES", 128)
    values = np.arange(210, dtype=np.uint16).reshape(7, 6, 5)
    values[6, 5, 4] = 40000
    nibabel.save(nibabel.Nifti1Image(values, np.eye(4)), tmp_path / "a.nii.gz")
    volume = read_volume(tmp_path / "a.nii.gz")
    assert volume.array.dtype == np.uint16
    np.testing.assert_array_equal(volume.array, values.transpose())


@pytest.mark.parametrize(("high", "kept"), [(3000, np.int16), (60000, np.uint16)])
def test_of_dicom_series(tmp_path: Path, high: int, kept: Any) -> None:
    series = Series(header={"BitsStored": 16, "BitsAllocated": 16, "HighBit": 15})
    wanted = []
    for number, depth in enumerate(series.places):
        ds = series.dataset(depth, number)
        stored = np.frombuffer(ds.PixelData, "<u2").reshape(12, 10).copy()
        if number == 6:
            stored[3, 4] = high
        ds.PixelData = stored.tobytes()
        save(ds, tmp_path / f"{number}.dcm")
        wanted.append(stored.astype(np.int64) - 1024)
    volume = read_volume(tmp_path)
    assert volume.array.dtype == kept
    np.testing.assert_array_equal(volume.array, wanted)
