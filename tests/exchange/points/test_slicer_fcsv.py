"""3D Slicer's older lists: its own readers, old and new, get the same places back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from point_lists import bits, point_lists, written

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.points.named_points import NamedPoints, PointFlags
from fusionviewer.exchange.points.slicer_fcsv import read_fcsv, write_fcsv


def fields(line: str) -> list[str]:
    """A line as Slicer from 4.11 on takes it apart: quotation marks count only at the start of a field."""
    out: list[str] = []
    field, state = "", "plain"
    for letter in line:
        if state == "plain":
            if letter == ",":
                out, field = [*out, field], ""
            elif letter == '"' and not field:
                state = "quoted"
            else:
                field += letter
        elif state == "quoted":
            state, field = ("after", field) if letter == '"' else ("quoted", field + letter)
        elif letter == ",":
            out, field, state = [*out, field], "", "plain"
        else:
            state, field = ("quoted" if letter == '"' else "plain"), field + letter
    return [*out, field]


def head_and_lines(path: Path) -> tuple[dict[str, str], list[str]]:
    lines = path.read_bytes().decode().split("\n")
    assert lines.pop() == ""
    head = [line[2:].split(" = ") for line in lines if line.startswith("#")]
    return dict(head), [line for line in lines if not line.startswith("#")]


@settings(max_examples=30)
@given(point_lists())
def test_lists_come_back_to_the_last_bit(tmp_path_factory: pytest.TempPathFactory, points: NamedPoints) -> None:
    path = tmp_path_factory.getbasetemp() / "points.fcsv"
    write_fcsv(path, points)
    head, lines = head_and_lines(path)
    assert head["Markups fiducial file version"] == "4.11"
    assert head["CoordinateSystem"] == "LPS"
    assert head["columns"] == "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID"
    rows = [fields(line) for line in lines]
    assert {len(row) for row in rows} == {14}
    assert [row[11] for row in rows] == list(points.names)
    assert [row[12] for row in rows] == [marks.description for marks in points.marks]
    assert bits(np.array([[float(v) for v in row[1:4]] for row in rows])) == bits(points.points)
    again = read_fcsv(path)
    assert (again.names, again.marks) == (points.names, points.marks)
    assert bits(again.points) == bits(points.points)
    assert (again.frame, again.notes) == ("LPS", ())


@settings(max_examples=30)
@given(point_lists())
def test_old_slicers_get_ras_without_commas(tmp_path_factory: pytest.TempPathFactory, points: NamedPoints) -> None:
    """They take no letters for the frame, and some of them no quotation marks."""
    path = tmp_path_factory.getbasetemp() / "old.fcsv"
    write_fcsv(path, points, old=True)
    head, lines = head_and_lines(path)
    assert head["Markups fiducial file version"] == "4.10"
    assert head["CoordinateSystem"] == "0"
    rows = [line.split(",") for line in lines]
    assert {len(row) for row in rows} == {14}
    expected = [name.replace(",", ";").replace('"', "'") for name in points.names]
    assert [row[11] for row in rows] == expected
    assert bits(np.array([[float(v) for v in row[1:4]] for row in rows]) * (-1, -1, 1)) == bits(points.points)
    if len(set(expected)) == len(expected):
        again = read_fcsv(path)
        assert (again.names, again.frame) == (tuple(expected), "RAS")
        assert bits(again.points) == bits(points.points)


VERSION = "# Markups fiducial file version = 4.11\n"
COLUMNS = "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
LINE = "vtkMRMLMarkupsFiducialNode_0,1.5,-2,3,0,0,0,1,1,1,0,AC,,vtkMRMLScalarVolumeNode1\n"


@pytest.mark.parametrize(
    ("content", "frame", "x"),
    [
        (VERSION + "# CoordinateSystem = LPS\n" + COLUMNS + LINE, "LPS", 1.5),
        (VERSION + "# CoordinateSystem = 1\n" + COLUMNS + LINE, "LPS", 1.5),
        (VERSION + "# CoordinateSystem = RAS\n" + COLUMNS + LINE, "RAS", -1.5),
        (VERSION + "# CoordinateSystem = 0\n" + COLUMNS + LINE, "RAS", -1.5),
        (VERSION + COLUMNS + LINE, None, 1.5),
        ("# Markups fiducial file version = 5.6\n" + COLUMNS + LINE, None, 1.5),
        ("# Markups fiducial file version = 4.10\n" + COLUMNS + LINE, None, -1.5),
        ("# Markups fiducial file version = 4.2\n" + COLUMNS + LINE, None, -1.5),
        ("#Markups fiducial file version=4.6\n#CoordinateSystem=1\n" + LINE, "LPS", 1.5),
        ("\ufeff" + (VERSION + "# CoordinateSystem = LPS\n" + LINE).replace("\n", "\r\n") + "\r\n", "LPS", 1.5),
        ("# name = Fiducials\n# columns = label,x,y,z,sel,vis\nAC,1.5,-2,3,1,1\n", None, -1.5),
        ("AC,1.5,-2,3\n", None, -1.5),
    ],
)
def test_whose_left_is_x(tmp_path: Path, content: str, frame: str | None, x: float) -> None:
    points = read_fcsv(written(tmp_path, "a.fcsv", content))
    assert points.names == ("AC",)
    assert points.points.tolist() == [[x, -2.0 if x > 0 else 2.0, 3.0]]
    assert points.frame == frame
    taken = f"{'LPS' if x > 0 else 'RAS'} was taken"
    assert [(taken in note) for note in points.notes] == ([] if frame else [True])


def test_flags_and_missing_labels(tmp_path: Path) -> None:
    content = VERSION + "1,1,2,3,0,0,0,1,0,0,1,,why,\n2,4,5,6\n3,7,8,9,0,0,0,1,,,,P2,,\n"
    points = read_fcsv(written(tmp_path, "a.fcsv", content))
    assert points.names == ("P1", "P3", "P2")  # the second has no label, and P2 is taken
    assert points.marks == (PointFlags("why", True, False, False), PointFlags(), PointFlags())
    old = read_fcsv(written(tmp_path, "b.fcsv", "AC,1,2,3,0,1\nPC,4,5,6,1,0\n"))
    assert old.marks == (PointFlags(selected=False), PointFlags(visible=False))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "holds no points"),
        (VERSION + COLUMNS, "holds no points"),
        (VERSION + "1,2,3\n", "Line 2 .* 3 values, and at least 4"),
        (VERSION + "\n1,2,three,4\n", "Line 3 .* “three” is not a number"),
        (VERSION + "1,2,inf,4\n", "Line 2 .* “inf” is not a number"),
        (VERSION + "1,2,1_0,4\n", "Line 2 .* “1_0” is not a number"),
        (VERSION + "# CoordinateSystem = IJK\n" + LINE, "its CoordinateSystem is “IJK”"),
        (VERSION + "# CoordinateSystem = 2\n" + LINE, "its CoordinateSystem is “2”"),
        (VERSION + "# columns = label,x,y,z\n" + LINE, "other columns than Slicer's"),
        (VERSION + LINE + LINE, "the name “AC” comes twice"),
    ],
)
def test_what_is_odd_is_said(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why):
        read_fcsv(written(tmp_path, "a.fcsv", content))


def test_a_line_that_slicer_would_stop_at_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="too long"):
        write_fcsv(tmp_path / "a.fcsv", NamedPoints(("é" * 500,), np.zeros((1, 3))))
    assert list(tmp_path.iterdir()) == []


def test_a_line_break_in_a_name_becomes_a_space(tmp_path: Path) -> None:
    write_fcsv(
        tmp_path / "a.fcsv", NamedPoints(("left\neye",), np.zeros((1, 3)), (PointFlags("one\r\ntwo\u2028three"),))
    )
    points = read_fcsv(tmp_path / "a.fcsv")
    assert points.names == ("left eye",)
    assert points.marks[0].description == "one  two three"
