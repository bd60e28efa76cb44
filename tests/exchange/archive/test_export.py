"""An export appears whole or not at all, tells what it will write, and refuses what cannot be true."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from archive_pairs import NAME, SECRETS, Made, ct, made, mr
from grids import RAS, volume_on
from numpy.typing import NDArray

from fusionviewer.errors import BadArgument, Cancelled, CannotWrite, UnreadableInput
from fusionviewer.exchange.archive.export import ALL, Originals, OtherPatient, Plan, read_originals, write_archive
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.mirroring import mirror
from fusionviewer.progress import Observer, Progress


@pytest.fixture
def pair(tmp_path: Path) -> Made:
    return made(tmp_path, mr(), ct())


def test_what_is_told_beforehand_is_what_is_written(kept: Made, tmp_path: Path) -> None:
    plan = kept.plan()
    write_archive(plan, ALL, kept.fused(), tmp_path / "out", Observer())
    files = {
        "Registration": "registration.dcm", "Aligned series": "aligned/0003.dcm", "Colour series": "colour.dcm",
        "Patient and study": "aligned/0001.dcm",
    }  # fmt: skip
    told = plan.tags(ALL)
    assert {one.what for one in told} == set(files)
    for one in told:
        dataset = pydicom.dcmread(tmp_path / "out" / files[one.what], stop_before_pixels=True)
        group, element = one.tag.strip("()").split(",")
        assert str(dataset[int(group, 16), int(element, 16)].value) == one.value, one.name
    assert next(one.value for one in told if one.name == "Patient's Name") == NAME
    assert "Müller" not in repr(told)


def test_without_names_no_file_holds_any_of_them_and_all_uids_are_new(kept: Made, tmp_path: Path) -> None:
    kept.write(tmp_path / "out", ALL, without_names=True)
    files = sorted((tmp_path / "out").rglob("*.dcm"))
    assert len(files) == 2 + kept.fixed.grid.size[2]
    old = {
        element.value
        for side in ("fixed", "moving")
        for path in (kept.folder / side).iterdir()
        for element in pydicom.dcmread(path, stop_before_pixels=True)
        if element.VR == "UI" and not str(element.value).startswith("1.2.840.10008")
    }
    for path in files:
        told = pydicom.dcmread(path)
        assert told.PatientIdentityRemoved == "YES"
        assert told.DeidentificationMethod
        content = path.read_bytes().replace(told.get("PixelData", b""), b"")
        assert not [secret for secret in SECRETS if secret.encode("latin-1") in content]
        found = list(told.iterall())
        assert not {str(one.value) for one in found if one.VR == "UI"} & {str(uid) for uid in old}
        dates = {str(one.value) for one in found if one.VR in {"DA", "TM", "DT"}}
        assert dates <= {"", "19000101", "000000"}
        assert all(not one.tag.is_private for one in found)
        for keyword in ("PatientName", "PatientID", "PatientBirthDate", "AccessionNumber", "InstitutionName",
                        "OperatorsName", "StudyDescription", "PatientSex"):  # fmt: skip
            assert not told.get(keyword), keyword
    told_of = [pydicom.dcmread(path, stop_before_pixels=True) for path in files]
    assert len({one.StudyInstanceUID for one in told_of}) == 1
    assert len({one.FrameOfReferenceUID for one in told_of}) == 1


def test_nothing_is_left_of_an_export_that_is_cancelled_or_fails(kept: Made, tmp_path: Path) -> None:
    plan = kept.plan()
    seen: list[str] = []
    cancelled = threading.Event()

    def stop(progress: Progress) -> None:
        seen.append(progress.text)
        if "Writing slice 4" in progress.text:
            cancelled.set()

    with pytest.raises(Cancelled):
        write_archive(plan, ALL, kept.fused(), tmp_path / "out", Observer(stop, cancelled))
    assert any("Resampling" in text for text in seen)

    def broken(observer: Observer) -> Iterator[NDArray[np.uint8]]:
        raise OSError(28, "No space left on device")
        yield

    with pytest.raises(CannotWrite, match="the disk is full"):
        write_archive(plan, ALL, replace(kept.fused(), slabs=broken), tmp_path / "out", Observer())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(kept: Made, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    for name, match in (
        ("full", "such as mine.txt"),
        ("file", "in the way"),
        ("no/such", "no such folder"),
    ):
        with pytest.raises(CannotWrite, match=match):
            kept.write(tmp_path / name, ("registration",))
    kept.write(tmp_path / "empty", ("registration",))
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["registration.dcm"]
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_images_that_do_not_overlap_have_no_aligned_series(kept: Made, tmp_path: Path) -> None:
    away = RigidTransform.from_rotation(np.eye(3), np.array([900.0, 0.0, 0.0]))
    with pytest.raises(BadArgument, match="do not overlap"):
        kept.write(tmp_path / "out", pose=away)
    kept.write(tmp_path / "out", ("registration",), pose=away)


def refused(pair: Made, match: str) -> None:
    with pytest.raises(UnreadableInput, match=match) as caught:
        read_originals(pair.fixed, pair.moving, Observer())
    assert caught.value.remedy


def test_what_did_not_come_from_dicom_or_was_mirrored_is_refused(kept: Made) -> None:
    refused(replace(kept, moving=volume_on(RAS)), "moving image “little” was not read from DICOM files")
    refused(replace(kept, fixed=mirror(kept.fixed, "x")), "fixed image “t1” was mirrored")
    assert kept.moving.source is not None
    source = replace(kept.moving.source, series_uid=f"{kept.moving.source.series}#add=-1024")
    refused(replace(kept, moving=replace(kept.moving, source=source)), "moving image “thin” was not read as its files")


def test_files_that_are_gone_or_changed_are_noticed(pair: Made) -> None:
    read_originals(pair.fixed, pair.moving, Observer())
    path = sorted((pair.folder / "moving").iterdir())[3]
    content = path.read_bytes()
    path.write_bytes(content[:-4] + b"\1\2\3\4")
    refused(pair, "of the moving image “thin” have changed since it was opened")
    path.unlink()
    refused(pair, "of the moving image “thin” have changed since it was opened")
    path.write_bytes(content)
    read_originals(pair.fixed, pair.moving, Observer())
    (pair.folder / "fixed").rename(pair.folder / "elsewhere")
    refused(pair, "of the fixed image “t1” are not there any more")


def with_moving(kept: Made, **values: Any) -> Originals:
    """The originals, had the moving one these values in its header."""
    originals = kept.plan().originals
    header = copy.deepcopy(originals.moving.header)
    for keyword, value in values.items():
        setattr(header, keyword, value)
    return replace(originals, moving=replace(originals.moving, header=header))


def test_two_patients_are_refused_unless_confirmed(kept: Made) -> None:
    for values, differing in (
        ({"PatientID": "Y7654321"}, ("ID",)),
        ({"PatientID": "", "PatientName": "Roe^Richard"}, ("name",)),
        ({"PatientID": "", "PatientName": "Roe^Jo", "PatientBirthDate": "19600101"}, ("name", "birth date")),
    ):
        originals = with_moving(kept, **values)
        assert originals.differing == differing
        with pytest.raises(OtherPatient) as caught:
            Plan(originals)
        assert all(word in str(caught.value) for word in differing)
        assert not any(secret in str(caught.value) for secret in (*SECRETS, "Y7654321", "Roe"))
        Plan(originals, other_patient=True)
    assert with_moving(kept, PatientName="Mueller-Lee^Anne").differing == ()  # one patient with a new name


def test_a_series_of_another_kind_has_no_aligned_one(kept: Made, tmp_path: Path) -> None:
    plan = Plan(with_moving(kept, Modality="PT"))
    with pytest.raises(BadArgument, match="Only a CT or an MR can be written as a series"):
        write_archive(plan, ("series",), kept.fused(), tmp_path / "out", Observer())
    write_archive(plan, ("registration", "colour"), kept.fused(), tmp_path / "out", Observer())


def test_a_study_without_a_uid_has_no_place_in_an_archive(tmp_path: Path) -> None:
    refused(made(tmp_path, mr(StudyInstanceUID=""), ct()), "have no UID of their study")
