"""`fusionviewer points`: a study's targets or landmarks, in a frame that is called by its name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionviewer.cli.arguments.pair_arguments import add_allow_network_paths

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.exchange.points.frames import FRAMES, WORDS
    from fusionviewer.session.exports.listed_points import POINT_LISTS

    parser = subparsers.add_parser(
        "points",
        help="write a study's targets or landmarks as LPS, scanner RAS or FreeSurfer's surface RAS",
        description="Write a study's targets or landmarks in mm. "
        + " ".join(f"{frame}: {WORDS[frame].meaning}" for frame in FRAMES),
    )
    parser.add_argument("study", metavar="STUDY", type=Path, help="a study (.fusion.json) with its images")
    parser.add_argument("--of", dest="which", choices=POINT_LISTS, default="targets", help="default: targets")
    parser.add_argument("--frame", choices=FRAMES, required=True, help="what the numbers are to mean")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True,
        help="a table (.csv), or FreeSurfer's file of points (.dat), which has no names",
    )  # fmt: skip
    add_allow_network_paths(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read the study, write the points. Raises FusionError; the name is looked at before an image is read."""
    from fusionviewer.cli.arguments.study_images import open_pair
    from fusionviewer.cli.inputs import refuse_replacing_a_study
    from fusionviewer.exchange.points.frames import WORDS, check_frame_file, write_points_in
    from fusionviewer.imaging.whole_files import check_writable
    from fusionviewer.session.exports.listed_points import marked_points, side_of

    terminal: Terminal = args.terminal
    check_frame_file(args.out, args.frame)
    check_writable(args.out)
    refuse_replacing_a_study(args.out, args.study)
    remedy = "Open the study in the window, and save the points from there."
    pair = open_pair(args.study, terminal.observer, remedy, anywhere=args.allow_network_paths)
    side = side_of(args.which)
    volume = pair.fixed if side == "fixed" else pair.moving
    write_points_in(args.out, marked_points(pair.state, args.which), args.frame, volume.grid)
    terminal.done()
    words = WORDS[args.frame]
    terminal.result(
        f"{args.out}: {args.which.replace('-', ' ')}, {words.title} mm of the {side} image.\n{words.meaning}"
    )
    return 0
