"""`fusionviewer points`: targets and landmarks by the name of their frame."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusionviewer.cli.main import run
from fusionviewer.exchange.points.frames import WORDS, in_frame
from fusionviewer.imaging.readers import read_volume
from fusionviewer.session import edits
from fusionviewer.session.state import LandmarkPair, Target
from fusionviewer.session.study_file import save_study


@pytest.fixture
def study(tmp_path: Path, phantom_files: tuple[Path, Path]) -> Path:
    state = edits.new_study(*(read_volume(path) for path in phantom_files))
    pairs = (LandmarkPair("P1", (1.0, 2.0, 3.0), (4.0, 5.0, 6.0)),)
    state = replace(state, targets=(Target("tip", (9.0, 8.0, 7.0)),), landmarks=pairs)
    save_study(state, None, tmp_path / "a.fusion.json")
    return tmp_path / "a.fusion.json"


@pytest.mark.parametrize(
    ("of", "side", "point"),
    [("targets", 0, (9, 8, 7)), ("fixed-landmarks", 0, (1, 2, 3)), ("moving-landmarks", 1, (4, 5, 6))],
)
def test_points_are_those_of_their_own_image(
    study: Path, phantom_files: tuple[Path, Path], of: str, side: int, point: tuple[int, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = study.with_name("out.csv")
    assert run(["points", str(study), "--of", of, "--frame", "surface-ras", "--out", str(out)]) == 0
    (row,) = out.read_text().splitlines()[1:]
    expected = in_frame(np.array(point), "surface-ras", read_volume(phantom_files[side]).grid)
    np.testing.assert_allclose([float(value) for value in row.split(",")[1:]], expected, atol=1e-9)
    assert WORDS["surface-ras"].meaning in capsys.readouterr().out


def test_a_study_without_such_points_says_so(
    study: Path, phantom_files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    save_study(edits.new_study(*(read_volume(path) for path in phantom_files)), None, study)
    out = study.with_name("out.csv")
    assert run(["points", str(study), "--frame", "lps", "--out", str(out)]) == 2
    assert "The study has no targets." in capsys.readouterr().err
    assert not out.exists()


def test_a_study_whose_images_lie_on_a_network_is_refused_until_that_is_allowed(
    study: Path, phantom_files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(phantom_files[0].parent)
    text = study.read_text().replace(json.dumps(folder)[1:-1], "//server/share")
    relative = json.loads(text)["images"]["fixed"]["path"]
    study.write_text(text.replace(json.dumps(relative), '""'))
    command = ["points", str(study), "--frame", "surface-ras", "--out", str(study.with_name("out.csv"))]
    assert run(command) == 2
    assert "//server/share/" in (told := capsys.readouterr().err)
    assert "lies on a network" in told
    assert run([*command, "--allow-network-paths"]) == 2
    assert "is not where it was" in capsys.readouterr().err
