"""Use the Windows bundle and its installer under Wine: `python3 packaging/try_install.py windows` calls this.

The command line registers the sample, and must end where the Linux program ends; paths with spaces, umlauts and more
than 260 characters are read and written; the installer installs and removes without a question. Not tried so is
the window: Qt's does not start under Wine 8. The workflow .github/workflows/bundles.yml opens it on Windows.
"""

from __future__ import annotations

import itertools
import json
import math
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bundles.windows.make import NAME
from bundles.windows.wine import Wine, fresh_wine, windows_path
from environment import ROOT
from system import SetupError, say

LIMIT_MM: Final = 0.05
"""How far the poses of the two systems may lie apart, over the corners of a head's box."""

CORNERS: Final = list(itertools.product((-80, 80), (-100, 100), (-70, 70)))
ASSESSED: Final = {0: "fine", 5: "look"}
"""What the exit codes of `check` mean, of which the sample may have these."""

INSTALLED: Final = ("AppData", "Local", "Programs", "fusionviewer")
KEYS: Final = (
    r"HKCU\Software\Classes\fusionviewer.study",
    r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\fusionviewer",
)
LONG: Final = "x" * 120


def try_windows(linux: Path, installer: Path, folder: Path) -> None:
    """Do all of it. `linux` is the program to compare with; `folder` may be emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bundle = ROOT / "dist" / NAME
    with fresh_wine(folder / "wine") as wine:
        _compare_with_linux(wine, bundle, linux, folder)
        _try_paths(wine, bundle, folder)
        _try_installer(wine, installer, folder)


def _compare_with_linux(wine: Wine, bundle: Path, linux: Path, folder: Path) -> None:
    sample = bundle / "_internal" / "fusionviewer" / "resources" / "sample"
    pair = [sample / name for name in ("t1.nii.gz", "ct.nii.gz")]
    cli = str(bundle / "fusionviewer-cli.exe")
    wine(cli, "register", *map(windows_path, pair), "--out", windows_path(folder / "windows"), "--json")
    subprocess.run(
        [linux, "register", *pair, "--out", folder / "linux", "--no-volume"], check=True, capture_output=True
    )
    studies = [folder / name / "study.fusion.json" for name in ("windows", "linux")]
    poses = [json.loads(study.read_text(encoding="utf-8"))["moving_from_fixed"] for study in studies]
    apart = max(math.dist(_moved(poses[0], place), _moved(poses[1], place)) for place in CORNERS)
    if apart > LIMIT_MM:
        raise SetupError(f"The pose found under Wine lies {apart:.3f} mm from the one found on Linux.")
    say(f"  registered the sample: {apart:.2g} mm from the pose found on Linux")
    code = wine.attempt(cli, "check", windows_path(studies[0])).returncode
    if code not in ASSESSED:
        raise SetupError(f"check ended with {code} under Wine.")
    say(f"  checked it: {ASSESSED[code]}")
    table = folder / "pairs.csv"
    table.write_text(f"fixed,moving,preset\n{windows_path(pair[0])},{windows_path(pair[1])},fast\n", encoding="utf-8")
    wine(cli, "batch", windows_path(table), "--out", windows_path(folder / "batch"))
    say("  did a batch, whose row runs in a process of its own")


def _try_paths(wine: Wine, bundle: Path, folder: Path) -> None:
    """The program in a folder with a space and umlauts; images and results in one whose path is longer than 260."""
    moved = folder / "Köpfe und Schädel"
    shutil.copytree(bundle, moved / "Programm", symlinks=True)
    cli = str(moved / "Programm" / "fusionviewer-cli.exe")
    deep = moved / LONG / f"{LONG} ü"
    deep.mkdir(parents=True)
    sample = bundle / "_internal" / "fusionviewer" / "resources" / "sample"
    for name in ("t1.nii.gz", "ct.nii.gz"):
        shutil.copy(sample / name, deep / name)
    pair = [windows_path(deep / name) for name in ("t1.nii.gz", "ct.nii.gz")]
    if len(pair[0]) <= 260:
        raise SetupError(f"{pair[0]} was to be longer than 260 characters.")
    wine(cli, "register", *pair, "--out", windows_path(deep / "Ergebnis"), "--preset", "fast")
    made = {path.name for path in (deep / "Ergebnis").iterdir()}
    if made != {"transform.tfm", "moving-on-fixed.nii.gz", "study.fusion.json"}:
        raise SetupError(f"There are other files than were asked for: {sorted(made)}")
    wine(cli, "register", *pair, "--out", windows_path(deep / "Ergebnis"), "--preset", "fast")  # over what is there
    picture = deep / "Bild.png"
    wine(cli, "picture", *pair, "--transform", windows_path(deep / "Ergebnis" / "transform.tfm"), "--out",
         windows_path(picture))  # fmt: skip
    say(f"  read and wrote a path of {len(windows_path(picture))} characters, with a space and ü")


def _try_installer(wine: Wine, installer: Path, folder: Path) -> None:
    user = next(path for path in wine.drive_c("users").iterdir() if path.name != "Public")
    place = user.joinpath(*INSTALLED)
    before = _files(wine)
    wine.attempt(str(installer), "/S")
    if not (place / "fusionviewer.exe").exists() or not (place / "uninstall.exe").exists():
        raise SetupError(f"The installer put nothing into {place}.")
    own = place / "notes.txt"
    own.write_text("the user's own", encoding="utf-8")
    said = wine(str(place / "fusionviewer-cli.exe"), "--version").strip()
    if any(wine.attempt("reg", "query", key).returncode != 0 for key in KEYS):
        raise SetupError("The installer did not register the program.")
    (place / "_internal" / "of-an-earlier-version.dll").touch()
    wine.attempt(str(installer), "/S")
    if (place / "_internal" / "of-an-earlier-version.dll").exists():
        raise SetupError("Files of an earlier version stayed after an upgrade.")
    say(f"  installed it without a question, and again over itself: {said}")
    inside = "C:\\" + str(place.relative_to(wine.drive_c())).replace("/", "\\")
    wine.attempt(str(place / "uninstall.exe"), "/S", f"_?={inside}")
    left = {path for path in _files(wine) - before if "users" in path.parts and "fusionviewer" in str(path)}
    if left - {own, place / "uninstall.exe"}:  # run so, it cannot remove itself: else it works from a copy
        raise SetupError(f"After the removal there are still: {', '.join(map(str, sorted(left)[:9]))}")
    if not own.exists() or any(wine.attempt("reg", "query", key).returncode == 0 for key in KEYS):
        raise SetupError("The removal took the user's own file, or left its keys.")
    say("  removed it; the user's own file beside it stayed")


def _files(wine: Wine) -> set[Path]:
    return {path for path in wine.drive_c().rglob("*") if path.is_file()}


def _moved(matrix: Sequence[Sequence[float]], place: Sequence[float]) -> list[float]:
    """Where a 4×4 brings a place, in mm."""
    return [sum(a * b for a, b in zip(row, (*place, 1), strict=True)) for row in matrix[:3]]
