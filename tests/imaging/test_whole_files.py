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
from fusionviewer.imaging.whole_files import (
    check_folder,
    folder_written_whole,
    read_whole,
    temporary_beside,
    written_whole,
)
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


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such permissions")
def test_what_only_its_user_may_read_is_never_open_to_others(tmp_path: Path) -> None:
    path, other = tmp_path / "study.json", tmp_path / "other.json"
    path.write_text("old")
    path.chmod(0o600)
    os.link(path, other)
    with written_whole(path) as temporary:
        temporary.write_text("new")
        assert temporary.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_mode & 0o777 == 0o600
    assert (path.read_text(), other.read_text()) == ("new", "old")  # as docs/formats.md says of hard links


def test_what_was_there_before_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / ".a.part.txt"
    there.write_text("another program's")
    monkeypatch.setattr(whole_files, "temporary_beside", lambda _: there)
    with pytest.raises(CannotWrite, match="in the way"):
        whole_files.check_writable(tmp_path / "a.txt")
    assert there.read_text() == "another program's"


def test_messages_name_the_users_file(tmp_path: Path) -> None:
    for path in (tmp_path / "scan.nii.gz", temporary_beside(tmp_path / "scan.nii.gz")):
        for nested in (path, temporary_beside(path)):
            with pytest.raises(CannotWrite, match=r"/scan\.nii\.gz cannot be written: the disk is full"):
                raise whole_files.cannot_write(nested, OSError(28, "No space left on device"))


@pytest.mark.parametrize("name", ["y" * 254 + ".tfm", "y" * 300])
def test_a_name_that_is_too_long_is_told(tmp_path: Path, name: str) -> None:
    for write in (whole_files.check_writable, lambda path: written_whole(path).__enter__()):
        with pytest.raises(CannotWrite, match="the name is too long"):
            write(tmp_path / name)


@pytest.mark.skipif(sys.platform == "win32", reason="such folders are a matter of POSIX")
def test_another_users_file_in_a_sticky_folder_is_refused_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.tfm").touch()
    tmp_path.chmod(0o1777)
    whole_files.check_writable(tmp_path / "a.tfm")
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    whole_files.check_writable(tmp_path / "new.tfm")
    with pytest.raises(CannotWrite, match="you may not write there"):
        whole_files.check_writable(tmp_path / "a.tfm")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are a matter of POSIX")
def test_a_folder_written_again_keeps_the_permissions_of_its_files(tmp_path: Path) -> None:
    for mode in (0o600, 0o640):
        for name in ("a", "opened"):
            (tmp_path / name).touch()
            (tmp_path / name).chmod(mode)
        with folder_written_whole(tmp_path, frozenset({"a", "opened"}), opened="opened") as temporary:
            fill(temporary, "a", "opened")
        assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("a", "opened")} == {mode}
        assert (tmp_path / "opened").read_text() == "opened"


@pytest.mark.parametrize("there", [True, False])
def test_messages_name_the_file_of_the_users_folder(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "scene"
    if there:
        target.mkdir()
    with (
        pytest.raises(CannotWrite, match=r"/scene/fixed\.nii\.gz cannot be written"),
        folder_written_whole(target) as temporary,
        written_whole(temporary / "fixed.nii.gz"),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == [target] * there


def fill(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(name)
    return folder


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out"
    seen: list[bool] = []

    def fail() -> None:
        with folder_written_whole(out) as temporary:
            fill(temporary, "a")
            seen.append(out.exists())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == [False]
    assert list(tmp_path.iterdir()) == []
    with folder_written_whole(out) as temporary:
        fill(temporary, "a", "b")
    assert sorted(path.name for path in out.iterdir()) == ["a", "b"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_only_an_earlier_result_is_replaced_and_stays_if_the_new_one_fails(tmp_path: Path) -> None:
    out = fill(tmp_path / "out", "a", "b")
    ours = frozenset("abc")
    with pytest.raises(ZeroDivisionError), folder_written_whole(out, ours):
        raise ZeroDivisionError
    assert (out / "b").exists()
    with folder_written_whole(out, ours) as temporary:
        fill(temporary, "c")
    assert [path.name for path in out.iterdir()] == ["c"]
    fill(out, "letter to the editor")
    with pytest.raises(CannotWrite, match=r"holds other files, such as letter to the editor\."):  # noqa: SIM117
        with folder_written_whole(out, ours):
            pytest.fail("the block begins")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_there_stays_the_same_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = fill(tmp_path / "out", "a")
    (tmp_path / "link").symlink_to(out)
    before = out.stat().st_ino
    monkeypatch.chdir(out)
    for path in (tmp_path / "link", Path()):
        with folder_written_whole(path, frozenset("ab"), opened="a") as temporary:
            fill(temporary, "a", "b")
        assert sorted(os.listdir()) == ["a", "b"]
    assert (out.stat().st_ino, (tmp_path / "link").is_symlink()) == (before, True)


def test_the_file_that_names_the_others_appears_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, moved = fill(tmp_path / "out", "a"), []
    replace = os.replace

    def watched(old: Path, new: Path) -> None:
        moved.append((new.name, (out / "a").exists()))
        replace(old, new)

    monkeypatch.setattr(os, "replace", watched)
    with folder_written_whole(out, frozenset("abc"), opened="a") as temporary:
        fill(temporary, "a", "b", "c")
    assert moved[-1] == ("a", False)
    assert not any(there for _, there in moved)


def test_a_folder_is_not_made_where_none_can_be(tmp_path: Path) -> None:
    fill(tmp_path, "file")
    for place in (tmp_path / "file", tmp_path / "nowhere" / "out"):
        with pytest.raises(CannotWrite) as caught:
            check_folder(place)
        assert caught.value.message.startswith(f"{place} cannot be written: ")


def test_what_a_dead_process_left_of_a_folder_is_removed(tmp_path: Path) -> None:
    left = temporary_beside(tmp_path / "out")
    gone = left.with_name(left.name.replace(f"-{os.getpid()}-", f"-{dead_process()}-"))
    fill(gone, "voxels")
    with folder_written_whole(tmp_path / "other"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
