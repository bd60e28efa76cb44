"""The files that are handed on: an archive of the folder, and the checksums of all of them. The same each time."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from system import SetupError, install

SUMS: Final = "SHA256SUMS"
XZ: Final = ("xz", "--stdout", "--threads=0", "--x86", "--lzma2=preset=6,dict=64MiB")
"""Code is packed better with calls and jumps made alike; two threads share it."""


def write_archive(folder: Path, file: Path, date: float) -> None:
    """Write a folder as .tar.xz, owned by root, every file of the same date (seconds since 1970)."""
    if not shutil.which("xz"):
        install(["xz-utils"], "The archive is packed by xz.")
    with file.open("wb") as packed, subprocess.Popen(XZ, stdin=subprocess.PIPE, stdout=packed) as xz:
        assert xz.stdin is not None
        with tarfile.open(fileobj=xz.stdin, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            for path in [folder, *sorted(folder.rglob("*"))]:
                archive_entry(archive, path, folder.parent, date)
        xz.stdin.close()
    if xz.returncode != 0:
        raise SetupError(f"xz could not pack {file.name}.")


def archive_entry(archive: tarfile.TarFile, path: Path, above: Path, date: float) -> None:
    """Add one file, link or folder, under its place below `above`."""
    entry = archive.gettarinfo(path, str(path.relative_to(above)))
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = int(date)
    if not entry.isreg():
        archive.addfile(entry)
        return
    with path.open("rb") as content:
        archive.addfile(entry, content)


def write_checksums(files: Iterable[Path], folder: Path) -> Path:
    """Write SHA256SUMS of these files into a folder, as `sha256sum --check` reads it. Returns the file."""
    lines = []
    for file in sorted(files, key=lambda file: file.name):
        with file.open("rb") as content:
            lines.append(f"{hashlib.file_digest(content, 'sha256').hexdigest()}  {file.name}\n")
    sums = folder / SUMS
    sums.write_text("".join(lines), encoding="utf-8", newline="\n")
    return sums


def unpacked_bytes(folder: Path) -> int:
    """How much the files of a folder hold; links count nothing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
