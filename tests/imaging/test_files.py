"""Image files: the same voxels at the same places as ITK's, and a sentence for what is no volume."""

from __future__ import annotations

import gzip
import os
import struct
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.errors import BadArgument, Cancelled, UnreadableInput
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging import intake
from fusionviewer.imaging.files import plain_name
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.volume import ImageSource, grid_of
from fusionviewer.imaging.writers import write_volume
from fusionviewer.progress import Observer

ENDINGS = (".nii", ".nii.gz", ".nrrd", ".mha", ".mhd")


def image(pixel: Any = np.int16, *, mirrored: bool = False, size: tuple[int, int, int] = (7, 6, 5)) -> sitk.Image:
    info = np.iinfo(pixel) if np.issubdtype(pixel, np.integer) else np.finfo(np.float32)
    low, high = max(-900.0, float(info.min)), min(3000.0, float(info.max))
    out = sitk.GetImageFromArray(np.random.default_rng(3).uniform(low, high, size[::-1]).astype(pixel))
    rotation = RigidTransform.from_euler((12, -7, 140, 0, 0, 0), np.zeros(3)).rotation
    out.SetDirection((rotation * np.array([1, 1, -1 if mirrored else 1])).ravel().tolist())
    out.SetSpacing((0.7, 0.9, 1.9))
    out.SetOrigin((-31.0, 44.0, 12.5))
    return out


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("ending", ENDINGS)
def test_voxels_and_places_are_itks(tmp_path: Path, ending: str, mirrored: bool) -> None:
    path = tmp_path / f"an image{ending}"
    sitk.WriteImage(image(mirrored=mirrored), str(path), True)
    theirs = sitk.ReadImage(str(path))
    ours = read_volume(path)
    np.testing.assert_array_equal(ours.array, sitk.GetArrayViewFromImage(theirs))
    np.testing.assert_allclose(ours.grid.corners, grid_of(theirs).corners, atol=1e-4)
    assert ours.name == "an image"
    assert ours.source == ImageSource(path)


@pytest.mark.parametrize(
    ("pixel", "ours"),
    [
        (np.uint8, np.int16),
        (np.int8, np.int16),
        (np.int16, np.int16),
        (np.uint16, np.int16),
        (np.int32, np.int16),
        (np.uint32, np.int16),
        (np.int64, np.int16),
        (np.float32, np.float32),
        (np.float64, np.float32),
    ],
)
@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd"])
def test_pixel_types_become_sensible(tmp_path: Path, pixel: Any, ours: Any, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    sitk.WriteImage(image(pixel), str(path))
    volume = read_volume(path)
    assert volume.array.dtype == ours
    np.testing.assert_allclose(volume.array, sitk.GetArrayFromImage(sitk.ReadImage(str(path))), rtol=1e-6)


def test_values_beyond_16_bits_are_kept(tmp_path: Path) -> None:
    array = np.zeros((3, 4, 5), np.int32)
    array[1, 1, 1] = 60_000
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "u.nii"))
    assert read_volume(tmp_path / "u.nii").array.dtype == np.uint16
    array[1, 1, 1] = 1_000_000
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "f.nii"))
    volume = read_volume(tmp_path / "f.nii")
    assert volume.array.dtype == np.float32
    assert volume.value_range == (0, 1_000_000)


def test_places_and_names_that_are_not_ascii(tmp_path: Path) -> None:
    folder = tmp_path / "Köpfe и головы"
    folder.mkdir()
    for ending in (".nii.gz", ".nrrd", ".mha"):
        path = folder / f"Schädel 頭{ending}"
        plain = tmp_path / f"plain{ending}"
        sitk.WriteImage(image(), str(plain))
        plain.rename(path)
        assert read_volume(path).name == "Schädel 頭"


@pytest.mark.parametrize(
    ("name", "plain"),
    [("ct.nii.gz", "ct"), ("a.b.NRRD", "a.b"), ("mr.mha", "mr"), ("head", "head"), (".nii", ".nii")],
)
def test_plain_names(name: str, plain: str) -> None:
    assert plain_name(Path(name)) == plain


