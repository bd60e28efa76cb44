"""Odd names of files, such as are no Unicode text or steer a terminal: opened, or refused in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from fusionviewer.cli.main import run

ODD = (b"n\xff", b"a\nb", b"c\x1b[31md", "r\u202eemos".encode())

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can have such a name")


@pytest.fixture(params=ODD, ids=["no text", "line", "control", "direction"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where files with an odd beginning of their names lie."""
    return tmp_path / os.fsdecode(request.param)


def _said(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert text.replace("\n", "").isprintable()
    assert "error of the program" not in said.err
    return said.out + said.err


def test_an_image(odd: Path, phantom_files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    image = f"{odd}.nii.gz"
    shutil.copy(phantom_files[0], image)
    if "\udcff" in image:
        assert run(["info", image]) == 2
        assert "is not Unicode text" in _said(capsys)
        return
    assert run(["info", image]) == 0
    assert "\\u" in _said(capsys)
    assert run(["info", image, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == image


def test_what_is_missing_damaged_or_written(odd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points, study = f"{odd}.csv", f"{odd}.fusion.json"
    Path(points).write_text("name,x,y,z\na,1,2,3\nb,60,0,0\nc,0,70,5\n")
    Path(study).write_text("{}")
    assert run(["landmarks", points, points, "--out", f"{odd}-fit", "--json"]) in {0, 2}
    _said(capsys)
    for command in (["check", study], ["info", f"{odd}.gone"], ["batch", f"{odd}.gone.csv", "--out", str(odd)]):
        assert run(command) == 2
        assert "\\u" in _said(capsys)


def test_a_picture(
    odd: Path, phantom_files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for ending in ("png", "tif"):
        out = f"{odd}.{ending}"
        assert run(["picture", *map(str, phantom_files), "--out", out, "--layout", "axial"]) == 0
        _said(capsys)
        assert os.path.getsize(out) > 1000
