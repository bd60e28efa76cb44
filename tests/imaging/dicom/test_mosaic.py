"""Siemens' mosaics against nibabel, which reads the same header by code of its own."""

from __future__ import annotations

import math
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from dicom_series import Series, oblique_mr, save
from pydicom.dataset import Dataset

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.readers import list_series, read_volume

with warnings.catch_warnings():  # nibabel calls its reader of DICOM experimental
    warnings.simplefilter("ignore")
    from nibabel.nicom.dicomwrappers import wrapper_from_data


def csa(**fields: list[str]) -> bytes:
    """Siemens' own header with these fields."""
    out = b"SV10\4\3\2\1" + struct.pack("<2I", len(fields), 77)
    for name, values in fields.items():
        kind = {"AcquisitionMatrixText": b"SH", "NumberOfImagesInMosaic": b"US"}.get(name, b"FD")
        out += struct.pack("<64si4s3i", name.encode(), len(values), kind, 3, len(values), 77)
        for value in values:
            text = value.encode() + b"\0"
            out += struct.pack("<4i", len(text), len(text), 77, len(text)) + text.ljust(-(-len(text) // 4) * 4, b"\0")
    return out


def mosaic(series: Series, *, normal_sign: float = 1.0, number: int = 1, gain: float = 1.0) -> Dataset:
    """All slices of a series as tiles of one picture."""
    a_row = math.ceil(math.sqrt(series.n))
    ds = series.dataset(0, number)
    picture = np.zeros((a_row * series.rows, a_row * series.columns))
    for k in range(series.n):
        j, i = k // a_row * series.rows, k % a_row * series.columns
        picture[j : j + series.rows, i : i + series.columns] = gain * series.values(k)
    ds.Rows, ds.Columns, ds.PixelData = *picture.shape, picture.astype("<u2").tobytes()
    aside = np.array(picture.shape[::-1]) - (series.columns, series.rows)
    corner = series.slice_position(0) - (
        aside[0] / 2 * series.pixel_mm[1] * np.asarray(series.row)
        + aside[1] / 2 * series.pixel_mm[0] * np.asarray(series.column)
    )
    ds.ImagePositionPatient = [f"{v:.8f}"[:16] for v in corner]
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    ds.SpacingBetweenSlices = float(np.linalg.norm(series.step))
    ds.AcquisitionNumber = number
    normal = normal_sign * np.cross(series.row, series.column)
    block = ds.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    fields = {
        "AcquisitionMatrixText": [f"{series.rows}*{series.columns}"],
        "NumberOfImagesInMosaic": [str(series.n)],
        "SliceNormalVector": [f"{v:.8f}" for v in normal],
    }
    block.add_new(0x10, "OB", csa(**fields))
    return ds


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("rle", [False, True])
def test_tiles_lie_where_nibabel_puts_them(tmp_path: Path, sign: float, rle: bool) -> None:
    base = oblique_mr(slope=1.0, n=7)
    normal = sign * np.cross(base.row, base.column)
    series = oblique_mr(slope=1.0, n=7, step=tuple(float(v) for v in 2.5 * normal))
    ds = mosaic(series, normal_sign=sign)
    theirs = wrapper_from_data(ds)
    voxels, affine = theirs.get_data(), theirs.affine
    save(ds, tmp_path / "mosaic.dcm", rle=rle)
    for path in (tmp_path, tmp_path / "mosaic.dcm"):
        volume = read_volume(path)
        assert volume.grid.size == (series.columns, series.rows, 7)
        assert volume.notes == ()
        for row, column, k in ((0, 0, 0), (11, 9, 6), (3, 7, 2)):
            point = (affine @ [row, column, k, 1])[:3]
            assert volume.value_at(point) == voxels[row, column, k] == series.values(k)[row, column]


def test_a_series_over_time_is_split(tmp_path: Path) -> None:
    series = Series(modality="MR", intercept=0.0, n=5)
    for number in (1, 2, 3):
        save(mosaic(series, number=number, gain=number), tmp_path / f"{number}.dcm")
    choices = list_series(tmp_path)
    assert [choice.part_name for choice in choices] == [f"acquisition {n} of 3" for n in (1, 2, 3)]
    assert read_volume(tmp_path, f"{series.uid}#3").array[2, 4, 5] == 3 * series.values(2)[4, 5]


def test_one_that_does_not_say_how_many_tiles_it_has_is_left_out(tmp_path: Path) -> None:
    ds = mosaic(Series(modality="MR", intercept=0.0, n=5))
    del ds[0x0029, 0x1010]
    save(ds, tmp_path / "mosaic.dcm")
    with pytest.raises(UnreadableInput, match=r"DICOM file cannot be read.*: mosaic\.dcm"):
        read_volume(tmp_path)
