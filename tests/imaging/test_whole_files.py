"""Files that are read whole, and files that appear whole or not at all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.imaging import whole_files
from fusionviewer.imaging.whole_files import folder_written_whole, read_whole, temporary_beside, written_whole
from fusionviewer.process.alive import is_alive


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_file_is_read_no_further_than_its_kind_may_be_long(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"x" * 1000)
    assert len(read_whole(tmp_path / "list.csv", 1000)) == 1000
    with pytest.raises(UnreadableInput, match=r"^list\.csv is too large: a file of its kind has at most 0\.000999 MB"):
        read_whole(tmp_path / "list.csv", 999)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(UnreadableInput, match="cannot be read"):
            read_whole(path)


def test_a_temporary_name_is_never_the_same(tmp_path: Path) -> None:
    names = {temporary_beside(tmp_path / "scan.nii.GZ").name for _ in range(50)}
    assert len(names) == 50
    for name in names:
        assert re.fullmatch(rf"\.scan\.[0-9a-f]{{6}}-{os.getpid()}-[0-9a-f]{{8}}\.part\.nii\.gz", name)


def test_a_foreign_file_in_the_way_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / ".taken.part"
    taken.write_text("not ours")
    with pytest.raises(CannotWrite), written_whole(tmp_path / "a.txt", temporary=taken) as temporary:
        temporary.write_text("ours")
    assert taken.read_text() == "not ours"
    assert not (tmp_path / "a.txt").exists()


def test_what_dead_processes_left_is_removed_at_the_next_write(tmp_path: Path) -> None:
    machine, dead = whole_files._machine(), dead_process()
    other = "000000" if machine != "000000" else "000001"
    left = tmp_path / f".scan.{machine}-{dead}-0a1b2c3d.part.nii.gz"
    kept = [
        tmp_path / f".scan.{other}-{dead}-0a1b2c3d.part.nii.gz",  # another machine's, on a shared disk
        tmp_path / f".scan.{machine}-{os.getpid()}-0a1b2c3d.part.nii.gz",  # of one that runs
        tmp_path / ".scan.part.nii.gz",
        tmp_path / f"scan.{machine}-{dead}-0a1b2c3d.part.nii.gz",
    ]
    for path in (left, *kept):
        path.write_bytes(b"voxels")
    with written_whole(tmp_path / "a.txt") as temporary:
        temporary.write_text("text")
    assert not left.exists()
    assert all(path.exists() for path in kept)


def test_processes_that_run_and_those_that_do_not() -> None:
    assert is_alive(os.getpid())
    assert not is_alive(dead_process())
    assert not is_alive(0)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such permissions")
def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real = tmp_path / "there" / "study.json"
    real.write_text("old")
    real.chmod(0o640)
    link = tmp_path / "study.json"
    link.symlink_to(real)
    with written_whole(link) as temporary:
        assert temporary.parent == real.parent
        temporary.write_text("new")
    assert link.is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("new", 0o640)
    assert {path.name for path in tmp_path.iterdir()} == {"there", "study.json"}


def test_messages_name_the_users_file(tmp_path: Path) -> None:
    for path in (tmp_path / "scan.nii.gz", temporary_beside(tmp_path / "scan.nii.gz")):
        for nested in (path, temporary_beside(path)):
            with pytest.raises(CannotWrite, match=r"/scan\.nii\.gz cannot be written: the disk is full"):
                raise whole_files.cannot_write(nested, OSError(28, "No space left on device"))


def test_a_folder_appears_whole_or_not_at_all_and_what_a_dead_process_left_goes(tmp_path: Path) -> None:
    machine = temporary_beside(tmp_path / "x").name.split(".")[2].split("-")[0]
    left = tmp_path / f".out.{machine}-{dead_process()}-0a1b2c3d.part"
    left.mkdir()
    (left / "slice.dcm").write_bytes(b"of a patient")

    def fill_the_disk() -> None:
        with folder_written_whole(tmp_path / "out") as folder:
            (folder / "slice.dcm").write_bytes(b"x")
            raise OSError(28, "No space left on device")

    with pytest.raises(CannotWrite, match="the disk is full"):
        fill_the_disk()
    assert list(tmp_path.iterdir()) == []
    with folder_written_whole(tmp_path / "out") as folder:
        (folder / "slice.dcm").write_bytes(b"x")
        assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "slice.dcm"]
