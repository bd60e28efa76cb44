"""Recent studies and folders: one small file, whole, for its user alone."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from fusionviewer.errors import CannotWrite
from fusionviewer.session import recent
from fusionviewer.session.recent import MOST, Remembered, read_remembered, recent_studies, write_remembered
from fusionviewer.session.recovery import state_folder


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it is kept in this test."""
    path = tmp_path / "state" / "recent.json"
    monkeypatch.setattr(recent, "recent_file", lambda: path)
    return path


def test_it_lies_where_unsaved_work_is_kept() -> None:
    assert recent.recent_file() == state_folder() / "recent.json"


def test_what_is_written_is_read(file: Path, tmp_path: Path) -> None:
    kept = Remembered().with_study(tmp_path / "a.fusion.json").with_folder("images", tmp_path / "ct")
    kept = kept.with_folder("pictures", tmp_path).with_study(tmp_path / "ü b.fusion.json")
    write_remembered(file, kept)
    assert read_remembered(file) == kept
    assert [path.name for path in kept.studies] == ["ü b.fusion.json", "a.fusion.json"]
    assert list(file.parent.iterdir()) == [file]


def test_the_newest_of_ten_comes_first_and_each_once(tmp_path: Path) -> None:
    kept = Remembered()
    for number in range(MOST + 3):
        kept = kept.with_study(tmp_path / f"{number}.fusion.json")
    kept = kept.with_study(tmp_path / "deep" / ".." / "5.fusion.json")
    assert [path.name.split(".")[0] for path in kept.studies] == ["5", "12", "11", "10", "9", "8", "7", "6", "4", "3"]


def test_a_relative_path_is_remembered_as_where_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Remembered().with_study(Path("a.fusion.json")).studies == (Path.cwd() / "a.fusion.json",)


@pytest.mark.skipif(sys.platform == "win32", reason="there a folder's owner alone can read what lies in the profile")
def test_its_user_alone_can_read_it_also_where_others_could_before(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir(mode=0o755)
    file.write_text("{}")
    file.chmod(0o644)
    before = os.umask(0)
    try:
        write_remembered(file, Remembered().with_folder("images", tmp_path))
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "damaged",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"studies": 3, "folders": "x"}',
        b'{"studies": [1, null, "relative", "", "/a\\u0000b"], "folders": {"images": 4, "elsewhere": "/tmp"}}',
    ],
)  # fmt: skip
def test_what_is_damaged_is_nothing(file: Path, damaged: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(damaged)
    assert read_remembered(file) == Remembered()
    assert recent_studies() == ()


def test_what_makes_sense_beside_what_does_not_is_kept(file: Path, tmp_path: Path) -> None:
    study = str(tmp_path / "a.fusion.json")
    record: dict[str, Any] = {"studies": [5, study], "folders": {"images": str(tmp_path), "later": "/x"}, "new": True}
    file.parent.mkdir()
    file.write_text(json.dumps(record))
    assert read_remembered(file) == Remembered((Path(study),), {"images": tmp_path})


def test_only_studies_that_are_there_are_recent(file: Path, tmp_path: Path) -> None:
    there, gone, folder = (tmp_path / f"{name}.fusion.json" for name in ("there", "gone", "folder"))
    there.touch()
    folder.mkdir()
    kept = Remembered()
    for path in (folder, gone, there):
        kept = kept.with_study(path)
    write_remembered(file, kept)
    assert recent_studies() == (there,)
    gone.touch()  # a disk that is there again
    assert recent_studies() == (there, gone)


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes that are no text are Linux's")
def test_a_name_that_is_no_text_is_remembered_as_it_is(file: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"m\xfcller.fusion.json")
    path.touch()
    write_remembered(file, Remembered().with_study(path))
    assert recent_studies() == (path,)


def test_a_write_that_fails_leaves_what_was_there(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Remembered().with_folder("images", tmp_path)
    write_remembered(file, kept)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(json, "dump", full)
    with pytest.raises(CannotWrite, match="full"):
        write_remembered(file, kept.with_folder("exports", tmp_path))
    assert read_remembered(file) == kept
    assert list(file.parent.iterdir()) == [file]
