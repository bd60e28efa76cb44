"""Nothing that names a patient comes out of a DICOM header, in whatever spelling."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from fusionviewer.imaging.dicom.patient import without_patient


@pytest.mark.parametrize(
    ("keyword", "value", "description"),
    [
        ("PatientName", "Doe^John", "T1 john"),
        ("PatientName", "Li^Bo", "head Li Bo"),
        ("PatientName", "Smith-Jones^A", "smith jones"),
        ("PatientName", "Müller^Eva", "Mueller Kopf"),
        ("PatientName", "Mueller^Eva", "Müller Kopf"),
        ("PatientID", "PID-7734991", "T1 PID 7734991"),
        ("PatientID", "0012345", "pat 12345"),
        ("PatientID", "77 34 991", "T1 34"),
        ("PatientBirthDate", "19530417", "T1 1953-04-17"),
        ("PatientBirthDate", "19530417", "born 17.04.1953"),
        ("AccessionNumber", "ACC5551212", "T1 ACC5551212"),
        ("ReferringPhysicianName", "Drwho", "for Drwho"),
    ],
)
def test_a_description_that_names_a_person_is_dropped(keyword: str, value: str, description: str) -> None:
    dataset = Dataset()
    setattr(dataset, keyword, value)
    assert without_patient(description, dataset) == ""


@pytest.mark.parametrize("description", ["T1 MPRAGE sagittal 1 mm", "CT Kopf nativ", "Schädel dünn", ""])
def test_a_description_that_names_no_person_stays(description: str) -> None:
    dataset = Dataset()
    dataset.PatientName = "Doe^Jane^Q"
    dataset.PatientID = "7734991"
    dataset.PatientBirthDate = "19530417"
    assert without_patient(description, dataset) == description
