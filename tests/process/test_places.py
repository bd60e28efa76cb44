"""What a study may name is told apart by its path alone, before anything is touched."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fusionviewer.process import places
from fusionviewer.process.places import is_remote, is_share, why_ask

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths and mounts are those of Linux")

MOUNTS = """
/dev/sda1 / ext4 rw 0 0
server:/shared /shared nfs4 rw 0 0
//server/scans /mnt/the\\040scans cifs rw 0 0
/dev/sdb1 /mnt/usb fuseblk rw 0 0
sshfs /shared/me/far fuse.sshfs rw 0 0
"""
LOCAL = Path("/data/s.fusion.json")


@pytest.fixture(autouse=True)
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(MOUNTS)
    monkeypatch.setattr(places, "_MOUNTS", table)


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is looked at on a disk."""
    looked: list[str] = []
    lstat = os.lstat

    def noted(path: os.PathLike[str]) -> os.stat_result:
        looked.append(str(path))
        return lstat(path)

    monkeypatch.setattr(os, "lstat", noted)
    return looked


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (r"\\server\share\mr.nii", "lies on a network"),
        ("//server/share/mr.nii", "lies on a network"),
        (r"\\?\UNC\server\share\mr.nii", "lies on a network"),
        ("smb://server/share/mr.nii", "is an address of a network"),
        ("file:///etc/passwd", "is an address of a network"),
        ("/mnt/the scans/mr.nii", "lies on a network (cifs)"),
        ("/shared/me/mr.nii", "lies on a network (nfs4)"),
        ("/shared/me/far/mr.nii", "lies on a network (fuse.sshfs)"),
        ("../shared/me/mr.nii", "lies on a network (nfs4)"),
        ("/", "is the whole disk"),
        ("../../..", "is the whole disk"),
        ("/proc/self/mem", "is a folder of the system, not of files"),
        ("/dev/zero", "is a folder of the system, not of files"),
        ("/mnt/usb/mr.nii", ""),
        ("mr.nii", ""),
        (r"\\?\C:\mr.nii", ""),
        ("", ""),
        ("n\0l", ""),
        ("x" * 5000, ""),
    ],
)
def test_why(path: str, why: str, untouched: list[str]) -> None:
    assert why_ask(path, LOCAL) == why
    assert not [looked for looked in untouched if looked.startswith(("/mnt/the", "/shared", "/proc", "/dev"))]


def test_the_share_on_which_the_study_lies_is_in_use_already() -> None:
    assert not why_ask("/shared/me/mr.nii", Path("/shared/me/s.fusion.json"))
    assert why_ask("/shared/me/far/mr.nii", Path("/shared/me/s.fusion.json"))
    assert not why_ask("//server/share/a/mr.nii", Path("//SERVER/share/s.fusion.json"))
    assert why_ask("//server/other/mr.nii", Path("//server/share/s.fusion.json"))


def test_a_link_is_followed_only_as_far_as_it_is_local(tmp_path: Path, untouched: list[str]) -> None:
    (tmp_path / "scans").symlink_to("/mnt/the scans")
    (tmp_path / "again").symlink_to("scans/patient")
    (tmp_path / "round").symlink_to("round")
    study = tmp_path / "s.fusion.json"
    assert why_ask("scans", study) == "lies on a network (cifs)"
    assert why_ask("again/mr.nii", study) == "lies on a network (cifs)"
    assert not why_ask("round", study)
    assert not [looked for looked in untouched if looked.startswith("/mnt/the")]


def test_what_is_remote() -> None:
    assert is_remote(Path("/shared/me/s.fusion.json"))
    assert not is_remote(Path("/shared.txt"))
    assert [is_share(path) for path in (r"\\server\share", "/server", "///server")] == [True, False, False]


def test_without_a_table_of_mounts_all_is_local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(places, "_MOUNTS", tmp_path / "none")
    assert not is_remote(Path("/shared/me"))
