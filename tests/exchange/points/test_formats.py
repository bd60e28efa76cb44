"""Which format a file of points has: by its name, and where names are shared by what is in it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from point_lists import bits, written

from fusionviewer.errors import BadArgument, CannotWrite, UnreadableInput
from fusionviewer.exchange.points.formats import (
    ENDINGS,
    FORMATS,
    PROGRAMS,
    PointFormat,
    ending_of,
    format_of,
    read_points,
    write_points,
)
from fusionviewer.exchange.points.named_points import NamedPoints, PointFlags
from fusionviewer.geometry import Grid

POINTS = NamedPoints(
    ("AC", "PC"), np.array([[0.1, -20.3, 4.0], [1 / 3, 5.0, -6.0]]), (PointFlags("first"), PointFlags())
)


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.key)
def test_every_format_is_read_as_it_was_written(tmp_path: Path, one: PointFormat) -> None:
    for ending in one.endings:
        path = tmp_path / f"points{ending}"
        write_points(path, POINTS, one.key)
        again = read_points(path)
        assert bits(again.points) == bits(POINTS.points)
        assert again.names == (POINTS.names if one.keeps_names else ("P1", "P2"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.csv", "table"),
        ("a.mrk.json", "markups"),
        ("a.JSON", "markups"),
        ("a.fcsv", "fcsv"),
        ("a.FCSV", "fcsv"),
        ("a.txt", "elastix"),
        ("a.pts", "elastix"),
    ],
)
def test_the_ending_says_what_is_written(tmp_path: Path, name: str, key: str) -> None:
    assert format_of(Path(name)).key == key
    write_points(tmp_path / name, POINTS)
    assert bits(read_points(tmp_path / name).points) == bits(POINTS.points)


def test_the_longest_ending_of_a_name_counts() -> None:
    names = ("a.MRK.json", "a.json", "a.csv.txt", "a.fcsv", "a.csv", "json", "a.nii.gz")
    found = [ending_of(Path(name)) for name in names]
    assert found == [".mrk.json", ".json", ".txt", ".fcsv", ".csv", "", ""]


def test_the_programs_are_those_of_the_formats_each_named_once() -> None:
    assert PROGRAMS.startswith("3D Slicer, elastix")
    assert sorted(re.split(", | or ", PROGRAMS)) == sorted({one.short for one in FORMATS} - {""})


@pytest.mark.parametrize(
    ("name", "content", "names"),
    [
        ("a.csv", "name,x,y,z\nAC,1,2,3\n", ("AC",)),
        ("a.txt", "name,x,y,z\nAC,1,2,3\n", ("AC",)),
        ("a.csv", "\n X,Y,Z,t\n1,2,3,0\n", ("P1",)),
        ("a.csv", "X,Y,Z,name\n1,2,3,AC\n", ("AC",)),
        ("a.csv", "x,y,z,t,name\n1,2,3,0,AC\n", ("AC",)),
        ("a.txt", "x,y,z,t,label\n1,2,3,0,AC\n", ("AC",)),
        ("a.csv", "point\n1\n1 2 3\n", ("P1",)),
        ("a.csv", "# Markups fiducial file version = 4.11\n# CoordinateSystem = LPS\n1,1,2,3,,,,,,,,AC\n", ("AC",)),
        ("a.txt", "index\n1\n1 2 3\n", ("P1",)),
    ],
)
def test_what_is_in_it_counts_where_the_ending_does_not_say(
    tmp_path: Path, name: str, content: str, names: tuple[str, ...]
) -> None:
    grid = Grid.axis_aligned((5, 5, 5), (1.0, 1.0, 1.0), np.array([2.0, 2.0, 2.0]))
    points = read_points(written(tmp_path, name, content), grid)
    assert points.names == names
    assert points.points.tolist() == [[1, 2, 3]]


def test_what_is_no_file_of_points(tmp_path: Path) -> None:
    (tmp_path / "a.nii.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00name")
    (tmp_path / "c.csv").mkdir()
    (tmp_path / "d").mkdir()
    written(tmp_path, "tabs.txt", "name\tx\ty\tz\nAC\t1\t2\t3\n")
    written(tmp_path, "pairs.csv", "name,fixed_x,fixed_y,fixed_z,moving_x,moving_y,moving_z\nAC,1,2,3,4,5,6\n")
    for name, why in (
        ("missing.csv", "There is no file"),
        ("missing.xyz", "There is no file"),
        ("a.nii.gz", "of no kind of landmark file"),
        ("b.csv", "not a text file in UTF-8"),
        ("c.csv", "cannot be read"),
        ("d", "is a folder, not a file of points"),
        ("tabs.txt", "it has tabs where commas are needed"),
        ("pairs.csv", "a table of pairs"),
    ):
        with pytest.raises(UnreadableInput, match=why) as caught:
            read_points(tmp_path / name)
        assert caught.value.remedy


@pytest.mark.parametrize(
    "content", [b"\xff\xfen\0a\0m\0e\0", "name,x,y,z\nTrépan,1,2,3\n".encode("latin-1"), b"\x1f\x8b"]
)
def test_the_remedy_for_what_is_no_text_is_to_save_it_as_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(UnreadableInput, match="not a text file in UTF-8") as caught:
        read_points(tmp_path / "a.csv")
    assert "UTF-8" in caught.value.remedy


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=r"cannot be written as a\.xyz") as caught:
        write_points(tmp_path / "a.xyz", POINTS)
    assert all(ending in caught.value.remedy for ending in ENDINGS)
    with pytest.raises(BadArgument, match="no format “word”"):
        write_points(tmp_path / "a.csv", POINTS, "word")
    with pytest.raises(CannotWrite):
        write_points(tmp_path / "nowhere" / "a.csv", POINTS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "places", "why"),
    [
        (("A", "A"), np.zeros((2, 3)), "“A” comes twice"),
        (("A", ""), np.zeros((2, 3)), "no name"),
        (("A",), np.zeros((2, 3)), "not as many names"),
        (("A",), np.full((1, 3), np.nan), "not a finite number"),
    ],
)
def test_a_list_of_points_is_in_order(names: tuple[str, ...], places: np.ndarray, why: str) -> None:
    with pytest.raises(BadArgument, match=why):
        NamedPoints(names, places)


def test_a_list_of_points_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        POINTS.points[0, 0] = 1.0
    assert NamedPoints.of(POINTS.by_name).names == POINTS.names
    assert NamedPoints.of({}).points.shape == (0, 3)
