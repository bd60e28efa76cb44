"""`fusionviewer archive` writes what is asked for, tells it, and ends with a sentence where it cannot."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from archive_pairs import NAME, POSE, SECRETS, Made, ct, made, mr
from phantoms import phantom_ct, phantom_mr
from pydicom.pixels.utils import pixel_array

from fusionviewer.cli.main import run
from fusionviewer.exchange.archive import export
from fusionviewer.exchange.archive.stamp import save
from fusionviewer.exchange.transforms.pair import Pair
from fusionviewer.exchange.transforms.registry import read_transform
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.writers import write_volume

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """The command with these words: exit code, what it printed, and what it said beside that."""

    def called(*words: object) -> tuple[int, str, str]:
        code = run(["archive", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return called


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Made:
    pair = made(tmp_path_factory.mktemp("patient"), mr(), ct())
    pair.save(pair.folder / "p.fusion.json")
    return pair


def test_registration_and_series_are_written_into_the_fixed_study(pair: Made, tmp_path: Path, call: Call) -> None:
    code, out, err = call(pair.folder / "p.fusion.json", "--out", tmp_path / "out")
    assert code == 0, err
    assert "fusionviewer: Warning: the alignment is not accepted. This alignment has not been reviewed yet.\n" in err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["aligned", "registration.dcm"]
    assert out.splitlines() == [
        f"{tmp_path / 'out'}: in the fixed image's study, with the patient's name.",
        "registration.dcm: Registration of CT onto MR (1 file).",
        "aligned: CT resampled onto MR (8 files).",
    ]
    told = pydicom.dcmread(tmp_path / "out" / "registration.dcm")
    assert told.PatientName == NAME
    codes = told.RegistrationSequence[1].MatrixRegistrationSequence[0].RegistrationTypeCodeSequence
    assert codes[0].CodeMeaning == "Visual Alignment"
    pose = read_transform(tmp_path / "out" / "registration.dcm", "", Pair.of(pair.fixed, pair.moving))
    np.testing.assert_allclose(pose.matrix, POSE.matrix, atol=1e-9)


def test_one_json_object_tells_files_and_uids_and_no_names(pair: Made, tmp_path: Path, call: Call) -> None:
    out = tmp_path / "out"
    words = ("--colour", "--without-names", "--json", "--fade", "0.4")
    code, printed, err = call(pair.folder / "p.fusion.json", "--out", out, *words)
    assert code == 0, err
    facts = json.loads(printed)
    assert not any(secret in printed + err for secret in SECRETS)
    told = pydicom.dcmread(out / "colour.dcm")
    assert facts["names"] == "removed"
    assert facts["study_uid"] == told.StudyInstanceUID
    assert facts["frame_of_reference_uid"] == told.FrameOfReferenceUID
    assert facts["written"] == {"colour": {"series_uid": told.SeriesInstanceUID, "files": ["colour.dcm"]}}
    frames = pixel_array(told)
    assert (frames[..., 0] != frames[..., 2]).any()  # colours, not greys


def test_two_patients_must_be_confirmed(tmp_path: Path, call: Call) -> None:
    study = made(tmp_path, mr(), ct(PatientID="Y7654321")).save(tmp_path / "p.fusion.json")
    code, _, err = call(study, "--out", tmp_path / "out", "--registration")
    assert code == 2
    assert "of different patients: the ID differs" in err
    assert "--other-patient" in err
    assert "Y765" not in err
    code, _, err = call(study, "--out", tmp_path / "out", "--registration", "--other-patient")
    assert code == 0, err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["registration.dcm"]


def test_what_cannot_be_written_is_said_before_anything_is_read(pair: Made, tmp_path: Path, call: Call) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    code, _, err = call(tmp_path / "no.fusion.json", "--out", tmp_path / "full")
    assert code == 2
    assert "holds other files, such as mine" in err
    assert "%" not in err


def test_images_that_are_no_dicom_are_refused(tmp_path: Path, call: Call) -> None:
    for name, volume in (("t1", phantom_mr()), ("ct", phantom_ct())):
        write_volume(volume, tmp_path / f"{name}.nii.gz")
    fixed, moving = (read_volume(tmp_path / f"{name}.nii.gz") for name in ("t1", "ct"))
    study = Made(fixed, moving, tmp_path).save(tmp_path / "p.fusion.json")
    code, _, err = call(study, "--out", tmp_path / "out")
    assert code == 2
    assert "The fixed image “t1” was not read from DICOM files. Open its DICOM series" in err
    assert not (tmp_path / "out").exists()


def test_series_that_are_gone_are_told(tmp_path: Path, call: Call) -> None:
    pair = made(tmp_path, mr(), ct())
    study = pair.save(tmp_path / "p.fusion.json")
    (tmp_path / "moving").rename(tmp_path / "elsewhere")
    code, _, err = call(study, "--out", tmp_path / "out")
    assert code == 2
    assert "let it find its DICOM series" in err


def test_an_interruption_leaves_nothing(
    pair: Made, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(made: pydicom.Dataset, path: Path) -> None:
        if path.name == "0004.dcm":
            assert (path.parent / "0003.dcm").is_file()
            signal.raise_signal(signal.SIGINT)
        save(made, path)

    monkeypatch.setattr(export, "save", interrupt)
    code, out, err = call(pair.folder / "p.fusion.json", "--out", tmp_path / "out")
    assert (code, out) == (130, "")
    assert "nothing was written" in err
    assert list(tmp_path.iterdir()) == []


def test_a_study_holds_nothing_of_the_patient(pair: Made) -> None:
    text = (pair.folder / "p.fusion.json").read_text("utf-8")
    first = pydicom.dcmread(next((pair.folder / "fixed").iterdir()), stop_before_pixels=True)
    assert not any(secret in text for secret in (*SECRETS, first.StudyInstanceUID, first.SOPInstanceUID))


def test_convert_writes_and_reads_a_registration(
    pair: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, back = tmp_path / "pose.dcm", tmp_path / "back.tfm"
    images = ("--fixed", str(pair.folder / "fixed"), "--moving", str(pair.folder / "moving"))
    assert run(["convert", str(pair.folder / "p.fusion.json"), str(out), *images]) == 0
    assert "DICOM Spatial Registration: moves moving onto fixed" in capsys.readouterr().out
    assert run(["convert", str(out), str(back), *images]) == 0
    np.testing.assert_allclose(read_transform(back).matrix, POSE.matrix, atol=1e-9)
    assert run(["convert", str(back), str(out)]) == 2
    assert "--fixed FIXED" in capsys.readouterr().err
