"""The folder that a command leaves its results in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fusionviewer.imaging.whole_files import cannot_write


@contextmanager
def result_folder(out: Path, check: Callable[[], None]) -> Iterator[None]:
    """Make the folder, check it, and take away again what was made of it if the block does not end well.

    Raises CannotWrite, and what `check` raises.
    """
    made: list[Path] = []
    try:
        for folder in reversed([out, *out.absolute().parents]):
            if not os.path.isdir(folder):
                folder.mkdir()
                made.append(folder)
    except OSError as problem:
        _remove(made)
        raise cannot_write(out, problem) from problem
    try:
        check()
        yield
    except BaseException:
        _remove(made)
        raise


def _remove(folders: list[Path]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):  # not empty: another program has put something there
            folder.rmdir()
