"""`fusionviewer replay`: make the run of a report again, and say whether the transform is the same."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fusionviewer.cli.arguments.pair_arguments import add_allow_network_paths
from fusionviewer.errors import BadArgument, UnreadableInput

if TYPE_CHECKING:
    from fusionviewer.cli.terminal import Terminal
    from fusionviewer.imaging.volume import Volume
    from fusionviewer.progress import Observer
    from fusionviewer.quality.report.replay import Replay, Replayed

EXIT_DIFFERS: Final = 5

_REMEDY: Final = "Give both images as FIXED and MOVING (and a mask with --mask) instead."


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the program's parser."""
    parser = subparsers.add_parser(
        "replay",
        help="make the run of a report again, and say whether the transform is the same",
        description="Register the images of a report again as it tells, and compare. Exit codes: 0 the same, 5 it "
        "differs, 2 if something is missing. A report holds no paths: give both images, or the study.",
    )
    parser.add_argument("report", metavar="REPORT.json", type=Path, help="what fusionviewer report has written")
    parser.add_argument("images", metavar="FIXED MOVING", nargs="*", help="the two images of the report")
    parser.add_argument(
        "--study", metavar="STUDY", type=Path, help="take images and mask from where this study has them"
    )
    parser.add_argument("--mask", metavar="FILE", help="the mask, if the run was restricted to one")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a sentence")
    add_allow_network_paths(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, register again, compare. Raises FusionError."""
    from fusionviewer.cli.terminal import labelled
    from fusionviewer.quality.report.facts import versions
    from fusionviewer.quality.report.replay import read_replay, replay, replayed_text, same_image

    terminal: Terminal = args.terminal
    observer = terminal.observer
    if len(args.images) not in (0, 2):
        raise BadArgument("There is one image only.", "Give both, FIXED and MOVING, or --study STUDY.")
    if bool(args.images) == (args.study is not None):
        raise BadArgument(
            "A report does not say where its images lie." if not args.images else "Images and a study are given.",
            "Give either FIXED and MOVING or --study STUDY.",
        )
    asked = read_replay(_report(args.report))
    fixed, moving, mask = _images(args, observer.part(0.0, 0.3))
    done = replay(
        asked, same_image(asked, "fixed", fixed), same_image(asked, "moving", moving), now=versions(), mask=mask,
        observer=labelled(observer.part(0.3, 1.0), "Registering again"),
    )  # fmt: skip
    terminal.done()
    terminal.result(_json(asked, done) if args.json else replayed_text(done))
    return 0 if done.same else EXIT_DIFFERS


def _report(path: Path) -> dict[str, Any]:
    """The JSON object of a report. Raises UnreadableInput."""
    from fusionviewer.imaging.whole_files import json_value, read_whole
    from fusionviewer.quality.report.facts import FORMAT, REPORT_VERSION

    try:
        told = json_value(read_whole(path))
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise UnreadableInput(
            f"{path.name} is not a report in numbers.", "Write one with fusionviewer report STUDY --out REPORT.json."
        )
    if told.get("report_version") != REPORT_VERSION:
        raise UnreadableInput(
            f"{path.name} is a report of version {told.get('report_version')}; this program knows {REPORT_VERSION}.",
            "Replay it with the fusionviewer that wrote it.",
        )
    return told


def _images(args: argparse.Namespace, observer: Observer) -> tuple[Volume, Volume, Volume | None]:
    """Both images, and the mask if there is one."""
    from fusionviewer.cli.arguments.study_images import open_pair
    from fusionviewer.cli.inputs import read_image

    most, rest = observer.part(0.0, 0.8), observer.part(0.8, 1.0)
    if args.study is not None:
        pair = open_pair(args.study, most, _REMEDY, anywhere=args.allow_network_paths)
        return pair.fixed, pair.moving, pair.read_mask(rest) if args.mask is None else read_image(args.mask, rest)
    fixed, moving = (read_image(image, most.part(n / 2, (n + 1) / 2)) for n, image in enumerate(args.images))
    return fixed, moving, None if args.mask is None else read_image(args.mask, rest)


def _json(asked: Replay, done: Replayed) -> str:
    from fusionviewer.quality.report.facts import versions

    facts = {
        "same": done.same,
        "same_build": done.same_build,
        "max_matrix_difference": done.max_entry,
        "max_mm": done.max_mm,
        "kind": asked.kind,
        "moving_from_fixed": done.moving_from_fixed.matrix.tolist(),
        "reported_moving_from_fixed": asked.moving_from_fixed.matrix.tolist(),
        "seconds": done.seconds,
        "versions": versions(),
        "reported_versions": dict(asked.versions),
    }
    return json.dumps(facts, indent=1, allow_nan=False)
