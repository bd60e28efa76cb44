"""What a header says of how a series was made, however odd it is; and who the patient is, apart from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dicom_series import PATIENT, PATIENT_ID, Series, multi_frame, oblique_mr, save
from pydicom.dataset import Dataset

from fusionviewer.imaging.dicom import series_words as words
from fusionviewer.imaging.dicom.facts import facts_of
from fusionviewer.imaging.dicom.folder import SeriesFolder, look_into
from fusionviewer.imaging.dicom.patient import person_of
from fusionviewer.imaging.dicom.series_choice import SeriesChoice, SeriesFacts
from fusionviewer.progress import Observer


def _dataset(**values: Any) -> Dataset:
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


@pytest.mark.parametrize(
    ("values", "when"),
    [
        ({}, ""),
        ({"SeriesDate": "20260314", "SeriesTime": "101502.123"}, "2026-03-14 10:15:02"),
        ({"SeriesDate": "2026.03.14", "SeriesTime": "10:15:02"}, "2026-03-14 10:15:02"),
        ({"SeriesDate": "20260314", "SeriesTime": "1015"}, "2026-03-14 10:15:00"),
        ({"SeriesDate": "20260314", "SeriesTime": "late"}, "2026-03-14"),
        ({"SeriesDate": "20261399", "AcquisitionDate": "20260313"}, "2026-03-13"),
        ({"AcquisitionDateTime": "20260314101502.5+0100"}, "2026-03-14 10:15:02"),
        ({"StudyDate": "20260301", "StudyTime": "07"}, "2026-03-01 07:00:00"),
        ({"SeriesDate": "", "SeriesTime": "101502"}, ""),
    ],
)
def test_the_moment_of_a_series(values: dict[str, str], when: str) -> None:
    assert facts_of(_dataset(**values)).when == when


@pytest.mark.parametrize(
    ("values", "field", "expected"),
    [
        ({"ConvolutionKernel": ["I30f", "3"]}, "kernel", "I30f 3"),
        ({"ConvolutionKernel": ""}, "kernel", ""),
        ({"SequenceName": "*tfl3d1"}, "sequence", "*tfl3d1"),
        ({"ScanningSequence": ["SE", "IR"]}, "sequence", "SE/IR"),
        ({"SequenceName": "", "PulseSequenceName": "mprage"}, "sequence", "mprage"),
        ({"ImageType": ["ORIGINAL", "primary", ""]}, "image_type", ("ORIGINAL", "PRIMARY")),
        ({"MRAcquisitionType": "3d"}, "scanned_3d", True),
        ({"SliceThickness": "1.25"}, "thickness_mm", 1.25),
        ({"SliceThickness": "-1"}, "thickness_mm", 0.0),
        ({"EchoTime": "2.5", "InversionTime": None}, "echo_ms", 2.5),
        ({"SeriesNumber": "12"}, "number", 12),
        ({"SeriesNumber": None}, "number", None),
        ({"StudyDescription": "a\r\n\tb\x1b\u202ec"}, "study_description", "a bc"),
        ({"StudyDescription": "Doe head", "PatientName": PATIENT}, "study_description", ""),
        ({"ProtocolName": "X1234567", "PatientID": PATIENT_ID}, "protocol", ""),
    ],
)
def test_what_the_header_says(values: dict[str, Any], field: str, expected: object) -> None:
    assert getattr(facts_of(_dataset(**values)), field) == expected


def test_an_empty_header_says_nothing() -> None:
    assert facts_of(Dataset()) == SeriesFacts()


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [
        ("Doe^Jane^^", "X1", "Doe, Jane · X1"), ("", "", ""), ("^^", "X1", "X1"), ("Doe", "", "Doe"),
        ("Yamada^Tarou=山田^太郎", "", "Yamada, Tarou"), ("=山田^太郎", "", "山田, 太郎"),
        ("Doe\n^Jane\x07", "1\\2", "Doe, Jane · 1 2"),
    ],
)  # fmt: skip
def test_a_patient_is_shown_in_one_line(name: str, number: str, shown: str) -> None:
    person = person_of(_dataset(PatientName=name, PatientID=number))
    assert person.shown == shown
    assert "Doe" not in repr(person)


def test_frames_in_one_file_have_facts_as_well(tmp_path: Path) -> None:
    ds = multi_frame(oblique_mr(description="t1"))
    shared = ds.SharedFunctionalGroupsSequence[0]
    shared.MRTimingAndRelatedParametersSequence = [_dataset(RepetitionTime=2300.0)]
    shared.PixelMeasuresSequence[0].SliceThickness = "1.25"
    ds.PulseSequenceName, ds.MRAcquisitionType = "tfl3d", "3D"
    save(ds, tmp_path / "a.dcm")
    choice = look_into(tmp_path, Observer()).choices[0]
    assert (choice.facts.repetition_ms, choice.facts.thickness_mm) == (2300.0, 1.25)
    assert choice.method == "tfl3d"
    assert choice.facts.scanned_3d


def _only(folder: SeriesFolder) -> SeriesChoice:
    assert len(folder.choices) == 1
    return folder.choices[0]


def test_words_of_a_series(tmp_path: Path) -> None:
    header = {"ConvolutionKernel": "H30s", "SeriesDate": "20260314", "SeriesTime": "101502"}
    Series(header=header).write(tmp_path)
    choice = _only(look_into(tmp_path, Observer()))
    assert words.title(choice) == "head"
    assert words.facts(choice) == (
        "Series 3 · 2026-03-14 10:15 · CT · H30s · 8 × 2.5 mm slices · 10 × 12 pixels of 0.8 × 1.5 mm · axial"
    )


def test_words_of_a_series_of_which_little_is_known(tmp_path: Path) -> None:
    gone = ("SeriesNumber", "SeriesDescription", "Modality", "PixelSpacing", "ImagePositionPatient", "PatientName")
    Series(header=dict.fromkeys(gone)).write(tmp_path)
    choice = _only(look_into(tmp_path, Observer()))
    assert words.title(choice) == "Without a description"
    assert words.facts(choice) == "? · 8 images · 10 × 12 pixels · axial"
    assert not choice.usable


@pytest.mark.parametrize(
    ("description", "protocol", "title"),
    [
        ("", "T1 AX", "T1 AX"), ("", "", "Series 3, without a description"),
        ("Doe head", "", "Description hidden: it names the patient"),
        ("  Kopf\tnativ\x00 ", "", "Kopf nativ"), ("Köpfe ½ “thin” <b>&amp;", "", "Köpfe ½ “thin” <b>&amp;"),
    ],
)  # fmt: skip
def test_the_title_of_a_series(tmp_path: Path, description: str, protocol: str, title: str) -> None:
    header = {"SpecificCharacterSet": "ISO_IR 192", "ProtocolName": protocol}
    Series(description=description, header=header).write(tmp_path)
    assert words.title(_only(look_into(tmp_path, Observer()))) == title
