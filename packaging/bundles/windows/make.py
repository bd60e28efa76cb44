"""Freezes the program for Windows under Wine, and packs its installer with NSIS."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from system import SetupError, install, say

from bundles.archive import unpacked_bytes
from bundles.bill import other_parts, python_parts, write_bill
from bundles.stamp import ROOT, build_line, version
from bundles.windows.python import PYTHON_VERSION, windows_python
from bundles.windows.wine import Wine, windows_path

NAME: Final = "fusionviewer-windows"
"""The folder in dist/ that holds the bundle."""


def make_windows(work: Path, dist: Path) -> list[Path]:
    """Make the bundle `dist`/NAME, and from it the installer, which is returned."""
    python = windows_python(work)
    folder = frozen(python, work, dist)
    inside = folder / "_internal"
    packages = python.parent / "Lib" / "site-packages"
    parts = [*python_parts("fusionviewer", packages), *other_parts(inside / "licences", PYTHON_VERSION)]
    write_bill(inside, parts)
    say(f"dist/{NAME}: {unpacked_bytes(folder) / 1e6:.0f} MB, {len(parts)} parts; {build_line()}")
    return [make_installer(folder, dist / f"fusionviewer-{version()}-windows-amd64-setup.exe")]


def frozen(python: Path, work: Path, dist: Path) -> Path:
    """Have PyInstaller freeze the program under Wine. Returns the folder."""
    say("Freezing the program under Wine; this takes some ten minutes.")
    wine = Wine(work / "wine")
    places = ["--distpath", windows_path(work / "dist"), "--workpath", windows_path(work / "work")]
    spec = windows_path(ROOT / "packaging" / "fusionviewer.spec")
    command = [windows_path(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", *places, spec]
    wine(*command, cwd=ROOT, PYTHONPATH=windows_path(ROOT), FUSIONVIEWER_BUILD=build_line())
    made, folder = work / "dist" / "fusionviewer", dist / NAME
    for program in ("fusionviewer.exe", "fusionviewer-cli.exe"):
        if not (made / program).exists():
            raise SetupError(f"PyInstaller under Wine made no {program}.")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(made, folder)
    return folder


def make_installer(folder: Path, file: Path, compressor: str = "lzma") -> Path:
    """Pack the bundle into an installer; "zlib" is quicker and larger, for trials."""
    if not shutil.which("makensis"):
        install(["nsis"], "The installer for Windows is made by NSIS.")
    given = {
        "VERSION": version(),
        "FOUR": f"{version()}.0",
        "SOURCE": folder,
        "ICON": ROOT / "resources" / "icon" / "fusionviewer.ico",
        "LICENCE": ROOT / "LICENSE",
        "KILOBYTES": unpacked_bytes(folder) // 1024,
        "COMPRESSOR": compressor,
        "OUT": file,
    }
    defines = [f"-D{name}={value}" for name, value in given.items()]
    script = str(Path(__file__).with_name("installer.nsi"))
    done = subprocess.run(["makensis", "-V2", *defines, script], capture_output=True, text=True, check=False)
    if done.returncode != 0 or not file.exists():
        raise SetupError(f"makensis could not make {file.name}: {(done.stdout + done.stderr)[-2000:]}")
    return file
