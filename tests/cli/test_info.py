"""`fusionviewer info`: what is in a file or a folder, for people and for programs, and nothing of the patient."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dicom_series import Series, dicomdir, oblique_mr
from noise_volumes import make_volume

from fusionviewer.cli.info import oblique_deg, orientation
from fusionviewer.cli.main import run
from fusionviewer.geometry import Grid
from fusionviewer.geometry.types import frozen
from fusionviewer.imaging.sample import sample_folder
from fusionviewer.imaging.writers import write_volume


def test_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", str(sample_folder() / "ct.nii.gz")]) == 0
    out = capsys.readouterr().out
    for words in ("256 × 256 × 108 voxels", "0.957 × 0.957 × 1.5 mm", "LPS: i, j, k", "-1024 to 2986 HU, int16", "CT"):
        assert words in out


def test_a_file_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    volume = make_volume(mirrored=True)
    write_volume(volume, tmp_path / "a.nrrd")
    assert run(["info", str(tmp_path / "a.nrrd"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["size"] == [7, 6, 5]
    assert facts["spacing_mm"] == pytest.approx([0.9, 1.1, 2.3])
    assert facts["extent_mm"] == pytest.approx([6.3, 6.6, 11.5])
    assert facts["fingerprint"] == volume.fingerprint
    assert facts["range"] == list(volume.value_range)
    assert facts["pixel_type"] == "int16"
    assert facts["modality"] == "CT"
    np.testing.assert_allclose(facts["direction"], volume.grid.direction, atol=1e-9)
    assert facts["notes"]


def test_a_series_with_several_volumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = Series(modality="MR", intercept=0.0)
    for n, kind in enumerate(("W", "F")):
        header = {"ImageType": ["DERIVED", "PRIMARY", "DIXON", kind]}
        replace(series, header=header).write(tmp_path / str(n))
    assert run(["info", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "holds 1 series:" in out
    assert "#1.1  MR  10 × 12 × 8 voxels, 8 images  “head”  water\n" in out
    assert "#1.2  MR  10 × 12 × 8 voxels, 8 images  “head”  fat\n" in out
    assert run(["info", f"{tmp_path}#1.2"]) == 0
    assert capsys.readouterr().out.startswith("head, fat\n")
    assert run(["info", f"{tmp_path}#1"]) == 2
    assert "holds 2 volumes: #1.1 water, #1.2 fat." in capsys.readouterr().err
    for wrong in ("1.3", "1.0", "1.x", "2.1"):
        assert run(["info", f"{tmp_path}#{wrong}"]) == 2
        assert "Traceback" not in capsys.readouterr().err
    assert run(["info", str(tmp_path), "--json"]) == 0
    series_facts = json.loads(capsys.readouterr().out)["series"]
    assert [(one["part"], one["part_name"], one["choose"]) for one in series_facts] == [
        (1, "water", "#1.1"), (2, "fat", "#1.2"),
    ]  # fmt: skip


def test_a_folder_with_several_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "DOE JANE"
    Series(number=1, description="bone").write(folder / "a")
    oblique_mr(number=2, description="Doe Jane t1").write(folder / "b")
    Series(number=3, n=1, description="scout").write(folder / "c")
    assert run(["info", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "#1  CT  10 × 12 × 8 voxels, 8 images  “bone”" in out
    assert "#2  MR  10 × 12 × 8 voxels, 8 images\n" in out
    assert "not usable: It is a single slice" in out
    assert run(["info", str(folder), "--json"]) == 0
    series = json.loads(capsys.readouterr().out)["series"]
    assert [one["usable"] for one in series] == [True, True, False]
    assert [one["description"] for one in series] == ["bone", "", "scout"]
    assert series[1]["modality"] == "MR"


def test_a_folder_tells_what_the_browser_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = {"SeriesDate": "20260314", "SeriesTime": "101502", "StudyDescription": "Head of Jane"}
    ct = Series(number=4, description="thin", header={"ConvolutionKernel": "H30s", **made}, study="1.2.3")
    ct.write(tmp_path / "a")
    oblique_mr(number=2, description="t1_mprage", header={"SequenceName": "*tfl3d1", "PatientName": "Roe"}).write(
        tmp_path / "b"
    )
    assert run(["info", str(tmp_path), "--json"]) == 0
    mr, found = json.loads(capsys.readouterr().out)["series"]
    assert (found["number"], found["part"], found["patient"], found["plane"]) == (4, 1, 2, "axial")
    assert (found["study"], found["study_description"], found["when"]) == ("1.2.3", "", "2026-03-14 10:15:02")
    assert (found["kernel"], found["sequence"], mr["kernel"], mr["sequence"]) == ("H30s", "", "", "*tfl3d1")
    assert (found["slice_mm"], found["notes"], mr["patient"], mr["plane"]) == (2.5, [], 1, "coronal")
    assert "The only MR of this patient" in mr["likeliest"]
    assert found["likeliest"] == ""  # of another patient
    assert run(["info", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "patient 2 · Series 4 · 2026-03-14 10:15 · CT · H30s · 8 × 2.5 mm slices · 10 × 12 pixels" in out
    assert "The only MR of this patient that can be opened." in out
    assert not any(word in out for word in ("Doe", "Jane", "Roe"))


def test_one_series_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Series(number=1).write(tmp_path / "a")
    oblique_mr(number=2, description="t1").write(tmp_path / "b")
    assert run(["info", f"{tmp_path}#2"]) == 0
    assert capsys.readouterr().out.startswith("t1\n")
    assert run(["info", f"{dicomdir(tmp_path)}#2"]) == 0
    assert capsys.readouterr().out.startswith("t1\n")
    assert run(["info", f"{tmp_path}#3"]) == 2
    assert "There is no series #3" in capsys.readouterr().err


def test_a_name_with_the_mark_is_still_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_volume(make_volume(), tmp_path / "scan#2.nrrd")
    assert run(["info", str(tmp_path / "scan#2.nrrd")]) == 0
    assert capsys.readouterr().out.startswith("scan#2\n")


@pytest.mark.parametrize(
    ("direction", "letters"),
    [
        (np.eye(3), "LPS"),
        (np.diag([-1.0, -1.0, 1.0]), "RAS"),
        (np.array([[0.0, 0, -1], [1, 0, 0], [0, -1, 0]]), "PIR"),
    ],
)
def test_orientation_letters(direction: np.ndarray, letters: str) -> None:
    grid = Grid((4, 4, 4), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), frozen(direction))
    assert orientation(grid) == letters
    assert oblique_deg(grid) == pytest.approx(0)


def test_oblique_grids_say_by_how_much() -> None:
    grid = make_volume(angles_deg=(0.0, 0.0, 25.0)).grid
    assert orientation(grid) == "LPS"
    assert oblique_deg(grid) == pytest.approx(25)
