"""`fusionviewer presets`: which settings there are by name, and a copy of one to change."""

from __future__ import annotations

import argparse
from typing import Any

from fusionviewer.errors import BadArgument


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "presets",
        help="list the presets of register, or copy one to change it",
        description="List the presets that register takes by name, and the folder where yours lie. With --copy, copy "
        "one there under another name, to be changed in any text editor.",
    )
    parser.add_argument("--copy", nargs=2, metavar=("NAME", "NEW"), help="copy the preset NAME into your folder as NEW")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the list, or make the copy. Raises FusionError."""
    from fusionviewer.registration.presets import copy_preset, load_preset, preset_files, user_preset_folder

    if args.copy:
        name, new = args.copy
        args.terminal.result(f"Wrote {copy_preset(name, new)}; use it with --preset {new}.")
        return 0
    lines = []
    for name in preset_files():
        try:
            lines.append(f"{name:16}{load_preset(name).description}")
        except BadArgument as error:
            lines.append(f"{name:16}cannot be used: {error}")
    lines.append(f"\nYour own presets lie in {user_preset_folder()}.")
    args.terminal.result("\n".join(lines))
    return 0
