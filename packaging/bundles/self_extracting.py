"""The .run: one file that installs the folder for a user or for all, made by Debian's makeself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from system import SetupError, install

from bundles.desktop import SOURCES, write_share
from bundles.stamp import version


def make_run(folder: Path, work: Path, file: Path) -> None:
    """Pack the standalone folder and its installer into `file`. `work` is a folder that may be emptied."""
    if not shutil.which("makeself"):
        install(["makeself"], "The self-extracting file is made by makeself.")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copytree(folder, work / "fusionviewer", symlinks=True, copy_function=_link)
    write_share(work / "share")
    for name in ("install.sh", "uninstall.sh"):
        shutil.copyfile(SOURCES / name, work / name)
        (work / name).chmod(0o755)
    options = ["--nox11", "--gzip", "--complevel", "9", "--sha256", "--tar-quietly", "--quiet"]
    command = ["makeself", *options, str(work), str(file), f"fusionviewer {version()}", "./install.sh"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not file.is_file():
        raise SetupError(f"makeself could not make {file.name}: {done.stderr.strip() or done.stdout.strip()}")
    shutil.rmtree(work)


def _link(source: str, target: str) -> None:
    """The file's second name, where the disk allows it: a copy of the folder costs nothing then."""
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