def nifti_with(path: Path, **fields: tuple[int, str, tuple[Any, ...]]) -> Path:
    """A 7 × 6 × 5 int16 NIfTI file with some fields of its header (offset, format, values) overwritten."""
    sitk.WriteImage(image(), str(path))
    content = bytearray(path.read_bytes())
    for offset, form, values in fields.values():
        struct.pack_into(form, content, offset, *values)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("slope", "intercept", "dtype"), [(1.0, -1024.0, "int16"), (0.5, 3.25, "float32")])
def test_slope_and_intercept_of_nifti(tmp_path: Path, slope: float, intercept: float, dtype: str) -> None:
    path = nifti_with(tmp_path / "s.nii", scaling=(112, "<2f", (slope, intercept)))
    volume = read_volume(path)
    assert volume.array.dtype.name == dtype
    np.testing.assert_allclose(volume.array, sitk.GetArrayFromImage(sitk.ReadImage(str(path))), atol=1e-3)


def test_a_slope_of_zero_means_no_scaling(tmp_path: Path) -> None:
    scaled = read_volume(nifti_with(tmp_path / "s.nii", scaling=(112, "<2f", (0.0, 7.0))))
    assert scaled.fingerprint == read_volume(nifti_with(tmp_path / "a.nii")).fingerprint


def test_the_other_byte_order(tmp_path: Path) -> None:
    array = (np.arange(60).reshape(3, 4, 5) * 100).astype(">i2")
    head = bytearray(352)
    struct.pack_into(">i", head, 0, 348)
    struct.pack_into(">8h", head, 40, 3, 5, 4, 3, 1, 1, 1, 1)
    struct.pack_into(">2h", head, 70, 4, 16)
    struct.pack_into(">8f", head, 76, 1, 1, 2, 3, 0, 0, 0, 0)
    struct.pack_into(">3f", head, 108, 352, 1, 0)
    struct.pack_into(">b", head, 123, 2)
    head[344:348] = b"n+1\0"
    path = tmp_path / "big.nii"
    path.write_bytes(bytes(head) + array.tobytes())
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.array, array)
    assert volume.grid.spacing == (1.0, 2.0, 3.0)
    assert any("patient's left" in note for note in volume.notes)  # neither qform nor sform


def test_a_file_that_is_packed_in_spite_of_its_name_and_one_that_is_not(tmp_path: Path) -> None:
    plain = nifti_with(tmp_path / "a.nii")
    pretends = tmp_path / "b.nii.gz"
    pretends.write_bytes(plain.read_bytes())
    assert read_volume(pretends).fingerprint == read_volume(plain).fingerprint


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def text_file(folder: Path) -> Path:
    return write(folder / "notes.nii.gz", b"Dear colleague,\nhere is the scan.\n" * 30)


def empty_file(folder: Path) -> Path:
    return write(folder / "empty.nii.gz", b"")


def rubbish(folder: Path) -> Path:
    return write(folder / "rubbish.nrrd", bytes(range(256)) * 8)


