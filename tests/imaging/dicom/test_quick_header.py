"""What is read quickly is what pydicom reads; what is not quite plain is left to it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import Series, multi_frame, oblique_mr, save, tilted_ct
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from fusionviewer.imaging.dicom import headers
from fusionviewer.imaging.dicom.headers import SliceHeader, scan
from fusionviewer.imaging.dicom.quick_header import quick_values
from fusionviewer.progress import Observer

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "dicom"


def _slices(folder: Path) -> list[tuple[Any, ...]]:
    """All that is known of each slice below a folder, to be compared."""

    def plain(value: object) -> object:
        return value.tolist() if isinstance(value, np.ndarray) else str(value)

    found: Sequence[SliceHeader] = [one for series in scan(folder, Observer()) for one in series.slices]
    return [tuple(plain(getattr(one, field.name)) for field in fields(one)) for one in found]


def _both_ways(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any]]:
    quick = _slices(folder)
    monkeypatch.setattr(headers, "quick_values", lambda path: None)
    return quick, _slices(folder)


@pytest.mark.parametrize("series", [Series(), oblique_mr(), tilted_ct(), Series(slope=0.5, intercept=-3.5)])
def test_each_slice_is_what_pydicom_reads(tmp_path: Path, series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = series.write(tmp_path)
    assert all(quick_values(path) for path in paths)
    quick, slow = _both_ways(tmp_path, monkeypatch)
    assert quick == slow
    assert len(quick) == len(paths)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared DICOM examples")
def test_scanners_files_are_read_as_pydicom_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(quick_values(path) is not None for path in SHARED.rglob("*.dcm")) > 30
    quick, slow = _both_ways(SHARED, monkeypatch)
    assert quick == slow


def _nested() -> Dataset:
    inner, outer = Dataset(), Dataset()
    inner.CodeValue, inner.RescaleSlope = "1", "99"  # of another image: does not count
    outer.PurposeOfReferenceCodeSequence = DicomSequence([inner, inner])
    outer.ReferencedSOPInstanceUID = "1.2.3"
    return outer


@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize("implicit", [True, False])
def test_nested_sequences_are_passed_over(
    tmp_path: Path, undefined: bool, implicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = Series()
    for number, depth in enumerate(series.places):
        ds = series.dataset(depth, number)
        ds.ReferencedImageSequence = DicomSequence([_nested(), _nested()])
        ds["ReferencedImageSequence"].is_undefined_length = undefined
        for item in ds.ReferencedImageSequence:
            item.is_undefined_length_sequence_item = undefined
            item["PurposeOfReferenceCodeSequence"].is_undefined_length = undefined
        if implicit:
            ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        save(ds, tmp_path / f"{number}.dcm")
    assert quick_values(tmp_path / "0.dcm") is not None
    quick, slow = _both_ways(tmp_path, monkeypatch)
    assert quick == slow


def _big_endian(ds: Dataset) -> None:
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    ds["PixelData"].VR = "OW"


def _frames(ds: Dataset) -> None:
    ds.NumberOfFrames = 2
    ds.PixelData = ds.PixelData * 2


def _no_place(ds: Dataset) -> None:
    del ds.ImagePositionPatient


@pytest.mark.parametrize("spoil", [_big_endian, _frames, _no_place])
def test_what_is_not_quite_plain_is_left_to_pydicom(tmp_path: Path, spoil: Callable[[Dataset], None]) -> None:
    ds = Series().dataset(0, 1)
    spoil(ds)
    ds.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    assert quick_values(tmp_path / "a.dcm") is None


def test_frames_in_one_file_are_left_to_pydicom(tmp_path: Path) -> None:
    save(multi_frame(oblique_mr()), tmp_path / "a.dcm")
    assert quick_values(tmp_path / "a.dcm") is None


@pytest.mark.parametrize("cut", [0, 100, 132, 140, 300, 600])
def test_a_file_that_is_cut_short_is_left_to_pydicom(tmp_path: Path, cut: int) -> None:
    path = Series().write(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:cut])
    assert quick_values(path) is None


def test_a_kind_of_value_that_does_not_exist_is_left_to_pydicom(tmp_path: Path) -> None:
    path = Series().write(tmp_path)[0]
    slope = struct.pack("<HH", 0x0028, 0x1053)
    whole = path.read_bytes()
    at = whole.index(slope + b"DS")
    path.write_bytes(whole[: at + 4] + b"??" + whole[at + 6 :])
    assert quick_values(path) is None
