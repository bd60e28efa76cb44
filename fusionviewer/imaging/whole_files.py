"""Files that are read whole, and files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from fusionviewer.errors import CannotWrite, UnreadableInput
from fusionviewer.process.alive import is_alive
from fusionviewer.progress import Observer

_REASONS: Final = {
    errno.ENOENT: ("there is no such folder", "Make the folder first, or choose another."),
    errno.ENOTDIR: ("there is no such folder", "Make the folder first, or choose another."),
    errno.EACCES: ("you may not write there", "Choose another folder, or change its permissions."),
    errno.EPERM: ("you may not write there", "Choose another folder, or change its permissions."),
    errno.EROFS: ("the disk is read-only", "Choose a folder on another disk."),
    errno.ENOSPC: ("the disk is full", "Make room or choose another disk."),
    errno.EDQUOT: ("your share of the disk is full", "Make room or choose another disk."),
    errno.EFBIG: ("a file may not grow that large there", "Make room or choose another disk."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
    errno.EEXIST: ("a file of that name is in the way", "Choose another name."),
    errno.EISDIR: ("a folder of that name is in the way", "Choose another name."),
}


LARGEST_BYTES: Final = 50_000_000
"""Of a study, a list of points, a report, a batch: no honest one comes near it."""

SMALL_BYTES: Final = 1_000_000
"""Of a transform, a preset, the list of recent files, a description of a dataset."""

DEEPEST: Final = 64
"""So many lists and objects may lie within each other in JSON; a study has nine."""

_MARK: Final = r"([0-9a-f]{6})-(\d+)-[0-9a-f]{8}\.part(?=\.|$)"
"""Of a temporary name, after that of the file: the machine, the process, and letters by chance."""

_INSIDE: Final = "new-files"
"""The stem of a temporary folder in one that is there already, into which its files go at the end."""

_OWN: Final = re.compile(rf"^\..*?\.{_MARK}")


def read_whole(path: Path, most_bytes: int = LARGEST_BYTES) -> bytes:
    """All of a small file. Raises UnreadableInput if it is not there, cannot be read, is no file, or is too large."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise OSError(errno.EINVAL, "no file")
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except FileNotFoundError as problem:
        raise UnreadableInput(f"There is no file {path}.", "Check the name and the folder.") from problem
    except OSError as problem:
        raise UnreadableInput(
            f"{path} cannot be read.", "Check that it is a file and that you may read it."
        ) from problem
    if len(content) > most_bytes:
        raise UnreadableInput(
            f"{path.name} is too large: a file of its kind has at most {most_bytes / 1e6:g} MB.",
            "Check that it is the file that you mean.",
        )
    return content


def json_value(content: bytes | str) -> Any:
    """What a JSON text says. Raises ValueError for what is none, and for what is nested deeper than `DEEPEST`."""
    try:
        value = json.loads(content.decode("utf-8") if isinstance(content, bytes) else content)
    except RecursionError as problem:
        raise ValueError("nested too deeply") from problem
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return value
    raise ValueError("nested too deeply")


def cannot_write(path: Path, problem: OSError) -> CannotWrite:
    """What an OSError means for the user who wants this file."""
    reason, remedy = _REASONS.get(
        problem.errno or 0, (problem.strerror or "the disk refused", "Choose another folder or disk.")
    )
    return CannotWrite(f"{_wanted(path)} cannot be written: {reason}.", remedy)


def _wanted(path: Path) -> Path:
    """What the user calls the file: no part of it by its temporary name, and without a folder that is one itself."""
    parts = []
    for part in path.parts:
        name = re.sub(rf"\.{_MARK}", "", part)
        if name == part:
            parts.append(part)
        elif name != f".{_INSIDE}":
            parts.append(name.removeprefix("."))
    return Path(*parts)


def check_writable(path: Path) -> None:
    """Raise CannotWrite if a file cannot be made at this place. Leaves nothing behind."""
    if os.path.isdir(path):  # not Path's own, which raise without permission for the folder
        raise cannot_write(path, OSError(errno.EISDIR, ""))
    if os.path.exists(path) and not os.path.isfile(path):
        raise CannotWrite(f"{path} cannot be written: it is a device, not a file.", "Choose another name.")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise cannot_write(path, OSError(errno.EACCES, ""))
    try:
        if _is_kept_by_its_folder(path):
            raise OSError(errno.EPERM, "")
    except FileNotFoundError:
        pass
    except OSError as problem:  # too long a name, say, of which the probe's is only a part
        raise cannot_write(path, problem) from problem
    probe = temporary_beside(path)
    try:
        probe.touch(exist_ok=False)
    except OSError as problem:  # then it is not ours to remove
        raise cannot_write(path, problem) from problem
    with suppress(OSError):
        probe.unlink()


def _is_kept_by_its_folder(path: Path) -> bool:
    """Whether a file is another user's in a folder such as /tmp, whose files their owners alone may replace.

    Raises OSError where it cannot be told, FileNotFoundError where there is none.
    """
    file = os.lstat(path)
    if sys.platform == "win32":
        return False
    folder, user = os.stat(path.parent), os.geteuid()
    return bool(folder.st_mode & stat.S_ISVTX) and user not in (0, file.st_uid, folder.st_uid)