def truncated(ending: str) -> Any:
    def make(folder: Path) -> Path:
        path = folder / f"cut{ending}"
        sitk.WriteImage(image(size=(30, 30, 30)), str(path), True)
        content = path.read_bytes()
        return write(path, content[: len(content) * 2 // 3])

    return make


def flipped_bits(folder: Path) -> Path:
    path = folder / "flipped.nii.gz"
    sitk.WriteImage(image(size=(30, 30, 30)), str(path))
    content = bytearray(path.read_bytes())
    content[-6] ^= 0xFF  # in the checksum, which ITK does not look at
    return write(path, bytes(content))


def header_only(folder: Path) -> Path:
    return write(folder / "head.nii.gz", gzip.compress(nifti_with(folder / "a.nii").read_bytes()[:352]))


def saved(name: str, make: Any) -> Any:
    def to(folder: Path) -> Path:
        sitk.WriteImage(make(), str(folder / name))
        return folder / name

    return to


def changed(**fields: tuple[int, str, tuple[Any, ...]]) -> Any:
    return lambda folder: nifti_with(folder / "odd.nii", **fields)


def not_numbers() -> sitk.Image:
    array = sitk.GetArrayFromImage(image(np.float32))
    array[2:] = np.nan
    return sitk.GetImageFromArray(array)


def slanted(folder: Path) -> Path:
    path = folder / "slanted.nrrd"
    sitk.WriteImage(image(), str(path))
    text = path.read_bytes().split(b"\n")
    text = [b"space directions: (1,0,0) (0.3,1,0) (0,0,1)" if b"directions" in line else line for line in text]
    return write(path, b"\n".join(text))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda folder: folder / "missing.nii.gz", "There is no file or folder"),
        (text_file, "it is a text file"),
        (empty_file, "is empty"),
        (rubbish, "is not an image"),
        (header_only, "damaged or cut short"),
        (flipped_bits, "damaged or cut short"),
        *((truncated(ending), "damaged or cut short") for ending in (".nii", ".nii.gz", ".nrrd", ".mha")),
        (saved("flat.nii.gz", lambda: sitk.Image([8, 8], sitk.sitkInt16)), "2D image"),
        (saved("flat.png", lambda: sitk.Image([8, 8], sitk.sitkUInt8)), "2D image"),
        (saved("one.nii.gz", lambda: sitk.Image([8, 8, 1], sitk.sitkInt16)), "single slice"),
        (saved("time.nii.gz", lambda: sitk.Image([8, 8, 8, 7], sitk.sitkInt16)), "4D image with 7 frames"),
        (saved("rgb.nii.gz", lambda: sitk.Image([8, 8, 8], sitk.sitkVectorUInt8, 3)), "3 values for each voxel"),
        (saved("rgb.mha", lambda: sitk.Image([8, 8, 8], sitk.sitkVectorUInt8, 3)), "3 values for each voxel"),
        (saved("nan.nii.gz", not_numbers), "60 % of the voxels of nan are not numbers"),
        (changed(spacing=(80, "<f", (0.0,))), "voxel size of odd.nii makes no sense"),
        (changed(spacing=(80, "<f", (float("nan"),))), "voxel size of odd.nii makes no sense"),
        (changed(spacing=(80, "<f", (-1.0,))), "makes no sense"),
        (changed(units=(123, "<b", (1,))), "voxel size of odd.nii makes no sense: 700 ×"),
        (changed(units=(123, "<b", (3,))), "voxel size of odd.nii makes no sense: 0.0007 ×"),
        (changed(size=(40, "<4h", (3, 30000, 30000, 30000))), "more than fusionviewer can hold"),
        (changed(q=(252, "<2h", (0, 1)), s=(280, "<12f", (1, 0.3, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0))), "right angles"),
        (slanted, "not at right angles"),
    ],
)
def test_what_is_no_volume_is_refused_with_the_reason(
    tmp_path: Path, make: Any, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = make(tmp_path)
    capfd.readouterr()
    with pytest.raises(UnreadableInput, match=why) as caught:
        read_volume(path)
    assert caught.value.remedy
    assert capfd.readouterr() == ("", "")  # ITK, MetaIO and the NIfTI library keep quiet


def test_a_few_voxels_that_are_not_numbers_are_filled(tmp_path: Path) -> None:
    array = sitk.GetArrayFromImage(image(np.float32, size=(20, 20, 20)))
    array[4, 5, 6], array[7, 8, 9] = np.nan, np.inf
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / "a.nii.gz"))
    volume = read_volume(tmp_path / "a.nii.gz")
    assert volume.array[4, 5, 6] == volume.array[7, 8, 9] == np.nanmin(array)
    assert any("2 voxels were not numbers" in note for note in volume.notes)


