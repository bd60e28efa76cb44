"""`fusionviewer resample`: one image on the other's grid, through a transform."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from fusionviewer.cli.arguments.pair_arguments import add_pair

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "resample",
        help="put one image onto the other's grid, through a transform",
        description="Put the moving image onto the fixed image's grid, or the other way round.",
    )
    add_pair(parser, ".nii.gz, .nii, .nrrd, .mha or .mhd")
    parser.add_argument(
        "--grid",
        choices=("fixed", "moving"),
        default="fixed",
        help="fixed: the moving image on the fixed grid (default); moving: the fixed image on the moving grid",
    )
    parser.add_argument("--interpolation", choices=("linear", "nearest", "cubic"), default="linear")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, resample, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli.inputs import read_posed_pair, refuse_overwriting
    from fusionviewer.imaging.resample import resample
    from fusionviewer.imaging.writers import check_suffix, check_writable, write_volume

    terminal: Terminal = args.terminal
    observer = terminal.observer
    check_suffix(args.out)
    refuse_overwriting(args.out, (args.fixed, args.moving))
    check_writable(args.out)
    fixed, moving, moving_from_fixed = read_posed_pair(args, observer.part(0.0, 0.4))
    if args.grid == "fixed":
        volume, grid, volume_from_grid = moving, fixed.grid, moving_from_fixed
    else:
        volume, grid, volume_from_grid = fixed, moving.grid, ~moving_from_fixed
    resampled = resample(volume, grid, volume_from_grid, args.interpolation, observer=observer.part(0.4, 0.9))
    write_volume(resampled, args.out, observer.part(0.9, 1.0))
    terminal.result(f"{args.out}: {volume.name} on the grid of the {args.grid} image.")
    return 0