def temporary_beside(path: Path) -> Path:
    """A hidden name in the same folder and with the same ending, which no other process chooses."""
    stem, dot, endings = path.name.partition(".")
    if not stem:  # of a hidden file
        stem, dot, endings = path.name[1:].partition(".")
    own = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    return path.with_name(f".{stem[:100]}.{own}.part{dot}{endings.lower()}")  # ITK knows small letters only


@contextmanager
def written_whole(
    path: Path,
    observer: Observer = Observer(),  # noqa: B008 - frozen
    temporary: Path | None = None,
    *,
    private: bool = False,
) -> Iterator[Path]:
    """A temporary path to write to, which becomes `path` when the block ends well and is removed when it does not.

    The temporary file is there already, and empty; `temporary` is its path where a name is prescribed. A link stays one
    and what it points to is replaced, but not for the other names of a file with several (hard links): those keep what
    it held. A file that is replaced hands on its permissions, unless it is to be `private`: then its user alone can
    read it. An OSError of the block is
    raised as CannotWrite. Raises Cancelled as long as `path` is what it was: a slow disk may take seconds to take a
    large file, and a user who cancels then is told that nothing was written.
    """
    check_writable(path)
    target = Path(os.path.realpath(path)) if os.path.islink(path) else path
    _remove_leftovers(target.parent)
    temporary = temporary or temporary_beside(target)
    closed = private or os.path.exists(target)  # until it has the permissions of what it replaces
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if closed else 0o666))
    except OSError as problem:
        raise cannot_write(path, problem) from problem
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())  # some disks tell only now that they are full
        if not private:
            with suppress(OSError):  # there was none, or this disk knows no permissions
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        observer.check()
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise cannot_write(path, problem) from problem
    finally:
        temporary.unlink(missing_ok=True)


def check_folder(path: Path, replaceable: frozenset[str] = frozenset()) -> None:
    """Raise CannotWrite if a folder cannot be made there; one that holds only `replaceable` files may be there."""
    target = Path(os.path.realpath(path))
    if os.path.isdir(target):
        _remove_leftovers(target)
        try:
            others = sorted(set(os.listdir(target)) - replaceable)
        except OSError as problem:
            raise cannot_write(path, problem) from problem
        if others:
            raise CannotWrite(f"{path} holds other files, such as {others[0]}.", "Choose an empty or a new folder.")
    elif os.path.lexists(path):
        raise cannot_write(path, OSError(errno.EEXIST, ""))
    probe = temporary_beside(target / _INSIDE if os.path.isdir(target) else target)
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError as problem:
        raise cannot_write(path, problem) from problem


@contextmanager
def folder_written_whole(
    path: Path,
    replaceable: frozenset[str] = frozenset(),
    observer: Observer = Observer(),  # noqa: B008 - frozen
    *,
    opened: str = "",
) -> Iterator[Path]:
    """A temporary folder to write into, whose files are those of `path` when the block ends well, else removed.

    A folder that is there stays what it is, a link or the root of a disk, say; it may hold files of the names
    `replaceable`, which then go. `opened` is the file that names the others: it goes first and appears last. Raises
    CannotWrite, and Cancelled as long as `path` is what it was.
    """
    check_folder(path, replaceable)
    target = Path(os.path.realpath(path))
    there = os.path.isdir(target)
    _remove_leftovers(target.parent)
    temporary = temporary_beside(target / _INSIDE if there else target)
    try:
        temporary.mkdir()
        yield temporary
        observer.check()
        if there:
            check_folder(path, replaceable | {temporary.name})  # another program may have put something there
            _move_into(target, temporary, replaceable, opened)
        else:
            os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as problem:
        raise cannot_write(path, problem) from problem
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _move_into(target: Path, temporary: Path, replaceable: frozenset[str], opened: str) -> None:
    """Put the files of one folder in the place of earlier ones in another."""
    names = sorted(os.listdir(temporary), key=lambda name: name == opened)
    for name in names:
        with suppress(OSError):  # there was none, or this disk knows no permissions
            os.chmod(temporary / name, stat.S_IMODE(os.stat(target / name).st_mode))
    if opened:
        (target / opened).unlink(missing_ok=True)
    for name in names:
        os.replace(temporary / name, target / name)
    for name in replaceable.difference(names):
        (target / name).unlink(missing_ok=True)
    _sync_folder(target)


def _sync_folder(folder: Path) -> None:
    """Let a file's new name outlast a power cut as well; Windows knows no such thing."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _remove_leftovers(folder: Path) -> None:
    """Remove what processes of this machine left half-written when they died: it may hold voxels of patients."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            own = _OWN.match(entry.name)
            if not own or own[1] != _machine() or is_alive(int(own[2])):
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    os.unlink(entry)


@cache
def _machine() -> str:
    """Six letters for this machine, since folders may be shared."""
    return hashlib.blake2b(platform.node().encode(), digest_size=3).hexdigest()
