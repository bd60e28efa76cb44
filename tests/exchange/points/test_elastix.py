"""elastix's points: nothing but numbers, in mm or voxels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from point_lists import bits, point_lists, written

from fusionviewer.errors import UnreadableInput
from fusionviewer.exchange.points.elastix import read_elastix_points, write_elastix_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.geometry import Grid

GRID = Grid((10, 20, 30), (0.5, 1.0, 2.0), (10.0, -20.0, 30.0), np.diag([-1.0, -1.0, 1.0]))


@settings(max_examples=30)
@given(point_lists())
def test_points_come_back_to_the_last_bit(tmp_path_factory: pytest.TempPathFactory, points: NamedPoints) -> None:
    path = tmp_path_factory.getbasetemp() / "points.txt"
    write_elastix_points(path, points)
    first, second, *lines = path.read_text("ascii").splitlines()
    assert (first, second) == ("point", str(len(points.names)))
    assert bits(np.array([[float(word) for word in line.split(" ")] for line in lines])) == bits(points.points)
    again = read_elastix_points(path)
    assert again.names == tuple(f"P{n}" for n in range(1, len(points.names) + 1))
    assert bits(again.points) == bits(points.points)
    assert "no names" in again.notes[0]


@pytest.mark.parametrize("content", ["index\n2\n0 0 0\n1 2 3.5\n", "2 0 0 0 1 2 3.5", "index 2\r\n0 0 0\r\n1 2 3.5"])
def test_voxels_need_their_image(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, "a.txt", content)
    points = read_elastix_points(path, GRID)
    assert points.points.tolist() == [[10, -20, 30], [9.5, -22, 37]]
    assert (points.frame, points.unit) == ("voxels", "voxels")
    with pytest.raises(UnreadableInput, match=r"are voxels of an image, and it is not known of which\. Open it"):
        read_elastix_points(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("point\n", "it has nothing where the number of points should be"),
        ("point\nmany\n1 2 3\n", "it has “many” where the number of points should be"),
        ("points\n1\n1 2 3\n", "it has “points” where the number of points should be"),
        ("point\n-1\n", "it has “-1” where the number of points should be"),
        ("point\n²\n1 2 3\n", "it has “²” where the number of points should be"),
        ("point\n0\n", "holds no points"),
        ("point\n2\n1 2 3\n", "says that it holds 2 points, and has 3 numbers instead of 6"),
        ("point\n1\n1 2 3\n4 5 6\n", "says that it holds 1 point, and has 6 numbers instead of 3"),
        ("point\n2\n1 2\n3 4\n", "has 4 numbers instead of 6"),
        ("point\n1\n1 2 nan\n", "“nan” is not a number"),
        ("point\n1\n1,2,3\n", "“1,2,3” is not a number"),
    ],
)
def test_what_is_odd_is_said(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(UnreadableInput, match=why):
        read_elastix_points(written(tmp_path, "a.txt", content))
