"""The .deb: the standalone folder below /usr/lib, with what a desktop is told of it. Made by dpkg-deb alone."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from email.utils import formatdate
from pathlib import Path
from typing import Final

from licences import debian_packages
from system import SetupError

from bundles.archive import unpacked_bytes
from bundles.bill import FILE as BILL
from bundles.desktop import write_share
from bundles.stamp import ROOT, build_date, build_line, version
from bundles.trim import needed

MAINTAINER: Final = "fusionviewer contributors"
REVISION: Final = "1"
UNLINKED: Final = ("fontconfig-config",)
"""What the bundle needs and is not linked to: where its fontconfig finds the fonts of the system."""

CHANGES: Final = """\
fusionviewer ({version}) unstable; urgency=medium

  * Built from {build}. What changed for users is in changelog.gz.

 -- {maintainer} <>  {date}
"""
CONTROL: Final = """\
Package: fusionviewer
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Section: science
Priority: optional
Description: fuse a head CT with an MRI
 Opens a head CT and an MRI, aligns them by themselves or by landmarks within
 limits, shows how well they fit, and exports the transform, the resampled
 image or pictures. Window and command line; it uses no network.
 .
 Not a medical device: for research, not for diagnosis or treatment.
"""
COPYRIGHT: Final = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: fusionviewer
Comment: The licences of everything that was bundled lie in
 /usr/lib/fusionviewer/_internal/licences, the list of it with versions is
 /usr/lib/fusionviewer/_internal/{bill}.

Files: *
Copyright: Copyright (C) {year} fusionviewer contributors
License: GPL-3.0-or-later

License: GPL-3.0-or-later
 This program is free software: you can redistribute it and/or modify it under
 the terms of the GNU General Public License as published by the Free Software
 Foundation, either version 3 of the License, or (at your option) any later
 version. With PyQt6, which is under version 3 alone, the whole is under
 version 3.
 .
 This program is distributed in the hope that it will be useful, but WITHOUT
 ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS
 FOR A PARTICULAR PURPOSE. See the GNU General Public License for more details.
 .
 On Debian systems, the full text of the GNU General Public License version 3
 is in /usr/share/common-licenses/GPL-3.
"""


def make_deb(folder: Path, work: Path, file: Path) -> None:
    """Pack the standalone folder into `file`. `work` is a folder that may be emptied."""
    if not shutil.which("dpkg-deb"):
        raise SetupError("A .deb is made by dpkg-deb, which this system lacks: make it on Debian or Ubuntu.")
    shutil.rmtree(work, ignore_errors=True)
    place = work / "usr" / "lib" / "fusionviewer"
    place.parent.mkdir(parents=True)
    shutil.copytree(folder, place, symlinks=True)
    (work / "usr" / "bin").mkdir()
    (work / "usr" / "bin" / "fusionviewer").symlink_to("../lib/fusionviewer/fusionviewer")
    write_share(work / "usr" / "share")
    _write_documents(work / "usr" / "share" / "doc" / "fusionviewer")
    (work / "DEBIAN").mkdir()
    (work / "DEBIAN" / "control").write_text(control(folder), encoding="utf-8")
    (work / "DEBIAN" / "md5sums").write_text(_md5sums(work), encoding="utf-8")
    _settle_modes(work)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(build_date()))}
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(work), str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"dpkg-deb could not make {file.name}: {done.stderr.strip()}")
    shutil.rmtree(work)


def control(folder: Path) -> str:
    """The package's control file, for this folder."""
    told = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return CONTROL.format(
        version=f"{version()}-{REVISION}",
        architecture=told.stdout.strip(),
        maintainer=MAINTAINER,
        kilobytes=unpacked_bytes(folder) // 1024 + 1,
        depends=", ".join(depends(folder)),
    )


def depends(folder: Path) -> list[str]:
    """The Debian packages of the libraries that the folder is linked to and does not bring, and libc's version."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path)]
    brought = {path.name for path in folder.rglob("*")}
    wanted = {name for file in files for name in needed(file)} - brought
    packages = debian_packages(_places(wanted)) | set(UNLINKED)
    return [f"libc6 (>= {newest_libc(files)})" if name == "libc6" else name for name in sorted(packages)]


def newest_libc(files: Iterable[Path]) -> str:
    """The newest version of glibc that any of these files asks for, such as 2.35."""
    found = {(2, 0)}
    for file in files:
        told = subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=False).stdout
        found |= {(int(a), int(b)) for a, b in re.findall(r"\bGLIBC_(\d+)\.(\d+)", told)}
    return ".".join(map(str, max(found)))


def _places(names: Iterable[str]) -> set[str]:
    """Where the loader finds these libraries on this system."""
    told = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    lines = re.findall(r"^\s+(\S+) \((\S+?)[,)].*=> (\S+)$", told, re.MULTILINE)
    known = {name: path for name, _, path in reversed(lines) if "/i386" not in path}
    return {known[name] for name in names if name in known}


def _is_elf(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(4) == b"\x7fELF"


def _write_documents(folder: Path) -> None:
    date = build_date()
    folder.mkdir(parents=True)
    notice = COPYRIGHT.format(bill=BILL, year=time.gmtime(date).tm_year)
    (folder / "copyright").write_text(notice, encoding="utf-8")
    changes = CHANGES.format(
        version=f"{version()}-{REVISION}", build=build_line(), maintainer=MAINTAINER, date=formatdate(date)
    )
    for name, text in (("changelog.Debian.gz", changes), ("changelog.gz", (ROOT / "CHANGELOG.md").read_text("utf-8"))):
        (folder / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _md5sums(root: Path) -> str:
    files = sorted(path for path in (root / "usr").rglob("*") if path.is_file() and not path.is_symlink())
    sums = [(hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest(), path) for path in files]
    return "".join(f"{digest}  {path.relative_to(root)}\n" for digest, path in sums)


def _settle_modes(root: Path) -> None:
    """What the builder's own umask left: folders and programs 755, files 644."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.name == "fusionviewer" else 0o644)
