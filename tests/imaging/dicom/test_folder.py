"""What is found in a folder: patients, planes, the folder of a DICOMDIR, what lies beside one slice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import Series, dicomdir, multi_frame, oblique_mr, save

from fusionviewer.errors import UnreadableInput
from fusionviewer.imaging.dicom.folder import look_around, look_into
from fusionviewer.imaging.dicom.stacks import plane_of
from fusionviewer.imaging.readers import SeveralSeries, list_series, read_chosen_file, read_volume
from fusionviewer.progress import Observer


def test_a_dicomdir_means_its_folder(tmp_path: Path) -> None:
    series = Series()
    series.write(tmp_path / "IMAGES" / "S1", names=[f"I{n}" for n in range(8)])
    listed = dicomdir(tmp_path)
    volume = read_volume(listed)
    assert volume.source is not None
    assert volume.source.path == tmp_path
    assert list_series(listed) == list_series(tmp_path)
    assert read_chosen_file(listed).fingerprint == volume.fingerprint


def test_a_dicomdir_without_images_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no DICOM images in the folder"):
        read_volume(dicomdir(tmp_path))


def test_one_slice_stands_for_its_series(tmp_path: Path) -> None:
    first, *_ = Series().write(tmp_path)
    volume = read_chosen_file(first)
    assert volume.grid.size == (10, 12, 8)
    assert volume.source is not None
    assert volume.source.path == tmp_path


def test_one_slice_among_several_series_says_which_one_is_meant(tmp_path: Path) -> None:
    mine = Series(number=2)
    Series(number=1).write(tmp_path)
    path, *_ = mine.write(tmp_path)
    Series(number=3).write(tmp_path / "below")
    with pytest.raises(SeveralSeries) as caught:
        read_chosen_file(path)
    assert caught.value.folder.meant == mine.uid
    assert len(caught.value.choices) == 2  # the folders below are not what was chosen


def test_a_slice_of_what_is_no_volume_does_not_open_another_series(tmp_path: Path) -> None:
    Series(number=1).write(tmp_path)
    path, *_ = Series(number=2, n=1).write(tmp_path)
    with pytest.raises(UnreadableInput, match="single slice"):
        read_chosen_file(path)


def test_a_hidden_slice_is_a_slice_and_no_series(tmp_path: Path) -> None:
    Series().write(tmp_path)
    hidden, *_ = Series(n=1).write(tmp_path, names=[".hidden.dcm"])
    with pytest.raises(UnreadableInput, match="single slice"):
        read_chosen_file(hidden)


def test_frames_in_one_file_are_read_from_it(tmp_path: Path) -> None:
    Series().write(tmp_path)
    save(multi_frame(oblique_mr()), tmp_path / "frames.dcm")
    assert look_around(tmp_path / "frames.dcm", Observer()) is None
    assert read_chosen_file(tmp_path / "frames.dcm").modality == "MR"


def test_patients_are_numbered_whatever_their_names_look_like(tmp_path: Path) -> None:
    people: tuple[dict[str, Any], ...] = (
        {}, {"PatientName": "DOE^JANE"}, {"PatientName": "Roe^Jo"}, dict.fromkeys(("PatientName", "PatientID")),
    )  # fmt: skip
    for number, header in enumerate(people):
        Series(number=number, header=header).write(tmp_path / str(number))
    folder = look_into(tmp_path, Observer())
    assert [choice.patient for choice in folder.choices] == [1, 1, 2, 3]
    assert [person.shown for person in folder.persons] == ["Doe, Jane · X1234567", "Roe, Jo · X1234567", ""]
    assert "Doe" not in repr(folder)


@pytest.mark.parametrize(
    ("row", "column", "plane"),
    [
        ((1, 0, 0), (0, 1, 0), "axial"), ((0, 1, 0), (0, 0, -1), "sagittal"), ((1, 0, 0), (0, 0, -1), "coronal"),
        ((1, 0, 0), (0, 0.9, 0.435889894), "axial"), ((1, 0, 0), (0, 0.8, 0.6), "oblique"),
    ],
)  # fmt: skip
def test_planes(row: tuple[float, ...], column: tuple[float, ...], plane: str) -> None:
    assert plane_of(np.array([row, column])) == plane
    assert plane_of(None) == ""


def test_each_entry_has_a_key_of_its_own(tmp_path: Path) -> None:
    for number in range(3):
        Series(number=number, description="twice").write(tmp_path / str(number))
    folder = look_into(tmp_path, Observer())
    keys = [entry.choice.key for entry in folder.entries]
    assert len(set(keys)) == 3
    assert [folder.entry(key) for key in keys] == list(folder.entries)
    assert folder.entry((keys[0][0], 2)) is None
