"""A NIfTI header that places the image twice: which place is taken, what is said, and how the other one is taken."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from fusionviewer.cli.main import run
from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.readers import read_volume
from fusionviewer.imaging.reading.options import NO_OPTIONS, ReadingOptions, split_reference
from fusionviewer.imaging.reading.remedies import remedies_of
from fusionviewer.imaging.volume import ImageSource

Affine = np.ndarray[Any, Any]

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
INDEX = np.array([[0, 0, 0], [6, 5, 4], [2, 3, 1]], float)


def oblique(angle: float, shift: float, flip: float = 1.0) -> Affine:
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, flip]])
    out = np.eye(4)
    out[:3, :3], out[:3, 3] = turn * [1.5, 2.0, 2.5], [shift, -2 * shift, 3 * shift]
    return out


SFORM, QFORM = oblique(0.3, 4.0), oblique(-0.2, 9.0, -1.0)


def two_places(path: Path, sform: tuple[Affine, int] = (SFORM, 1), qform: tuple[Affine, int] = (QFORM, 1)) -> Path:
    made = nibabel.Nifti1Image(np.arange(210, dtype=np.int16).reshape(7, 6, 5), None)
    made.header.set_xyzt_units("mm")
    made.set_sform(sform[0], sform[1])
    made.set_qform(qform[0], qform[1])
    made.header.set_zooms((1.5, 2.0, 2.5))
    nibabel.save(made, path)
    return path


def places(affine: Affine) -> Affine:
    found: Affine = (np.hstack([INDEX, np.ones((3, 1))]) @ (LPS @ affine).T)[:, :3]
    return found


@pytest.mark.parametrize("name", ["a.nii", "b.nii.gz"])
def test_either_place_can_be_taken_and_is_what_nibabel_has(tmp_path: Path, name: str) -> None:
    path = two_places(tmp_path / name)
    for form, affine in (("sform", SFORM), ("qform", QFORM)):
        volume = read_volume(path, f"#{form}")
        np.testing.assert_allclose(volume.grid.points(INDEX), places(affine), atol=1e-4)
        assert volume.source == ImageSource(path, f"#{form}")
        assert not volume.source.is_dicom
        (note,) = volume.oddities
        assert f"the {form} (scanner coordinates) is used" in note


def test_what_is_taken_unasked_is_what_itk_takes(tmp_path: Path) -> None:
    for sform, qform in itertools.product((0, 1, 2, 4), repeat=2):
        path = two_places(tmp_path / f"{sform}{qform}.nii", (SFORM, sform), (QFORM, qform))
        volume = read_volume(path)
        theirs = sitk.ReadImage(str(path))
        for index in ((0, 0, 0), (6, 5, 4)):
            np.testing.assert_allclose(
                volume.grid.points(np.array(index, float)), theirs.TransformIndexToPhysicalPoint(index), atol=1e-3
            )
        told = [note for note in volume.notes if note.startswith("sform and qform")]
        assert len(told) == (1 if sform and qform else 0)
        if told:
            used = "sform" if sform == 1 else "qform"
            assert f"the {used} (" in told[0].partition(" is used")[0]
            assert volume.source == ImageSource(path)


def test_how_far_they_lie_apart_is_said(tmp_path: Path) -> None:
    moved = SFORM.copy()
    moved[:3, 3] += [3.0, 0.0, 4.0]
    volume = read_volume(two_places(tmp_path / "a.nii", qform=(moved, 2)))
    (note,) = volume.oddities
    assert "by up to 5.0 mm: the sform (scanner coordinates) is used, not the qform (aligned to another image)" in note
    moved[:3, 3] = SFORM[:3, 3] + [0.1, 0.0, 0.1]
    assert not read_volume(two_places(tmp_path / "b.nii", qform=(moved, 1))).oddities


def test_the_remedy_leads_to_the_other_and_back(tmp_path: Path) -> None:
    volume = read_volume(two_places(tmp_path / "a.nii"))
    (there,) = remedies_of(volume)
    assert (there.kind, there.title, there.note) == ("read", "Use the qform", volume.oddities[0])
    (back,) = remedies_of(read_volume(tmp_path / "a.nii", there.reference))
    assert back.title == "Use the sform"
    assert read_volume(tmp_path / "a.nii", back.reference).fingerprint == volume.fingerprint


def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = two_places(tmp_path / "a.nii", qform=(QFORM, 0))
    with pytest.raises(UnreadableInput, match="has no qform"):
        read_volume(path, "#qform")
    sitk.WriteImage(sitk.ReadImage(str(path)), str(tmp_path / "a.nrrd"))
    with pytest.raises(BadArgument, match="no NIfTI file"):
        read_volume(tmp_path / "a.nrrd", "#qform")


def test_a_slanted_sform_can_be_left_for_a_qform_only(tmp_path: Path) -> None:
    slanted = SFORM.copy()
    slanted[0, 1] += 0.5
    path = two_places(tmp_path / "a.nii", sform=(slanted, 1))
    np.testing.assert_allclose(read_volume(path).grid.points(INDEX), places(QFORM), atol=1e-4)
    with pytest.raises(UnreadableInput, match="not at right angles"):
        read_volume(path, "#sform")


def test_info_says_which_is_used_and_what_to_type_for_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = two_places(tmp_path / "a#1.nii")
    assert run(["info", str(path)]) == 0
    told = capsys.readouterr().out
    assert "the sform (scanner coordinates) is used" in told
    assert f"Use the qform: say {path}#qform" in told
    spaced = two_places(tmp_path / "a b.nii")
    assert run(["info", str(spaced)]) == 0
    assert f"Use the qform: say '{spaced}#qform'" in capsys.readouterr().out
    assert run(["info", f"{path}#qform", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["remedies"] == [{"note": facts["notes"][0], "remedy": "Use the sform", "image": f"{path}#sform"}]
    np.testing.assert_allclose(facts["origin_lps_mm"], places(QFORM)[0], atol=1e-4)
    assert run(["info", f"{path}#form"]) == 2
    assert "#sform or #qform" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "series", "options"),
    [
        ("", "", NO_OPTIONS),
        ("#3", "#3", NO_OPTIONS),
        ("#3#qform", "#3", ReadingOptions(form="qform")),
        ("1.2.3#2#spacing=0.5,0.5,2", "1.2.3#2", ReadingOptions(spacing_mm=(0.5, 0.5, 2.0))),
        ("#sform#spacing=1,1,2", "", ReadingOptions("sform", (1.0, 1.0, 2.0))),
        ("1.2#add=-1024#as-stored#padding-is-air", "1.2", ReadingOptions("", None, -1024.0, True, True)),
        ("1.2#2#acquisition=2#last-copies", "1.2#2", ReadingOptions(last_copies=True, acquisition=2.0)),
    ],
)
def test_decisions_stand_behind_the_series(text: str, series: str, options: ReadingOptions) -> None:
    assert split_reference(text) == (series, options)
    assert series + options.text == text


@pytest.mark.parametrize("text", ["#spacing=1,2", "#spacing=a,b,c", "#spacing=1,1,inf", "#add=", "1.2#add=x"])
def test_decisions_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadArgument, match="not understood"):
        split_reference(text)
