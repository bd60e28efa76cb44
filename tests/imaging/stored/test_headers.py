"""NRRD and MetaImage files whose voxels are read by ourselves: the same as ITK reads, and what is left to ITK."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.files import UnreadFile, read_file
from fusionviewer.imaging.readers import read_volume
from fusionviewer.progress import Observer

NRRD_TYPES = {
    "u1": "uchar",
    "i1": "signed char",
    "i2": "short",
    "u2": "ushort",
    "i4": "int",
    "f4": "float",
    "f8": "double",
}
META_TYPES = {
    "u1": "MET_UCHAR", "i1": "MET_CHAR", "i2": "MET_SHORT", "u2": "MET_USHORT", "i4": "MET_INT", "f4": "MET_FLOAT",
    "f8": "MET_DOUBLE",
}  # fmt: skip
SHAPE = (7, 8, 9)


META = (
    "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nDimSize = 9 8 7\n"
    "ElementType = MET_SHORT\nElementDataFile = {data}\n"
)


def values_of(kind: str) -> np.ndarray:
    """Values that differ from each other, in whichever order their bytes are read."""
    numbers = np.arange(np.prod(SHAPE)).reshape(SHAPE)
    return (numbers % 100 if kind[1] == "1" else numbers * 3 + 1).astype(kind)


def nrrd(path: Path, kind: str, order: str, encoding: str, more: str = "", line: str = "\n") -> Path:
    values = values_of(kind).astype(order + kind).tobytes()
    endian = "" if kind[1] == "1" else f"endian: {'big' if order == '>' else 'little'}\n"
    head = (
        f"NRRD0004\n# made for a test\ntype: {NRRD_TYPES[kind]}\ndimension: 3\nspace: left-posterior-superior\n"
        f"sizes: 9 8 7\nspace directions: (0.5,0,0) (0,0.5,0) (0,0,2)\nkinds: domain domain domain\n{endian}"
        f"encoding: {encoding}\nspace origin: (1,2,3)\n{more}\n"
    )
    packed = gzip.compress(values, mtime=0) if encoding in ("gzip", "gz") else values
    path.write_bytes(head.replace("\n", line).encode() + packed)
    return path


def meta(path: Path, kind: str, order: str, packed: bool, more: str = "", line: str = "\n") -> Path:
    values = values_of(kind).astype(order + kind).tobytes()
    content = zlib.compress(values) if packed else values
    size = f"CompressedDataSize = {len(content)}\n" if packed else ""
    head = (
        f"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = {order == '>'}\n"
        f"CompressedData = {packed}\n{size}TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1 2 3\n"
        f"ElementSpacing = 0.5 0.5 2\nDimSize = 9 8 7\n{more}ElementType = {META_TYPES[kind]}\n"
        "ElementDataFile = LOCAL\n"
    )
    path.write_bytes(head.replace("\n", line).encode() + content)
    return path


def is_read_here(path: Path) -> bool:
    return isinstance(read_file(path, Observer()), UnreadFile)


def same_as_itk(path: Path, kind: str) -> None:
    volume, theirs = read_volume(path), sitk.ReadImage(str(path))
    np.testing.assert_array_equal(volume.array, values_of(kind))
    np.testing.assert_array_equal(sitk.GetArrayViewFromImage(theirs), values_of(kind))
    assert volume.image.GetSpacing() == theirs.GetSpacing() == (0.5, 0.5, 2.0)
    assert volume.image.GetOrigin() == theirs.GetOrigin()
    assert volume.image.GetDirection() == theirs.GetDirection()


@pytest.mark.parametrize("kind", list(NRRD_TYPES))
@pytest.mark.parametrize(("order", "encoding"), [("<", "raw"), (">", "gzip")])
def test_nrrd_is_read_as_itk_reads_it(tmp_path: Path, kind: str, order: str, encoding: str) -> None:
    path = nrrd(tmp_path / "a.nrrd", kind, order, encoding)
    assert is_read_here(path)
    same_as_itk(path, kind)


@pytest.mark.parametrize("kind", list(META_TYPES))
@pytest.mark.parametrize(("order", "packed"), [(">", False), ("<", True)])
def test_metaimage_is_read_as_itk_reads_it(tmp_path: Path, kind: str, order: str, packed: bool) -> None:
    path = meta(tmp_path / "a.mha", kind, order, packed)
    assert is_read_here(path)
    same_as_itk(path, kind)


def test_what_simpleitk_writes_is_read_here(tmp_path: Path) -> None:
    image = sitk.GetImageFromArray(values_of("i2"))
    for name in ("a.nrrd", "b.mha"):
        for packed in (False, True):
            sitk.WriteImage(image, str(tmp_path / name), useCompression=packed)
            assert is_read_here(tmp_path / name)
            np.testing.assert_array_equal(read_volume(tmp_path / name).array, values_of("i2"))


def test_what_is_not_in_the_usual_form_is_left_to_itk(tmp_path: Path) -> None:
    skipped = nrrd(tmp_path / "skip.nrrd", "i2", "<", "raw", more="byte skip: -1\n")
    headed = meta(tmp_path / "odd.mha", "i2", "<", packed=False, more="HeaderSize = -1\n")
    listed = tmp_path / "listed.mhd"
    listed.write_text(META.format(data="LIST\n" + "".join(f"slice{n}.raw\n" for n in range(7))))
    pattern = tmp_path / "pattern.mhd"
    pattern.write_text(META.format(data="slice%d.raw 0 6 1\n"))
    for n, plane in enumerate(values_of("i2")):
        (tmp_path / f"slice{n}.raw").write_bytes(plane.tobytes())
    for path in (skipped, headed, listed, pattern):
        assert not is_read_here(path)
        np.testing.assert_array_equal(read_volume(path).array, values_of("i2"))


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_lines_may_end_as_on_windows(tmp_path: Path, line: str) -> None:
    whole = nrrd(tmp_path / "a.nrrd", "i2", "<", "raw", line=line)
    for path in (whole, meta(tmp_path / "a.mha", "i2", "<", packed=False, line=line)):
        theirs = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
        np.testing.assert_array_equal(read_volume(path).array, theirs)


def test_files_that_end_too_early_or_are_damaged_cost_a_sentence(tmp_path: Path) -> None:
    for path in (
        nrrd(tmp_path / "a.nrrd", "i2", "<", "raw"), nrrd(tmp_path / "b.nrrd", "i2", "<", "gzip"),
        meta(tmp_path / "a.mha", "i2", "<", packed=False), meta(tmp_path / "b.mha", "i2", "<", packed=True),
    ):  # fmt: skip
        whole = path.read_bytes()
        for content in (whole[:-9], whole[:-200] + bytes(200) if path.name.startswith("b") else whole[:-1]):
            path.write_bytes(content)
            assert is_read_here(path)
            with pytest.raises(UnreadableInput, match="damaged or cut short"):
                read_volume(path)


def test_what_goes_on_after_the_voxels_is_not_read(tmp_path: Path) -> None:
    for path in (nrrd(tmp_path / "a.nrrd", "i2", "<", "raw"), meta(tmp_path / "a.mha", "i2", "<", packed=True)):
        with path.open("ab") as stream:
            stream.truncate(path.stat().st_size + (30 << 30))  # with holes: it takes no room
        np.testing.assert_array_equal(read_volume(path).array, values_of("i2"))


@pytest.mark.parametrize("name", ["a.mhd", "a.nhdr"])
@pytest.mark.parametrize("packed", [False, True])
def test_voxels_in_a_file_beside_the_header(tmp_path: Path, name: str, packed: bool) -> None:
    sitk.WriteImage(sitk.GetImageFromArray(values_of("u2")), str(tmp_path / name), useCompression=packed)
    assert is_read_here(tmp_path / name)
    np.testing.assert_array_equal(read_volume(tmp_path / name).array, values_of("u2"))


def test_damaged_voxels_of_metaimage_are_not_taken_for_whole_ones(tmp_path: Path) -> None:
    """ITK says nothing where it cannot unpack them, and goes on with whatever is in memory."""
    path = tmp_path / "a.mhd"
    sitk.WriteImage(sitk.GetImageFromArray(values_of("i2")), str(path), useCompression=True)
    np.testing.assert_array_equal(read_volume(path).array, values_of("i2"))
    voxels = tmp_path / "a.zraw"
    voxels.write_bytes(bytes(20) + voxels.read_bytes()[20:])
    with pytest.raises(UnreadableInput, match="damaged or cut short"):
        read_volume(path)
