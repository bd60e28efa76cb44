"""No command takes the place of what it reads, whatever its results are called."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest


def one_sentence(done: Any) -> str:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return str(done.stderr)


@pytest.mark.parametrize("options", [(), ("--no-volume",)], ids=["with a volume", "without"])
@pytest.mark.parametrize("role", ["moving", "mask"])
def test_an_image_with_the_name_of_a_result_stays(
    program: Any, tmp_path: Path, phantom_files: tuple[Path, Path], options: tuple[str, ...], role: str
) -> None:
    own = tmp_path / "own" / "moving-on-fixed.nii.gz"
    own.parent.mkdir()
    shutil.copy(phantom_files[1] if role == "moving" else phantom_files[0], own)
    before = own.read_bytes()
    images = [phantom_files[0], own] if role == "moving" else list(phantom_files)
    mask = [] if role == "moving" else ["--mask", own]
    done = program("register", *images, *mask, "--out", own.parent, "--start", "header", *options)
    assert "is one of the images" in one_sentence(done)
    assert own.read_bytes() == before
    assert os.listdir(own.parent) == [own.name]


def _outputs(folder: Path, images: tuple[Path, Path]) -> dict[str, list[object]]:
    """Each command with a file as its result, called as the study itself or a link to it."""
    study, plain = folder / "result" / "study.fusion.json", folder / "plain.json"
    table, link = folder / "plain.csv", folder / "link"
    for copy in (plain, table):
        shutil.copy(study, copy)
    commands: dict[str, list[object]] = {
        "report over its study": ["report", plain, "--out", plain],
        "points over their study": ["points", table, "--frame", "lps", "--out", table],
    }
    if sys.platform == "win32":  # links need rights there
        return commands
    for ending in (".html", ".png", ".tfm", ".nii.gz", ".csv"):
        (folder / f"link{ending}").symlink_to(study)
    pose = ["--transform", study]
    return commands | {
        "report over a link": ["report", study, "--out", f"{link}.html"],
        "points over a link": ["points", study, "--frame", "lps", "--out", f"{link}.csv"],
        "picture over a link": ["picture", *images, *pose, "--out", f"{link}.png"],
        "convert over a link": ["convert", study, f"{link}.tfm"],
        "resample over a link": ["resample", *images, *pose, "--out", f"{link}.nii.gz"],
        "fuse over a link": ["fuse", *images, *pose, "--out", f"{link}.nii.gz"],
    }


def test_a_study_is_replaced_by_nothing_else(
    program: Any, tmp_path: Path, registered: Path, phantom_files: tuple[Path, Path]
) -> None:
    commands = _outputs(tmp_path, phantom_files)
    before = (registered / "study.fusion.json").read_bytes()
    for what, command in commands.items():
        told = one_sentence(program(*command))
        assert "is the file that is read" in told or "leads to a study" in told, what
        for kept in (registered / "study.fusion.json", tmp_path / "plain.json", tmp_path / "plain.csv"):
            assert kept.read_bytes() == before, what


def test_a_value_may_end_with_an_equals_sign(program: Any, tmp_path: Path, phantom_files: tuple[Path, Path]) -> None:
    (tmp_path / "a=").touch()
    told = one_sentence(program("register", *phantom_files, "--out=a="))
    assert "a=" in told
    assert "is empty" not in told


@pytest.mark.parametrize("words", [("--out", ""), ("--out=",), ("--out", "x", "--max-shift", "")])
def test_an_empty_value_is_refused(
    program: Any, tmp_path: Path, phantom_files: tuple[Path, Path], words: tuple[str, ...]
) -> None:
    """As of a variable of a shell that is not set: it would mean the folder that the user is in."""
    assert "is empty. Give it a value" in one_sentence(program("register", *phantom_files, *words))
    assert os.listdir(tmp_path) == []
