"""`fusionviewer scene`: a study as a folder that 3D Slicer or ITK-SNAP opens with everything in its place."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionviewer.cli.arguments.pair_arguments import add_allow_network_paths

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.exchange.scenes.folder import TITLES

    parser = subparsers.add_parser(
        "scene",
        help="write both images and the transform as a folder for 3D Slicer or ITK-SNAP",
        description="Write both images, the transform, the fade and the windows, and for 3D Slicer landmarks and "
        "targets too, as a folder that the other program opens with everything in its place.",
    )
    parser.add_argument("study", metavar="STUDY", type=Path, help="a study (.fusion.json) with both images")
    parser.add_argument("--for", dest="program", choices=tuple(TITLES), required=True, help="3D Slicer, or ITK-SNAP")
    parser.add_argument(
        "--out", metavar="FOLDER", type=Path, required=True, help="what to write; an earlier scene in it is replaced"
    )
    for side in ("fixed", "moving"):
        parser.add_argument(
            f"--{side}-name", metavar="NAME", default=side, help=f"what the {side} image's file is called"
        )
    add_allow_network_paths(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read the study, write the folder. Raises FusionError; the folder is looked at before an image is read."""
    from fusionviewer.cli.arguments.study_images import open_pair
    from fusionviewer.exchange.scenes.folder import TITLES, check_scene_folder, write_scene
    from fusionviewer.session.exports.scene_content import scene_content

    terminal: Terminal = args.terminal
    observer = terminal.observer
    names = (args.fixed_name, args.moving_name)
    check_scene_folder(args.out, names)
    remedy = "Open the study in the window, and write the scene from there."
    pair = open_pair(args.study, observer.part(0.0, 0.5), remedy, anywhere=args.allow_network_paths)
    opened = write_scene(scene_content(pair.state, pair.view, names), args.out, args.program, observer.part(0.5, 1.0))
    terminal.result(f"{opened}: open it in {TITLES[args.program]}. The folder can be moved as a whole.")
    return 0
