"""`fusionviewer convert`: a rigid transform from one program's file to another's."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.exchange.transforms.pair import Pair
    from fusionviewer.exchange.transforms.proof import Proof
    from fusionviewer.exchange.transforms.registry import TransformFormat
    from fusionviewer.geometry import RigidTransform
    from fusionviewer.progress import Observer


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    from fusionviewer.exchange.transforms.registry import FORMATS

    keys = ", ".join(f"{known.key} ({known.title})" for known in FORMATS)
    parser = subparsers.add_parser(
        "convert",
        help="write a transform in another program's format",
        description="Read the rigid transform between a fixed and a moving image, write it in another program's "
        f"format, and read it back to prove it. Keys: {keys}. Which line the other program takes is printed.",
    )
    parser.add_argument(
        "transform", metavar="IN", type=Path, help="a rigid transform of any of these formats, or a study"
    )
    parser.add_argument("out", metavar="OUT", type=Path, help="what to write")
    parser.add_argument(
        "--from", dest="from_key", metavar="KEY", default="", help="the format of IN (default: what it holds says it)"
    )
    parser.add_argument(
        "--to", dest="to_key", metavar="KEY", default="", help="the format of OUT (default: its ending says it)"
    )
    parser.add_argument("--fixed", metavar="FIXED", help="the fixed image of IN, where a format needs it")
    parser.add_argument("--moving", metavar="MOVING", help="the moving image of IN, where a format needs it")
    parser.add_argument(
        "--invert", action="store_true", help="write the inverse: fixed and moving image change places in OUT"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class _Written:
    """What was written, and from what."""

    source: str
    """The key of the format of IN, or "study"."""
    target: TransformFormat
    moving_from_fixed: RigidTransform
    pair: Pair
    names: tuple[str, str]
    """The fixed and the moving image of OUT as commands are to call them."""
    proof: Proof


def run(args: argparse.Namespace) -> int:
    """Read, convert, write, prove. Raises FusionError; what needs no image is looked at before one is read."""
    from fusionviewer.cli.inputs import early_pose, refuse_overwriting, refuse_replacing_a_study
    from fusionviewer.exchange.transforms.registry import format_for, recognised, write_transform
    from fusionviewer.imaging.whole_files import check_writable
    from fusionviewer.session.study_file import SUFFIX, read_pose

    terminal: Terminal = args.terminal
    target = format_for(args.out, args.to_key)
    refuse_replacing_a_study(args.out, args.transform)
    refuse_overwriting(args.out, tuple(image for image in (args.fixed, args.moving) if image))
    check_writable(args.out)
    is_study = args.transform.name.lower().endswith(SUFFIX)
    source = "study" if is_study else recognised(args.transform, args.from_key).key
    early = early_pose(args.transform, args.from_key)
    whole = is_study or target.with_voxels or recognised(args.transform, args.from_key).with_voxels
    pair = _pair(args, whole, terminal.observer)
    pose = early or read_pose(args.transform, args.from_key, pair)
    names = _called(args.fixed, "FIXED"), _called(args.moving, "MOVING")
    if args.invert:
        pose, names = ~pose, (names[1], names[0])
        pair = pair.swapped
    proof = write_transform(pose, args.out, target, pair, terminal.observer)
    terminal.done()
    written = _Written(source, target, pose, pair, names, proof)
    terminal.result(_as_json(args, written) if args.json else _as_text(args.out, written))
    return 0


def _pair(args: argparse.Namespace, whole: bool, observer: Observer) -> Pair:
    """The images that were given, or their grids where those are all that is needed.

    Raises UnreadableInput, BadArgument where a study's pose is of others.
    """
    from fusionviewer.cli.inputs import check_study, read_grid, read_image
    from fusionviewer.exchange.transforms.pair import Pair

    if not whole:
        fixed_grid = None if args.fixed is None else read_grid(args.fixed, observer.part(0.0, 0.5))
        return Pair(fixed_grid, None if args.moving is None else read_grid(args.moving, observer.part(0.5, 1.0)))
    fixed = None if args.fixed is None else read_image(args.fixed, observer.part(0.0, 0.5))
    moving = None if args.moving is None else read_image(args.moving, observer.part(0.5, 1.0))
    if fixed is not None and moving is not None:
        check_study(args.transform, fixed, moving, args.terminal)
    return Pair.of(fixed, moving)


def _called(image: str | None, otherwise: str) -> str:
    return otherwise if image is None else os.path.basename(os.path.normpath(image)) or otherwise


def _as_text(out: Path, written: _Written) -> str:
    target, (fixed, moving) = written.target, written.names
    lines = [f"{out}: {target.moves(fixed, moving)} ({written.proof}).", target.told_for(out.name, fixed, moving)]
    return "\n".join([*lines, target.note] if target.note else lines)


def _as_json(args: argparse.Namespace, written: _Written) -> str:
    """One JSON object; points are LPS mm, the transform is that of OUT."""
    from fusionviewer.version import __version__

    target, (fixed, moving) = written.target, written.names
    facts = {
        "in": str(args.transform),
        "out": str(args.out),
        "from": written.source,
        "to": target.key,
        "inverted": args.invert,
        "moving_from_fixed": written.moving_from_fixed.matrix.tolist(),
        "matrix": target.matrix(written.moving_from_fixed, written.pair).tolist(),
        "matrix_maps": target.maps,
        "command": target.command_for(args.out.name, fixed, moving),
        "command_in": target.typed_in,
        "note": target.note,
        "proof": {"points": written.proof.points, "max_mm": written.proof.max_mm},
        "version": __version__,
    }
    return json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
