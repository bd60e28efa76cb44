"""The program's version and build, on the lowest floor, where every other floor may ask for them."""

from pathlib import Path
from typing import Final

__version__ = "0.1.0"

BUILD_FILE: Final = Path(__file__).with_name("build.txt")
"""What packaging/build.py writes beside this module, in what it makes: the commit and its date, one line."""


def build() -> str:
    """What this program was built from, such as "commit 0cbbe6d1a2b3, 2026-11-30"; empty if it was not built."""
    try:
        return BUILD_FILE.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
