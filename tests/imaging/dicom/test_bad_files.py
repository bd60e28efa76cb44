"""One bad file costs that file: the others open, and a remark names it."""

from __future__ import annotations

import os
import random
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dicom_series import PATIENT_ID, Series, save, tilted_ct
from pydicom.uid import BasicTextSRStorage, DeflatedExplicitVRLittleEndian

from fusionviewer.errors import FusionError, UnreadableInput
from fusionviewer.imaging.dicom.headers import is_dicom, scan
from fusionviewer.imaging.readers import list_series, read_volume
from fusionviewer.imaging.reading import direct
from fusionviewer.progress import Observer

SERIES = Series()


def _frames(path: Path) -> None:
    ds = SERIES.dataset(3, 4)
    ds.NumberOfFrames = 99999999999
    save(ds, path)


def _many_compressed_frames(path: Path) -> None:
    ds = SERIES.dataset(3, 4)
    save(ds, path, rle=True)
    path.write_bytes(
        path.read_bytes().replace(b"\x28\x00\x10\x00US", b"\x28\x00\x08\x00IS\x04\x009999\x28\x00\x10\x00US", 1)
    )


def _large(path: Path) -> None:
    ds = SERIES.dataset(3, 4)
    ds.Rows = ds.Columns = 65535
    save(ds, path)


def _cut_short(path: Path) -> None:
    save(SERIES.dataset(3, 4), path)
    path.write_bytes(path.read_bytes()[:-40])


def _broken_deflate(path: Path) -> None:
    ds = SERIES.dataset(3, 4)
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    save(ds, path)
    path.write_bytes(path.read_bytes()[:400] + bytes(range(256)))


def _unknown_kind_of_value(path: Path) -> None:
    save(SERIES.dataset(3, 4), path)
    path.write_bytes(path.read_bytes().replace(b"\x28\x00\x10\x00US", b"\x28\x00\x10\x00ZZ"))


def _nested(path: Path) -> None:
    """Sequences in sequences, 3000 deep: more than Python can follow."""
    save(SERIES.dataset(3, 4), path)
    item = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    content = path.read_bytes()
    at = content.index(b"\x10\x00\x10\x00PN")
    path.write_bytes(content[:at] + item * 3000)


def _a_pipe(path: Path) -> None:
    os.mkfifo(path)


def _rubbish(path: Path) -> None:
    path.write_bytes(bytes(128) + b"DICM" + b"rubbish")


BAD: dict[str, Callable[[Path], None]] = {
    "frames": _frames, "frames of a compressed file": _many_compressed_frames, "rows": _large, "cut short": _cut_short,
    "deflate": _broken_deflate, "kind of value": _unknown_kind_of_value, "nested": _nested, "rubbish": _rubbish,
}  # fmt: skip
if sys.platform != "win32":
    BAD["pipe"] = _a_pipe


@pytest.mark.parametrize("kind", BAD)
def test_it_is_left_out_and_named(tmp_path: Path, kind: str) -> None:
    SERIES.write(tmp_path, only=[0, 1, 2, 4, 5, 6, 7])
    BAD[kind](tmp_path / "bad.dcm")
    volume = read_volume(tmp_path)
    assert volume.grid.size == (10, 12, 8)
    assert "A file was left out because it cannot be read, is damaged or cut short: bad.dcm." in volume.notes
    assert "Slice 4 of 8 is missing." in volume.notes
    assert list_series(tmp_path)[0].notes == volume.notes


@pytest.mark.parametrize("kind", BAD)
def test_alone_it_is_a_sentence(tmp_path: Path, kind: str) -> None:
    BAD[kind](tmp_path / "bad.dcm")
    with pytest.raises(UnreadableInput, match=r"DICOM file cannot be read.*: bad\.dcm"):
        read_volume(tmp_path)


