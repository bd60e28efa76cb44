"""Tables of landmarks: nothing is lost, and what is odd is said with the number of its line."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.exchange.points.landmarks_csv import read_landmarks, write_landmarks

numbers = st.floats(-1e6, 1e6)
letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
names = st.text(letters, min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=40)
@given(st.dictionaries(names, st.tuples(numbers, numbers, numbers), min_size=1, max_size=6))
def test_points_come_back_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory, points: dict[str, tuple[float, float, float]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "points.csv"
    write_landmarks(path, {name: np.array(point) for name, point in points.items()})
    again = read_landmarks(path)
    assert list(again) == list(points)
    for name, point in points.items():
        assert again[name].tolist() == list(point)


@pytest.mark.parametrize(
    "content",
    [
        "name,x,y,z\nAC,1.5,-2,3\nleft eye,4,5,6e1\n",
        "\ufeffname,x,y,z\r\nAC,1.5,-2,3\r\nleft eye,4,5,60\r\n",
        "Name, X, Y, Z\n  AC , 1.5 , -2 , 3 \n\n  ,,,\nleft eye, 4, 5, 60",
        'name,x,y,z\n"AC","1.5","-2","3"\n"left eye",4,5,60\n',
        "x,y,z,name\n1.5,-2,3,AC\n4,5,60,left eye\n",
        "Z,name,Y,X\n3,AC,-2,1.5\n60,left eye,5,4\n",
        "name,x,y,z,,\nAC,1.5,-2,3,,\nleft eye,4,5,60\n",
        "name,x,y,z\nAC,1.5,-2,3,\nleft eye,4,5,60,,\n",
    ],
)
def test_what_does_no_harm(tmp_path: Path, content: str) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(content.encode())
    points = read_landmarks(path)
    assert {name: point.tolist() for name, point in points.items()} == {"AC": [1.5, -2, 3], "left eye": [4, 5, 60]}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("name,x,y,z\n", "holds no points"),
        ("AC,1,2,3\n", r"Line 1 .* not the header"),
        ("x,y,z\n1,2,3\n", r"Line 1 .* not the header"),
        ("name;x;y;z\nAC;1;2;3\n", r"Line 1 .* semicolons"),
        ("name\tx\ty\tz\nAC\t1\t2\t3\n", r"Line 1 .* tabs"),
        ("name,x,x,z\nAC,1,2,3\n", r"Line 1 .* not the header"),
        ("x,y,z,name\n1,2,3,,\n", r"Line 2 .* no name"),
        ("name,x,y,z\nAC,1,2\n", r"Line 2 .* 3 values instead of 4"),
        ("name,x,y,z\nAC,1,2,3,4\n", r"Line 2 .* 5 values instead of 4"),
        ("name,x,y,z\n\nAC,1,two,3\n", r"Line 3 .* “two” is not a number"),
        ("name,x,y,z\nAC,1,nan,3\n", r"Line 2 .* “nan” is not a number"),
        ("name,x,y,z\nAC,1,inf,3\n", r"Line 2 .* “inf” is not a number"),
        ('name,x,y,z\nAC,1,"2,5",3\n', r"Line 2 .* “2,5” is not a number"),
        ("name,x,y,z\n,1,2,3\n", r"Line 2 .* no name"),
        ("name,x,y,z\nAC,1,2,3\nPC,1,2,3\nAC,4,5,6\n", r"Line 4 .* “AC” comes twice"),
    ],
)
def test_what_is_odd_is_said(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=why) as caught:
        read_landmarks(path)
    assert "name,x,y,z" in caught.value.remedy


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(UnreadableInput, match="UTF-8"):
        read_landmarks(tmp_path / "a.csv")
    with pytest.raises(UnreadableInput, match="There is no file"):
        read_landmarks(tmp_path / "missing.csv")
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_landmarks(tmp_path)


def test_writing_where_one_cannot(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="no such folder"):
        write_landmarks(tmp_path / "nowhere" / "a.csv", {"AC": np.zeros(3)})
    write_landmarks(tmp_path / "a.csv", {"AC": np.zeros(3)})
    assert os.listdir(tmp_path) == ["a.csv"]
