"""The licence texts that go along with the standalone folder: of every package and of every library in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

TEXTS = re.compile(r"licen[cs]e|copying|copyright|notice|authors", re.IGNORECASE)
FOLDER = Path("licences")

Copies = list[tuple[str, str]]
"""(file, folder in the bundle), as PyInstaller's `datas` wants them."""


def licences(package: str, libraries: Iterable[str]) -> Copies:
    """The licence texts of a package, of all that it requires, of Python, and of these system libraries (paths)."""
    return [*_of_packages(package), *_of_python(), *_of_debian_libraries(libraries)]


def _of_packages(package: str) -> Iterator[tuple[str, str]]:
    for name in sorted(_required(package)):
        distribution = metadata.distribution(name)
        for file in distribution.files or ():
            inside = file.parts[0].endswith(".dist-info")
            if inside and TEXTS.search(file.name):
                yield str(distribution.locate_file(file)), str(FOLDER / name / Path(*file.parts[1:-1]))


def _required(package: str) -> set[str]:
    """The names of a package and of everything that it requires here, extras left out."""
    found: set[str] = set()
    waiting = [package]
    while waiting:
        name = waiting.pop()
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # required on other systems only
            continue
        if name in found:
            continue
        found.add(name)
        waiting += [
            match[0].lower()
            for line in requirements
            if "extra ==" not in line and (match := re.match(r"[A-Za-z0-9._-]+", line))
        ]
    return found


def _of_python() -> Iterator[tuple[str, str]]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for text in (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc") / version / "copyright",
    ):
        if text.exists():
            yield str(text), str(FOLDER / "python")
            return


def _of_debian_libraries(libraries: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The copyright files of the Debian packages that these libraries come from; nothing on other systems."""
    for package in sorted(debian_packages(libraries)):
        text = Path("/usr/share/doc") / package / "copyright"
        if text.exists():
            yield str(text), str(FOLDER / "system" / package)


def debian_packages(libraries: Iterable[str]) -> set[str]:
    """The Debian packages that these libraries (paths) come from; none on other systems."""
    packages: set[str] = set()
    if not shutil.which("dpkg-query"):
        return packages
    for library in libraries:
        for path in {library, str(Path(library).resolve()), str(Path(library).resolve()).removeprefix("/usr")}:
            done = subprocess.run(["dpkg-query", "--search", path], capture_output=True, text=True, check=False)
            packages |= {line.partition(":")[0] for line in done.stdout.splitlines()}
    return packages