def test_it_is_named_where_its_series_is(tmp_path: Path) -> None:
    good, other = Series(number=1), Series(number=2)
    good.write(tmp_path / "a")
    other.write(tmp_path / "b")
    _rubbish(tmp_path / "b" / "bad.dcm")
    ds = good.dataset(9, 10)
    ds.NumberOfFrames = 10**9
    save(ds, tmp_path / "b" / "far.dcm")
    first, second = list_series(tmp_path)
    assert [note for note in first.notes if "left out" in note and "far.dcm" in note and "bad.dcm" not in note]
    assert [note for note in second.notes if "bad.dcm" in note and "far.dcm" not in note]


def test_a_slice_whose_pixels_cannot_be_decoded_counts_as_missing(tmp_path: Path) -> None:
    for number, depth in enumerate(SERIES.places):
        save(SERIES.dataset(depth, number), tmp_path / f"{number}.dcm", rle=True)
    bad = tmp_path / "3.dcm"
    content = bytearray(bad.read_bytes())
    content[-150:-20] = bytes(130)
    bad.write_bytes(content)
    volume = read_volume(tmp_path)
    assert any(note.endswith("3.dcm.") and "left out" in note for note in volume.notes)
    assert "Slice 4 of 8 is missing." in volume.notes
    assert volume.value_at(SERIES.points(3)[0, 0]) == pytest.approx(SERIES.values(3)[0, 0], abs=1)


def test_a_name_that_tells_the_patient_is_not_said(tmp_path: Path) -> None:
    SERIES.write(tmp_path)
    _rubbish(tmp_path / f"Doe_{PATIENT_ID}.dcm")
    notes = read_volume(tmp_path).notes
    assert any("one whose name tells the patient" in note for note in notes)
    assert not any("Doe" in note or PATIENT_ID in note for note in notes)


def test_many_are_counted(tmp_path: Path) -> None:
    SERIES.write(tmp_path)
    for n in range(9):
        _rubbish(tmp_path / f"bad{n}.dcm")
    assert any("bad0.dcm, bad1.dcm, bad2.dcm, bad3.dcm and 5 more" in note for note in read_volume(tmp_path).notes)


def test_other_kinds_of_dicom_objects_are_no_bad_files(tmp_path: Path) -> None:
    SERIES.write(tmp_path)
    ds = SERIES.dataset(0, 1)
    for keyword in ("Rows", "Columns", "PixelData"):
        delattr(ds, keyword)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    save(ds, tmp_path / "report.dcm")
    (tmp_path / "notes.txt").write_text("hello")
    assert read_volume(tmp_path).notes == ()


def test_slices_a_kilometre_apart_sideways_are_refused_at_once(tmp_path: Path) -> None:
    for number, depth in enumerate(SERIES.places):
        ds = SERIES.dataset(depth, number)
        ds.ImagePositionPatient = [150_000.0 * depth, 0.0, 2.5 * depth]
        save(ds, tmp_path / f"{number}.dcm")
    with pytest.raises(UnreadableInput, match="so far beside each other"):
        read_volume(tmp_path)


def test_an_ordinary_tilt_is_not_refused(tmp_path: Path) -> None:
    tilted_ct(30.0).write(tmp_path)
    assert read_volume(tmp_path).notes


@pytest.mark.parametrize("position", [[400.0, 30.0, -30.0], [-20.0, 30.0, 400.0]])
def test_one_slice_that_says_it_lies_elsewhere_is_left_out(tmp_path: Path, position: list[float]) -> None:
    SERIES.write(tmp_path)
    ds = SERIES.dataset(4, 5)
    ds.ImagePositionPatient = position
    save(ds, tmp_path / "s3-004.dcm")
    volume = read_volume(tmp_path)
    assert volume.grid.size == (10, 12, 8)
    assert "1 slice lies apart from all others; it was left out." in volume.notes


def test_one_slice_without_a_scale_is_left_out(tmp_path: Path) -> None:
    SERIES.write(tmp_path)
    replace(SERIES, header={"RescaleSlope": "0"}).write(tmp_path, only=[4])
    volume = read_volume(tmp_path)
    assert volume.grid.size == (10, 12, 8)
    assert "1 slice does not say how stored numbers become values; it was left out." in volume.notes


