"""The arguments of every command that shows or writes two images at a known pose."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

TRANSFORM_HELP: Final = "a rigid transform, such as register's .tfm or a file of another program, or a study"


def add_pair(parser: argparse.ArgumentParser, written: str, *, needs_pose: bool = True) -> None:
    """Add FIXED, MOVING, --transform and --out; `written` says which files can be written."""
    parser.add_argument("fixed", metavar="FIXED", help="image file or DICOM folder")
    parser.add_argument("moving", metavar="MOVING", help="image file or DICOM folder")
    what = TRANSFORM_HELP
    parser.add_argument(
        "--transform",
        metavar="FILE",
        type=Path,
        required=needs_pose,
        help=what if needs_pose else f"{what} (default: as the headers say)",
    )
    add_transform_format(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=f"what to write: {written}")


def add_series_descriptions(parser: argparse.ArgumentParser) -> None:
    """Add --series-descriptions, for files that may call a DICOM series what its header calls it."""
    parser.add_argument(
        "--series-descriptions",
        action="store_true",
        help="write the descriptions of DICOM series, which may tell what no file should; else they are CT series 3",
    )


def add_transform_format(parser: argparse.ArgumentParser, option: str = "--transform") -> None:
    """Add --transform-format, for files that do not say themselves which program they are of."""
    parser.add_argument(
        "--transform-format",
        metavar="KEY",
        default="",
        help=f"the format of {option}'s file where it does not say it itself: fsl, c3d …; see fusionviewer convert",
    )


def add_allow_network_paths(parser: argparse.ArgumentParser) -> None:
    """Add --allow-network-paths, for studies whose images lie where they are not looked for unasked."""
    parser.add_argument(
        "--allow-network-paths",
        action="store_true",
        help="read the study's images also from networks, devices and whole disks that it names",
    )
