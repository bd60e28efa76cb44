"""Places that a file of others must not lead to unasked: networks, devices, whole disks. Nothing of them is touched."""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path, PurePosixPath
from typing import Final

_MOUNTS: Final = Path("/proc/mounts")
_NETWORKS: Final = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "davfs",
    "autofs", "fuse.sshfs", "fuse.gvfsd-fuse", "fuse.glusterfs", "fuse.ceph", "fuse.rclone", "fuse.s3fs", "fuse.davfs2",
    "fuse.curlftpfs", "fuse.cephfs", "fuse.afp", "fuse.smbnetfs",
})  # fmt: skip
"""File systems whose answers come from another computer; `autofs` is one as soon as it is touched."""

_SYSTEM: Final = ("/proc", "/sys", "/dev")
_SHARE: Final = re.compile(r"[\\/]{2}(?![?.][\\/](?!UNC[\\/]))[^\\/]", re.IGNORECASE)
r"""\\server, //server, \\?\UNC\server; not \\?\C:, a local path without a limit to its length."""
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]*$")
_MOST_LINKS: Final = 40
"""As many as Linux follows in one path."""


def why_ask(path: str, beside: Path) -> str:
    """Why a path that a file names must be asked about before it is touched, as the end of a sentence; "": it need not.

    A relative path begins in the folder of the file `beside`. What lies on the same share of a network as that file is
    not asked about: it is in use already.
    """
    if is_share(path) and _share(path) != _share(os.path.abspath(beside)):
        return "lies on a network"
    if _URL.match(path):
        return "is an address of a network"
    if sys.platform == "win32":
        return _why_on_windows(os.path.abspath(os.path.join(beside.parent, path)), os.path.abspath(beside))
    mounts = _mounts()
    home = _mount_of(os.path.abspath(beside), mounts)
    return _why_on_posix(os.path.abspath(os.path.join(beside.parent, path)), mounts, home)


def is_remote(path: Path) -> bool:
    """Whether a path leads to a network, as far as that can be told without touching it."""
    where = str(path)
    if is_share(where):
        return True
    if sys.platform == "win32":
        return _is_remote_drive(os.path.abspath(where))
    return _mount_of(os.path.abspath(where), _mounts()) is not None


def is_share(path: str) -> bool:
    r"""Whether a path begins as a share of Windows's networks does: \\server\share, //server/share."""
    return _SHARE.match(path) is not None


def _share(path: str) -> tuple[str, ...]:
    r"""Server and share of //server/share/…; empty for another path."""
    words = [word.casefold() for word in re.split(r"[\\/]+", path) if word]
    return tuple(words[2:4] if words[:2] == ["?", "unc"] else words[:2]) if is_share(path) else ()


def _why_on_posix(path: str, mounts: dict[str, str], home: str | None) -> str:
    """Follows links itself, each only after the place where it lies was found to be harmless."""
    for _ in range(_MOST_LINKS):
        if why := _why_here(path, mounts, home):
            return why
        further = _next_link(path, mounts, home)
        if further is None:
            return ""
        path = further
    return ""


def _why_here(path: str, mounts: dict[str, str], home: str | None) -> str:
    if path == "/":
        return "is the whole disk"
    if any(path == folder or path.startswith(f"{folder}/") for folder in _SYSTEM):
        return "is a folder of the system, not of files"
    mount = _mount_of(path, mounts)
    return f"lies on a network ({mounts[mount]})" if mount is not None and mount != home else ""


def _next_link(path: str, mounts: dict[str, str], home: str | None) -> str | None:
    """Where the first link on the path leads; None if there is none, or if something on the path is not there."""
    at = PurePosixPath("/")
    parts = PurePosixPath(path).parts[1:]
    for number, part in enumerate(parts):
        at = at / part
        if _why_here(str(at), mounts, home):
            return str(at)  # found out by the caller
        try:
            if stat.S_ISLNK(os.lstat(at).st_mode):
                return os.path.abspath(os.path.join(at.parent, os.readlink(at), *parts[number + 1 :]))
        except (OSError, ValueError):  # also names that no file can have
            return None
    return None


def _mounts() -> dict[str, str]:
    """The kinds of the mounted network file systems by where they are; empty where the system does not tell."""
    try:
        lines = os.fsdecode(_MOUNTS.read_bytes()).splitlines()
    except OSError:
        return {}
    fields = [line.split(" ") for line in lines]
    return {_unescaped(words[1]): words[2] for words in fields if len(words) > 2 and words[2] in _NETWORKS}


def _unescaped(text: str) -> str:
    """Spaces and the like stand as octal numbers in the table of mounts."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _mount_of(path: str, mounts: dict[str, str]) -> str | None:
    """The innermost mounted network that a path leads to; None: it is local."""
    found = [mount for mount in mounts if path == mount or path.startswith(f"{mount.rstrip('/')}/")]
    return max(found, key=len, default=None)


def _why_on_windows(path: str, beside: str) -> str:
    if _DRIVE.fullmatch(path):
        return "is the whole disk"
    drive = os.path.splitdrive(path)[0]
    if drive.casefold() != os.path.splitdrive(beside)[0].casefold() and _is_remote_drive(path):
        return f"lies on a network (drive {drive})"
    return ""


def _is_remote_drive(path: str) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    remote = 4
    drive = os.path.splitdrive(path)[0]
    return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == remote)
