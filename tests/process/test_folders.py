"""Folders are gone through however deep they lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fusionviewer.process.folders import folders_below


@pytest.mark.skipif(sys.platform == "win32", reason="paths are shorter there, and links need rights")
def test_deeper_than_python_may_call_itself(tmp_path: Path) -> None:
    depth = sys.getrecursionlimit() + 200
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=place)
        inner = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    found = list(folders_below(tmp_path))
    for folder, *_ in reversed(found[1:]):  # which pytest cannot remove either
        os.rmdir(folder)
    assert len(found) == depth + 1
    assert found[-1][0].count("/d") >= depth


def test_as_python_goes_through_them(tmp_path: Path) -> None:
    for name in ("b/c", "a", "b/.hidden"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("one", "b/two", "b/c/three"):
        (tmp_path / name).touch()
    if sys.platform != "win32":
        (tmp_path / "a" / "round").symlink_to(tmp_path)
    ours = sorted((folder, sorted(folders), sorted(files)) for folder, folders, files in folders_below(tmp_path))
    assert ours == sorted((folder, sorted(folders), sorted(files)) for folder, folders, files in os.walk(tmp_path))


def test_what_is_taken_from_the_list_is_not_gone_into(tmp_path: Path) -> None:
    (tmp_path / "a" / "inner").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    seen = []
    for folder, folders, _ in folders_below(tmp_path):
        folders[:] = [name for name in folders if name != "a"]
        seen.append(os.path.basename(folder))
    assert seen == [tmp_path.name, "b"]


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    unread: list[str] = []
    assert list(folders_below(tmp_path / "nothing", unread.append)) == []
    assert unread == [str(tmp_path / "nothing")]
