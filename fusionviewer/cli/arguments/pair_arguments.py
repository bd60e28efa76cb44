"""The arguments of every command that shows or writes two images at a known pose."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_pair(parser: argparse.ArgumentParser, written: str, *, needs_pose: bool = True) -> None:
    """Add FIXED, MOVING, --transform and --out; `written` says which files can be written."""
    parser.add_argument("fixed", metavar="FIXED", help="image file or DICOM folder")
    parser.add_argument("moving", metavar="MOVING", help="image file or DICOM folder")
    what = "rigid .tfm from fixed to moving points, or a study"
    parser.add_argument(
        "--transform",
        metavar="FILE",
        type=Path,
        required=needs_pose,
        help=what if needs_pose else f"{what} (default: as the headers say)",
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=f"what to write: {written}")
