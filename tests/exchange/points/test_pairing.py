"""Which points of two files belong together."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from point_lists import written

from fusionviewer.errors import BadArgument
from fusionviewer.exchange.points.formats import read_points, write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.exchange.points.pairing import pair_points

FILES = "a.csv", "b.csv"


def named(*names: str, offset: float = 0.0) -> NamedPoints:
    return NamedPoints(names, np.arange(3.0 * len(names)).reshape(-1, 3) + offset)


def nameless(folder: Path, count: int, key: str) -> NamedPoints:
    path = folder / f"{key}{count}.{'txt' if key == 'elastix' else 'csv'}"
    write_points(path, named(*map(str, range(count))), key)
    return read_points(path)


def test_names_pair_in_the_order_of_the_fixed_file() -> None:
    pairs = pair_points(named("C", "x", "A", "B"), named("A", "B", "y", "C", offset=100), FILES)
    assert pairs.names == ("C", "A", "B")
    assert pairs.fixed[:, 0].tolist() == [0, 6, 9]
    assert pairs.moving[:, 0].tolist() == [109, 100, 103]
    assert (pairs.unpaired, pairs.hint) == (("x", "y"), "")


def test_names_that_look_the_same_are_the_same() -> None:
    fixed = named("Trépan 1", "left ear", "AC")
    moving = named(unicodedata.normalize("NFD", "Trépan 1"), "left\u00a0 ear", "AC", offset=100)
    pairs = pair_points(fixed, moving, FILES)
    assert pairs.names == fixed.names
    assert pairs.unpaired == ()


def test_two_names_of_one_file_that_look_the_same_stay_two() -> None:
    pairs = pair_points(named("left  ear", "left ear"), named("left ear", "left  ear", offset=100), FILES)
    assert pairs.names == ("left  ear", "left ear")
    assert pairs.moving[:, 0].tolist() == [103, 100]


def test_capitals_differ_and_that_is_said() -> None:
    pairs = pair_points(named("AC", "PC"), named("ac", "PC"), FILES)
    assert (pairs.names, pairs.unpaired) == (("PC",), ("AC", "ac"))
    assert pairs.hint == "“AC” and “ac” differ in capitals."


@pytest.mark.parametrize("key", ["elastix", "ants"])
def test_points_without_names_pair_by_their_order_if_there_are_as_many(tmp_path: Path, key: str) -> None:
    four, three = nameless(tmp_path, 4, key), nameless(tmp_path, 3, key)
    assert pair_points(four, four, FILES).names == ("P1", "P2", "P3", "P4")
    assert pair_points(four, named("P4", "P3", "P2", "P1"), FILES).names == ("P1", "P2", "P3", "P4")
    for one, other in ((four, three), (three, four), (named("P1", "P2", "P3"), four)):
        with pytest.raises(BadArgument, match="without names it is unknown which ones belong together"):
            pair_points(one, other, FILES)


def test_names_and_no_names_do_not_pair(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=r"b\.csv has no names, and a\.csv has"):
        pair_points(named("AC", "PC"), nameless(tmp_path, 2, "ants"), FILES)


def test_lists_of_slicer_without_labels_have_an_order_alone(tmp_path: Path) -> None:
    head = "# Markups fiducial file version = 4.11\n# CoordinateSystem = LPS\n"
    bare = read_points(written(tmp_path, "a.fcsv", f"{head}1,1,2,3\n2,4,5,6\n"))
    controls = '{"position": [1, 2, 3]}, {"position": [4, 5, 6]}, {"position": [7, 8, 9]}'
    more = f'{{"markups": [{{"type": "Fiducial", "controlPoints": [{controls}]}}]}}'
    with pytest.raises(BadArgument, match=r"a\.fcsv holds 2 points and b\.json holds 3, and without names"):
        pair_points(bare, read_points(written(tmp_path, "b.json", more)), ("a.fcsv", "b.json"))
