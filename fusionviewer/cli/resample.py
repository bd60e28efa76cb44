"""`fusionviewer resample`: one image on the other's grid, through a transform."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "resample",
        help="put one image onto the other's grid, through a transform",
        description="Put the moving image onto the fixed image's grid, or the other way round.",
    )
    parser.add_argument("fixed", metavar="FIXED", help="image file or DICOM folder")
    parser.add_argument("moving", metavar="MOVING", help="image file or DICOM folder")
    parser.add_argument(
        "--transform",
        metavar="FILE",
        type=Path,
        required=True,
        help="rigid .tfm from fixed to moving points, or a study",
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help="what to write: .nii.gz, .nii, .nrrd, .mha or .mhd"
    )
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
    from fusionviewer.cli.inputs import check_study, read_image, read_pose, refuse_overwriting
    from fusionviewer.errors import BadArgument
    from fusionviewer.imaging.resample import overlap, resample
    from fusionviewer.imaging.writers import check_suffix, check_writable, write_volume

    terminal: Terminal = args.terminal
    observer = terminal.observer
    check_suffix(args.out)
    refuse_overwriting(args.out, (args.fixed, args.moving))
    check_writable(args.out)
    moving_from_fixed = read_pose(args.transform)
    fixed = read_image(args.fixed, observer.part(0.0, 0.2))
    moving = read_image(args.moving, observer.part(0.2, 0.4))
    check_study(args.transform, fixed, moving, terminal)
    if args.grid == "fixed":
        volume, grid, volume_from_grid = moving, fixed.grid, moving_from_fixed
    else:
        volume, grid, volume_from_grid = fixed, moving.grid, ~moving_from_fixed
    if overlap(grid, volume.grid, volume_from_grid) == 0:
        raise BadArgument(
            "The two images do not overlap anywhere under this transform.",
            "Check that the transform belongs to these images, and which of them is the fixed one.",
        )
    resampled = resample(volume, grid, volume_from_grid, args.interpolation, observer=observer.part(0.4, 0.9))
    write_volume(resampled, args.out, observer.part(0.9, 1.0))
    terminal.result(f"{args.out}: {volume.name} on the grid of the {args.grid} image.")
    return 0
