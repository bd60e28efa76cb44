"""The files that are handed on: the archive, the checksums, and the line that tells a build."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tarfile
from pathlib import Path

import pytest
from bundles import stamp
from bundles.archive import unpacked_bytes, write_archive, write_checksums

from fusionviewer import version


def test_checksums_are_those_of_the_files(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("b.deb", "a.run")]
    for file in files:
        file.write_bytes(file.name.encode())
    lines = write_checksums(files, tmp_path).read_text(encoding="utf-8").splitlines()
    assert lines == [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}" for name in ("a.run", "b.deb")]


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("xz"), reason="needs xz")
def test_an_archive_is_the_same_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "program"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "run").write_bytes(b"x" * 1000)
    (folder / "inner" / "run").chmod(0o755)
    (folder / "link").symlink_to("inner/run")
    first, second = tmp_path / "1.tar.xz", tmp_path / "2.tar.xz"
    write_archive(folder, first, 1e9)
    (folder / "inner" / "run").touch()
    write_archive(folder, second, 1e9)
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as archive:
        names = archive.getnames()
        member = archive.getmember("program/inner/run")
    assert names == ["program", "program/inner", "program/inner/run", "program/link"]
    assert (member.mode & 0o777, member.mtime, member.uname) == (0o755, 1e9, "root")
    assert unpacked_bytes(folder) == 1000


def test_a_build_is_told_by_its_commit_and_date(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers = {"log": "1764466903", "rev-parse": "0cbbe6d1a2b3", "status": ""}
    monkeypatch.setattr(stamp, "_git", lambda *words: answers[words[0]])
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert stamp.build_line() == "commit 0cbbe6d1a2b3, 2025-11-30"
    answers["status"] = " M build.py"
    assert stamp.build_line() == "commit 0cbbe6d1a2b3 with changes, 2025-11-30"
    answers.update({"rev-parse": "", "log": ""})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert stamp.build_line() == "1970-01-01"
    monkeypatch.setenv("FUSIONVIEWER_BUILD", "told")
    assert stamp.build_file(tmp_path).read_text(encoding="utf-8") == "told\n"
    assert stamp.version() == version.__version__
    assert stamp.build_file(tmp_path).name == version.BUILD_FILE.name