@pytest.mark.parametrize(
    ("values", "modality"),
    [
        ([-1000] * 300 + [40] * 600 + [1200] * 100, "CT"),
        ([0] * 500 + [350] * 500, "MR"),
        ([-3] * 500 + [3] * 500, ""),
        ([0] * 1000, ""),
    ],
)
def test_modality_is_guessed_and_said(values: list[int], modality: str) -> None:
    assert intake.guess_modality(np.array(values, np.int16).reshape(10, 10, 10)) == modality


def test_the_guess_is_a_note(tmp_path: Path) -> None:
    sitk.WriteImage(image(), str(tmp_path / "a.nii.gz"))
    volume = read_volume(tmp_path / "a.nii.gz")
    assert volume.modality == "CT"
    assert any("taken for CT" in note for note in volume.notes)


def test_directions_with_few_digits_are_made_orthogonal(tmp_path: Path) -> None:
    rounded = image()
    rounded.SetDirection(np.round(rounded.GetDirection(), 4).tolist())
    sitk.WriteImage(rounded, str(tmp_path / "a.nrrd"))
    direction = read_volume(tmp_path / "a.nrrd").grid.direction
    np.testing.assert_allclose(direction.T @ direction, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(direction.ravel(), rounded.GetDirection(), atol=1e-4)


def test_the_fingerprint_goes_with_the_voxels_not_with_the_file(tmp_path: Path) -> None:
    for ending in (".nii.gz", ".nii"):
        sitk.WriteImage(image(), str(tmp_path / f"a{ending}"))
    other = image()
    other[1, 1, 1] = other[1, 1, 1] + 1
    sitk.WriteImage(other, str(tmp_path / "b.nii"))
    prints = [read_volume(tmp_path / name).fingerprint for name in ("a.nii.gz", "a.nii", "b.nii")]
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]


def test_a_cancelled_reading_stops_between_pieces(tmp_path: Path) -> None:
    sitk.WriteImage(sitk.Image([256, 256, 128], sitk.sitkInt16), str(tmp_path / "a.nii.gz"))
    cancelled = threading.Event()
    seen: list[float] = []

    def listen(progress: Any) -> None:
        seen.append(progress.fraction)
        if progress.fraction > 0.2:
            cancelled.set()

    with pytest.raises(Cancelled):
        read_volume(tmp_path / "a.nii.gz", "", Observer(listen, cancelled))
    assert 0.2 < seen[-1] < 0.7


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="their names are always Unicode text")
def test_a_name_that_is_no_text_is_refused_and_does_not_end_the_process(tmp_path: Path) -> None:
    sitk.WriteImage(image(), str(tmp_path / "plain.nii"))
    path = tmp_path / os.fsdecode(b"M\xfcller.nii")
    (tmp_path / "plain.nii").rename(path)
    with pytest.raises(BadArgument, match="not Unicode text") as refusal:
        read_volume(path)
    assert "Rename" in refusal.value.remedy
    path.rename(tmp_path / "plain.nii")
    with pytest.raises(BadArgument, match="not Unicode text"):
        write_volume(read_volume(tmp_path / "plain.nii"), path)
    assert not path.exists()


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    for name in ("x" * 5000, "a\0b"):
        with pytest.raises(UnreadableInput, match="There is no file or folder"):
            read_volume(tmp_path / name)


@pytest.mark.usefixtures("read_here")
def test_a_folder_that_may_not_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, too: what counts is the error that the system gives."""

    def refuse(self: Path, **kwargs: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(UnreadableInput, match="cannot be opened"):
        read_volume(tmp_path / "a.nii.gz")


@pytest.mark.parametrize(
    ("size", "few"), [((40, 40, 3), 3), ((3, 40, 40), 3), ((40, 40, 5), 5), ((40, 40, 6), 0), ((5, 6, 4), 0)]
)
def test_a_few_slices_are_remarked_on_wherever_they_lie(tmp_path: Path, size: tuple[int, int, int], few: int) -> None:
    sitk.WriteImage(image(size=size), str(tmp_path / "a.nii"))
    remarks = [note for note in read_volume(tmp_path / "a.nii").oddities if "slices" in note]
    assert remarks == ([f"Only {few} slices: too few to align a head by. Is it a localizer?"] if few else [])
