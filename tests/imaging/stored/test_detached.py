"""What a header may name, and how far a file is read."""

from __future__ import annotations

import os
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.files import file_grid, read_file
from fusionviewer.imaging.readers import read_volume
from fusionviewer.progress import Observer

VALUES = np.arange(8 * 9 * 10, dtype=np.int16).reshape(8, 9, 10)


@pytest.fixture
def headers(tmp_path: Path) -> Path:
    """A folder with an image as image.mhd and image.nhdr, their voxels beside them, and again in another folder."""
    folder, other = tmp_path / "image", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    for ending in ("mhd", "nhdr"):
        sitk.WriteImage(sitk.GetImageFromArray(VALUES), folder / f"image.{ending}")
    (other / "image.raw").write_bytes((folder / "image.raw").read_bytes())
    return folder


def _naming(headers: Path, ending: str, name: str) -> Path:
    """The header with another name in it."""
    path = headers / f"image.{ending}"
    text = re.sub(r"(ElementDataFile = |data file: )image\.raw", lambda found: found[1] + name, path.read_text())
    assert name in text
    path.write_text(text)
    return path


@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
@pytest.mark.parametrize("name", ["image.raw", "./image.raw"])
def test_a_file_beside_the_header_is_read(headers: Path, ending: str, name: str) -> None:
    np.testing.assert_array_equal(read_volume(_naming(headers, ending, name)).array, VALUES)


@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
def test_a_missing_file_is_named(headers: Path, ending: str) -> None:
    with pytest.raises(UnreadableInput, match=r"has its voxels in gone\.raw, which is not beside it"):
        read_volume(_naming(headers, ending, "gone.raw"))


@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
@pytest.mark.parametrize(
    "name",
    ["../other/image.raw", "/dev/zero", r"..\other\image.raw", "//server/share/image.raw", "below/image.raw",
     "LIST\n../other/image.raw", "../other/image%d.raw 1 8 1", "C:image.raw", ".."],
)  # fmt: skip
def test_a_file_elsewhere_is_not(headers: Path, ending: str, name: str) -> None:
    path = _naming(headers, ending, name)
    for read in (file_grid, lambda file: read_file(file, Observer())):
        with pytest.raises(UnreadableInput, match=r"names voxels outside of its own folder"):
            read(path)


@pytest.mark.parametrize(
    ("ending", "before", "first"),
    [
        ("mhd", "ElementDataFile = ", "elementdatafile = LOCAL\n"),
        ("mhd", "ElementDataFile = ", " ElementDataFile = LOCAL\n"),
        ("nhdr", "data file: ", "data file: image.raw\n"),
        ("nhdr", "data file: ", "Data File: image.raw\n"),
    ],
)
def test_a_field_before_does_not_hide_a_file_elsewhere(headers: Path, ending: str, before: str, first: str) -> None:
    """Capitals and repetitions mean different things to different readers."""
    path = _naming(headers, ending, "../other/image.raw")
    path.write_text(path.read_text().replace(before, first + before))
    with pytest.raises(UnreadableInput, match=r"names voxels outside of its own folder"):
        read_volume(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes among its files")
@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
def test_what_is_no_file_is_not_waited_for(headers: Path, ending: str) -> None:
    os.mkfifo(headers / "pipe")
    with pytest.raises(UnreadableInput, match="names pipe, which is no file"):
        file_grid(_naming(headers, ending, "pipe"))


def _packed(content: bytes) -> bytes:
    """Packed with a long tail of zeros behind it, and cut off in the midst of that."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    pieces = [packer.compress(content), *(packer.compress(bytes(1 << 24)) for _ in range(3))]
    return b"".join(pieces)[:-1000]


def _mgh() -> bytes:
    placed = struct.pack(">15f", 1, 1, 1, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, 0)
    head = struct.pack(">7ih", 1, *VALUES.shape[::-1], 1, 4, 0, 1) + placed
    return head.ljust(284, b"\0") + VALUES.astype(">i2").tobytes()


@pytest.mark.parametrize("ending", ["nii.gz", "mgz", "nrrd"])
def test_what_goes_on_after_the_image_is_not_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"long.{ending}"
    if ending == "mgz":
        path.write_bytes(_packed(_mgh()))
    else:
        whole = tmp_path / ending.replace("nii.gz", "whole.nii").replace("nrrd", "whole.nrrd")
        sitk.WriteImage(sitk.GetImageFromArray(VALUES), whole, ending == "nrrd")
        head = whole.read_bytes().split(b"\n\n")[0] + b"\n\n" if ending == "nrrd" else b""
        path.write_bytes(head + _packed(VALUES.tobytes() if head else whole.read_bytes()))
    np.testing.assert_array_equal(read_volume(path).array, VALUES)


@pytest.mark.parametrize(
    ("at", "kind", "value", "told"),
    [
        (108, "<f", 1e19, "cut short"),  # where the voxels begin
        (108, "<f", 1e9, "cut short"),
        (256, "<f", np.nan, "its qform holds what is no number"),
        (268, "<f", np.inf, "its qform holds what is no number"),
        (268, "<f", -1e30, "position of .* in space makes no sense"),
        (42, "<h", 32767, "cut short"),
    ],
)
def test_numbers_of_a_header_that_make_no_sense(tmp_path: Path, at: int, kind: str, value: float, told: str) -> None:
    path = tmp_path / "odd.nii"
    sitk.WriteImage(sitk.GetImageFromArray(VALUES), path)
    content = bytearray(path.read_bytes())
    struct.pack_into("<2h", content, 252, 1, 0)  # placed by its qform alone
    struct.pack_into(kind, content, at, value)
    path.write_bytes(content)
    with pytest.raises(UnreadableInput, match=told):
        read_volume(path)


def test_a_broken_qform_leaves_the_sform(tmp_path: Path) -> None:
    path = tmp_path / "odd.nii"
    sitk.WriteImage(sitk.GetImageFromArray(VALUES), path)
    sound = file_grid(path)
    content = bytearray(path.read_bytes())
    struct.pack_into("<2h", content, 252, 1, 2)
    struct.pack_into("<f", content, 256, np.nan)
    path.write_bytes(content)
    found = read_volume(path)
    np.testing.assert_allclose(found.grid.corners, sound.corners, atol=1e-4)
    assert "Its qform holds what is no number (NaN or infinite): the sform (aligned to another image) is used." in (
        found.notes
    )


@pytest.mark.parametrize("origin", ["-1e300 0 0", "1e308 1e308 1e308"])
def test_a_place_beyond_all_bounds_is_refused(tmp_path: Path, origin: str) -> None:
    path = tmp_path / "far.mha"
    sitk.WriteImage(sitk.GetImageFromArray(VALUES), path)
    path.write_bytes(re.sub(rb"Offset = .*", f"Offset = {origin}".encode(), path.read_bytes(), count=1))
    with pytest.raises(UnreadableInput, match="position of far in space makes no sense"):
        read_volume(path)