def test_a_copy_is_read_where_the_first_is_damaged(tmp_path: Path) -> None:
    SERIES.write(tmp_path)
    save(SERIES.dataset(7, 8), tmp_path / "a.dcm", rle=True)
    content = bytearray((tmp_path / "a.dcm").read_bytes())
    content[-150:-20] = bytes(130)
    (tmp_path / "a.dcm").write_bytes(content)
    volume = read_volume(tmp_path)
    assert volume.grid.size == (10, 12, 8)
    assert volume.value_at(SERIES.points(7)[0, 0]) == SERIES.values(7)[0, 0]
    assert any("a.dcm" in note for note in volume.notes)


def _mutated(content: bytes, rng: random.Random) -> bytes:
    """A file with bytes changed, taken out, put in, or cut off: mostly in its header."""
    out = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8, 40))):
        at = rng.randrange(132, min(len(out), rng.choice((200, 900, len(out)))))
        match rng.randrange(4):
            case 0:
                out[at] = rng.randrange(256)
            case 1:
                out[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
            case 2:
                del out[at : at + rng.randrange(1, 12)]
            case _:
                out[at:at] = rng.randbytes(rng.randrange(1, 12))
        if len(out) < 300:
            break
    return bytes(out[: rng.randrange(140, len(out))] if rng.random() < 0.1 else out)


def _spoil(folder: Path, seed: int) -> None:
    """A good series of slices 0 … 7 without a fault, and a mutated copy of a slice beside it."""
    rng = random.Random(seed)
    ds = replace(SERIES, uid=SERIES.uid).dataset(rng.randrange(8), 1)
    path = folder / "bad.dcm"
    if rng.random() < 0.3:
        ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    save(ds, path, rle=rng.random() < 0.2 and not ds.file_meta.TransferSyntaxUID.is_deflated)
    path.write_bytes(_mutated(path.read_bytes(), rng))


def _good_ones_open(folder: Path) -> None:
    volume = direct.look_into(folder, Observer())
    entry = next(one for one in volume.entries if one.choice.uid == SERIES.uid)
    try:
        read = direct.read_series(folder, entry.headers, Observer())
    except FusionError as problem:
        raise AssertionError(f"{problem}") from problem
    assert read.array.shape[0] >= 8
    middle = read.array[:, 6, 5]
    assert np.isfinite(middle).all()


@pytest.mark.parametrize("first", range(0, 48, 12))
def test_mutated_files_cost_nothing_but_themselves(tmp_path: Path, first: int) -> None:
    SERIES.write(tmp_path)
    for seed in range(first, first + 12):
        _spoil(tmp_path, seed)
        _good_ones_open(tmp_path)


@pytest.mark.long
def test_a_thousand_mutated_files(tmp_path: Path) -> None:
    SERIES.write(tmp_path)
    failed = []
    for seed in range(1000, 2000):
        _spoil(tmp_path, seed)
        began = time.monotonic()
        try:
            _good_ones_open(tmp_path)
        except Exception as problem:
            failed.append((seed, repr(problem)))
        assert time.monotonic() - began < 10
    assert failed == []


def test_what_is_no_dicom_file_is_not_taken_for_one(tmp_path: Path) -> None:
    assert not is_dicom(tmp_path / "missing.dcm")


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even root may read it here; its slices must not be missing without a word."""
    SERIES.write(tmp_path / "ct")
    (tmp_path / "ct" / "closed").mkdir()
    (tmp_path / "none" / "closed").mkdir(parents=True)
    there = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return there(path)

    monkeypatch.setattr(os, "scandir", scandir)
    (series,) = scan(tmp_path / "ct", Observer())
    assert len(series.slices) == len(SERIES.places)
    assert any("closed" in remark for remark in series.remarks)
    for folder in (tmp_path / "none", tmp_path / "none" / "closed"):
        with pytest.raises(UnreadableInput, match="The folder closed cannot be opened"):
            scan(folder, Observer())
