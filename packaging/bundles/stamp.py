"""What a bundle says of itself: its version, and the commit and date that it was built from."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


def version() -> str:
    """The program's version, read without importing it."""
    found = re.search(r'^__version__ = "([^"]+)"', (ROOT / "fusionviewer" / "version.py").read_text("utf-8"), re.M)
    if found is None:
        raise ValueError("fusionviewer/version.py names no version")
    return found[1]


def build_date() -> float:
    """Seconds since 1970 that stand for this build everywhere: SOURCE_DATE_EPOCH, else the commit's date, else now."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    committed = _git("log", "-1", "--format=%ct")
    return float(told if told.isdigit() else committed or time.time())


def build_line() -> str:
    """What About shows of the build: "commit 0cbbe6d1a2b3, 2026-11-30", and whether the sources were changed since.

    FUSIONVIEWER_BUILD says it where git cannot be asked.
    """
    if told := os.environ.get("FUSIONVIEWER_BUILD"):
        return told
    date = time.strftime("%Y-%m-%d", time.gmtime(build_date()))
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return date
    return f"commit {commit}{' with changes' if _git('status', '--porcelain', '--untracked-files=no') else ''}, {date}"


def build_file(folder: Path) -> Path:
    """The file that goes beside fusionviewer/version.py, written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "build.txt"
    file.write_text(build_line() + "\n", encoding="utf-8")
    return file


def _git(*arguments: str) -> str:
    """What git says of this checkout; nothing where there is none, or no git."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
