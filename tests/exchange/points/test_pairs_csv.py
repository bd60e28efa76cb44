"""Tables of pairs: everything of every pair comes back, and shorter tables of earlier days are read."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from point_lists import names, numbers, texts, written

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.points.pairs_csv import NEEDED, PointPair, read_pairs, write_pairs

places = st.none() | st.tuples(numbers, numbers, numbers)
pairs = st.builds(
    PointPair,
    name=names,
    fixed=places,
    moving=places,
    role=st.sampled_from(["fit", "check", "off"]),
    fle_mm=st.none() | st.floats(1e-6, 1e3),
    colour=texts,
    locked=st.booleans(),
)


@settings(max_examples=40)
@given(st.lists(pairs, min_size=1, max_size=5, unique_by=lambda pair: pair.name))
def test_pairs_come_back_to_the_last_bit(tmp_path_factory: pytest.TempPathFactory, given: list[PointPair]) -> None:
    path = tmp_path_factory.getbasetemp() / "pairs.csv"
    write_pairs(path, given)
    assert list(read_pairs(path)) == given
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert ",".join(header) == ("name,fixed_x,fixed_y,fixed_z,moving_x,moving_y,moving_z,role,fle_mm,colour,locked")
    assert [row[0] for row in rows] == [pair.name for pair in given]
    assert [row[1:4] == [""] * 3 for row in rows] == [pair.fixed is None for pair in given]
    assert [float(row[4]) for row in rows if row[4]] == [pair.moving[0] for pair in given if pair.moving]


HEAD = ",".join(NEEDED)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEAD + "\nAC,1,2,3,4,5,6\n", PointPair("AC", (1, 2, 3), (4, 5, 6))),
        (HEAD + "\nAC,1,2,3\n", PointPair("AC", (1, 2, 3))),
        (HEAD + "\nAC,,,,4,5,6\n", PointPair("AC", None, (4, 5, 6))),
        (HEAD.upper() + ",Locked,note\nAC,1,2,3,4,5,6,TRUE,x\n", PointPair("AC", (1, 2, 3), (4, 5, 6), locked=True)),
        (HEAD + ",role,fle_mm\nAC,1,2,3,4,5,6,Check,0.7\n", PointPair("AC", (1, 2, 3), (4, 5, 6), "check", 0.7)),
        (HEAD + ",role\nAC,1,2,3,4,5,6,Ignore\n", PointPair("AC", (1, 2, 3), (4, 5, 6), "off")),
        ("\ufeff" + HEAD + "\r\n\r\n AC , 1,2,3, 4,5,6\r\n", PointPair("AC", (1, 2, 3), (4, 5, 6))),
    ],
)
def test_shorter_tables_are_read(tmp_path: Path, content: str, expected: PointPair) -> None:
    assert read_pairs(written(tmp_path, "a.csv", content)) == (expected,)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        (HEAD, "only the header line"),
        ("name,x,y,z\nAC,1,2,3\n", "Line 1 .* not the header of a table of pairs"),
        (HEAD + "\nAC,1,2,3,4,5,6,7\n", "Line 2 .* 8 values, and the header 7"),
        (HEAD + "\nAC,1,2,,4,5,6\n", "Line 2 .* some of its three numbers"),
        (HEAD + "\nAC,1,2,three,4,5,6\n", "Line 2 .* “three” is not a number"),
        (HEAD + "\n,1,2,3,4,5,6\n", "Line 2 .* no name"),
        (HEAD + "\nAC,1,2,3\nAC,1,2,3\n", "Line 3 .* “AC” comes twice"),
        (HEAD + ",role\nAC,1,2,3,4,5,6,often\n", "Line 2 .* the role “often”"),
        (HEAD + ",fle_mm\nAC,1,2,3,4,5,6,0\n", "Line 2 .* fle_mm is not above 0"),
        (HEAD + ",fle_mm\nAC,1,2,3,4,5,6,inf\n", "Line 2 .* “inf” is not a number"),
        (HEAD + ",locked\nAC,1,2,3,4,5,6,maybe\n", "Line 2 .* “maybe” under locked"),
    ],
)
def test_what_is_odd_is_said(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why) as caught:
        read_pairs(written(tmp_path, "a.csv", content))
    assert "name,fixed_x" in caught.value.remedy


def test_pairs_are_values() -> None:
    pair: Any = PointPair("AC")
    with pytest.raises(AttributeError):
        pair.role = "off"
