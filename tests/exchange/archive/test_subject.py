"""Patient and study reach the files as the originals have them, in whatever letters, and whatever else they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pytest
from archive_pairs import Made, complaints, ct, made, mr
from pydicom.dataset import Dataset

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.archive import sources
from fusionviewer.exchange.archive.export import Plan, read_originals
from fusionviewer.imaging.native_calls import unwarned
from fusionviewer.imaging.readers import read_volume
from fusionviewer.progress import Observer

NAMES = {
    "UTF-8": ("ISO_IR 192", "Wang^XiaoDong=王^小东"),
    "Japanese": (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
    "plain": (None, "Doe^Jane"),
}


def registration_of(pair: Made, **options: Any) -> pydicom.Dataset:
    pair.write(pair.folder / "out", ("registration",), **options)
    return pydicom.dcmread(pair.folder / "out" / "registration.dcm")


@pytest.mark.parametrize(("charset", "name"), NAMES.values(), ids=NAMES)
def test_a_name_keeps_its_letters(tmp_path: Path, charset: Any, name: str) -> None:
    header = {"SpecificCharacterSet": charset, "PatientName": name, "StudyDescription": "Kopf"}
    told = registration_of(made(tmp_path, mr(**header), ct(**header)))
    original = pydicom.dcmread(next((tmp_path / "fixed").iterdir()))
    assert str(told.PatientName) == str(original.PatientName) == name
    assert told["PatientName"].value.original_string == original["PatientName"].value.original_string


def test_what_was_taken_out_before_stays_known_as_taken_out(tmp_path: Path) -> None:
    """The archive of a study has patients without names, and subjects with numbers."""
    method = Dataset()
    method.CodeValue, method.CodingSchemeDesignator = "113100", "DCM"
    method.CodeMeaning = "Basic Application Confidentiality Profile"
    header = {
        "PatientIdentityRemoved": "YES", "DeidentificationMethodCodeSequence": [method], "PatientName": "subject 7",
        "ClinicalTrialSponsorName": "A trust", "ClinicalTrialProtocolID": "P1", "ClinicalTrialProtocolName": "",
        "ClinicalTrialSiteID": "", "ClinicalTrialSiteName": "", "ClinicalTrialSubjectID": "7",
        "LongitudinalTemporalInformationModified": "UNMODIFIED",
    }  # fmt: skip
    told = registration_of(made(tmp_path, mr(**header), ct(**header)))
    assert told.PatientIdentityRemoved == "YES"
    assert told.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert told.ClinicalTrialSubjectID == "7"
    files = list(tmp_path.rglob("*.dcm"))
    assert complaints("dciodvfy", tmp_path / "out" / "registration.dcm") == []
    assert complaints("dcentvfy", *files) == []


WRONG = {
    "SpecificCharacterSet": ("ISO_IR 192", "NO SUCH SE"),
    "PatientAge": ("077Y", "0Y  "),
    "PatientWeight": ("77.777", "heavy "),
    "KVP": ("9898", "much"),
    "StudyTime": ("171717", "noon  "),
    "WindowCenter": ("171.77", "middle"),
    "PatientBirthDate": ("19771231", "1950    "),
}
"""What the files say first, and what is put in its place."""


def test_values_that_break_the_rules_cost_no_file(tmp_path: Path) -> None:
    """Those that tell whose it is stay as they are, so that the files are found with the others; the rest goes."""
    header = {keyword: value for keyword, (value, _) in WRONG.items()} | {"PatientName": "Doe^Jane"}
    fixed = made(tmp_path, mr(**header), ct(**header)).fixed
    for path in (path for side in ("fixed", "moving") for path in (tmp_path / side).iterdir()):
        content = path.read_bytes()
        for value, wrong in WRONG.values():
            content = content.replace(value.encode(), wrong.encode())
        path.write_bytes(content)
    again = Made(read_volume(tmp_path / "fixed"), read_volume(tmp_path / "moving"), tmp_path)
    again.write(tmp_path / "out")
    with unwarned():
        told = pydicom.dcmread(tmp_path / "out" / "aligned" / "0003.dcm")
        assert (told.PatientID, str(told.PatientName)) == ("X1234567", "Doe^Jane")
        assert (told.StudyTime, told.PatientBirthDate) == ("noon", "1950")
        for keyword in ("PatientAge", "PatientWeight", "KVP", "WindowCenter"):
            assert not told.get(keyword), keyword
    assert again.fixed.fingerprint == fixed.fingerprint


def test_a_header_that_cannot_be_read_costs_no_series_unless_its_uids_are_lost(
    kept: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the slices needs few values of each file: another one may be damaged beyond what pydicom reads."""
    read, source = pydicom.dcmread, kept.fixed.source
    assert source is not None
    first: list[Path] = []

    def damaged(path: Path, specific_tags: Any = None, **options: Any) -> pydicom.Dataset:
        if specific_tags is None:
            first.append(path)
        of_uids = specific_tags is not None and len(specific_tags) == 4
        if path in first[:1] and (specific_tags is None or (of_uids and uids_lost)):
            raise ValueError("damaged")
        return read(path, specific_tags=specific_tags, **options)

    uids_lost = False
    monkeypatch.setattr(pydicom, "dcmread", damaged)
    original, _ = sources.original_of(source.path, source.series_uid, False, Observer())
    assert len(first) == 2
    assert original.text("PatientID") == "X1234567"
    assert len(original.instances) == 8
    uids_lost = True
    with pytest.raises(UnreadableInput, match=r"The header of file \d of 8 is damaged"):
        sources.original_of(source.path, source.series_uid, False, Observer())


def test_a_description_is_spelt_out_and_cut_and_one_that_names_the_patient_is_not_handed_on(tmp_path: Path) -> None:
    long = "Schädel nativ / dünne Schichten, Knochenfenster 0.6"
    pair = made(tmp_path, replace(mr(), description="MR Müller"), replace(ct(), description=long))
    originals = read_originals(pair.fixed, pair.moving, Observer(), just_read=True, descriptions=True)
    plan = Plan(originals)
    assert plan.originals.fixed.description == ""
    told = plan.stamp.dataset("1.2", plan.series["series"])
    assert told.SeriesDescription.startswith("CT resampled onto MR: Schadel nativ / dunne")
    assert len(told.SeriesDescription) <= 64


def test_pixels_that_lost_something_stay_known_as_such(tmp_path: Path) -> None:
    header = {"LossyImageCompression": "01", "LossyImageCompressionRatio": "12.5",
              "LossyImageCompressionMethod": "ISO_15444_1"}  # fmt: skip
    pair = made(tmp_path, mr(), ct(**header))
    pair.write(tmp_path / "out", ("series",))
    told = pydicom.dcmread(tmp_path / "out" / "aligned" / "0001.dcm")
    assert told.LossyImageCompression == "01"
    assert float(told.LossyImageCompressionRatio) == 12.5
    assert told.LossyImageCompressionMethod == "ISO_15444_1"
