"""Every way of writing pixels that is decoded, each tried on files.

The compressed frames beside this file were made by imagecodecs, which shares no code with what decodes them here but
libjpeg and OpenJPEG; `tolerance` is how far imagecodecs itself lies from the frame that it compressed.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import Series, multi_frame, save
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.readers import read_volume

FRAMES: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("compressed_frames.json").read_text())
SERIES = Series(rows=24, columns=20)
STORED = np.rint(SERIES.values(0) + 1024)
"""What each of the frames was made of; the one of 8 bits of a sixteenth of it."""


def _packed(ds: Dataset, uid: str, frames: int = 1) -> Dataset:
    about = FRAMES[uid]
    ds.file_meta.TransferSyntaxUID = UID(uid)
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8 if about["bits"] == 8 else 16, about["bits"], about["bits"] - 1
    ds.PixelData = encapsulate([base64.b64decode(about["frame"])] * frames)
    ds["PixelData"].VR = "OB"
    return ds


def _is_decoded(uid: str) -> bool:
    """Whether the GDCM of this SimpleITK knows the syntax: HTJ2K only since 2.5.4."""
    about = tuple(map(int, re.findall(r"\d+", version("SimpleITK"))[:3]))
    return "HTJ2K" not in FRAMES[uid]["name"] or about >= (2, 5, 4)


def _meant(uid: str) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = np.floor(STORED / 16) if FRAMES[uid]["bits"] == 8 else STORED
    return found


@pytest.mark.parametrize("uid", FRAMES, ids=[about["name"] for about in FRAMES.values()])
def test_a_compressed_series(tmp_path: Path, uid: str) -> None:
    for number, depth in enumerate(SERIES.places):
        save(_packed(SERIES.dataset(depth, number), uid), tmp_path / f"{number}.dcm")
    if not _is_decoded(uid):
        with pytest.raises(UnreadableInput, match="compressed in a way that fusionviewer cannot read"):
            read_volume(tmp_path)
        return
    volume = read_volume(tmp_path)
    assert volume.notes == ()
    assert np.abs(volume.array - (_meant(uid) - 1024)).max() <= FRAMES[uid]["tolerance"]


@pytest.mark.parametrize("uid", FRAMES, ids=[about["name"] for about in FRAMES.values()])
def test_compressed_frames_of_one_file_with_scales_of_their_own(tmp_path: Path, uid: str) -> None:
    ds = multi_frame(replace(SERIES, modality="CT"))
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    for number, own in enumerate(ds.PerFrameFunctionalGroupsSequence):
        own.PixelValueTransformationSequence = [Dataset()]
        own.PixelValueTransformationSequence[0].RescaleSlope = "1.0"
        own.PixelValueTransformationSequence[0].RescaleIntercept = str(-1000 - number)
    save(_packed(ds, uid, frames=8), tmp_path / "frames.dcm")
    if not _is_decoded(uid):
        pytest.skip("this SimpleITK's GDCM is too old")
    volume = read_volume(tmp_path / "frames.dcm")
    for number in range(8):
        meant = _meant(uid) - 1000 - number
        assert np.abs(volume.array[number] - meant).max() <= FRAMES[uid]["tolerance"]


@pytest.mark.parametrize("uid", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_what_is_not_compressed_or_as_a_whole(tmp_path: Path, uid: UID) -> None:
    for number, depth in enumerate(SERIES.places):
        ds = SERIES.dataset(depth, number)
        ds.file_meta.TransferSyntaxUID = uid
        if not uid.is_little_endian:
            ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
        path = tmp_path / f"{number}.dcm"
        ds.save_as(path, enforce_file_format=True)
    volume = read_volume(tmp_path)
    for k, depth in enumerate(SERIES.places):
        np.testing.assert_array_equal(volume.array[k], SERIES.values(depth))
    assert volume.notes == ()


def test_run_lengths(tmp_path: Path) -> None:
    for number, depth in enumerate(SERIES.places):
        save(SERIES.dataset(depth, number), tmp_path / f"{number}.dcm", rle=True)
    np.testing.assert_array_equal(read_volume(tmp_path).array[3], SERIES.values(3))


@pytest.mark.parametrize("allocated", [8, 16, 32])
@pytest.mark.parametrize("signed", [False, True])
def test_numbers_of_every_width(tmp_path: Path, allocated: int, signed: bool) -> None:
    kind = f"<{'i' if signed else 'u'}{allocated // 8}"
    low = -100 if signed else 0
    array = np.random.default_rng(0).integers(low, 100, (8, 24, 20)).astype(kind)
    for number, depth in enumerate(SERIES.places):
        ds = SERIES.dataset(depth, number)
        ds.BitsAllocated = ds.BitsStored = allocated
        ds.HighBit, ds.PixelRepresentation, ds.PixelData = allocated - 1, int(signed), array[number].tobytes()
        save(ds, tmp_path / f"{number}.dcm")
    np.testing.assert_array_equal(read_volume(tmp_path).array, array.astype(np.int64) - 1024)
