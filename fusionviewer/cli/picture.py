"""`fusionviewer picture`: the three fused views as a PNG."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fusionviewer.errors import BadArgument
from fusionviewer.geometry import Points, RigidTransform

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.imaging.volume import Volume


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "picture",
        help="draw the fused views through a point, as a PNG",
        description="Draw the axial, coronal and sagittal view through a point, both images fused, as a PNG.",
    )
    # argparse takes "-12,31,8" for an option unless it knows such things as negative numbers; no option has a digit.
    parser._negative_number_matcher = re.compile(r"^-[\d.]")
    parser.add_argument("fixed", metavar="FIXED", help="image file or DICOM folder")
    parser.add_argument("moving", metavar="MOVING", help="image file or DICOM folder")
    parser.add_argument(
        "--transform",
        metavar="FILE",
        type=Path,
        help="rigid .tfm from fixed to moving points, or a study (default: as the headers say)",
    )
    parser.add_argument("--out", metavar="FILE.png", type=Path, required=True, help="what to write")
    parser.add_argument("--at", metavar="x,y,z", help="point of fixed space in LPS mm (default: middle of the head)")
    parser.add_argument("--fade", metavar="0..1", default="0.5", help="0: fixed alone, 1: moving alone (default: 0.5)")
    parser.add_argument("--size", metavar="WxH", default="1280x800", help="in pixels (default: 1280x800)")
    parser.add_argument("--mode", choices=("fade", "checkerboard"), default="fade")
    parser.add_argument("--bone-edges", action="store_true", help="draw the outline of the CT's bone over the images")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, draw, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli.inputs import check_study, read_image, read_pose
    from fusionviewer.imaging.whole_files import check_writable
    from fusionviewer.rendering.blends import Blend, BlendMode
    from fusionviewer.rendering.picture import fused_picture, write_png

    terminal: Terminal = args.terminal
    observer = terminal.observer
    at = None if args.at is None else point_from(args.at)
    fade, size = fade_from(args.fade), size_from(args.size)
    if args.out.suffix.lower() != ".png":
        raise BadArgument(f"A picture cannot be written as {args.out.name}.", "Give --out a name that ends in .png.")
    check_writable(args.out)
    moving_from_fixed = RigidTransform.identity() if args.transform is None else read_pose(args.transform)
    fixed = read_image(args.fixed, observer.part(0.0, 0.4))
    moving = read_image(args.moving, observer.part(0.4, 0.8))
    if args.transform is not None:
        check_study(args.transform, fixed, moving, terminal)
    if at is not None:
        _check_inside(at, fixed, moving, moving_from_fixed)
    observer.report(0.8, "Drawing the picture")
    picture = fused_picture(
        fixed,
        moving,
        moving_from_fixed,
        at,
        Blend(BlendMode(args.mode), fade),
        size=size,
        bone_edges=args.bone_edges,
    )
    write_png(picture, args.out)
    terminal.result(f"{args.out}: the fused views.")
    return 0


def point_from(text: str) -> Points:
    """(3,) from "x,y,z". Raises BadArgument."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 3 or not all(map(math.isfinite, values)):
        raise BadArgument(f"{text!r} is not a point.", "Give --at three numbers in mm, for example --at -12,31,8.5.")
    return np.array(values)


def fade_from(text: str) -> float:
    """A number from 0 to 1. Raises BadArgument."""
    try:
        fade = float(text)
    except ValueError:
        fade = math.nan
    if not 0 <= fade <= 1:
        raise BadArgument(f"{text!r} is not a fade.", "Give --fade a number from 0 (fixed alone) to 1 (moving alone).")
    return fade


def size_from(text: str) -> tuple[int, int]:
    """(width, height) in pixels from "1280x800". Raises BadArgument."""
    from fusionviewer.rendering.picture import LARGEST, SMALLEST

    match = re.fullmatch(r"(\d{1,5})[x×X](\d{1,5})", text.strip())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (SMALLEST[0] <= size[0] <= LARGEST[0] and SMALLEST[1] <= size[1] <= LARGEST[1]):
        raise BadArgument(
            f"{text!r} is not a size that a picture can have.",
            f"Give --size a width and height from {SMALLEST[0]}x{SMALLEST[1]} to {LARGEST[0]}x{LARGEST[1]}.",
        )
    return size


def _check_inside(at: Points, fixed: Volume, moving: Volume, moving_from_fixed: RigidTransform) -> None:
    if not (fixed.grid.contains(at) or moving.grid.contains(moving_from_fixed.apply(at))):
        x, y, z = fixed.grid.centre
        raise BadArgument(
            f"The point {at[0]:g},{at[1]:g},{at[2]:g} lies outside both images.",
            f"The middle of the fixed image is at {x:.1f},{y:.1f},{z:.1f}.",
        )
