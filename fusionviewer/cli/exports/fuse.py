"""`fusionviewer fuse`: both images as one volume, in colour or grey."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from fusionviewer.cli.arguments.pair_arguments import add_pair

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.cli.arguments.looks import add_looks
    from fusionviewer.rendering.fused_volume import VOLUME_MODES

    parser = subparsers.add_parser(
        "fuse",
        help="write both images as one volume, in colour or grey",
        description="Write both images, windowed and blended as in a picture, as one 8-bit volume for other viewers.",
    )
    add_pair(parser, ".nii.gz, .nii, .nrrd or .mha")
    parser.add_argument(
        "--kind", choices=("rgb", "scalar"), default="rgb", help="red, green, blue (default), or greys 0 to 255"
    )
    parser.add_argument("--grid", choices=("fixed", "moving"), default="fixed", help="whose voxels (default: fixed)")
    add_looks(parser, VOLUME_MODES)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, fuse, write. Raises FusionError; what can be known beforehand is looked at before anything is read."""
    from fusionviewer.cli.arguments.looks import blend_from, layers_from, windows_from
    from fusionviewer.cli.inputs import read_posed_pair, refuse_overwriting, refuse_replacing_a_study
    from fusionviewer.imaging.writers import SLAB_SUFFIXES, check_suffix, check_writable
    from fusionviewer.rendering.fused_volume import check_fusion, write_fused

    terminal: Terminal = args.terminal
    observer = terminal.observer
    blend, windows = blend_from(args), windows_from(args)
    check_fusion(blend, (args.fixed_colours, args.moving_colours), args.kind)
    check_suffix(args.out, SLAB_SUFFIXES)
    refuse_overwriting(args.out, (args.fixed, args.moving))
    refuse_replacing_a_study(args.out, args.transform)
    check_writable(args.out)
    fixed, moving, moving_from_fixed = read_posed_pair(args, observer.part(0.0, 0.4))
    back, front = layers_from(args, windows, (fixed, moving), moving_from_fixed)
    write_fused(
        back,
        front,
        blend,
        args.out,
        grid=args.grid,
        kind=args.kind,
        interpolation="nearest" if args.nearest else "linear",
        observer=observer.part(0.4, 1.0),
    )
    terminal.result(f"{args.out}: both images, fused, on the grid of the {args.grid} image.")
    return 0
