"""LPS, scanner RAS and FreeSurfer's surface RAS, each by its name; proved against nibabel."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from grids import LAS, LPS, OBLIQUE_LEFT, OBLIQUE_LPS, RAS, RPS

from fusionviewer.errors import BadArgument, UnreadableInput
from fusionviewer.exchange.points.formats import read_points
from fusionviewer.exchange.points.frames import FRAMES, WORDS, in_frame, point_text, write_points_in
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.geometry import Grid

GRIDS = {"LPS": LPS, "RAS": RAS, "LAS": LAS, "RPS": RPS, "oblique": OBLIQUE_LPS, "oblique left": OBLIQUE_LEFT}
POINTS = NamedPoints(("A'1", "B, 2"), np.array([[1.25, -2.0, 1 / 3], [40.0, 5.0, 6.0]]))


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_nibabel_places_the_same_voxels_at_the_same_numbers(grid: Grid) -> None:
    nibabel = pytest.importorskip("nibabel")
    ras_from_index = np.diag([-1.0, -1.0, 1.0, 1.0]) @ grid.point_from_index
    image = nibabel.freesurfer.MGHImage(np.zeros(grid.size, np.float32), ras_from_index)
    indices = np.random.default_rng(1).uniform(-20, 40, (50, 3))
    points = grid.points(indices)
    scanner = nibabel.affines.apply_affine(image.affine, indices)
    surface = nibabel.affines.apply_affine(image.header.get_vox2ras_tkr(), indices)
    np.testing.assert_allclose(in_frame(points, "scanner-ras", grid), scanner, atol=1e-4)  # its header is of 32 bits
    np.testing.assert_allclose(in_frame(points, "surface-ras", grid), surface, atol=1e-4)
    np.testing.assert_array_equal(in_frame(points, "lps", grid), points)


def test_the_two_ras_differ_by_centimetres() -> None:
    apart = in_frame(POINTS.points, "scanner-ras", RAS) - in_frame(POINTS.points, "surface-ras", RAS)
    assert np.linalg.norm(apart, axis=1).min() > 10


def test_a_position_is_pasted_as_three_numbers() -> None:
    assert point_text(np.array([1.0, -2.0, 0.0004]), "scanner-ras", LPS) == "-1.000 2.000 0.000"
    assert point_text(np.array([1.0, -2.0, -0.0]), "lps", LPS) == "1.000 -2.000 0.000"
    assert len({words.title for words in WORDS.values()}) == len({words.meaning for words in WORDS.values()}) == 3


@pytest.mark.parametrize("frame", ["scanner-ras", "surface-ras"])
def test_a_table_says_its_frame_and_cannot_be_taken_for_lps(tmp_path: Path, frame: str) -> None:
    path = tmp_path / "a.csv"
    write_points_in(path, POINTS, frame, OBLIQUE_LEFT)  # type: ignore[arg-type] # they are two
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    prefix = frame.replace("-", "_")
    assert header == ["name", f"{prefix}_x", f"{prefix}_y", f"{prefix}_z"]
    assert tuple(row[0] for row in rows) == POINTS.names
    numbers = [[float(value) for value in row[1:]] for row in rows]
    np.testing.assert_array_equal(numbers, in_frame(POINTS.points, frame, OBLIQUE_LEFT))  # type: ignore[arg-type]
    with pytest.raises(UnreadableInput):
        read_points(path)


def test_a_table_of_lps_is_read_again(tmp_path: Path) -> None:
    write_points_in(tmp_path / "a.csv", POINTS, "lps", LPS)
    np.testing.assert_array_equal(read_points(tmp_path / "a.csv").points, POINTS.points)


@pytest.mark.parametrize(("frame", "real"), [("scanner-ras", "1"), ("surface-ras", "0")])
def test_freesurfers_file_of_points_says_which_ras_it_is(tmp_path: Path, frame: str, real: str) -> None:
    path = tmp_path / "a.dat"
    write_points_in(path, POINTS, frame, RAS)  # type: ignore[arg-type] # they are two
    *rows, info, count, said = path.read_text().splitlines()
    assert (info, count, said) == ("info", "numpoints 2", f"useRealRAS {real}")
    numbers = [[float(value) for value in row.split()] for row in rows]
    np.testing.assert_array_equal(numbers, in_frame(POINTS.points, frame, RAS))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "why"), [("a.dat", "know no LPS"), ("a.txt", "does not say how points are written")])
def test_what_a_file_cannot_hold_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(BadArgument, match=why):
        write_points_in(tmp_path / name, POINTS, FRAMES[0], LPS)
    assert list(tmp_path.iterdir()) == []
