"""`fusionviewer landmarks --images`: whether points lie in their images, and points that are voxels of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from landmark_sets import PLACES

from fusionviewer.cli.main import run
from fusionviewer.exchange.points.formats import write_points
from fusionviewer.exchange.points.named_points import NamedPoints
from fusionviewer.geometry import RigidTransform
from fusionviewer.imaging.volume import Volume

NAMES = tuple(f"L{n}" for n in range(1, len(PLACES) + 1))


@pytest.fixture
def images(phantom_files: tuple[Path, Path]) -> list[str]:
    return ["--images", *map(str, phantom_files)]


def test_points_outside_of_their_images_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], images: list[str], phantom_truth: RigidTransform
) -> None:
    fixed = PLACES.copy()
    fixed[3] = (0.0, 0.0, 500.0)
    files = [str(tmp_path / name) for name in ("fixed.csv", "moving.csv")]
    for path, points in zip(files, (fixed, phantom_truth.apply(fixed)), strict=True):
        write_points(Path(path), NamedPoints(NAMES, points))
    command = ["landmarks", *files, "--out", str(tmp_path / "out")]
    assert run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    assert run([*command, *images, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["findings"]
    assert [(one["code"], one["level"], one["values"]) for one in told] == [
        ("points_outside", "warning", {"side": side, "count": 1, "marked": 8, "names": ["L4"]})
        for side in ("fixed", "moving")
    ]
    assert told[0]["sentence"] == "1 of 8 points in the fixed image lies outside of it: “L4”."
    assert run([*command, *images]) == 0
    out, err = capsys.readouterr()
    for one in told:
        assert err.count(f"fusionviewer: Warning: {one['sentence']}\n") == 1
        assert out.count(f"WARNING: {one['sentence']}\n") == 1


def test_points_of_voxels_find_their_places(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    images: list[str],
    phantom_mr: Volume,
    phantom_truth: RigidTransform,
) -> None:
    voxels = np.array([[20, 30, 20], [40, 25, 25], [30, 45, 35], [25, 35, 45]])
    lines = [" ".join(map(str, index)) for index in voxels.tolist()]
    (tmp_path / "voxels.txt").write_text("\n".join(["index", "4", *lines, ""]))
    moving = phantom_truth.apply(phantom_mr.grid.points(voxels))
    write_points(tmp_path / "moving.txt", NamedPoints(NAMES[:4], moving))
    command = ["landmarks", str(tmp_path / "voxels.txt"), str(tmp_path / "moving.txt"), "--out", str(tmp_path / "out")]
    assert run([*command, "--json"]) == 2
    assert "are voxels of an image" in capsys.readouterr().err
    assert run([*command, *images, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["fre_mm"] < 1e-3
    assert found["findings"] == []


def test_an_image_that_cannot_be_read_is_refused_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], phantom_files: tuple[Path, Path]
) -> None:
    for name in ("fixed.csv", "moving.csv"):
        write_points(tmp_path / name, NamedPoints(NAMES, PLACES))
    files = [str(tmp_path / name) for name in ("fixed.csv", "moving.csv")]
    missing = ["--images", str(phantom_files[0]), str(tmp_path / "missing.nii.gz")]
    assert run(["landmarks", *files, "--out", str(tmp_path / "out"), *missing]) == 2
    assert "missing.nii.gz" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
