"""MetaImage files in unusual forms: read where all their voxels are there, and refused where ITK would make some up."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.readers import read_volume

HEAD = "ObjectType = Image\nNDims = 3\nDimSize = 4 5 6\nElementType = MET_SHORT\n"
VALUES = np.arange(120, dtype="<i2").reshape(6, 5, 4)


def slices(folder: Path, n: int = 6) -> None:
    for k in range(n):
        (folder / f"s{k}.raw").write_bytes(VALUES[k].tobytes())


def written(path: Path, head: str, named: str, content: bytes = b"") -> Path:
    path.write_bytes(f"{HEAD}{head}ElementDataFile = {named}\n".encode() + content)
    return path


NAMES = "".join(f"s{k}.raw\n" for k in range(6)).encode()
TEXT = " ".join(map(str, VALUES.ravel())).encode()
PACKED = zlib.compress(VALUES.tobytes())


@pytest.mark.parametrize(("head", "named", "content"), [
    ("BinaryData = True\n", "LIST", NAMES),
    ("BinaryData = True\n", "s%d.raw 0 5 1", b""),
    ("", "LOCAL", VALUES.tobytes()),
    ("HeaderSize = 0\nBinaryData = True\n", "LOCAL", VALUES.tobytes()),
    ("CompressedData = True\n", "LOCAL", PACKED),
    ("BinaryDataByteOrderMSB = T\n", "LOCAL", VALUES.astype(">i2").tobytes()),
], ids=["list", "pattern", "no BinaryData", "HeaderSize 0", "packed, no BinaryData", "MSB = T"])  # fmt: skip
def test_a_whole_one_is_read(tmp_path: Path, head: str, named: str, content: bytes) -> None:
    slices(tmp_path)
    path = written(tmp_path / "a.mhd", head, named, content)
    np.testing.assert_array_equal(read_volume(path).array, VALUES)


@pytest.mark.parametrize(("head", "named", "content", "why"), [
    ("BinaryData = True\n", "LIST", NAMES[:21], "names 3 files for its 6 slices"),
    ("BinaryData = True\n", "s%d.raw 0 2 1", b"", "names 3 files for its 6 slices"),
    ("BinaryData = True\n", "s%d.raw", b"", "names 0 files for its 6 slices"),
    ("BinaryData = False\n", "LOCAL", TEXT, "are written as text"),
    ("CompressedData = True\n", "LOCAL", PACKED[:-20], "is damaged or cut short"),
    ("CompressedData = True\nHeaderSize = 0\n", "LOCAL", PACKED[:-20], "is damaged or cut short"),
    ("CompressedData = True\nHeaderSize = -1\n", "LOCAL", b"no zlib at all", "is damaged or cut short"),
], ids=["list", "pattern", "bare pattern", "text", "packed", "HeaderSize 0", "HeaderSize -1"])  # fmt: skip
def test_one_that_itk_would_misread_is_refused(tmp_path: Path, head: str, named: str, content: bytes, why: str) -> None:
    slices(tmp_path)
    with pytest.raises(UnreadableInput, match=why):
        read_volume(written(tmp_path / "a.mhd", head, named, content))


def test_a_slice_that_is_too_short_is_refused(tmp_path: Path) -> None:
    slices(tmp_path)
    (tmp_path / "s3.raw").write_bytes(VALUES[3].tobytes()[:-2])
    with pytest.raises(UnreadableInput, match="is damaged or cut short"):
        read_volume(written(tmp_path / "a.mhd", "BinaryData = True\n", "LIST", NAMES))


@pytest.mark.parametrize("name", ["line.mhd", "line.nhdr"])
def test_one_dimension_is_no_volume(tmp_path: Path, name: str) -> None:
    (tmp_path / "v.raw").write_bytes(VALUES.tobytes())
    heads = {
        "line.mhd": "NDims = 1\nDimSize = 120\nElementType = MET_SHORT\nElementDataFile = v.raw\n",
        "line.nhdr": "NRRD0004\ntype: short\ndimension: 1\nsizes: 120\nencoding: raw\nendian: little\n"
        "data file: v.raw\n\n",
    }
    (tmp_path / name).write_text(heads[name])
    with pytest.raises(UnreadableInput, match="is a 1D image"):
        read_volume(tmp_path / name)
