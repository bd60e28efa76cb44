"""What is odd about a series is said, with what follows from it; of the patient nothing is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import Series, save
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from fusionviewer.imaging.dicom.patient_marks import PatientMarks, patient_marks
from fusionviewer.imaging.readers import list_series, read_volume


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ({"PatientPosition": "FFP"}, "The patient lay feet first, face down (FFP)"),
        ({"RescaleIntercept": None, "RescaleSlope": None}, "do not say how stored numbers become Hounsfield units"),
        ({"PhotometricInterpretation": "MONOCHROME1"}, "(MONOCHROME1): Hounsfield units are kept."),
    ],
)
def test_odd_headers(tmp_path: Path, header: dict[str, Any], note: str) -> None:
    Series(header=header).write(tmp_path)
    volume = read_volume(tmp_path)
    assert [one for one in volume.notes if note in one] == list(volume.notes)
    assert len(volume.notes) == 1
    assert list_series(tmp_path)[0].notes == volume.notes


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "It is a localizer of 3 slices, not a volume."),
        (
            {"SOPClassUID": SecondaryCaptureImageStorage, "ImagePositionPatient": None, "PixelSpacing": None},
            "It is a secondary capture: its images do not say where they lie in space.",
        ),
        (
            {
                "SOPClassUID": SecondaryCaptureImageStorage, "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB",
                "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PlanarConfiguration": 0, "PixelData": bytes(360),
            },
            "It is a secondary capture in colour.",
        ),
    ],
)  # fmt: skip
def test_what_is_shown_and_not_offered(tmp_path: Path, header: dict[str, Any], why: str) -> None:
    Series(n=3, number=1, header=header).write(tmp_path / "a")
    Series(number=2).write(tmp_path / "b")
    shown, offered = list_series(tmp_path)
    assert (shown.usable, shown.why_not) == (False, why)
    assert offered.usable
    assert read_volume(tmp_path).grid.size == (10, 12, 8)


def test_the_usual_position_is_not_odd(tmp_path: Path) -> None:
    Series(header={"PatientPosition": "HFS"}).write(tmp_path)
    assert read_volume(tmp_path).notes == ()


def test_an_mr_that_is_meant_inverted_is_turned_round(tmp_path: Path) -> None:
    series = Series(modality="MR", intercept=0.0, header={"PhotometricInterpretation": "MONOCHROME1"})
    series.write(tmp_path)
    volume = read_volume(tmp_path)
    assert any("the values were turned round" in note for note in volume.notes)
    places = [(series.points(depth)[j, i], series.values(depth)[j, i]) for depth in (0, 3) for j, i in ((0, 0), (5, 7))]
    both = {float(volume.value_at(point) or 0) + value for point, value in places}
    assert len(both) == 1
    assert volume.array.dtype == np.int16


def test_two_acquisitions_in_one_volume_are_said_and_many_are_not(tmp_path: Path) -> None:
    series = Series(n=12)
    for number in range(12):
        replace(series, header={"AcquisitionNumber": 1 + number // 6}).write(tmp_path / "two", only=[number])
        replace(series, header={"AcquisitionNumber": 1 + number}).write(tmp_path / "many", only=[number])
    assert any("2 acquisitions (numbers 1 and 2)" in note for note in read_volume(tmp_path / "two").notes)
    assert read_volume(tmp_path / "many").notes == ()


def test_padding_is_said(tmp_path: Path) -> None:
    series = Series()
    for number, depth in enumerate(series.places):
        ds = series.dataset(depth, number)
        stored = np.frombuffer(ds.PixelData, "<u2").reshape(12, 10).astype("<i2")
        stored[:, :3] = -2000
        ds.PixelRepresentation, ds.PixelData = 1, stored.tobytes()
        save(ds, tmp_path / f"{number}.dcm")
    (note,) = read_volume(tmp_path).notes
    assert note.startswith("30 % of the voxels lie outside of the scanner's field of view and hold -3024")


def test_an_image_far_from_the_scanners_centre_is_said(tmp_path: Path) -> None:
    series = Series()
    for number, depth in enumerate(series.places):
        ds = series.dataset(depth, number)
        x, y, z = ds.ImagePositionPatient
        ds.ImagePositionPatient = [x + 900, y, z]
        save(ds, tmp_path / f"{number}.dcm")
    (note,) = read_volume(tmp_path).notes
    assert "0.9 m away from the scanner's centre" in note


def test_an_image_that_is_metres_long_is_said(tmp_path: Path) -> None:
    series = Series()
    for number, z in enumerate(np.arange(120) * 11.0 - 600):
        ds = series.dataset(0, number)
        ds.ImagePositionPatient = [-20.0, 30.0, float(z)]
        save(ds, tmp_path / f"{number}.dcm")
    (note,) = read_volume(tmp_path).notes
    assert "1.3 m long by its header" in note


def _marks(**values: str) -> PatientMarks:
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return patient_marks(ds)


@pytest.mark.parametrize(
    ("one", "other", "differing"),
    [
        ({"PatientName": "Doe^Jane"}, {"PatientName": "DOE^JANE^^MRS"}, ()),
        ({"PatientName": "Müller^Ann"}, {"PatientName": "Ann Mueller"}, ()),
        ({"PatientName": "Doe^Jane"}, {"PatientName": "Doe^John"}, ("name",)),
        ({"PatientID": "0012-34"}, {"PatientID": "12 34"}, ()),
        ({"PatientID": "1234"}, {"PatientID": "1235"}, ("ID",)),
        ({"PatientBirthDate": "19700101"}, {"PatientBirthDate": "1970.01.02"}, ("birth date",)),
        ({"PatientSex": "F"}, {"PatientSex": "M"}, ("sex",)),
        ({"PatientSex": "F"}, {"PatientSex": "O"}, ()),
        ({"PatientName": "Doe^Jane", "PatientID": "1"}, {}, ()),
        ({"PatientName": "Doe^Jane", "PatientID": "1"}, {"PatientName": "Roe", "PatientID": "2"}, ("name", "ID")),
    ],
)
def test_patients_are_compared(one: dict[str, str], other: dict[str, str], differing: tuple[str, ...]) -> None:
    assert _marks(**one).differing(_marks(**other)) == differing
    assert "Doe" not in repr(_marks(**one))
    assert "doe" not in str(vars(_marks(**one)))


def test_a_volume_of_a_series_has_the_marks(tmp_path: Path) -> None:
    Series().write(tmp_path / "a")
    Series(header={"PatientName": "Roe^Jo"}).write(tmp_path / "b")
    first, second = (read_volume(tmp_path / name) for name in "ab")
    assert first.patient.differing(second.patient) == ("name",)
