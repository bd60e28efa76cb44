"""`fusionviewer check`: how far a fusion can be trusted, by evidence that no registration has optimised."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fusionviewer.cli.arguments.pair_arguments import TRANSFORM_HELP, add_allow_network_paths, add_transform_format
from fusionviewer.errors import BadArgument

if TYPE_CHECKING:
    from fusionviewer.progress import Observer
    from fusionviewer.quality.finding import Place
    from fusionviewer.quality.guard.assessment import Assessment
    from fusionviewer.session.state import FusionState

EXIT_CODES: Final = {"fine": 0, "wrong": 4, "look": 5}

_HEADINGS: Final = {"warning": "WARNING: ", "note": "Note: ", "fact": ""}


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "check",
        help="say how far a fusion can be trusted",
        description="Compare the CT's skull and skin with the MR's edges under a pose, and say how far off it may be. "
        "The expected error is calibrated on simulations; it is no measurement. Exit codes: 0 fine, 5 look, 4 wrong.",
    )
    parser.add_argument(
        "images", metavar="STUDY | FIXED MOVING", nargs="+", help="a study, or two images with --transform"
    )
    parser.add_argument("--transform", metavar="FILE", type=Path, help=TRANSFORM_HELP)
    add_transform_format(parser)
    parser.add_argument(
        "--target", metavar="X,Y,Z", action="append", default=[],
        help="a point of fixed space, LPS mm, at which the expected error is told as well; may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--inverse", action="store_true",
        help="register the images the other way round from this pose as well, some 2 s, and say how far away that ends",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a summary")
    add_allow_network_paths(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, judge, tell. Raises FusionError."""
    from fusionviewer.cli.terminal import labelled
    from fusionviewer.errors import UnreadableInput
    from fusionviewer.imaging.head import head_mask
    from fusionviewer.quality.findings import alignment_findings
    from fusionviewer.quality.guard.assessment import assess, with_evidence
    from fusionviewer.quality.guard.inverse import inverse_consistency

    observer = args.terminal.observer
    targets = [_target(text) for text in args.target]
    state, names = _study(args, observer.part(0.0, 0.4)), [f"{x:g},{y:g},{z:g}" for x, y, z in targets]
    if state.fixed is None or state.moving is None:
        raise BadArgument(f"{args.images[0]} has only one image.", "A check needs a fixed and a moving image.")
    names = [*(target.name for target in state.targets), *names]
    places = [*(target.point for target in state.targets), *targets]
    try:
        corners = head_mask(state.fixed).corners
    except UnreadableInput:
        corners = None
    known = alignment_findings(state, corners)
    assessment = assess(
        state.fixed, state.moving, state.alignment.moving_from_fixed,
        targets=places, known=known, observer=labelled(observer.part(0.4, 0.7 if args.inverse else 1.0), "Checking"),
    )  # fmt: skip
    if args.inverse:
        other = inverse_consistency(
            state.fixed, state.moving, state.alignment.moving_from_fixed,
            labelled(observer.part(0.7, 1.0), "Registering the other way round"),
        )  # fmt: skip
        assessment = assessment if other is None else with_evidence(assessment, other)
    args.terminal.done()
    text = check_json(assessment, names, places) if args.json else check_text(assessment, names)
    args.terminal.result(text)
    return EXIT_CODES[assessment.verdict]


def _study(args: argparse.Namespace, observer: Observer) -> FusionState:
    """The study that is asked about, with its images."""
    from fusionviewer.cli.arguments.study_images import open_study
    from fusionviewer.cli.inputs import read_posed_pair
    from fusionviewer.session import edits
    from fusionviewer.session.study_file import SUFFIX

    if len(args.images) == 1 and args.transform is None:
        if not args.images[0].lower().endswith(SUFFIX):
            raise BadArgument(f"{args.images[0]} is no study.", f"Give a {SUFFIX} file, or two images and --transform.")
        return open_study(Path(args.images[0]), observer, anywhere=args.allow_network_paths)
    if len(args.images) != 2 or args.transform is None:
        raise BadArgument("It is not clear what to check.", "Give a study, or two images and --transform.")
    args.fixed, args.moving = args.images
    fixed, moving, pose = read_posed_pair(args, observer)
    return edits.set_pose(edits.new_study(fixed, moving), pose, "file")


def _target(text: str) -> Place:
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        raise BadArgument(
            f"--target “{text}” is no point.", "Give three numbers in mm, as in --target 10.5,-20,33."
        ) from None
    if not all(math.isfinite(v) and abs(v) < 1e5 for v in (x, y, z)):
        raise BadArgument(f"--target “{text}” lies nowhere.", "Give three numbers in mm, as in --target 10.5,-20,33.")
    return x, y, z


def check_json(assessment: Assessment, names: list[str], places: list[Place]) -> str:
    """One JSON object about a check; lengths in mm, points and vectors in LPS of fixed space."""
    from fusionviewer.quality.guard.words import assessment_record
    from fusionviewer.version import __version__

    facts = assessment_record(assessment, names, places) | {"version": __version__}
    return json.dumps(facts, indent=1, allow_nan=False)


def check_text(assessment: Assessment, names: list[str]) -> str:
    """The same for people."""
    from fusionviewer.quality.guard.words import TITLES, expected_text
    from fusionviewer.quality.wording import sentence

    lines = [TITLES[assessment.verdict]]
    if assessment.expected is not None:
        lines.append(expected_text(assessment.expected))
        for name, (mm, upper) in zip(names, assessment.at_targets or (), strict=True):
            lines.append(f"  at {name}: {mm:.1f} mm, at most {upper:.1f} mm.")
    lines += [_HEADINGS[finding.level] + sentence(finding) for finding in assessment.reasons]
    lines.append("This check is no proof: look at the fused images before you rely on them. Not a medical device.")
    return "\n".join(lines)
