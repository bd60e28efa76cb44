"""Tables for ANTs: four columns of numbers, and whatever else others put behind them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from point_lists import bits, point_lists, written

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.points.ants import read_ants_points, write_ants_points
from fusionviewer.exchange.points.named_points import NamedPoints


@settings(max_examples=30)
@given(point_lists())
def test_points_come_back_to_the_last_bit(tmp_path_factory: pytest.TempPathFactory, points: NamedPoints) -> None:
    path = tmp_path_factory.getbasetemp() / "ants.csv"
    write_ants_points(path, points)
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["x", "y", "z", "t"]
    assert bits(np.array([[float(row[axis]) for axis in "xyz"] for row in rows])) == bits(points.points)
    assert {row["t"] for row in rows} == {"0"}
    again = read_ants_points(path)
    assert again.names == tuple(f"P{n}" for n in range(1, len(points.names) + 1))
    assert bits(again.points) == bits(points.points)


@pytest.mark.parametrize(
    ("content", "names", "noted"),
    [
        ("x,y,z,t\n1,2,3,0\n4,5,6,0\n", ("P1", "P2"), True),
        ("x,y,z\n1,2,3\n4,5,6\n", ("P1", "P2"), True),
        ('"X", "Y", "Z", "t"\r\n1,2,3,0\r\n\r\n4,5,6,0\r\n', ("P1", "P2"), True),
        ("x,y,z,t,label\n1,2,3,0,AC\n4,5,6,0,PC\n", ("AC", "PC"), False),
        ("x,y,z,t,label,comment\n1,2,3,0,7,a beak\n4,5,6,0,8,\n", ("7", "8"), False),
        ("x,y,z,t,label\n1,2,3,0,1\n4,5,6,0,1\n", ("P1", "P2"), True),
        ("x,y,z,t,label,mass,volume,count\n1,2,3,0,AC,1,1,1\n4,5,6,0\n", ("AC", "P2"), False),
    ],
)
def test_other_columns_do_no_harm(tmp_path: Path, content: str, names: tuple[str, ...], noted: bool) -> None:
    points = read_ants_points(written(tmp_path, "a.csv", content))
    assert points.names == names
    assert points.points.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert bool(points.notes) == noted
    assert points.marks[0].description == ("a beak" if "beak" in content else "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("x,y,z,t\n", "only the header line"),
        ("a,b,c\n1,2,3\n", "Line 1 .* not the header"),
        ("x,y,z,t\n1,2\n", "Line 2 .* 2 values, and the header 4"),
        ("x,y,z,t\n1,2,3,0,AC\n", "Line 2 .* 5 values, and the header 4"),
        ("x,y,z,t\n\n1,2,three,0\n", "Line 3 .* “three” is not a number"),
        ("x,y,z,t\n1,nan,3,0\n", "Line 2 .* “nan” is not a number"),
    ],
)
def test_what_is_odd_is_said(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why):
        read_ants_points(written(tmp_path, "a.csv", content))
