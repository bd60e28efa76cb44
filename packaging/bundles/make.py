"""Makes the bundles that packaging/build.py is asked for; runs with the environment's Python, where PyInstaller is."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from system import SetupError, run_script, say

from bundles.archive import unpacked_bytes, write_archive, write_checksums
from bundles.bill import other_parts, python_parts, write_bill
from bundles.stamp import ROOT, build_date, build_line, version

DIST: Final = ROOT / "dist"
WORK: Final = ROOT / "build"
FOLDER: Final = DIST / "fusionviewer"
ENDINGS: Final = (".tar.xz", ".zip", ".deb", ".run", ".exe")
"""What is handed on, and so has a line in SHA256SUMS."""


def main() -> int:
    kinds = sys.argv[1:]
    DIST.mkdir(exist_ok=True)
    if kinds != ["windows"]:
        make_folder()
    for kind in kinds:
        for file in MAKERS[kind]():
            say(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1e6:.0f} MB")
    made = [path for path in DIST.iterdir() if path.name.endswith(ENDINGS)]
    write_checksums(made, DIST)
    say(f"SHA-256 checksums of {len(made)} files: dist/SHA256SUMS")
    return 0


def make_folder() -> None:
    """Freeze the program for this system into dist/fusionviewer."""
    say("Making dist/fusionviewer; this takes some minutes.")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", str(DIST)]
    spec = str(ROOT / "packaging" / "fusionviewer.spec")
    done = subprocess.run([*command, "--workpath", str(WORK), spec], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SetupError("PyInstaller could not make the folder; its own words are above.")
    if sys.platform == "linux":
        from bundles.shrink import strip_symbols, trim_icu

        trim_icu(FOLDER)
        strip_symbols(FOLDER)
    inside = FOLDER / "_internal"
    parts = [*python_parts("fusionviewer"), *other_parts(inside / "licences", platform.python_version())]
    write_bill(inside, parts)
    say(f"dist/fusionviewer: {unpacked_bytes(FOLDER) / 1e6:.0f} MB, {len(parts)} parts; {build_line()}")


def file_for(ending: str) -> Path:
    """Where a bundle of this system goes."""
    return DIST / f"fusionviewer-{version()}-{sys.platform}-{platform.machine().lower()}{ending}"


def _folder() -> list[Path]:
    if sys.platform == "win32":
        return [Path(shutil.make_archive(str(file_for("")), "zip", DIST, FOLDER.name))]
    file = file_for(".tar.xz")
    write_archive(FOLDER, file, build_date())
    return [file]


def _deb() -> list[Path]:
    from bundles.deb import REVISION, make_deb

    file = DIST / f"fusionviewer_{version()}-{REVISION}_{_architecture()}.deb"
    make_deb(FOLDER, WORK / "deb", file)
    return [file]


def _run() -> list[Path]:
    from bundles.self_extracting import make_run

    file = file_for(".run")
    make_run(FOLDER, WORK / "run", file)
    return [file]


def _windows() -> list[Path]:
    from bundles.windows.make import make_windows

    return make_windows(WORK / "windows", DIST)


def _architecture() -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


MAKERS: Final = {"folder": _folder, "deb": _deb, "run": _run, "windows": _windows}


if __name__ == "__main__":
    sys.exit(run_script(main))
