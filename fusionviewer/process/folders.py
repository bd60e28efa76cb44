"""All folders below one, however deep."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator


def folders_below(
    top: str | os.PathLike[str], unread: Callable[[str], object] = lambda _: None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """A folder and those below it: its path, the names of its folders and of its other entries.

    The list of folders may be changed: what is left in it is gone into, in its order. Links to folders are named and
    not gone into; folders that cannot be read are passed over, and `unread` is told of them. `os.walk` before Python
    3.12 calls itself for each level, and ends at the thousandth.
    """
    waiting = [os.fspath(top)]
    while waiting:
        folder = waiting.pop()
        folders: list[str] = []
        others: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    (folders if _is_folder(entry) else others).append(entry.name)
        except OSError:
            unread(folder)
            continue
        yield folder, folders, others
        paths = (os.path.join(folder, name) for name in reversed(folders))
        waiting += [path for path in paths if not os.path.islink(path)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
