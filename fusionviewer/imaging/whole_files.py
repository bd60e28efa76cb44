"""Files that are read whole, and files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from fusionviewer.errors import CannotWrite, UnreadableInput
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


def read_whole(path: Path) -> bytes:
    """All of a small file. Raises UnreadableInput if it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise UnreadableInput(f"There is no file {path}.", "Check the name and the folder.") from problem
    except OSError as problem:
        raise UnreadableInput(
            f"{path} cannot be read.", "Check that it is a file and that you may read it."
        ) from problem


def cannot_write(path: Path, problem: OSError) -> CannotWrite:
    """What an OSError means for the user who wants this file."""
    reason, remedy = _REASONS.get(
        problem.errno or 0, (problem.strerror or "the disk refused", "Choose another folder or disk.")
    )
    wanted = path.with_name(re.sub(r"^\.(.*?)(\.\d+\.part)+(?=\.|$)", r"\1", path.name))  # not its temporary name
    return CannotWrite(f"{wanted} cannot be written: {reason}.", remedy)


def check_writable(path: Path) -> None:
    """Raise CannotWrite if a file cannot be made at this place. Leaves nothing behind."""
    if os.path.isdir(path):  # not Path's own, which raise without permission for the folder
        raise cannot_write(path, OSError(errno.EISDIR, ""))
    if os.path.exists(path) and not os.path.isfile(path):
        raise CannotWrite(f"{path} cannot be written: it is a device, not a file.", "Choose another name.")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise cannot_write(path, OSError(errno.EACCES, ""))
    probe = temporary_beside(path)
    try:
        probe.touch(exist_ok=False)
    except OSError as problem:
        raise cannot_write(path, problem) from problem
    finally:
        with suppress(OSError):
            probe.unlink()


def temporary_beside(path: Path) -> Path:
    """A hidden name in the same folder and with the same ending, which is this process's own."""
    stem, dot, endings = path.name.partition(".")
    return path.with_name(f".{stem[:100]}.{os.getpid()}.part{dot}{endings.lower()}")  # ITK knows small letters only


@contextmanager
def written_whole(path: Path, observer: Observer = Observer()) -> Iterator[Path]:  # noqa: B008 - frozen
    """A temporary path to write to, which becomes `path` when the block ends well and is removed when it does not.

    An OSError of the block is raised as CannotWrite. Raises Cancelled as long as `path` is what it was: a slow disk may
    take seconds to take a large file, and a user who cancels then is told that nothing was written.
    """
    check_writable(path)
    temporary = temporary_beside(path)
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())  # some disks tell only now that they are full
        observer.check()
        os.replace(temporary, path)
    except OSError as problem:
        raise cannot_write(path, problem) from problem
    finally:
        temporary.unlink(missing_ok=True)
