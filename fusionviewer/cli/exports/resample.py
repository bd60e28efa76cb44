"""`fusionviewer resample`: one image on the other's grid, or on one that covers both, through a transform."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, Final

from fusionviewer.cli.arguments.pair_arguments import add_pair
from fusionviewer.errors import BadArgument

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.imaging.resampling.choice import UnionSpacing, VolumeChoice, Which

_SPACINGS: Final = "finer, isotropic, or one or three numbers of mm from 0.1 to 20, such as 0.8 or 0.5,0.5,1"


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "resample",
        help="put one image onto the other's grid, or onto one that covers both",
        description="Put the moving image onto the fixed image's grid, the other way round, or either of them onto a "
        "grid that covers both.",
    )
    add_pair(parser, ".nii.gz, .nii, .nrrd, .mha or .mhd")
    parser.add_argument(
        "--grid",
        choices=("fixed", "moving", "union"),
        default="fixed",
        help="fixed: the moving image on the fixed grid (default); moving: the fixed image on the moving grid; "
        "union: the moving image on a grid along the fixed axes that covers both images",
    )
    parser.add_argument(
        "--image", choices=("fixed", "moving"), help="which image is written (default: the other one's; union: moving)"
    )
    parser.add_argument(
        "--spacing",
        metavar="MM",
        help=f"of --grid union: {_SPACINGS} (default: finer, that of the two images along each axis)",
    )
    parser.add_argument(
        "--interpolation",
        choices=("linear", "nearest", "cubic", "sinc"),
        default="linear",
        help="linear (default), nearest, cubic (B-spline), or sinc (Lanczos, 3 voxels; slow)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, resample, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli.inputs import read_posed_pair, refuse_overwriting, refuse_replacing_a_study
    from fusionviewer.imaging.writers import check_suffix, check_writable, write_volume

    terminal: Terminal = args.terminal
    observer = terminal.observer
    choice = _choice(args)
    check_suffix(args.out)
    refuse_overwriting(args.out, (args.fixed, args.moving))
    refuse_replacing_a_study(args.out, args.transform)
    check_writable(args.out)
    fixed, moving, moving_from_fixed = read_posed_pair(args, observer.part(0.0, 0.4))
    resampled = choice.made(fixed, moving, moving_from_fixed, observer.part(0.4, 0.9))
    write_volume(resampled, args.out, observer.part(0.9, 1.0))
    where = "a grid that covers both images" if choice.grid == "union" else f"the grid of the {choice.grid} image"
    terminal.result(f"{args.out}: {resampled.name} on {where}.")
    return 0


def _choice(args: argparse.Namespace) -> VolumeChoice:
    """What the arguments mean. Raises BadArgument."""
    from fusionviewer.imaging.resampling.choice import VolumeChoice

    if args.spacing is not None and args.grid != "union":
        raise BadArgument("--spacing is about a grid that covers both images.", "Add --grid union, or leave it out.")
    other: Which = "fixed" if args.grid == "moving" else "moving"
    spacing = spacing_from(args.spacing or "finer")
    return VolumeChoice(args.image or other, args.grid, spacing, args.interpolation)


def spacing_from(text: str) -> UnionSpacing:
    """The spacing of a union: a word, one length for all axes, or one for each. Raises BadArgument."""
    if text in ("finer", "isotropic"):
        return "finer" if text == "finer" else "isotropic"
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    from fusionviewer.imaging.resampling.choice import LARGEST_SPACING_MM, SMALLEST_SPACING_MM

    if len(numbers) == 1:
        numbers *= 3
    if len(numbers) != 3 or not all(SMALLEST_SPACING_MM <= number <= LARGEST_SPACING_MM for number in numbers):
        raise BadArgument(f"{text!r} is no spacing.", f"Give --spacing {_SPACINGS}.")
    return numbers[0], numbers[1], numbers[2]
