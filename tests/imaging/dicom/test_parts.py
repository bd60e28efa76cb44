"""A series that holds several volumes: each is an entry of its own, with a name, and is found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_series import Series, multi_frame, oblique_mr, save

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.imaging.dicom.folder import look_around, look_into
from fusionviewer.imaging.dicom.series_choice import SeriesChoice
from fusionviewer.imaging.readers import SeveralSeries, list_series, read_volume, series_numbered
from fusionviewer.progress import Observer

MR = Series(modality="MR", intercept=0.0)


def write_volumes(folder: Path, headers: Sequence[Mapping[str, Any]], series: Series = MR) -> Series:
    """One series with a volume for each of these headers; the n-th is brighter than the one before."""
    for n, header in enumerate(headers):
        replace(series, header={"RescaleIntercept": 100 * n, **header}).write(folder / f"{n}")
    return series


def names(folder: Path) -> list[str]:
    return [choice.part_name for choice in list_series(folder)]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([{"EchoTime": 4.92}, {"EchoTime": 9.8}], ["echo 4.92 ms", "echo 9.8 ms"]),
        ([{"EchoTime": 9.8}, {"EchoTime": 4.92}], ["echo 4.92 ms", "echo 9.8 ms"]),
        ([{"EchoNumbers": 1}, {"EchoNumbers": 2}], ["echo 1 of 2", "echo 2 of 2"]),
        ([{"TemporalPositionIdentifier": n} for n in (1, 2, 3)], [f"time {n} of 3" for n in (1, 2, 3)]),
        ([{"TriggerTime": n} for n in (0, 40, 80)], [f"phase {n} of 3" for n in (1, 2, 3)]),
        ([{"AcquisitionTime": f"12000{n}"} for n in (2, 1)], ["time 1 of 2", "time 2 of 2"]),
        ([{"InversionTime": 900}, {"InversionTime": 2500}], ["inversion 900 ms", "inversion 2500 ms"]),
        ([{"AcquisitionNumber": 1}, {"AcquisitionNumber": 2}], ["acquisition 1 of 2", "acquisition 2 of 2"]),
        ([{"DiffusionBValue": 0.0}, {"DiffusionBValue": 1000.0}], ["b 0", "b 1000"]),
        (
            [{"ImageType": ["DERIVED", "PRIMARY", "DIXON", kind]} for kind in ("W", "F", "IP", "OP")],
            ["water", "fat", "in phase", "out of phase"],
        ),
        ([{"ImageType": ["ORIGINAL", "PRIMARY", kind, "ND"]} for kind in ("M", "P")], ["magnitude", "phase"]),
        ([{"ImageType": ["ORIGINAL", "PRIMARY", kind]} for kind in ("X", "Y")], ["kind 1 of 2", "kind 2 of 2"]),
        (
            [{"EchoTime": echo, "ImageType": ["ORIGINAL", "M" if m else "P"]} for echo in (5, 10) for m in (1, 0)],
            ["magnitude, echo 5 ms", "magnitude, echo 10 ms", "phase, echo 5 ms", "phase, echo 10 ms"],
        ),
        (
            [{"DiffusionBValue": 0.0}]
            + [{"DiffusionBValue": 700.0, "DiffusionGradientOrientation": v} for v in ([1.0, 0, 0], [0, 1.0, 0])],
            ["b 0", "b 700, direction 1 of 2", "b 700, direction 2 of 2"],
        ),
        ([{}, {}, {}], ["image 1 of 3", "image 2 of 3", "image 3 of 3"]),
    ],
)
def test_volumes_are_told_apart_and_named(
    tmp_path: Path, headers: Sequence[Mapping[str, Any]], expected: list[str]
) -> None:
    write_volumes(tmp_path, headers)
    choices = list_series(tmp_path)
    assert [choice.part_name for choice in choices] == expected
    assert all(choice.usable and choice.n_slices == MR.n and choice.parts == len(headers) for choice in choices)


def test_each_volume_is_read_by_its_part(tmp_path: Path) -> None:
    series = write_volumes(tmp_path, [{"EchoTime": 9.8}, {"EchoTime": 4.92}])
    first, second = (read_volume(tmp_path, f"{series.uid}#{part}") for part in (1, 2))
    assert (first.name, second.name) == ("head, echo 4.92 ms", "head, echo 9.8 ms")
    assert first.source is not None
    assert first.source.series_uid == f"{series.uid}#1"
    again = read_volume(tmp_path, first.source.series_uid)
    assert again.fingerprint == first.fingerprint != second.fingerprint
    with pytest.raises(UnreadableInput, match="not in the folder"):
        read_volume(tmp_path, f"{series.uid}#3")


def test_a_number_alone_means_a_series_that_is_one_volume(tmp_path: Path) -> None:
    echoes = replace(MR, number=1)
    write_volumes(tmp_path / "a", [{"EchoTime": 4.92}, {"EchoTime": 9.8}], echoes)
    alone = Series(number=2)
    alone.write(tmp_path / "b")
    assert [choice.number for choice in list_series(tmp_path)] == ["1.1", "1.2", "2"]
    assert read_volume(tmp_path, series_numbered(tmp_path, 2)).modality == "CT"
    assert series_numbered(tmp_path, 2, part=1) == alone.uid
    assert read_volume(tmp_path, series_numbered(tmp_path, 1, part=2)).name == "head, echo 9.8 ms"
    with pytest.raises(UnreadableInput, match=r"#1 in .* holds 2 volumes: #1\.1 echo 4\.92 ms, #1\.2 echo 9\.8 ms\."):
        read_volume(tmp_path, series_numbered(tmp_path, 1))
    with pytest.raises(BadArgument, match=r"no volume #1\.3") as caught:
        series_numbered(tmp_path, 1, part=3)
    assert "#1.1 to #1.2" in caught.value.remedy
    with pytest.raises(BadArgument, match="no series #3"):
        series_numbered(tmp_path, 3)
    with pytest.raises(SeveralSeries, match="3 series or volumes that can be read"):
        read_volume(tmp_path)


def test_stacks_of_several_orientations_are_offered_each(tmp_path: Path) -> None:
    series = Series()
    series.write(tmp_path)
    Series(row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), step=(2, 0, 0), uid=series.uid, number=99).write(tmp_path)
    choices = list_series(tmp_path)
    assert [(choice.part_name, choice.plane) for choice in choices] == [
        ("axial stack", "axial"), ("sagittal stack", "sagittal"),
    ]  # fmt: skip
    with pytest.raises(SeveralSeries, match="one series with 2 volumes"):
        read_volume(tmp_path)


def test_parallel_stacks_that_lie_far_apart_are_offered_each(tmp_path: Path) -> None:
    series = Series(n=6, position=(-20.0, 30.0, -80.0))
    series.write(tmp_path)
    replace(series, position=(-20.0, 30.0, 0.0), number=99).write(tmp_path)
    choices = list_series(tmp_path)
    assert [(choice.part_name, choice.n_slices) for choice in choices] == [("axial stack 1", 6), ("axial stack 2", 6)]


def test_a_head_without_its_middle_is_not_taken_for_two_stacks(tmp_path: Path) -> None:
    Series(n=60).write(tmp_path, only=[*range(22), *range(40, 60)])
    (choice,) = list_series(tmp_path)
    assert not choice.usable
    assert choice.why_not == "Slices are missing: there is a gap of 47.5 mm, elsewhere of 2.5 mm."


def test_a_series_kept_before_it_had_parts_is_found_again(tmp_path: Path) -> None:
    """Its main part was read then, and the few other images were left out."""
    main = Series(n=20)
    main.write(tmp_path)
    before = read_volume(tmp_path, main.uid)
    sagittal = Series(n=7, row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), step=(2, 0, 0), uid=main.uid, number=99)
    sagittal.write(tmp_path)
    assert [choice.n_slices for choice in list_series(tmp_path)] == [20, 7]
    assert read_volume(tmp_path, main.uid).fingerprint == before.fingerprint


def test_localizers_beside_several_volumes_are_named_once(tmp_path: Path) -> None:
    series = write_volumes(tmp_path, [{"EchoTime": 4.92}, {"EchoTime": 9.8}])
    Series(row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), uid=series.uid, n=2, number=99).write(tmp_path)
    first, second = list_series(tmp_path)
    assert first.notes == ("2 images of another orientation or size (localizers) were left out.",)
    assert second.notes == ()


def test_acquisitions_that_overlap_are_one_volume(tmp_path: Path) -> None:
    series = Series(n=12)
    replace(series, header={"AcquisitionNumber": 1}).write(tmp_path / "1", only=range(7))
    replace(series, header={"AcquisitionNumber": 2}).write(tmp_path / "2", only=range(5, 12))
    (choice,) = list_series(tmp_path)
    assert choice.n_slices == 12
    assert any("2 slices are there more than once" in note for note in choice.notes)


def test_frames_of_one_file_are_split(tmp_path: Path) -> None:
    series = oblique_mr()
    ds = multi_frame(series, repeats=3)
    for n, frame in enumerate(ds.PerFrameFunctionalGroupsSequence):
        frame.MREchoSequence = [type(frame)()]
        frame.MREchoSequence[0].EffectiveEchoTime = 5.0 * (1 + n % 3)
    save(ds, tmp_path / "image.dcm")
    choices: tuple[SeriesChoice, ...] = list_series(tmp_path / "image.dcm")
    assert [choice.part_name for choice in choices] == ["echo 5 ms", "echo 10 ms", "echo 15 ms"]
    third = read_volume(tmp_path / "image.dcm", f"{series.uid}#3")
    assert third.value_at(series.points(0)[0, 0]) == pytest.approx(series.values(0)[0, 0])


def test_a_file_that_is_chosen_means_its_part(tmp_path: Path) -> None:
    for n, echo in enumerate((4.92, 9.8)):
        paths = replace(MR, header={"EchoTime": echo}).write(tmp_path, names=[f"{n}-{k}.dcm" for k in range(8)])
    folder = look_around(paths[0], Observer())
    assert folder is not None
    own = folder.entry((folder.meant, folder.meant_part))
    assert own is not None
    assert own.choice.part_name == "echo 9.8 ms"


def test_hundreds_of_volumes_are_split_at_once(tmp_path: Path) -> None:
    """Quadratic work would show: 200 times of 4 slices in one file; what is read for long tells of it."""
    save(multi_frame(Series(n=4, rows=2, columns=2, modality="MR"), repeats=200), tmp_path / "bold.dcm")
    told: list[str] = []
    entries = look_into(tmp_path, Observer(lambda progress: told.append(progress.text))).entries
    assert len(entries) == 200
    assert entries[199].choice.part_name == "image 200 of 200"
    assert np.array([len(entry.headers.slices) for entry in entries]).tolist() == [4] * 200
    assert "Reading the headers of frame 500 of 800" in told


def test_files_call_a_part_by_numbers_alone(tmp_path: Path) -> None:
    series = write_volumes(tmp_path, [{"EchoTime": "5"}, {"EchoTime": "10"}])
    volume = read_volume(tmp_path, f"{series.uid}#2")
    assert volume.name != volume.neutral_name
    assert volume.neutral_name == f"MR series {series.number}, part 2"
